//! `lika key revoke`: a key loses its right to sign, as when a device is lost. The official's number is enough.

use super::super::client::{Client, ClientArgs, block_on, today};
use super::super::household::not_understood;
use super::enrol::submit;
use crate::exit::{Exit, Failure};
use crate::printer::{Printer, has_terminal};
use crate::questions::{Prompter, Stop, Terminal};
use crate::table::Table;
use clap::ValueEnum;
use lika_client::enrolment::approval::revocation;
use lika_domain::date::Date;
use lika_domain::ids::{KeyId, OfficialId};
use lika_domain::language::Language;
use lika_domain::official::RevokeReason;
use lika_views::OfficialView;

/// Keys to be revoked.
#[derive(Debug, clap::Args)]
pub(crate) struct Revoke {
    /// The key, 16 hexadecimal digits [default: the only one that the official has, or chosen from a list]
    #[arg(value_name = "KEYID", value_parser = key_id, required_unless_present = "official")]
    key_id: Option<KeyId>,
    /// The official it belongs to; may be left out for a key of this device
    #[arg(long, value_name = "NUMBER", value_parser = super::official)]
    official: Option<OfficialId>,
    /// Revoke every key that the official has
    #[arg(long, conflicts_with = "key_id", requires = "official")]
    all: bool,
    /// Why [default: asked for on the terminal]
    #[arg(long, value_enum)]
    reason: Option<Reason>,
    /// The day it happened [default: today]
    #[arg(long, value_name = "DATE")]
    happened: Option<Date>,
    #[command(flatten)]
    client: ClientArgs,
}

/// Why a key is revoked.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Reason {
    /// The device is lost or was stolen
    Lost,
    /// Somebody else may have the key
    Compromised,
    /// Another key took its place
    Replaced,
    /// The official has left
    Left,
}

/// A key that an official has, and how often it was used.
struct Held {
    id: KeyId,
    submissions: u64,
}

impl Revoke {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let client = self.client.open()?;
        let language = printer.language();
        let official = self.official(&client)?;
        let keys = match self.key_id {
            Some(key) => vec![key],
            None => {
                let held = held(&client, official)?;
                choose(&held, official, self.all, language)?
            }
        };
        let reason = match self.reason {
            Some(reason) => reason,
            None => Reason::ask(language)?,
        };
        let happened = self.happened.unwrap_or_else(today);
        submit(printer, &client, |area| revocation((area, happened), official, &keys, reason.known()))
    }

    fn official(&self, client: &Client) -> anyhow::Result<OfficialId> {
        if let Some(official) = self.official {
            return Ok(official);
        }
        let own = client.home.keys()?.into_iter().find(|key| Some(key.id()) == self.key_id);
        let missing = || {
            let key = self.key_id.map(|key| key.to_string()).unwrap_or_default();
            let en = format!("whose key is {key}? Give --official, a number of 8 digits");
            Failure::told("official_missing", format!("密钥 {key} 是谁的？请用 --official 指明干部编号，8 位数字"), en)
        };
        Ok(own.map(|key| key.official).ok_or_else(missing)?)
    }
}

/// The keys that an official has and that are not revoked, from the node.
fn held(client: &Client, official: OfficialId) -> anyhow::Result<Vec<Held>> {
    let document = block_on(async { Ok(client.with_session().await?.official(official).await?) })?;
    let view: OfficialView = serde_json::from_value(document).map_err(|error| not_understood(&error))?;
    let keys = view.keys.iter().filter(|key| key.until.is_none());
    Ok(keys.filter_map(|key| Some(Held { id: key_id(&key.id).ok()?, submissions: key.submissions })).collect())
}

/// The only key, all of them, or those that are chosen on the terminal.
fn choose(held: &[Held], official: OfficialId, all: bool, language: Language) -> anyhow::Result<Vec<KeyId>> {
    if held.is_empty() {
        let en = format!("official {official} has no key that could be revoked");
        return Err(Failure::told("key_missing", format!("干部 {official} 没有可吊销的密钥"), en).into());
    }
    if all || held.len() == 1 {
        return Ok(held.iter().map(|key| key.id).collect());
    }
    let label = |key: &Held| {
        let Held { id, submissions } = key;
        language.of(format!("{id}，报送 {submissions} 次"), format!("{id}, {submissions} submissions"))
    };
    let labels: Vec<_> = held.iter().map(label).collect();
    if !has_terminal() {
        let mut table = Table::pairs();
        labels.iter().for_each(|label| table.row([&"", label]));
        let zh = format!("干部 {official} 有几把密钥，请指明其一，或加 --all 全部吊销：\n{table}");
        let en = format!("official {official} has several keys: name one, or revoke all of them with --all:\n{table}");
        return Err(Failure::told("key_ambiguous", zh, en).into());
    }
    let question = language.of("吊销哪些密钥", "Keys to revoke");
    let chosen = Terminal::open()?.several(question, &labels).map_err(Stop::given_up)?;
    let chosen: Vec<_> = chosen.into_iter().filter_map(|at| Some(held.get(at)?.id)).collect();
    if chosen.is_empty() { Err(Stop::Back.given_up().into()) } else { Ok(chosen) }
}

impl Reason {
    fn ask(language: Language) -> anyhow::Result<Self> {
        if !has_terminal() {
            let zh = "请用 --reason 指明原因：lost、compromised、replaced 或 left";
            let en = "say why with --reason: lost, compromised, replaced or left";
            return Err(Failure::told("reason_missing", zh, en).into());
        }
        let labels: Vec<_> = Self::value_variants().iter().map(|one| one.label(language).to_owned()).collect();
        let chosen = Terminal::open()?.one(language.of("原因", "Reason"), &labels).map_err(Stop::given_up)?;
        Ok(Self::value_variants().get(chosen).copied().ok_or_else(|| Stop::Back.given_up())?)
    }

    fn label(self, language: Language) -> &'static str {
        match self {
            Self::Lost => language.of("设备丢失或被盗", "the device is lost or was stolen"),
            Self::Compromised => language.of("密钥可能已泄露", "somebody else may have the key"),
            Self::Replaced => language.of("已换新密钥", "another key took its place"),
            Self::Left => language.of("已离岗", "the official has left"),
        }
    }

    fn known(self) -> RevokeReason {
        match self {
            Self::Lost => RevokeReason::Lost,
            Self::Compromised => RevokeReason::Compromised,
            Self::Replaced => RevokeReason::Replaced,
            Self::Left => RevokeReason::Left,
        }
    }
}

/// Reads the name of a key.
fn key_id(text: &str) -> Result<KeyId, String> {
    let number = u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16);
    number.map(KeyId).ok_or_else(|| "the name of a key has 16 hexadecimal digits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_are_those_of_the_log() {
        for reason in Reason::value_variants() {
            assert_eq!(reason.known().name(), reason.to_possible_value().unwrap().get_name());
        }
    }

    #[test]
    fn the_name_of_a_key_has_16_digits() {
        assert_eq!(key_id("00000000000000ff"), Ok(KeyId(255)));
        for text in ["", "ff", "+0000000000000ff0", "xx000000000000ff"] {
            assert!(key_id(text).is_err(), "{text}");
        }
    }
}
