//! `lika key`: makes and shows keys of this device, enrols and revokes keys.

mod enrol;
mod public;

pub(crate) use enrol::Personal;

use super::client::{HomeArgs, NodeArgs, block_on, now_s};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::table::Table;
use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::Subcommand;
use lika_client::{Home, KeyFile, Random, Signer};
use lika_domain::ids::OfficialId;
use serde::Serialize;

/// Keys of officials.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key on this device; an administrator then enrols it
    New(New),
    /// Show what an administrator needs to enrol a key; never the key itself
    Show(Show),
    /// Enrol an official's key, as an administrator; with --role the official too
    Enrol(enrol::Enrol),
    /// Revoke a key, as an administrator
    Revoke(enrol::Revoke),
}

/// A new key.
#[derive(Debug, clap::Args)]
pub(crate) struct New {
    /// Name you give it, such as phone
    name: String,
    /// The official it is for, 8 digits [default: drawn at random]
    #[arg(long, value_name = "NUMBER", value_parser = official)]
    official: Option<OfficialId>,
    /// Name of the log it is for [default: that of the node]
    #[arg(long, value_name = "NAME")]
    origin: Option<String>,
    #[command(flatten)]
    home: HomeArgs,
    #[command(flatten)]
    node: NodeArgs,
}

/// The key to show.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// Its name [default: all keys]
    name: Option<String>,
    #[command(flatten)]
    home: HomeArgs,
}

/// A key as others may see it. `lika key enrol` reads this as a file.
#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    official: u32,
    origin: String,
    key: String,
    public_key: String,
}

impl Key {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::New(new) => new.run(printer),
            Self::Show(show) => show.run(printer),
            Self::Enrol(enrol) => enrol.run(printer),
            Self::Revoke(revoke) => revoke.run(printer),
        }
    }
}

impl New {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        let mut random = Random::system();
        let official = match self.official {
            Some(official) => official,
            None => random.official_id()?,
        };
        let origin = match self.origin {
            Some(origin) => origin,
            None => ask_origin(&home, &self.node).context("the log's name was not given with --origin")?,
        };
        let signer = Signer::generate(&mut random)?;
        let key = KeyFile { name: self.name, official, origin, created_at_s: now_s(), signer };
        home.add_key(&key)?;
        printer.result(&Shown::new(&key), |shown| {
            format!(
                "{}The key itself is in {}/keys and never leaves this device. An administrator enrols it:\n  lika key \
                 enrol {} --official {}\n",
                shown.text(),
                home.dir().display(),
                shown.public_key,
                shown.official
            )
        })?;
        Ok(Exit::Done)
    }
}

impl Show {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        if let Some(name) = &self.name {
            printer.result(&Shown::new(&home.key(name)?), Shown::text)?;
            return Ok(Exit::Done);
        }
        let keys: Vec<_> = home.keys()?.iter().map(Shown::new).collect();
        printer.result(&keys, |keys| {
            let mut table = Table::new(&["name", "official", "log", "key", "public key"]);
            for key in keys {
                table.row([&key.name, &key.official, &key.origin, &key.key, &key.public_key]);
            }
            if table.is_empty() {
                "there is no key yet: `lika key new NAME` makes one\n".into()
            } else {
                table.to_string()
            }
        })?;
        Ok(Exit::Done)
    }
}

impl Shown {
    fn new(key: &KeyFile) -> Self {
        Self {
            name: key.name.clone(),
            official: key.official.get(),
            origin: key.origin.clone(),
            key: key.signer.id().to_string(),
            public_key: BASE64_STANDARD.encode(key.signer.public()),
        }
    }

    fn text(&self) -> String {
        let mut table = Table::pairs();
        table.row([&"name", &self.name]);
        table.row([&"official", &self.official]);
        table.row([&"log", &self.origin]);
        table.row([&"key", &self.key]);
        table.row([&"public key", &self.public_key]);
        table.to_string()
    }
}

/// Asks the node for the name of its log, and keeps its verifier key.
fn ask_origin(home: &Home, node: &NodeArgs) -> anyhow::Result<String> {
    let api = node.api()?;
    let info = block_on(async { Ok(api.log().await?) })?;
    home.meet_log(&info.origin, &info.verifier_key)?;
    Ok(info.origin)
}

/// Reads an official number.
pub(crate) fn official(text: &str) -> Result<OfficialId, String> {
    let number = text.parse().ok().and_then(OfficialId::new);
    number.ok_or_else(|| "an official number has 8 digits and does not begin with 0".to_owned())
}

/// The failure for a public key that cannot be read.
fn not_a_key(text: &str) -> Failure {
    let message = format!(
        "{text} is neither a public key (32 bytes as base64 or hexadecimal) nor a file with one; `lika key show NAME \
         --json > FILE` writes such a file"
    );
    Failure::new("key_invalid", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_official_has_8_digits() {
        assert_eq!(official("10000001").map(OfficialId::get), Ok(10_000_001));
        for text in ["", "1000001", "00000001", "100000011", "x"] {
            assert!(official(text).is_err(), "{text}");
        }
    }
}
