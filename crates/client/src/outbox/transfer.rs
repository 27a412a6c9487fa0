//! The outbox over a file, for a device that never has a line: what waits goes out on a stick, another machine sends
//! it, and the answers come back the same way.
//!
//! ```text
//! device without a line     lika outbox export waiting.lika          -> submissions
//! machine with a line       lika outbox send --file waiting.lika     -> answers, in waiting.lika.answers
//! device without a line     lika outbox import waiting.lika.answers
//! ```
//!
//! The file is JSON, one object a line. The first line is the head, and says how many follow:
//!
//! ```text
//! {"format":"lika outbox 1","kind":"submissions","count":1,"logs":["lika.example/130624+c5…"]}
//! {"id":"0b…","signed":"CrMB…"}                     a SignedSubmission of proto/lika/v1, base64
//!
//! {"format":"lika outbox 1","kind":"answers","count":2,"logs":[]}
//! {"id":"0b…","sha256":"5e…","answer":"Eq0C…"}      an Answer of proto/lika/v1, base64
//! ```
//!
//! `logs` are the verifier keys that the device knows: the machine with the line sends nothing to a node that shows
//! another key for one of these logs. `sha256` is that of the submission's bytes: an answer concerns these bytes and
//! no others. The file never holds a signing key. It holds the data keys of sealed data, as every sending does: who
//! reads it can read the personal data in it. A receipt is proved by the log; a refusal is not, and whoever doubts
//! one puts the submission back with `lika outbox retry`.

mod carry;

pub use carry::{Imported, export, import, send};

use crate::home::{Home, HomeError, Pending, file};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_domain::codes;
use lika_domain::ids::SubmissionId;
use lika_proto::v1;
use prost::Message;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::io::Read;
use std::path::Path;

/// Largest file, in bytes.
pub const TRANSFER_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Most submissions or answers in a file.
pub const TRANSFER_ITEMS_MAX: usize = 10_000;
/// What is added to the name of a file for its answers.
pub const ANSWERS_EXTENSION: &str = "answers";

const FORMAT: &str = "lika outbox 1";

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Transfer {
    /// Submissions that wait, on their way to a node.
    Submissions(Submissions),
    /// Answers, on their way back.
    Answers(Vec<Answered>),
}

/// Submissions that wait, each key's in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Submissions {
    /// Verifier keys of logs, as the device knows them.
    pub logs: Vec<String>,
    /// The submissions.
    pub waiting: Vec<Pending>,
}

/// The answer to a submission.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// The submission.
    pub id: SubmissionId,
    /// SHA-256 of its bytes.
    pub hash: [u8; 32],
    /// The answer.
    pub outcome: v1::answer::Outcome,
}

codes! {
    /// Why a file cannot be used.
    pub enum TransferCode;
    NotATransfer "not_an_outbox_file" "不是发件箱文件" "this is not a file of the outbox";
    Truncated "outbox_file_truncated" "文件不完整，请重新复制" "the file is not complete; copy it again";
    Damaged "outbox_file_damaged" "文件内容已损坏，请重新导出" "the file is damaged; export it again";
    TooLarge "outbox_file_too_large" "文件过大" "the file is too large";
    OtherKind "outbox_file_of_other_kind" "文件类型不符：报送文件用 send --file 发送，应答文件用 import 导入"
        "a file of submissions is sent with `send --file`, a file of answers is imported";
    LogUnknown "log_key_unknown" "本机尚无该日志的验证公钥，无法验证回执"
        "this device does not know the verifier key of the log, so it cannot check receipts";
    LogKeyChanged "log_key_changed" "该节点出示的验证公钥与设备所知不符，未发送任何内容"
        "the node shows another verifier key than the device knows; nothing was sent";
}

