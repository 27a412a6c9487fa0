//! A test node over real sockets, whose answers the test decides.

use crate::api::{Api, LogInfo};
use crate::compose::{Chain, Report};
use crate::home::{Home, KeyFile};
use crate::key::Signer;
use bytes::Bytes;
use lika_domain::rejection::{Code, Rejection};
use lika_proto::convert::{self, encode_entry};
use lika_proto::v1;
use lika_proto::v1::answer::Outcome;
use lika_testkit::county::{ADMINISTRATOR, COUNTY, COUNTY_NAME, HOUSEHOLD, VILLAGE, area, official};
use lika_testkit::events::household_event;
use lika_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
use lika_tlog::proof::TlogProof;
use lika_tlog::{SigningKey, leaf_hash};
use prost::Message;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

pub(crate) use lika_testkit::county::ORIGIN;

/// A request as received.
pub(crate) struct Request {
    /// Request line and headers.
    pub(crate) head: String,
    /// Body, with the framing of chunks.
    pub(crate) body: Vec<u8>,
}

/// Answers every request on a connection of its own, as long as the test's runtime lives.
pub(crate) async fn start(mut answer: impl FnMut(Request) -> Vec<u8> + Send + 'static) -> Api {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = Api::new(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let asked = read_request(&mut connection).await;
            connection.write_all(&answer(asked)).await.unwrap();
            connection.shutdown().await.unwrap();
        }
    });
    api
}

/// An answer as sent.
pub(crate) fn http(status: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Reads until the request is complete: by its length, or to the last chunk.
async fn read_request(connection: &mut TcpStream) -> Request {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end + 2].to_vec()).unwrap();
            let body = bytes[end + 4..].to_vec();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            let chunked = head.contains("transfer-encoding: chunked");
            if (chunked && body.ends_with(b"0\r\n\r\n")) || (!chunked && body.len() >= length) {
                return Request { head, body };
            }
        }
        assert!(connection.read_buf(&mut bytes).await.unwrap() > 0, "the request broke off");
    }
}

/// Decides whether a submission is refused.
type Refuse = Box<dyn Fn(&v1::Submission) -> Option<v1::Refusal> + Send>;

/// A log that chains as the real one does, refuses what the test says, and remembers what it recorded.
pub(crate) struct Log {
    pub(crate) refuse: Refuse,
    pub(crate) taken: Vec<v1::SignedSubmission>,
    pub(crate) is_down: bool,
    chain: Chain,
}

impl Log {
    /// Starts one that refuses nothing.
    pub(crate) async fn start() -> (Api, Arc<Mutex<Self>>) {
        let log = Self { refuse: Box::new(|_| None), taken: Vec::new(), is_down: false, chain: Chain::default() };
        let log = Arc::new(Mutex::new(log));
        let behind = log.clone();
        (start(move |asked| behind.lock().unwrap().answer(&asked)).await, log)
    }

    /// Records a submission; returns whether it had been recorded before.
    pub(crate) fn judge(&mut self, signed: &v1::SignedSubmission) -> Result<bool, v1::Refusal> {
        let submission = convert::submission(&signed.submission).unwrap();
        if self.taken.iter().any(|taken| taken.submission == signed.submission) {
            return Ok(true);
        }
        if let Some(refusal) = (self.refuse)(&convert::submission_message(&signed.submission).unwrap()) {
            return Err(refusal);
        }
        if (submission.sequence, submission.previous) != (self.chain.sequence + 1, self.chain.previous) {
            return Err(refusal(&Rejection::of(Code::SequenceGap, "sequence", "")));
        }
        self.chain =
            Chain { sequence: submission.sequence, previous: Some(Sha256::digest(&signed.submission).into()) };
        self.taken.push(signed.clone());
        Ok(false)
    }

    fn answer(&mut self, asked: &Request) -> Vec<u8> {
        if asked.head.starts_with("GET /v1/log ") {
            return http("200 OK", "application/json", &serde_json::to_vec(&info()).unwrap());
        }
        if self.is_down {
            return http("503 Service Unavailable", "text/plain", b"stopping");
        }
        let signed = v1::SignedSubmission::decode(asked.body.as_slice()).unwrap();
        let (status, outcome) = match self.judge(&signed) {
            Err(refusal) => ("409 Conflict", Outcome::Refusal(refusal)),
            Ok(duplicate) => ("201 Created", Outcome::Receipt(receipt(ORIGIN, &key(), &signed, duplicate))),
        };
        let answer = v1::Answer { id: Bytes::new(), outcome: Some(outcome) };
        http(status, "application/x-protobuf", &answer.encode_to_vec())
    }
}

/// The key of the log.
pub(crate) fn key() -> SigningKey {
    SigningKey::new(ORIGIN.parse().unwrap(), [5; 32])
}

/// The receipt given by a log of one entry.
pub(crate) fn receipt(origin: &str, key: &SigningKey, signed: &v1::SignedSubmission, duplicate: bool) -> v1::Receipt {
    let signature = signed.signature.as_ref().try_into().unwrap();
    let entry = encode_entry(&signed.submission, signature, 1_650_000_000_500, 0, &[]);
    let checkpoint = Checkpoint { origin: origin.parse().unwrap(), size: 1, root: leaf_hash(&entry) };
    let checkpoint = SignedCheckpoint::sign(checkpoint, key).unwrap();
    let proof = TlogProof::new(0, Vec::new(), &checkpoint).unwrap().to_string();
    v1::Receipt { index: 0, entry: entry.into(), proof, duplicate }
}

/// A report on a household, to be composed.
pub(crate) fn report(outcome: u8) -> Report {
    let ended = v1::MonitoringEnded { outcome: i32::from(outcome % 3) + 1 };
    let events = household_event(HOUSEHOLD, v1::household_event::Kind::MonitoringEnded(ended));
    Report { area: area(VILLAGE), events, keys: Vec::new(), warned: Vec::new() }
}

/// A refusal as written by the gateway.
pub(crate) fn refusal(rejection: &Rejection) -> v1::Refusal {
    convert::refusal(rejection, 409)
}

/// A home with one key, `phone`.
pub(crate) fn home() -> (TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::open(dir.path()).unwrap();
    let official = official(ADMINISTRATOR);
    let signer = Signer::from_seed([9; 32]);
    home.add_key(&KeyFile::new("phone", official, ORIGIN, 1_650_000_000, &signer)).unwrap();
    (dir, home)
}

fn info() -> LogInfo {
    LogInfo {
        origin: ORIGIN.into(),
        area: COUNTY.into(),
        name: COUNTY_NAME.into(),
        mode: "testing".into(),
        verifier_key: key().verifier().to_string(),
        size: 1,
    }
}
