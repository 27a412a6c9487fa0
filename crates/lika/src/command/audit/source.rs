//! Where an auditor's log is, and the key that must have signed it.

use crate::exit::Failure;
use lika_audit::auditor::{Remote, is_address};
use lika_eventlog::error::LogError;
use lika_eventlog::verify::{Folder, Source};
use lika_tlog::TilePath;
use lika_tlog::key::VerifierKey;
use std::path::{Path, PathBuf};

/// Requests to a node that are under way at the same time; a folder is read by as many threads as there are
/// processors.
const REMOTE_THREADS: usize = 16;

/// The log.
#[derive(Debug, clap::Args)]
pub(super) struct SourceArgs {
    /// A folder of tiles, a node's data folder, or the address of a node or of any C2SP tlog-tiles log
    #[arg(value_name = "SOURCE")]
    source: String,
    /// Verifier key of the log: a file, or the key itself. [default: log.vkey in or beside the folder]
    #[arg(long, value_name = "FILE")]
    key: Option<String>,
}

/// A log to be read.
pub(super) enum Place {
    Folder(Folder),
    Remote(Remote),
}

/// A log to be read, and how.
pub(super) struct Opened {
    /// The log.
    pub(super) place: Place,
    /// The key that must have signed it.
    pub(super) key: VerifierKey,
    /// Threads to read it with.
    pub(super) threads: usize,
}

impl SourceArgs {
    /// The source as given, for messages.
    pub(super) fn name(&self) -> &str {
        &self.source
    }

    /// Finds the log and its key.
    pub(super) fn open(&self) -> Result<Opened, Failure> {
        if is_address(&self.source) {
            let remote = Remote::new(&self.source).map_err(|error| Failure::new("source", error.to_string()))?;
            let key = self.key.as_deref().map_or_else(|| Err(self.no_key()), read_key)?;
            return Ok(Opened { place: Place::Remote(remote), key, threads: REMOTE_THREADS });
        }
        let folder = log_folder(Path::new(&self.source))?;
        let key = match &self.key {
            Some(key) => read_key(key)?,
            None => read_key_file(&self.key_beside(&folder).ok_or_else(|| self.no_key())?)?,
        };
        Ok(Opened { place: Place::Folder(Folder(folder)), key, threads: processors() })
    }

    fn key_beside(&self, folder: &Path) -> Option<PathBuf> {
        let beside = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        [beside.join("log.vkey"), folder.join("log.vkey")].into_iter().find(|path| path.is_file())
    }

    fn no_key(&self) -> Failure {
        let message = format!(
            "no verifier key for {}: give it with --key, and get it from someone you trust, not only from the log's \
             operator",
            self.source
        );
        Failure::new("key_missing", message)
    }
}

/// The folder of tiles: the one given, or `log` in a node's data folder.
fn log_folder(given: &Path) -> Result<PathBuf, Failure> {
    let is_log = |folder: &Path| folder.join("checkpoint").is_file() || folder.join("tile").is_dir();
    let found = [given.to_owned(), given.join("log")].into_iter().find(|folder| is_log(folder));
    // A data folder without its log is damaged; the user has not mistyped.
    let found =
        found.or_else(|| given.join("log.vkey").is_file().then(|| given.join("log")).filter(|log| log.is_dir()));
    found.ok_or_else(|| {
        let what =
            if given.exists() { "holds no log: neither `checkpoint` nor `log/checkpoint`" } else { "does not exist" };
        Failure::new(
            "source",
            format!("{} {what}. Give a folder of tiles, a data folder or an address", given.display()),
        )
    })
}

/// A key given as a file or as text; a verifier key has two plus signs, which few file names have.
fn read_key(given: &str) -> Result<VerifierKey, Failure> {
    let path = Path::new(given);
    if !path.exists() && given.matches('+').count() >= 2 {
        return parse_key(given, "--key");
    }
    read_key_file(path)
}

fn read_key_file(path: &Path) -> Result<VerifierKey, Failure> {
    let shown = path.display().to_string();
    let text = std::fs::read_to_string(path).map_err(|error| {
        Failure::new("key_unreadable", format!("the verifier key {shown} cannot be read: {error}"))
    })?;
    parse_key(&text, &shown)
}

fn parse_key(text: &str, origin: &str) -> Result<VerifierKey, Failure> {
    let key = text.trim().parse::<VerifierKey>();
    key.map_err(|error| Failure::new("key_invalid", format!("{origin} is not a verifier key of a log: {error}")))
}

fn processors() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

impl Source for Place {
    fn checkpoint(&self) -> Result<Vec<u8>, LogError> {
        match self {
            Self::Folder(folder) => folder.checkpoint(),
            Self::Remote(remote) => Source::checkpoint(remote),
        }
    }

    fn tile(&self, path: TilePath) -> Result<Option<Vec<u8>>, LogError> {
        match self {
            Self::Folder(folder) => folder.tile(path),
            Self::Remote(remote) => remote.tile(path),
        }
    }

    fn list(&self) -> Result<Option<Vec<PathBuf>>, LogError> {
        match self {
            Self::Folder(folder) => folder.list(),
            Self::Remote(remote) => remote.list(),
        }
    }
}
