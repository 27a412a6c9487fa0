//! The client of one node.

use crate::{Trust, USER_AGENT, tls};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt, Either, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::header::{HeaderValue, USER_AGENT as NAME};
use hyper::{Request, Response};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use std::convert::Infallible;
use std::time::Duration;

/// Body of a request.
pub type Body = Either<Full<Bytes>, UnsyncBoxBody<Bytes, Infallible>>;

/// A client of one node, for tasks. Copies share their connections. It follows no redirects and uses no proxy, and
/// small requests leave at once.
#[derive(Clone, Debug)]
pub struct Client {
    inner: legacy::Client<HttpsConnector<HttpConnector>, Body>,
}

/// A request failed before or while it was answered.
pub type Error = Box<dyn std::error::Error + Send + Sync>;

impl Client {
    /// Sends nothing yet. A connection that is not made within the time is given up.
    pub fn new(trust: Trust, connect: Duration) -> Self {
        let mut connector = HttpConnector::new();
        connector.enforce_http(false);
        connector.set_nodelay(true);
        connector.set_connect_timeout(Some(connect));
        let tls = HttpsConnectorBuilder::new().with_tls_config(tls(trust));
        let connector = tls.https_or_http().enable_http1().wrap_connector(connector);
        Self { inner: legacy::Client::builder(TokioExecutor::new()).build(connector) }
    }

    /// Sends a request and reads the head of the answer. There is no limit of time after the connection is made.
    ///
    /// # Errors
    /// If there is no connection, or it broke off.
    pub async fn send(&self, mut request: Request<Body>) -> Result<Response<Incoming>, Error> {
        request.headers_mut().insert(NAME, HeaderValue::from_static(USER_AGENT));
        Ok(self.inner.request(request).await?)
    }
}

/// A body that is complete, with its length.
pub fn complete(bytes: impl Into<Bytes>) -> Body {
    Either::Left(Full::new(bytes.into()))
}

/// A body that is sent as its pieces come.
pub fn stream(pieces: impl Stream<Item = Bytes> + Send + 'static) -> Body {
    Either::Right(StreamBody::new(pieces.map(|piece| Ok(Frame::data(piece)))).boxed_unsync())
}

/// The next piece of an answer; `None` after the last.
///
/// # Errors
/// If the connection broke off.
pub async fn piece(body: &mut Incoming) -> Result<Option<Bytes>, Error> {
    loop {
        let Some(frame) = body.frame().await.transpose()? else { return Ok(None) };
        // A frame without data is a trailer.
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
}
