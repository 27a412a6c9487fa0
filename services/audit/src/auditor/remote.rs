//! A log behind an address, as every C2SP tlog-tiles log is served, and the documents of a Lika node.

use lika_eventlog::error::LogError;
use lika_eventlog::verify::Source;
use lika_http::reqwest::blocking::Client;
use lika_http::{Trust, blocking_client, cause};
use lika_retry::{BlockingRetryable, SOURCE};
use lika_tlog::TilePath;
use lika_tlog::bundle::ENTRY_BYTES_MAX;
use lika_tlog::tile::TILE_WIDTH;
use std::error::Error;
use std::io::{self, Read};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// Largest checkpoint that is read, in bytes.
const CHECKPOINT_BYTES_MAX: u64 = 65_536;
/// Largest tile or bundle: full, with entries of the largest size.
const TILE_BYTES_MAX: u64 = TILE_WIDTH as u64 * (ENTRY_BYTES_MAX as u64 + 2);
/// Largest document that is read, in bytes.
const DOCUMENT_BYTES_MAX: u64 = 16 << 20;
/// Longest time to connect, in seconds.
const CONNECT_S_MAX: u64 = 10;
/// Longest time for a request with its answer, in seconds.
const REQUEST_S_MAX: u64 = 120;
/// Idle connections kept open.
const CONNECTIONS_KEPT: usize = 32;

/// A log behind an address. It blocks: use it from several threads at once if you like, but not from async tasks.
#[derive(Clone, Debug)]
pub struct Remote {
    base: String,
    client: Client,
}

