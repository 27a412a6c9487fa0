//! A test node over real sockets, whose answers the test decides.

use crate::api::{Api, LogInfo};
use crate::compose::{Chain, Report};
use crate::home::{Home, KeyFile};
use crate::key::Signer;
use bytes::Bytes;
use lika_domain::ids::{KeyId, SubmissionId};
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
use std::collections::{BTreeMap, BTreeSet};
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

/// A line that breaks, counted in bytes over all connections since it was last mended.
#[derive(Debug, Default)]
pub(crate) struct Line {
    /// Breaks when so many bytes of requests have arrived.
    pub(crate) requests_break_at: Option<usize>,
    /// Breaks when so many bytes of answers have gone out.
    pub(crate) answers_break_at: Option<usize>,
    /// Bytes of requests that arrived.
    pub(crate) requested: usize,
    /// Bytes of answers that went out.
    pub(crate) answered: usize,
    /// Whether something was cut off.
    pub(crate) is_broken: bool,
}

/// Answers every request on a connection of its own, as long as the test's runtime lives.
pub(crate) async fn start(answer: impl FnMut(Request) -> Vec<u8> + Send + 'static) -> Api {
    start_behind(Arc::default(), answer).await
}

/// The same behind a line that may break.
pub(crate) async fn start_behind(
    line: Arc<Mutex<Line>>,
    mut answer: impl FnMut(Request) -> Vec<u8> + Send + 'static,
) -> Api {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = Api::new(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let Some(asked) = read_request(&mut connection, &line).await else { continue };
            let answer = answer(asked);
            let left = {
                let mut line = line.lock().unwrap();
                let left = line.answers_break_at.map_or(usize::MAX, |limit| limit.saturating_sub(line.answered));
                line.answered += answer.len().min(left);
                line.is_broken |= left < answer.len();
                left
            };
            // The other side may have gone.
            let _ = connection.write_all(&answer[..answer.len().min(left)]).await;
            let _ = connection.shutdown().await;
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

/// Reads until the request is complete: by its length, or to the last chunk. `None` if it broke off.
async fn read_request(connection: &mut TcpStream, line: &Mutex<Line>) -> Option<Request> {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end + 2].to_vec()).unwrap();
            let body = bytes[end + 4..].to_vec();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            let chunked = head.contains("transfer-encoding: chunked");
            if (chunked && body.ends_with(b"0\r\n\r\n")) || (!chunked && body.len() >= length) {
                return Some(Request { head, body });
            }
        }
        let left = {
            let line = line.lock().unwrap();
            line.requests_break_at.map_or(usize::MAX, |limit| limit.saturating_sub(line.requested))
        };
        let read = connection.take(left as u64).read_buf(&mut bytes).await.unwrap_or(0);
        let mut line = line.lock().unwrap();
        line.requested += read;
        if read == 0 {
            line.is_broken = true;
            return None;
        }
    }
}

/// Decides whether a submission is refused.
type Refuse = Box<dyn Fn(&v1::Submission) -> Option<v1::Refusal> + Send>;

/// A log that chains as the real one does, refuses what the test says, and remembers what it recorded.
pub(crate) struct Log {
    pub(crate) refuse: Refuse,
    pub(crate) taken: Vec<v1::SignedSubmission>,
    pub(crate) is_down: bool,
    /// The line to it.
    pub(crate) line: Arc<Mutex<Line>>,
    chains: BTreeMap<KeyId, Chain>,
    ids: BTreeSet<SubmissionId>,
}

impl Log {
    /// Starts one that refuses nothing.
    pub(crate) async fn start() -> (Api, Arc<Mutex<Self>>) {
        let line: Arc<Mutex<Line>> = Arc::default();
        let log = Self {
            refuse: Box::new(|_| None),
            taken: Vec::new(),
            is_down: false,
            line: line.clone(),
            chains: BTreeMap::new(),
            ids: BTreeSet::new(),
        };
        let log = Arc::new(Mutex::new(log));
        let behind = log.clone();
        (start_behind(line, move |asked| behind.lock().unwrap().answer(&asked)).await, log)
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
        if self.ids.contains(&submission.id) {
            return Err(refusal(&Rejection::of(Code::SubmissionIdReused, "id", "")));
        }
        let last = self.chain(submission.key);
        if (submission.sequence, submission.previous) != (last.sequence + 1, last.previous) {
            return Err(refusal(&Rejection::of(Code::SequenceGap, "sequence", "")));
        }
        let chain = Chain { sequence: submission.sequence, previous: Some(Sha256::digest(&signed.submission).into()) };
        self.chains.insert(submission.key, chain);
        self.ids.insert(submission.id);
        self.taken.push(signed.clone());
        Ok(false)
    }

    /// Position of a device.
    pub(crate) fn chain(&self, key: KeyId) -> Chain {
        self.chains.get(&key).copied().unwrap_or_default()
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
    home_in(tempfile::tempdir().unwrap())
}

/// The same in memory where there is such a folder: for tests that write thousands of files.
pub(crate) fn home_in_memory() -> (TempDir, Home) {
    home_in(tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap())
}

fn home_in(dir: TempDir) -> (TempDir, Home) {
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
