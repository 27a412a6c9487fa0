//! A file handed from one process to another over NATS, in parts, whichever instance of a service answers. It ends with a
//! sum over what is before, which names it: instances have files of different times, and all parts must be of one.
//!
//! A question: where the part begins (8 bytes) and, but for the first, the file's sum (32). An answer: the file's sum, its
//! length (8 bytes), the part; nothing at all from who has no such file. Numbers are big-endian.

use super::error::StreamError;
use async_nats::{Client, Request};
use bytes::Bytes;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::time::Duration;

/// Most bytes of a part: two answers of that size are within what servers carry in one message.
const PART_BYTES_MAX: usize = 3 * 1024 * 1024;
/// Longest file that is taken.
const FILE_BYTES_MAX: u64 = 8 * 1024 * 1024 * 1024;
/// How often a part is asked for: it may be another instance's turn to answer.
const ATTEMPTS: usize = 100;
/// How long an answer is waited for, in milliseconds.
const ANSWER_MS: u64 = 5_000;
const SUM_BYTES: usize = 32;
const NUMBER_BYTES: usize = 8;

/// A part of a file, as it was asked for.
struct Part {
    sum: [u8; SUM_BYTES],
    length: u64,
    bytes: Bytes,
}

/// Answers a question for a part of the file at `path`; with nothing if there is no such file.
///
/// # Errors
/// If the file cannot be read.
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

/// Fetches a file to `path`; whether anybody has it. What it holds is for the caller to check.
///
/// # Errors
/// [`StreamError::Nats`] if nobody answers to the end, or it cannot be written.
pub async fn fetch(client: &Client, subject: &str, path: &Path) -> Result<bool, StreamError> {
    let Some(first) = ask(client, subject, 0, &[]).await? else { return Ok(false) };
    let failed = StreamError::nats("a file handed over");
    if first.length > FILE_BYTES_MAX {
        return Err(failed(io::Error::new(io::ErrorKind::FileTooLarge, format!("{} bytes", first.length))));
    }
    let new = path.with_extension("part");
    let mut file = File::create(&new).map_err(StreamError::nats("a file handed over"))?;
    let (mut written, mut part) = (0, first.bytes);
    loop {
        file.write_all(&part).map_err(StreamError::nats("a file handed over"))?;
        written += part.len() as u64;
        if written >= first.length {
            break;
        }
        part = next(client, subject, written, &first.sum).await?;
    }
    std::fs::rename(&new, path).map_err(failed)?;
    Ok(true)
}

/// A later part, from whoever has the file.
async fn next(client: &Client, subject: &str, offset: u64, sum: &[u8; SUM_BYTES]) -> Result<Bytes, StreamError> {
    for _ in 0..ATTEMPTS {
        if let Some(part) = ask(client, subject, offset, sum).await?
            && !part.bytes.is_empty()
            && part.sum == *sum
        {
            return Ok(part.bytes);
        }
    }
    Err(StreamError::nats("a file handed over")(io::Error::other("who had it has another one now")))
}

async fn ask(client: &Client, subject: &str, offset: u64, sum: &[u8]) -> Result<Option<Part>, StreamError> {
    let question = Bytes::from([offset.to_be_bytes().as_slice(), sum].concat());
    let request = Request::new().payload(question).timeout(Some(Duration::from_millis(ANSWER_MS)));
    let answer = client.send_request(subject.to_owned(), request).await;
    let bytes = answer.map_err(StreamError::nats("a file handed over"))?.payload;
    let Some((sum, rest)) = bytes.split_first_chunk::<SUM_BYTES>() else { return Ok(None) };
    let Some((length, part)) = rest.split_first_chunk::<NUMBER_BYTES>() else { return Ok(None) };
    Ok(Some(Part { sum: *sum, length: u64::from_be_bytes(*length), bytes: bytes.slice_ref(part) }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_of_one_file() {
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
