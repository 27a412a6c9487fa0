//! Verifier keys of logs, stored at the first contact: a server that later shows another key is not that log.

use super::{Home, HomeError, file};
use lika_tlog::key::VerifierKey;
use std::path::PathBuf;

impl Home {
    /// The verifier key of a log; `None` before the first contact.
    ///
    /// # Errors
    /// If its file cannot be read.
    pub fn log_key(&self, origin: &str) -> Result<Option<VerifierKey>, HomeError> {
        let path = self.log_key_path(origin);
        let Some(bytes) = file::read(&path)? else { return Ok(None) };
        let text = String::from_utf8(bytes).map_err(|error| HomeError::damaged(&path, error))?;
        text.trim_end().parse().map(Some).map_err(|error| HomeError::damaged(&path, error))
    }

    /// Takes the key that a log shows: stores it at the first contact, and compares it from then on.
    ///
    /// # Errors
    /// [`HomeError::LogKeyChanged`] if it differs from the stored one, [`HomeError::LogKeyInvalid`] if it is not a
    /// key of that log.
    pub fn meet_log(&self, origin: &str, shown: &str) -> Result<VerifierKey, HomeError> {
        let invalid = |what: String| HomeError::LogKeyInvalid { origin: origin.to_owned(), what };
        let key: VerifierKey = shown.trim_end().parse().map_err(|error| invalid(format!("{error}")))?;
        if key.name().as_str() != origin {
            return Err(invalid(format!("it is named {}", key.name())));
        }
        match self.log_key(origin)? {
            None => {
                let _held = self.writing()?;
                file::write_new(&self.log_key_path(origin), format!("{key}\n").as_bytes())?;
            }
            Some(known) if known != key => {
                let (known, shown) = (known.to_string(), key.to_string());
                return Err(HomeError::LogKeyChanged { origin: origin.to_owned(), known, shown });
            }
            Some(_) => {}
        }
        Ok(key)
    }

    /// Size of the newest checkpoint of a log under which a receipt here was proven, in entries; 0 if there is none.
    ///
    /// # Errors
    /// If its file cannot be read.
    pub fn known_size(&self, origin: &str) -> Result<u64, HomeError> {
        let path = self.log_size_path(origin);
        let Some(bytes) = file::read(&path)? else { return Ok(0) };
        let size = std::str::from_utf8(&bytes).ok().and_then(|text| text.trim_end().parse().ok());
        size.ok_or_else(|| HomeError::damaged(&path, "no number"))
    }

    /// Notes the size of a checkpoint that a log has shown. The caller has the right to change files.
    pub(super) fn note_size(&self, origin: &str, size: u64) -> Result<(), HomeError> {
        if size <= self.known_size(origin)? {
            return Ok(());
        }
        file::write(&self.log_size_path(origin), format!("{size}\n").as_bytes())
    }

    fn log_size_path(&self, origin: &str) -> PathBuf {
        self.path("logs", &format!("{}.size", file::escape(origin)))
    }

    fn log_key_path(&self, origin: &str) -> PathBuf {
        self.path("logs", &format!("{}.vkey", file::escape(origin)))
    }
}
