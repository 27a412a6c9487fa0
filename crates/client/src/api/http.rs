//! HTTP requests and complete answers.

use super::problem;
use super::{ANSWER_TIMEOUT_S, ApiError, CONNECT_TIMEOUT_S};
use bytes::{Bytes, BytesMut};
use lika_http::hyper::body::Incoming;
use lika_http::hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use lika_http::hyper::{Method, Request, Response, StatusCode, Uri};
use lika_http::reqwest::Url;
use lika_http::{Body, Client, Trust, complete, piece};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Media type of protobuf.
pub(super) const PROTOBUF: &str = "application/x-protobuf";
/// Media type of JSON.
pub(super) const JSON: &str = "application/json";

/// A client of one node. Copies share their connections.
#[derive(Clone, Debug)]
pub struct Api {
    client: Client,
    base: String,
    /// Where single submissions go: parsed once, since there are many.
    pub(super) submissions: Uri,
    token: Option<HeaderValue>,
}

/// A complete answer.
pub(super) struct Reply {
    pub(super) status: StatusCode,
    pub(super) body: Bytes,
    media_type: String,
}

impl Api {
    /// A client of the node at that address, such as `http://127.0.0.1:8080`. Sends nothing yet. `https` trusts the
    /// system's certificates.
    ///
    /// # Errors
    /// [`ApiError::Address`] if it is not an address.
    pub fn new(address: &str) -> Result<Self, ApiError> {
        let no_address = || ApiError::Address(address.to_owned());
        let url = Url::parse(address).map_err(|_| no_address())?;
        let trust = match url.scheme() {
            "https" => Trust::Machine,
            "http" => Trust::Nobody,
            _ => return Err(no_address()),
        };
        if url.query().is_some() || url.fragment().is_some() || !url.username().is_empty() || url.password().is_some()
        {
            return Err(no_address());
        }
        let base = url.as_str().trim_end_matches('/').to_owned();
        let submissions = uri(&base, "/v1/submissions")?;
        let client = Client::new(trust, Duration::from_secs(CONNECT_TIMEOUT_S));
        Ok(Self { client, base, submissions, token: None })
    }

    /// The same node, with the token of a session.
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
        let reply =
            self.exchange(self.post(self.at(path)?, JSON, JSON, complete(body.to_string())), bytes_max).await?;
        serde_json::from_slice(&reply.accepted()?).map_err(ApiError::protocol)
    }

    pub(super) fn get(&self, path: &str, accept: &'static str) -> Result<Request<Body>, ApiError> {
        Ok(self.request(Method::GET, self.at(path)?, accept, complete(Bytes::new())))
    }

    pub(super) fn post(&self, uri: Uri, media_type: &'static str, accept: &'static str, body: Body) -> Request<Body> {
        let mut request = self.request(Method::POST, uri, accept, body);
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
        request
    }

    /// Sends a request and reads the complete answer.
    pub(super) async fn exchange(&self, request: Request<Body>, bytes_max: usize) -> Result<Reply, ApiError> {
        in_time(async { Reply::read(self.send(request).await?, bytes_max).await }).await
    }

    /// Sends a request and reads the head of the answer.
    pub(super) async fn send(&self, request: Request<Body>) -> Result<Response<Incoming>, ApiError> {
        let what = if self.base.starts_with("https") { "no connection, or it broke off" } else { "no connection" };
        self.client.send(request).await.map_err(|error| ApiError::broken(what, error))
    }

    /// The address of a path of the API.
    pub(super) fn at(&self, path: &str) -> Result<Uri, ApiError> {
        uri(&self.base, path)
    }

    fn request(&self, method: Method, uri: Uri, accept: &'static str, body: Body) -> Request<Body> {
        let mut request = Request::new(body);
        *request.method_mut() = method;
        *request.uri_mut() = uri;
        request.headers_mut().insert(ACCEPT, HeaderValue::from_static(accept));
        if let Some(token) = &self.token {
            request.headers_mut().insert(AUTHORIZATION, token.clone());
        }
        request
    }
}

fn uri(base: &str, path: &str) -> Result<Uri, ApiError> {
    let text = format!("{base}{path}");
    Uri::try_from(&text).map_err(|_| ApiError::Address(text))
}

impl Reply {
    /// Reads the body of an answer to its end.
    pub(super) async fn read(response: Response<Incoming>, bytes_max: usize) -> Result<Self, ApiError> {
        let status = response.status();
        let media_type = response.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media_type = media_type.and_then(|value| value.split(';').next()).unwrap_or_default().trim().to_owned();
        let mut rest = response.into_body();
        let (mut first, mut whole) = (Bytes::new(), BytesMut::new());
        let broken = |error| ApiError::broken("the answer broke off", error);
        while let Some(chunk) = piece(&mut rest).await.map_err(broken)? {
            if first.len() + whole.len() + chunk.len() > bytes_max {
                return Err(ApiError::Protocol(format!("an answer of more than {bytes_max} bytes")));
            }
            if first.is_empty() && whole.is_empty() {
                first = chunk;
            } else {
                whole.extend_from_slice(&std::mem::take(&mut first));
                whole.extend_from_slice(&chunk);
            }
        }
        // Most answers come in one piece, which is then not copied.
        let body = if whole.is_empty() { first } else { whole.freeze() };
        Ok(Self { status, body, media_type })
    }

    pub(super) fn is(&self, media_type: &str) -> bool {
        self.media_type.eq_ignore_ascii_case(media_type)
    }

    /// The body of an answer with a success status.
    pub(super) fn accepted(self) -> Result<Bytes, ApiError> {
        if self.status.is_success() { Ok(self.body) } else { Err(problem::of(self.status, &self.body)) }
    }
}

/// Gives up after [`ANSWER_TIMEOUT_S`].
pub(super) async fn in_time<T>(answer: impl Future<Output = Result<T, ApiError>>) -> Result<T, ApiError> {
    let late = |_| ApiError::unreachable(format!("no answer within {ANSWER_TIMEOUT_S} seconds"));
    tokio::time::timeout(Duration::from_secs(ANSWER_TIMEOUT_S), answer).await.map_err(late)?
}
