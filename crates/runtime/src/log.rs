//! A new, empty log in a folder.

use crate::Failure;
use anyhow::Context;
use lika_eventlog::tiles::TileLog;
use lika_ledger::{Clock, Ledger};
use lika_tlog::key::{KeyName, SigningKey};
use lika_vault::{Vault, VaultError};

/// Makes a log with a new key, and returns its verifier key as text.
pub fn create(data: &std::path::Path, origin: &str) -> anyhow::Result<String> {
    let name: KeyName = origin.parse().map_err(|error| {
        Failure::new(
            "origin_invalid",
            format!("{origin:?} cannot be the name of a log: {error}. A valid name is lika.example/130624"),
        )
    })?;
    let seed = rand::random();
    let key = SigningKey::new(name, seed);
    let unmade = |error| Failure::new("data_unwritable", format!("{} cannot be created: {error}", data.display()));
    std::fs::create_dir_all(data).map_err(unmade)?;
    make_vault(data)?;
    TileLog::create(data, &key)?;
    // Opening it once signs the checkpoint of the empty log, so that the new log can be audited.
    Ledger::open(data, Clock::system(), 1)?.close();
    Ok(key.verifier().to_string())
}

/// Makes the vault before the log, so that there is never a log without one. A vault that an interrupted creation left
/// behind has never been used, and is kept.
fn make_vault(data: &std::path::Path) -> anyhow::Result<()> {
    if data.join("log.vkey").exists() {
        return Ok(());
    }
    std::fs::create_dir_all(data).with_context(|| data.display().to_string())?;
    match Vault::create(data) {
        Err(VaultError::Exists(_)) => Ok(()),
        made => Ok(made?),
    }
}
