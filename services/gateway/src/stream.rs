//! `POST /v1/submissions:stream`: many submissions in, their answers out in the same order, both at the same time.
//!
//! Many submissions of a stream are under way at once, so that they share one checkpoint. They are prepared side by
//! side, and go into the log in the order of the stream, since a device numbers its submissions.

use crate::backend::Recording;
use crate::frames::Frames;
use crate::gateway::Gateway;
use crate::limits::{STREAM_SUBMISSIONS_MAX, SUBMISSIONS_MAX};
use crate::media::{Format, PROTOBUF, check_stream};
use crate::problem::{Code, Problem};
use crate::submissions::{answer, decode};
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{Stream, StreamExt, stream};
use hyper::header::{CONTENT_TYPE, HeaderValue};
use lika_domain::rejection::Class;
use lika_ledger::{Received, SubmitError};
use lika_proto::v1;
use lika_proto::v1::answer::Outcome;
use prost::Message;
use std::convert::Infallible;
use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, watch};

/// A submission after it was prepared: ready to go into the log, or refused.
enum Prepared {
    Ready { id: Bytes, recording: Recording, permit: OwnedSemaphorePermit },
    Refused(v1::Answer),
}

/// The handler.
pub(crate) async fn post(State(gateway): State<Arc<Gateway>>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    if let Err(problem) = check_stream(&head.headers) {
        return problem.into_response();
    }
    if !matches!(Format::wanted(&head.headers, Format::Protobuf), Ok(Format::Protobuf)) {
        return Problem::of(Code::NotAcceptable, "accept", PROTOBUF).closing().into_response();
    }
    let answers = answers(gateway, Frames::new(body));
    let pieces = answers.map(|answer| Ok::<_, Infallible>(answer.encode_length_delimited_to_vec()));
    let mut response = Response::new(Body::from_stream(pieces));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(PROTOBUF));
    response
}

/// Answers in the order of the submissions. Submissions are read only as fast as answers are taken.
fn answers(gateway: Arc<Gateway>, frames: Frames) -> impl Stream<Item = v1::Answer> {
    let frames = stream::unfold(frames, |mut frames| async move { Some((frames.next().await?, frames)) });
    let answered = watch::Sender::new(0);
    let before = answered.subscribe();
    frames
        .enumerate()
        .map(move |(number, frame)| prepare(gateway.clone(), frame, number, before.clone()))
        .buffered(STREAM_SUBMISSIONS_MAX)
        .map(record)
        .buffered(STREAM_SUBMISSIONS_MAX)
        .inspect(move |_| answered.send_modify(|answered| *answered += 1))
}

/// Reads a submission and prepares it. `number` is its number in the stream; `before` counts the answers given so far.
async fn prepare(
    gateway: Arc<Gateway>,
    frame: Result<Bytes, Problem>,
    number: usize,
    mut before: watch::Receiver<usize>,
) -> Prepared {
    let signed = match frame.and_then(decode) {
        Ok(signed) => signed,
        Err(problem) => return Prepared::refused(Bytes::new(), problem),
    };
    let received = Received::from(signed.clone());
    let id = received.id();
    let Ok(permit) = gateway.submissions.clone().acquire_owned().await else {
        return Prepared::refused(id, Problem::of(Code::Unavailable, "", ""));
    };
    let mut prepared = gateway.backend.prepare(received).await;
    if prepared.as_ref().is_err_and(may_depend) {
        // An earlier submission, still under way, may enrol the key or the official. If the stream is gone, the answer
        // does not matter.
        let _ = before.wait_for(|answered| *answered >= number).await;
        prepared = gateway.backend.prepare(signed.into()).await;
    }
    match prepared {
        Ok(recording) => Prepared::Ready { id, recording, permit },
        Err(error) => Prepared::refused(id, error.into()),
    }
}

/// Whether the submission may be accepted once those before it are recorded.
fn may_depend(error: &SubmitError) -> bool {
    match error {
        SubmitError::Rejected(rejection) => matches!(rejection.code().class(), Class::Forbidden | Class::Conflict),
        _ => false,
    }
}

async fn record(prepared: Prepared) -> v1::Answer {
    match prepared {
        Prepared::Refused(answer) => answer,
        Prepared::Ready { id, recording, permit } => {
            let outcome = recording.await;
            drop(permit);
            answer(id, outcome)
        }
    }
}

impl Prepared {
    fn refused(id: Bytes, problem: Problem) -> Self {
        Self::Refused(v1::Answer { id, outcome: Some(Outcome::Refusal(problem.into_refusal())) })
    }
}

/// One stream must not be able to hold all places, or single submissions would starve.
const _: () = assert!(STREAM_SUBMISSIONS_MAX * 4 <= SUBMISSIONS_MAX);
