//! `POST /v1/submissions`: one signed submission in, its receipt out.

use crate::body;
use crate::gateway::Gateway;
use crate::limits::{SUBMISSION_BYTES_MAX, SUBMISSION_JSON_BYTES_MAX};
use crate::media::{Format, JSON, PROTOBUF};
use crate::problem::{Code, Problem};
use axum::body::Body;
use axum::extract::State;
use axum::http::Request;
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use hyper::StatusCode;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use lika_ledger::{Receipt, Received, SubmitError};
use lika_proto::v1;
use lika_proto::v1::answer::Outcome;
use prost::Message;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// `lika.v1.SignedSubmission` as JSON; byte strings in base64.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "SignedSubmission")]
pub(crate) struct SubmissionJson {
    /// An encoded `lika.v1.Submission`.
    #[schemars(length(min = 4, max = 87_380), extend("contentEncoding" = "base64"))]
    submission: String,
    /// Ed25519 over `lika submission v1`, a line feed and the submission's bytes; 64 bytes.
    #[schemars(regex(pattern = "^[A-Za-z0-9+/]{85}[AQgw]==$"), extend("contentEncoding" = "base64"))]
    signature: String,
    /// Data keys for the vault, under which the submission seals data of households and officials. They are not signed
    /// and never reach the log.
    #[serde(default)]
    #[schemars(length(max = 1_000))]
    keys: Vec<DataKeyJson>,
    /// Number of entries under the newest checkpoint that the device holds a receipt of; 0 if it holds none. A service
    /// that has read fewer answers `not_caught_up`.
    #[serde(default)]
    known: u64,
}

/// A key under which personal data is sealed.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "DataKey")]
struct DataKeyJson {
    /// Household number of 10 digits or official number of 8.
    #[schemars(range(min = 10_000_000_u64, max = 9_999_999_999_u64))]
    subject: u64,
    /// Number of the key among those of the subject, from 1.
    #[schemars(range(min = 1))]
    number: u32,
    /// 32 bytes.
    #[schemars(regex(pattern = "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$"), extend("contentEncoding" = "base64"))]
    key: String,
}

/// Proof that an entry is in the log.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Receipt")]
pub(crate) struct ReceiptJson<'a> {
    /// The submission's id, in hexadecimal digits.
    #[schemars(regex(pattern = "^[0-9a-f]{32}$"))]
    id: String,
    /// Position of the entry in the log, from 0.
    index: u64,
    /// The entry as it is in the log.
    #[schemars(extend("contentEncoding" = "base64"))]
    entry: String,
    /// A `c2sp.org/tlog-proof@v1` text: index, inclusion proof, signed checkpoint.
    proof: &'a str,
    /// Whether the submission had been recorded before; then this is the receipt of that entry.
    duplicate: bool,
}

/// The handler.
pub(crate) async fn post(State(gateway): State<Arc<Gateway>>, request: Request<Body>) -> Response {
    let (head, body) = request.into_parts();
    let formats = Format::sent(&head.headers).and_then(|sent| Ok((sent, Format::wanted(&head.headers, sent)?)));
    let (sent, wanted) = match formats {
        Ok(formats) => formats,
        Err(problem) => return problem.into_response(),
    };
    let received = match read(body, sent).await {
        Ok(signed) => Received::from(signed),
        Err(problem) => return problem.into_response(),
    };
    let id = received.id();
    match record(&gateway, received).await {
        Ok(receipt) => accepted(id, receipt, wanted),
        Err(problem) if wanted == Format::Protobuf => {
            let answer = v1::Answer { id, outcome: Some(Outcome::Refusal(problem.clone().into_refusal())) };
            problem.respond(PROTOBUF, answer.encode_to_vec().into())
        }
        Err(problem) => problem.into_response(),
    }
}

async fn record(gateway: &Gateway, received: Received) -> Result<Receipt, Problem> {
    let Ok(_permit) = gateway.submissions.try_acquire() else { return Err(Problem::of(Code::Overloaded, "", "")) };
    let recording = gateway.backend.prepare(received).await?;
    Ok(recording.await?)
}

async fn read(body: Body, sent: Format) -> Result<v1::SignedSubmission, Problem> {
    match sent {
        Format::Protobuf => decode(body::read(body, SUBMISSION_BYTES_MAX).await?),
        Format::Json => from_json(&body::read(body, SUBMISSION_JSON_BYTES_MAX).await?),
    }
}

/// Decodes a signed submission; its parts share the memory of the body.
pub(crate) fn decode(bytes: Bytes) -> Result<v1::SignedSubmission, Problem> {
    v1::SignedSubmission::decode(bytes).map_err(|error| Problem::of(Code::BodyMalformed, "", error.to_string()))
}

fn from_json(bytes: &[u8]) -> Result<v1::SignedSubmission, Problem> {
    let json: SubmissionJson =
        serde_json::from_slice(bytes).map_err(|error| Problem::of(Code::BodyMalformed, "", error.to_string()))?;
    let key =
        |key: DataKeyJson| Ok(v1::DataKey { subject: key.subject, number: key.number, key: base64(&key.key, "key")? });
    Ok(v1::SignedSubmission {
        submission: base64(&json.submission, "submission")?,
        signature: base64(&json.signature, "signature")?,
        keys: json.keys.into_iter().map(key).collect::<Result<_, Problem>>()?,
        known: json.known,
    })
}

fn base64(text: &str, field: &'static str) -> Result<Bytes, Problem> {
    let decoded = BASE64_STANDARD.decode(text);
    decoded.map(Bytes::from).map_err(|error| Problem::of(Code::BodyMalformed, field, error.to_string()))
}

fn accepted(id: Bytes, receipt: Receipt, wanted: Format) -> Response {
    let status = if receipt.duplicate { StatusCode::OK } else { StatusCode::CREATED };
    let (media_type, body) = match wanted {
        Format::Protobuf => (PROTOBUF, answer(id, Ok(receipt)).encode_to_vec()),
        Format::Json => (JSON, to_json(&id, &receipt)),
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media_type));
    response
}

/// The answer to a submission, as protobuf.
pub(crate) fn answer(id: Bytes, outcome: Result<Receipt, SubmitError>) -> v1::Answer {
    let outcome = match outcome {
        Ok(Receipt { index, entry, proof, duplicate }) => {
            Outcome::Receipt(v1::Receipt { index, entry, proof, duplicate })
        }
        Err(error) => Outcome::Refusal(Problem::from(error).into_refusal()),
    };
    v1::Answer { id, outcome: Some(outcome) }
}

fn to_json(id: &[u8], receipt: &Receipt) -> Vec<u8> {
    let json = ReceiptJson {
        id: hex::encode(id),
        index: receipt.index,
        entry: BASE64_STANDARD.encode(&receipt.entry),
        proof: &receipt.proof,
        duplicate: receipt.duplicate,
    };
    // Texts and numbers can always be written as JSON.
    serde_json::to_vec(&json).unwrap_or_default()
}