/// Something behind an address could not be read.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// Not an address.
    #[error("{0} is not an address: addresses begin with http:// or https://")]
    NotAnAddress(String),
    /// There was no answer, or it broke off.
    #[error("{url}: {}", cause(&**source))]
    Unreadable {
        /// The requested URL.
        url: String,
        /// What happened.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The answer is longer than allowed.
    #[error("{url} answers with more than {bytes_max} bytes")]
    TooLarge {
        /// The requested URL.
        url: String,
        /// Limit in bytes.
        bytes_max: u64,
    },
    /// No HTTP client could be made.
    #[error("no client for HTTP: {}", cause(.0))]
    NoClient(#[source] lika_http::reqwest::Error),
    /// The answer has an unexpected status.
    #[error("{url} answers with status {status}{}", if body.is_empty() { String::new() } else { format!(": {body}") })]
    Status {
        /// The requested URL.
        url: String,
        /// HTTP status.
        status: u16,
        /// The beginning of the answer.
        body: String,
    },
}

impl Remote {
    /// A log behind `http://…` or `https://…`.
    ///
    /// # Errors
    /// [`RemoteError::NotAnAddress`].
    pub fn new(address: &str) -> Result<Self, RemoteError> {
        if !is_address(address) {
            return Err(RemoteError::NotAnAddress(address.to_owned()));
        }
        // Plain http addresses need the certificates too: they may redirect to https.
        let client = blocking_client(Trust::Machine)
            .connect_timeout(Duration::from_secs(CONNECT_S_MAX))
            .timeout(Duration::from_secs(REQUEST_S_MAX))
            .pool_max_idle_per_host(CONNECTIONS_KEPT)
            .build()
            .map_err(RemoteError::NoClient)?;
        Ok(Self { base: address.trim_end_matches('/').to_owned(), client })
    }

    /// A document below the address; `None` if there is none of that name.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn document(&self, path: &str) -> Result<Option<Vec<u8>>, RemoteError> {
        self.get(path, DOCUMENT_BYTES_MAX)
    }

    /// Retries what may succeed the next time: no answer, or a busy node.
    fn get(&self, path: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        let url = format!("{}/{path}", self.base);
        let passing = |error: &RemoteError| match error {
            RemoteError::Status { status, .. } => matches!(status, 429 | 500..),
            RemoteError::Unreadable { .. } => true,
            _ => false,
        };
        (|| self.get_once(&url, bytes_max)).retry(SOURCE).when(passing).call()
    }

    fn get_once(&self, url: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, RemoteError> {
        let unreadable = |source| RemoteError::Unreadable { url: url.to_owned(), source };
        let answer = self.client.get(url).send().map_err(|error| unreadable(Box::new(error)))?;
        let (status, length) = (answer.status().as_u16(), answer.content_length().unwrap_or(0));
        let mut body = Vec::new();
        if length <= bytes_max {
            answer.take(bytes_max + 1).read_to_end(&mut body).map_err(|error| unreadable(Box::new(error)))?;
        }
        if length > bytes_max || body.len() as u64 > bytes_max {
            return Err(RemoteError::TooLarge { url: url.to_owned(), bytes_max });
        }
        match status {
            200 => Ok(Some(body)),
            404 => Ok(None),
            _ => Err(RemoteError::Status { url: url.to_owned(), status, body: beginning(&body) }),
        }
    }

    /// As a log error that says "cannot be read" and nothing about the content.
    fn unreadable(error: RemoteError) -> LogError {
        let path = match &error {
            RemoteError::NotAnAddress(url)
            | RemoteError::Unreadable { url, .. }
            | RemoteError::TooLarge { url, .. }
            | RemoteError::Status { url, .. } => PathBuf::from(url),
            RemoteError::NoClient(_) => PathBuf::new(),
        };
        let source = match error {
            RemoteError::Unreadable { source, .. } => io::Error::other(cause(&*source)),
            other => io::Error::other(other),
        };
        LogError::Io { path, source: Arc::new(source) }
    }
}

impl Source for Remote {
    fn checkpoint(&self) -> Result<Vec<u8>, LogError> {
        let found = self.get("checkpoint", CHECKPOINT_BYTES_MAX).map_err(Self::unreadable)?;
        found.ok_or_else(|| {
            let source = Arc::new(io::Error::new(io::ErrorKind::NotFound, "no log is served there"));
            LogError::Io { path: PathBuf::from(format!("{}/checkpoint", self.base)), source }
        })
    }

    fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, LogError> {
        self.get(&path.to_string(), TILE_BYTES_MAX).map_err(Self::unreadable)
    }

    fn list(&self) -> Result<Option<Vec<PathBuf>>, LogError> {
        Ok(None)
    }
}

/// Whether a text is an address and not a folder.
pub fn is_address(text: &str) -> bool {
    text.starts_with("http://") || text.starts_with("https://")
}

/// The beginning of an answer, on one line.
fn beginning(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(200)]);
    text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{BufRead, BufReader, Write};
    use std::net::TcpListener;
    use std::sync::atomic::{AtomicUsize, Ordering};

    /// Answers each request with the next of `answers`, closing the connection after it.
    fn server(answers: Vec<&'static str>) -> (Remote, Arc<AtomicUsize>) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let remote = Remote::new(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
        let asked = Arc::new(AtomicUsize::new(0));
        let count = asked.clone();
        std::thread::spawn(move || {
            for answer in answers {
                let (mut stream, _) = listener.accept().unwrap();
                count.fetch_add(1, Ordering::SeqCst);
                let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
                while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
                stream.write_all(answer.as_bytes()).unwrap();
            }
        });
        (remote, asked)
    }

    const MISSING: &str = "HTTP/1.1 404 Not Found\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
    const BUSY: &str = "HTTP/1.1 503 Busy\r\nconnection: close\r\ncontent-length: 4\r\n\r\nbusy";
    const FOUND: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 4\r\n\r\nnote";
    const LARGE: &str = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 99999999\r\n\r\n";

    #[test]
    fn a_busy_node_is_asked_again_and_a_missing_file_is_not() {
        let (remote, asked) = server(vec![BUSY, BUSY, FOUND, MISSING]);
        assert_eq!(Source::checkpoint(&remote).unwrap(), b"note");
        assert_eq!(asked.load(Ordering::SeqCst), 3);
        assert_eq!(remote.tile("tile/0/000".parse().unwrap()).unwrap(), None);
        assert_eq!(asked.load(Ordering::SeqCst), 4);
    }

    #[test]
    fn an_unreadable_source_is_named_and_is_not_damage() {
        let (remote, _) = server(vec![BUSY, BUSY, BUSY]);
        let error = Source::checkpoint(&remote).unwrap_err();
        assert!(matches!(error, LogError::Io { .. }), "{error}");
        assert!(error.to_string().ends_with("answers with status 503: busy"), "{error}");
        let (remote, _) = server(vec![MISSING]);
        assert!(Source::checkpoint(&remote).unwrap_err().to_string().contains("no log is served there"));
    }

    #[test]
    fn an_answer_over_the_limit_is_not_read() {
        let (remote, asked) = server(vec![LARGE]);
        assert!(Source::checkpoint(&remote).is_err());
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        assert!(matches!(Remote::new("ftp://x"), Err(RemoteError::NotAnAddress(_))));
    }
}