/// A file that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// Its content.
    #[error("{}{detail}", .code.en())]
    Content {
        /// The code, with messages.
        code: TransferCode,
        /// Where, and what is there; may be empty.
        detail: String,
    },
    /// It could not be read or written.
    #[error(transparent)]
    Home(#[from] HomeError),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    format: String,
    kind: Kind,
    count: usize,
    logs: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Submissions,
    Answers,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SubmissionLine {
    id: String,
    signed: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerLine {
    id: String,
    sha256: String,
    answer: String,
}

impl Transfer {
    /// Reads a file.
    ///
    /// # Errors
    /// If it is not complete, too large, or any line of it is not as written.
    pub fn read(path: &Path) -> Result<Self, TransferError> {
        let opened = std::fs::File::open(path).map_err(HomeError::at(path))?;
        let mut text = Vec::new();
        opened.take(TRANSFER_BYTES_MAX + 1).read_to_end(&mut text).map_err(HomeError::at(path))?;
        Self::parse(&text)
    }

    /// Reads the content of a file.
    ///
    /// # Errors
    /// As [`Self::read`].
    pub fn parse(text: &[u8]) -> Result<Self, TransferError> {
        if text.len() as u64 > TRANSFER_BYTES_MAX {
            return Err(error(TransferCode::TooLarge, format!("more than {TRANSFER_BYTES_MAX} bytes")));
        }
        let mut lines = text.split(|byte| *byte == b'\n');
        let head: Option<Head> = lines.next().and_then(|line| serde_json::from_slice(line).ok());
        let head = head.filter(|head| head.format == FORMAT).ok_or_else(|| error(TransferCode::NotATransfer, ""))?;
        if head.count > TRANSFER_ITEMS_MAX {
            return Err(error(TransferCode::TooLarge, format!("more than {TRANSFER_ITEMS_MAX} lines")));
        }
        let lines: Vec<&[u8]> = lines.collect();
        // The last line ends too, so nothing stands behind it.
        let Some((&[], lines)) = lines.split_last().filter(|(_, lines)| lines.len() == head.count) else {
            let found = lines.len().saturating_sub(1);
            return Err(error(TransferCode::Truncated, format!("{found} of {} lines", head.count)));
        };
        let damaged = |number: usize| error(TransferCode::Damaged, format!("line {}", number + 2));
        let numbered = || lines.iter().enumerate();
        match head.kind {
            Kind::Submissions => {
                let read = numbered().map(|(number, line)| submission(line).ok_or_else(|| damaged(number)));
                let waiting = read.collect::<Result<_, _>>()?;
                Ok(Self::Submissions(Submissions { logs: head.logs, waiting }))
            }
            Kind::Answers => {
                let read = numbered().map(|(number, line)| answered(line).ok_or_else(|| damaged(number)));
                Ok(Self::Answers(read.collect::<Result<_, _>>()?))
            }
        }
    }
}

impl Submissions {
    /// Writes a file that must not exist yet.
    ///
    /// # Errors
    /// If it exists or cannot be written.
    pub fn write(&self, path: &Path) -> Result<(), TransferError> {
        let head = Head {
            format: FORMAT.into(),
            kind: Kind::Submissions,
            count: self.waiting.len(),
            logs: self.logs.clone(),
        };
        Ok(file::write_new(path, &text(&head, self.waiting.iter().map(line_of)))?)
    }
}

/// Writes answers, over those that the file held before.
///
/// # Errors
/// If it cannot be written.
pub fn write_answers(answers: &[Answered], path: &Path) -> Result<(), TransferError> {
    let head = Head { format: FORMAT.into(), kind: Kind::Answers, count: answers.len(), logs: Vec::new() };
    let line = |answered: &Answered| AnswerLine {
        id: answered.id.to_string(),
        sha256: hex::encode(answered.hash),
        answer: BASE64_STANDARD
            .encode(v1::Answer { outcome: Some(answered.outcome.clone()), ..Default::default() }.encode_to_vec()),
    };
    Ok(file::write(path, &text(&head, answers.iter().map(line)))?)
}

fn line_of(pending: &Pending) -> SubmissionLine {
    let signed = BASE64_STANDARD.encode(pending.signed.encode_to_vec());
    SubmissionLine { id: pending.id.to_string(), signed }
}

/// Verifier keys of the logs that submissions are for, as far as the home knows them.
fn known_logs(home: &Home, waiting: &[Pending]) -> Result<Vec<String>, HomeError> {
    let mut origins: Vec<_> = waiting.iter().map(|pending| pending.origin.as_str()).collect();
    origins.sort_unstable();
    origins.dedup();
    let keys = origins.into_iter().map(|origin| home.log_key(origin));
    Ok(keys.collect::<Result<Vec<_>, _>>()?.into_iter().flatten().map(|key| key.to_string()).collect())
}

fn text<T: Serialize>(head: &Head, lines: impl Iterator<Item = T>) -> Vec<u8> {
    // The structures written here can always be encoded.
    let mut text = serde_json::to_vec(head).unwrap_or_default();
    for line in lines {
        text.push(b'\n');
        text.extend(serde_json::to_vec(&line).unwrap_or_default());
    }
    text.push(b'\n');
    text
}

fn submission(line: &[u8]) -> Option<Pending> {
    let line: SubmissionLine = serde_json::from_slice(line).ok()?;
    let signed = v1::SignedSubmission::decode(BASE64_STANDARD.decode(line.signed).ok()?.as_slice()).ok()?;
    Pending::read(signed).ok().filter(|pending| pending.id.to_string() == line.id)
}

fn answered(line: &[u8]) -> Option<Answered> {
    let line: AnswerLine = serde_json::from_slice(line).ok()?;
    let mut hash = [0; 32];
    hex::decode_to_slice(line.sha256, &mut hash).ok()?;
    let answer = v1::Answer::decode(BASE64_STANDARD.decode(line.answer).ok()?.as_slice()).ok()?;
    Some(Answered { id: crate::home::id(&line.id)?, hash, outcome: answer.outcome? })
}

fn hash_of(pending: &Pending) -> [u8; 32] {
    Sha256::digest(&pending.signed.submission).into()
}

fn error(code: TransferCode, detail: impl Into<String>) -> TransferError {
    let detail = detail.into();
    let detail = if detail.is_empty() { detail } else { format!(": {detail}") };
    TransferError::Content { code, detail }
}

#[cfg(test)]
mod tests;
