//! Transfers a file from one process to another over NATS in chunks; any instance of the service may answer each
//! request. The file ends with a sum over its content, which identifies it: instances have files of different times,
//! and all chunks must come from one.
//!
//! Request: offset of the chunk (8 bytes) and, except for the first chunk, the file's sum (32). Answer: the file's
//! sum, its length (8 bytes), the chunk; an empty answer if the instance has no such file. Numbers are big-endian.
//!
//! Tiles are transferred the same way, named by their path: a bundle of large entries does not fit into one message.

use super::error::StreamError;
use async_nats::{Client, Request};
use bytes::{Bytes, BytesMut};
use lika_tlog::TilePath;
use lika_tlog::bundle::ENTRY_BYTES_MAX;
use lika_tlog::tile::TILE_WIDTH;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

/// Most bytes of a chunk: two answers of this size fit into one message.
const PART_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Longest file that is taken.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// How often to ask for one chunk: another instance may answer the next time.
const ATTEMPTS: usize = 100;
/// How many requests in a row may go unanswered.
const UNANSWERED_MAX: usize = 3;
/// Name of the operation in errors.
const WHAT: &str = "transferring a file";
/// Most bytes of a tile: a full bundle of the largest entries, each with its length.
const TILE_BYTES_MAX: usize = TILE_WIDTH as usize * (ENTRY_BYTES_MAX + 2);
/// How long to wait for an answer, in milliseconds.
const ANSWER_MS: u64 = 5_000;
const SUM_BYTES: usize = 32;
const NUMBER_BYTES: usize = 8;

/// A requested chunk of a file.
struct Part {
    sum: [u8; SUM_BYTES],
    length: u64,
    bytes: Bytes,
}

/// Answers a request for a chunk of the file at `path`; empty if there is no such file.
pub fn answer(path: &Path, question: &[u8]) -> io::Result<Bytes> {
    let Some((offset, wanted)) = question.split_first_chunk::<NUMBER_BYTES>() else { return Ok(Bytes::new()) };
    let offset = u64::from_be_bytes(*offset);
    let file = match File::open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Bytes::new()),
        file => file?,
    };
    let length = file.metadata()?.len();
    let (mut sum, Some(end)) = ([0; SUM_BYTES], length.checked_sub(SUM_BYTES as u64)) else { return Ok(Bytes::new()) };
    file.read_exact_at(&mut sum, end)?;
    if offset >= length || !(wanted.is_empty() || wanted == sum) {
        return Ok(Bytes::new());
    }
    let size = usize::try_from(length - offset).map_or(PART_BYTES_MAX, |left| left.min(PART_BYTES_MAX));
    let mut answer = vec![0; SUM_BYTES + NUMBER_BYTES + size];
    answer[..SUM_BYTES].copy_from_slice(&sum);
    answer[SUM_BYTES..SUM_BYTES + NUMBER_BYTES].copy_from_slice(&length.to_be_bytes());
    file.read_exact_at(&mut answer[SUM_BYTES + NUMBER_BYTES..], offset)?;
    Ok(answer.into())
}

/// Fetches a file to `path`. Returns whether any instance has one whose first chunk `wanted` accepts. The caller must
/// check the content.
///
/// # Errors
/// [`StreamError::Nats`] if requests stay unanswered, or the file cannot be written.
pub async fn fetch(
    client: &Client,
    subject: &str,
    path: &Path,
    wanted: impl Fn(&[u8]) -> bool,
) -> Result<bool, StreamError> {
    let Some(first) = ask(client, subject, 0, &[]).await?.filter(|first| wanted(&first.bytes)) else {
        return Ok(false);
    };
    if first.length > FILE_BYTES_MAX {
        let error = io::Error::new(io::ErrorKind::FileTooLarge, format!("{} bytes", first.length));
        return Err(StreamError::nats(WHAT)(error));
    }
    let new = path.with_extension("part");
    let written = write(client, subject, first, &new).await;
    let placed = match written {
        Ok(()) => std::fs::rename(&new, path).map_err(StreamError::nats(WHAT)),
        Err(error) => Err(error),
    };
    if placed.is_err() {
        // It may not exist; the next attempt overwrites any rest of it.
        let _ = std::fs::remove_file(&new);
    }
    placed.map(|()| true)
}

async fn write(client: &Client, subject: &str, first: Part, path: &Path) -> Result<(), StreamError> {
    let mut file = File::create(path).map_err(StreamError::nats(WHAT))?;
    let (mut written, mut part) = (0, first.bytes);
    loop {
        file.write_all(&part).map_err(StreamError::nats(WHAT))?;
        written += part.len() as u64;
        if written >= first.length {
            return Ok(());
        }
        part = next(client, subject, written, &first.sum).await?;
    }
}

/// A later chunk, from any instance that has the file.
async fn next(client: &Client, subject: &str, offset: u64, sum: &[u8; SUM_BYTES]) -> Result<Bytes, StreamError> {
    let (mut attempts, mut unanswered) = (0, 0);
    loop {
        match ask(client, subject, offset, sum).await {
            Ok(Some(part)) if !part.bytes.is_empty() && part.sum == *sum => return Ok(part.bytes),
            Ok(_) if attempts < ATTEMPTS => attempts += 1,
            Ok(_) => return Err(StreamError::nats(WHAT)(io::Error::other("the other instance has another file now"))),
            // The instance that answers may have been stopped just now.
            Err(_) if unanswered < UNANSWERED_MAX => unanswered += 1,
            Err(error) => return Err(error),
        }
    }
}

