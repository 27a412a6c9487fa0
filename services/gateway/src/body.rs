//! Reads bodies, within a limit of size and of time.

use crate::limits::BODY_TIMEOUT_S;
use crate::problem::{Code, Problem};
use axum::body::Body;
use bytes::{Bytes, BytesMut};
use http_body_util::BodyExt;
use hyper::body::Body as _;
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Reads a whole body.
///
/// # Errors
/// 413 if it is longer than `bytes_max`, 408 if it does not arrive in time, 400 if it breaks off.
pub(crate) async fn read(mut body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    // If the announced length is too large, nothing is read at all.
    if body.size_hint().lower() > bytes_max as u64 {
        return Err(too_large(bytes_max));
    }
    let deadline = Instant::now() + Duration::from_secs(BODY_TIMEOUT_S);
    let Some(first) = piece(&mut body, deadline).await? else { return Ok(Bytes::new()) };
    if first.len() > bytes_max {
        return Err(too_large(bytes_max));
    }
    // Most bodies come in one piece, which is then not copied.
    let Some(second) = piece(&mut body, deadline).await? else { return Ok(first) };
    let mut whole = BytesMut::with_capacity(bytes_max.min(2 * (first.len() + second.len())));
    whole.extend_from_slice(&first);
    let mut next = Some(second);
    while let Some(piece_read) = next {
        if whole.len() + piece_read.len() > bytes_max {
            return Err(too_large(bytes_max));
        }
        whole.extend_from_slice(&piece_read);
        next = piece(&mut body, deadline).await?;
    }
    Ok(whole.freeze())
}

/// The next piece of a body; `None` at its end.
///
/// # Errors
/// 408 if it does not arrive in time, 400 if the body breaks off.
pub(crate) async fn piece(body: &mut Body, deadline: Instant) -> Result<Option<Bytes>, Problem> {
    loop {
        match timeout_at(deadline, body.frame()).await {
            Err(_) => return Err(Problem::of(Code::RequestTimeout, "", "").closing()),
            Ok(None) => return Ok(None),
            Ok(Some(Err(error))) => {
                // The error names the fault that hyper found, such as a chunk without a size.
                return Err(Problem::of(Code::BodyIncomplete, "", error.to_string()).closing());
            }
            Ok(Some(Ok(frame))) => match frame.into_data() {
                Ok(data) if data.is_empty() => {}
                Ok(data) => return Ok(Some(data)),
                // Trailers are ignored.
                Err(_) => {}
            },
        }
    }
}

fn too_large(bytes_max: usize) -> Problem {
    Problem::of(Code::BodyTooLarge, "", format!("at most {bytes_max} bytes")).closing()
}
