//! Reads length-delimited messages from a body.

use crate::body::piece;
use crate::limits::{STREAM_TIMEOUT_S, SUBMISSION_BYTES_MAX};
use crate::problem::{Code, Problem};
use axum::body::Body;
use bytes::{Buf, Bytes, BytesMut};
use std::time::Duration;
use tokio::time::Instant;

/// Longest length in front of a message, in bytes: enough for [`SUBMISSION_BYTES_MAX`].
const LENGTH_BYTES_MAX: usize = 4;

/// A body that is read message by message.
pub(crate) struct Frames {
    body: Body,
    read: BytesMut,
    ended: bool,
}

impl Frames {
    pub(crate) fn new(body: Body) -> Self {
        Self { body, read: BytesMut::new(), ended: false }
    }

    /// The next message; `None` at the end of the body, and after an error.
    pub(crate) async fn next(&mut self) -> Option<Result<Bytes, Problem>> {
        while !self.ended {
            match take(&mut self.read) {
                Ok(Some(message)) => return Some(Ok(message)),
                Ok(None) => {}
                Err(problem) => return Some(Err(self.end(problem))),
            }
            let deadline = Instant::now() + Duration::from_secs(STREAM_TIMEOUT_S);
            match piece(&mut self.body, deadline).await {
                Ok(Some(piece)) => self.read.extend_from_slice(&piece),
                Ok(None) if self.read.is_empty() => self.ended = true,
                Ok(None) => {
                    let detail = "the last message breaks off";
                    return Some(Err(self.end(Problem::of(Code::BodyIncomplete, "", detail))));
                }
                Err(problem) => return Some(Err(self.end(problem))),
            }
        }
        None
    }

    fn end(&mut self, problem: Problem) -> Problem {
        self.ended = true;
        problem
    }
}

/// Takes a whole message off the front; `None` if it has not arrived as a whole.
fn take(read: &mut BytesMut) -> Result<Option<Bytes>, Problem> {
    let mut length = 0;
    for (at, byte) in read.iter().take(LENGTH_BYTES_MAX).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * at);
        if byte & 0x80 == 0 {
            if length > SUBMISSION_BYTES_MAX {
                return Err(Problem::of(Code::BodyTooLarge, "", format!("at most {SUBMISSION_BYTES_MAX} bytes")));
            }
            if read.len() < at + 1 + length {
                return Ok(None);
            }
            read.advance(at + 1);
            return Ok(Some(read.split_to(length).freeze()));
        }
    }
    if read.len() < LENGTH_BYTES_MAX {
        return Ok(None);
    }
    Err(Problem::of(Code::BodyMalformed, "", "the length of a message is not a varint within the limit"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;
    use std::convert::Infallible;

    /// The messages of a body that comes in these pieces; an error is its code.
    async fn frames(pieces: Vec<Vec<u8>>) -> Vec<Result<Vec<u8>, String>> {
        let pieces = pieces.into_iter().map(|piece| Ok::<_, Infallible>(Bytes::from(piece)));
        let mut frames = Frames::new(Body::from_stream(stream::iter(pieces)));
        let mut found = Vec::new();
        while let Some(frame) = frames.next().await {
            found.push(frame.map(|bytes| bytes.to_vec()).map_err(|problem| problem.into_refusal().code));
        }
        found
    }

    #[tokio::test]
    async fn the_cuts_between_pieces_make_no_difference() {
        let long = vec![9; 300];
        let whole = [&[3, 1, 2, 3, 0, 0xac, 0x02][..], &long].concat();
        let expected = vec![Ok(vec![1, 2, 3]), Ok(vec![]), Ok(long)];
        assert_eq!(frames(vec![whole.clone()]).await, expected);
        assert_eq!(frames(whole.iter().map(|byte| vec![*byte]).collect()).await, expected);
        assert_eq!(frames(vec![]).await, []);
    }

    #[tokio::test]
    async fn a_broken_message_ends_the_body() {
        let code = |code: &str| Err(code.to_owned());
        assert_eq!(frames(vec![vec![1, 7, 5, 1]]).await, [Ok(vec![7]), code("body_incomplete")]);
        assert_eq!(frames(vec![vec![0x80]]).await, [code("body_incomplete")]);
        assert_eq!(frames(vec![vec![0xff; 9]]).await, [code("body_malformed")]);
        assert_eq!(frames(vec![vec![0x81, 0x80, 0x08, 1], vec![1, 7]]).await, [code("body_too_large")]);
    }
}