async fn ask(client: &Client, subject: &str, offset: u64, sum: &[u8]) -> Result<Option<Part>, StreamError> {
    let question = Bytes::from([offset.to_be_bytes().as_slice(), sum].concat());
    let request = Request::new().payload(question).timeout(Some(Duration::from_millis(ANSWER_MS)));
    let answer = client.send_request(subject.to_owned(), request).await;
    let bytes = answer.map_err(StreamError::nats(WHAT))?.payload;
    let Some((sum, rest)) = bytes.split_first_chunk::<SUM_BYTES>() else { return Ok(None) };
    let Some((length, part)) = rest.split_first_chunk::<NUMBER_BYTES>() else { return Ok(None) };
    Ok(Some(Part { sum: *sum, length: u64::from_be_bytes(*length), bytes: bytes.slice_ref(part) }))
}

/// Answers a request for a tile: its path and, except for the first chunk, a space and the offset. `tile` finds the
/// whole tile. A chunk that is not full is the last one; an empty answer means that there is no such tile.
///
/// # Errors
/// The error of `tile`.
pub async fn answer_tile<E, F>(question: &[u8], tile: impl FnOnce(TilePath) -> F) -> Result<Bytes, E>
where
    F: Future<Output = Result<Option<Bytes>, E>>,
{
    let (path, offset) = match std::str::from_utf8(question).unwrap_or_default().split_once(' ') {
        Some((path, offset)) => (path.parse().ok(), offset.parse().ok()),
        None => (std::str::from_utf8(question).ok().and_then(|path| path.parse().ok()), Some(0)),
    };
    let (Some(path), Some(offset)) = (path, offset) else { return Ok(Bytes::new()) };
    let bytes = tile(path).await?.unwrap_or_default();
    let offset = bytes.len().min(offset);
    Ok(bytes.slice(offset..bytes.len().min(offset.saturating_add(PART_BYTES_MAX))))
}

/// Fetches a tile from any instance; a tile of one width is the same everywhere. `None` if there is no such tile.
///
/// # Errors
/// If nobody answers, or the answer is longer than a tile.
pub async fn fetch_tile(client: &Client, subject: &str, path: TilePath) -> Result<Option<Bytes>, StreamError> {
    let mut whole = BytesMut::new();
    loop {
        let question = if whole.is_empty() { path.to_string() } else { format!("{path} {}", whole.len()) };
        let request = Request::new().payload(question.into()).timeout(Some(Duration::from_millis(ANSWER_MS)));
        let answer = client.send_request(subject.to_owned(), request).await;
        let part = answer.map_err(StreamError::nats("transferring a tile"))?.payload;
        if whole.is_empty() && part.len() < PART_BYTES_MAX {
            // Nearly every tile fits into one chunk and needs no copying.
            return Ok((!part.is_empty()).then_some(part));
        }
        whole.extend_from_slice(&part);
        if whole.len() > TILE_BYTES_MAX {
            let error = io::Error::new(io::ErrorKind::FileTooLarge, format!("{path}: more than a tile holds"));
            return Err(StreamError::nats("transferring a tile")(error));
        }
        if part.len() < PART_BYTES_MAX {
            return Ok((!whole.is_empty()).then(|| whole.freeze()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::FutureExt;
    use std::convert::Infallible;

    #[test]
    fn a_tile_is_handed_over_in_parts() {
        let tile = Bytes::from(vec![7; 2 * PART_BYTES_MAX]);
        let ask = |question: &str| {
            let found = async |path: TilePath| Ok::<_, Infallible>((path.n() == 3).then(|| tile.clone()));
            answer_tile(question.as_bytes(), found).now_or_never().unwrap().unwrap().len()
        };
        assert_eq!(ask("tile/entries/003"), PART_BYTES_MAX);
        assert_eq!(ask(&format!("tile/entries/003 {PART_BYTES_MAX}")), PART_BYTES_MAX);
        assert_eq!(ask(&format!("tile/entries/003 {}", PART_BYTES_MAX + 1)), PART_BYTES_MAX - 1);
        assert_eq!(ask(&format!("tile/entries/003 {}", 2 * PART_BYTES_MAX)), 0);
        for none in ["tile/entries/004", "tile/entries/003 x", "tile/entries/003 -1", "", " ", "tile/entries/003 9e9"]
        {
            assert_eq!(ask(none), 0, "{none:?}");
        }
        assert_eq!(ask(&format!("tile/entries/003 {}", u64::MAX)), 0);
    }

    #[test]
    fn all_parts_come_from_one_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        let ask = |offset: u64, sum: &[u8]| answer(&path, &[&offset.to_be_bytes(), sum].concat()).unwrap();
        assert!(ask(0, &[]).is_empty(), "there is no file");
        std::fs::write(&path, [7; 31]).unwrap();
        assert!(ask(0, &[]).is_empty(), "too short to have a sum");
        let content: Vec<u8> = (0..PART_BYTES_MAX + 1_000).map(|at| at.to_le_bytes()[0]).collect();
        std::fs::write(&path, &content).unwrap();
        let sum = &content[content.len() - SUM_BYTES..];
        let (first, last) = (ask(0, &[]), ask(PART_BYTES_MAX as u64, sum));
        assert_eq!(first[..SUM_BYTES], *sum);
        assert_eq!(first[SUM_BYTES..40], (content.len() as u64).to_be_bytes());
        assert_eq!([&first[40..], &last[40..]].concat(), content);
        assert!(ask(0, &[9; 32]).is_empty(), "it is another file");
        assert!(ask(content.len() as u64, sum).is_empty() && ask(u64::MAX, sum).is_empty());
        assert!(answer(&path, b"short").unwrap().is_empty());
    }
}
