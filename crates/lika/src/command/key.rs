//! `lika key`: makes and shows keys of this device, enrols and revokes keys.

mod enrol;
mod public;
mod request;
mod revoke;

pub(crate) use enrol::Personal;

use super::client::{HomeArgs, NodeArgs, block_on, now_s};
use super::passphrase::{self, PassphraseArgs};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::table::Table;
use anyhow::Context;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use clap::Subcommand;
use lika_client::{Home, HomeError, KeyFile, Random, Signer};
use lika_domain::ids::OfficialId;
use lika_domain::language::Language;
use serde::Serialize;
use std::path::PathBuf;

/// Keys of officials.
#[derive(Debug, Subcommand)]
pub(crate) enum Key {
    /// Make a key on this device; an administrator then enrols it
    New(New),
    /// Show what an administrator needs to enrol a key; never the key itself
    Show(Show),
    /// Put a key under a passphrase, or change it
    Protect(Protect),
    /// Ask for the enrolment of a key: the line to send, and the code to read out
    Request(request::Request),
    /// Enrol an official's key, as an administrator; with --role the official too
    Enrol(enrol::Enrol),
    /// Revoke a key, as an administrator
    Revoke(revoke::Revoke),
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
    /// Leave the key unprotected: whoever gets its file can sign as the official
    #[arg(long, conflicts_with = "passphrase_file")]
    no_passphrase: bool,
    /// File whose first line is to be the passphrase [default: that of LIKA_PASSPHRASE_FILE, else it is asked for,
    /// twice]
    #[arg(long, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    home: HomeArgs,
    #[command(flatten)]
    node: NodeArgs,
}

/// The key to protect.
#[derive(Debug, clap::Args)]
pub(crate) struct Protect {
    /// Its name
    name: String,
    /// File whose first line is to be the passphrase [default: it is asked for, twice]
    #[arg(long, value_name = "FILE")]
    new_passphrase_file: Option<PathBuf>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[command(flatten)]
    home: HomeArgs,
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
    /// A passphrase is needed to sign with it.
    protected: bool,
}

impl Key {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::New(new) => new.run(printer),
            Self::Show(show) => show.run(printer),
            Self::Protect(protect) => protect.run(printer),
            Self::Request(request) => request.run(printer),
            Self::Enrol(enrol) => enrol.run(printer),
            Self::Revoke(revoke) => revoke.run(printer),
        }
    }
}

impl New {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        // Nobody waits for a node, or thinks of a passphrase, to learn that the name cannot be taken.
        match home.key(&self.name) {
            Err(HomeError::KeyUnknown(_)) => {}
            Err(error) => return Err(error.into()),
            Ok(_) => {
                let name = &self.name;
                let zh = format!("已有名为 {name} 的密钥，没有覆盖；请换一个名称，`lika key show` 列出全部密钥");
                let en = format!(
                    "there is a key {name}, and it was not overwritten; take another name. `lika key show` lists the \
                     keys"
                );
                return Err(Failure::told("exists", zh, en).exit(Exit::Conflict).into());
            }
        }
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
        let mut key = KeyFile::new(&self.name, official, &origin, now_s(), &signer);
        if !self.no_passphrase {
            let file = self.passphrase_file.or_else(passphrase::file_of_environment);
            key = key.protect(&signer, &passphrase::new(file.as_deref())?, &mut random)?;
        }
        home.add_key(&key)?;
        let (dir, language) = (home.dir().display(), printer.language());
        printer.result(&Shown::new(&key), |shown| {
            let (name, command) = (&shown.name, format!("lika key request {}", shown.name));
            let said = language.of(
                format!(
                    "密钥保存在 {dir}/keys，不离开本机。请管理员登记：\n  {command}\n\
                     新日志的首位管理员不需登记，直接启用日志：\n  lika open --key {name} --help\n"
                ),
                format!(
                    "The key itself is in {dir}/keys and never leaves this device. Let it be enrolled:\n  \
                     {command}\nThe first administrator of a new log needs no enrolment and opens it:\n  \
                     lika open --key {name} --help\n"
                ),
            );
            format!("{}{said}", shown.text(language))
        })?;
        Ok(Exit::Done)
    }
}

impl Protect {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        self.passphrase.unlock(&home, &home.key(&self.name)?)?;
        let passphrase = passphrase::new(self.new_passphrase_file.as_deref())?;
        let key = home.protect(&self.name, &passphrase, &mut Random::system())?;
        printer.result(&Shown::new(&key), |_| {
            printer.language().of(
                format!("密钥 {} 已由新口令保护。口令遗失无法找回，只能另建密钥。\n", key.name),
                format!("The key {} is under the new passphrase. A lost one cannot be found again.\n", key.name),
            )
        })?;
        Ok(Exit::Done)
    }
}

impl Show {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        if let Some(name) = &self.name {
            printer.result(&Shown::new(&home.key(name)?), |shown| shown.text(printer.language()))?;
            return Ok(Exit::Done);
        }
        let keys: Vec<_> = home.keys()?.iter().map(Shown::new).collect();
        printer.result(&keys, |keys| {
            let language = printer.language();
            let mut table = Table::new(&language.of(
                ["名称", "干部编号", "日志", "密钥", "公钥", "口令"],
                ["name", "official", "log", "key", "public key", "passphrase"],
            ));
            for key in keys {
                let protected = key.protection(language);
                table.row([&key.name, &key.official, &key.origin, &key.key, &key.public_key, &protected]);
            }
            if table.is_empty() {
                language
                    .of(
                        "还没有密钥：`lika key new 名称` 生成一把\n",
                        "there is no key yet: `lika key new NAME` makes one\n",
                    )
                    .into()
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
            key: key.id().to_string(),
            public_key: BASE64_STANDARD.encode(key.public()),
            protected: key.is_protected(),
        }
    }

    fn text(&self, language: Language) -> String {
        let mut table = Table::pairs();
        table.row([&language.of("名称", "name"), &self.name]);
        table.row([&language.of("干部编号", "official"), &self.official]);
        table.row([&language.of("日志", "log"), &self.origin]);
        table.row([&language.of("密钥", "key"), &self.key]);
        table.row([&language.of("公钥", "public key"), &self.public_key]);
        table.row([&language.of("口令", "passphrase"), &self.protection(language)]);
        table.to_string()
    }

    /// Whether it is protected, in words.
    fn protection(&self, language: Language) -> &'static str {
        match self.protected {
            true => language.of("有", "yes"),
            false => language.of("无（`lika key protect` 可加）", "none; `lika key protect` sets one"),
        }
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
    let zh = format!(
        "{text} 既不是登记请求，也不是公钥（32 字节的 base64 或十六进制），或含它的文件；`lika key request` 可生成"
    );
    let en = format!(
        "{text} is neither a request, nor a public key (32 bytes as base64 or hexadecimal), nor a file with one; \
         `lika key request` makes one"
    );
    Failure::told("key_invalid", zh, en)
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
