//! Requests and whole answers.

use super::problem;
use super::{ANSWER_TIMEOUT_S, ApiError, CONNECT_TIMEOUT_S};
use bytes::Bytes;
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::Incoming;
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode, Uri};
use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

/// Media type of protobuf.
pub(super) const PROTOBUF: &str = "application/x-protobuf";
/// Media type of JSON.
pub(super) const JSON: &str = "application/json";

pub(super) type Body = UnsyncBoxBody<Bytes, Infallible>;

/// A node, by its address. Copies share their connections.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client<HttpsConnector<HttpConnector>, Body>,
    base: String,
    token: Option<HeaderValue>,
}

/// A whole answer.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
    media_type: String,
}

impl Api {
    /// A client of the node at that address, such as `http://127.0.0.1:8080`. Nothing is sent yet. For `https` the
    /// certificates that the system trusts are trusted.
    ///
    /// # Errors
    /// [`ApiError::Address`] if it is none, [`ApiError::Unreachable`] if the system's certificates cannot be read.
    pub fn new(address: &str) -> Result<Self, ApiError> {
        let base = address.trim_end_matches('/').to_owned();
        let uri: Uri = base.parse().map_err(|_| ApiError::Address(address.to_owned()))?;
        if uri.host().is_none() || uri.query().is_some() {
            return Err(ApiError::Address(address.to_owned()));
        }
        let tls = match uri.scheme_str() {
            Some("https") => tls(true)?,
            Some("http") => tls(false)?,
            _ => return Err(ApiError::Address(address.to_owned())),
        };
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(Duration::from_secs(CONNECT_TIMEOUT_S)));
        let connector =
            HttpsConnectorBuilder::new().with_tls_config(tls).https_or_http().enable_http1().wrap_connector(connector);
        Ok(Self { client: Client::builder(TokioExecutor::new()).build(connector), base, token: None })
    }

    /// The same node, read with the token of a session.
    ///
    /// # Errors
    /// [`ApiError::Protocol`] if it cannot be a token.
    pub fn with_token(&self, token: &str) -> Result<Self, ApiError> {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(ApiError::protocol)?;
        value.set_sensitive(true);
        Ok(Self { token: Some(value), ..self.clone() })
    }

    /// The address.
    pub fn address(&self) -> &str {
        &self.base
    }

    /// Reads a JSON document.
    pub(super) async fn get_json<T: DeserializeOwned>(&self, path: &str, bytes_max: usize) -> Result<T, ApiError> {
        let reply = self.exchange(self.get(path, JSON)?, bytes_max).await?;
        serde_json::from_slice(&reply.accepted()?).map_err(ApiError::protocol)
    }

    /// Sends one JSON document and reads another.
    pub(super) async fn post_json<T: DeserializeOwned>(
        &self,
        path: &str,
        body: &serde_json::Value,
        bytes_max: usize,
    ) -> Result<T, ApiError> {
        let body = Full::new(Bytes::from(body.to_string())).boxed_unsync();
        let reply = self.exchange(self.post(path, JSON, JSON, body)?, bytes_max).await?;
        serde_json::from_slice(&reply.accepted()?).map_err(ApiError::protocol)
    }

    pub(super) fn get(&self, path: &str, accept: &'static str) -> Result<Request<Body>, ApiError> {
        self.request(Method::GET, path, accept, Full::default().boxed_unsync())
    }

    pub(super) fn post(
        &self,
        path: &str,
        media_type: &'static str,
        accept: &'static str,
        body: Body,
    ) -> Result<Request<Body>, ApiError> {
        let mut request = self.request(Method::POST, path, accept, body)?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        Ok(request)
    }

    /// Sends a request and reads the whole answer.
    pub(super) async fn exchange(&self, request: Request<Body>, bytes_max: usize) -> Result<Reply, ApiError> {
        in_time(async { Reply::read(self.send(request).await?, bytes_max).await }).await
    }

    /// Sends a request and reads the head of the answer.
    pub(super) async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, ApiError> {
        let what = if self.base.starts_with("https") { "no connection, or it broke off" } else { "no connection" };
        let failed = |error| ApiError::Unreachable { what: what.to_owned(), source: Some(Box::new(error)) };
        self.client.request(request).await.map_err(failed)
    }

    fn request(&self, method: Method, path: &str, accept: &'static str, body: Body) -> Result<Request<Body>, ApiError> {
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(ACCEPT, HeaderValue::from_static(accept))
            .body(body)
            .map_err(|_| ApiError::Address(format!("{}{path}", self.base)))?;
        if let Some(token) = &self.token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        Ok(request)
    }
}

impl Reply {
    /// Reads the body of an answer to its end.
    pub(super) async fn read(response: Response<Incoming>, bytes_max: usize) -> Result<Self, ApiError> {
        let status = response.status();
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_owned();
        let body = Limited::new(response.into_body(), bytes_max).collect().await.map_err(|error| {
            if error.is::<LengthLimitError>() {
                ApiError::Protocol(format!("an answer of more than {bytes_max} bytes"))
            } else {
                ApiError::Unreachable { what: "the answer broke off".to_owned(), source: Some(error) }
            }
        })?;
        Ok(Self { status, body: body.to_bytes(), media_type })
    }

    pub(super) fn is(&self, media_type: &str) -> bool {
        self.media_type.eq_ignore_ascii_case(media_type)
    }

    /// The body of an answer that accepts.
    pub(super) fn accepted(self) -> Result<Bytes, ApiError> {
        if self.status.is_success() { Ok(self.body) } else { Err(problem::of(self.status, &self.body)) }
    }
}

/// Gives up after [`ANSWER_TIMEOUT_S`].
pub(super) async fn in_time<T>(answer: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    let late = |_| ApiError::unreachable(format!("no answer within {ANSWER_TIMEOUT_S} seconds"));
    tokio::time::timeout(Duration::from_secs(ANSWER_TIMEOUT_S), answer).await.map_err(late)?
}

/// For plain `http` no certificate is ever looked at, so none is loaded.
fn tls(with_roots: bool) -> Result<ClientConfig, ApiError> {
    let failed = |what: String| ApiError::unreachable(format!("no TLS: {what}"));
    let builder = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| failed(error.to_string()))?;
    let builder = if with_roots {
        builder.with_native_roots().map_err(|error| failed(error.to_string()))?
    } else {
        builder.with_root_certificates(RootCertStore::empty())
    };
    Ok(builder.with_no_client_auth())
}
