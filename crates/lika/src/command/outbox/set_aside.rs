//! `lika outbox retry` and `discard`.

use super::super::client::HomeArgs;
use super::super::passphrase::PassphraseArgs;
use super::{One, find};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use anyhow::Context;
use lika_client::home::{Item, Retried, State};
use serde::Serialize;

/// What to put back.
#[derive(Debug, clap::Args)]
pub(crate) struct Retry {
    /// Their ids as `lika outbox list` shows them, or the beginnings of them
    #[arg(required_unless_present = "quarantined")]
    ids: Vec<String>,
    /// Everything that is in quarantine
    #[arg(long, conflicts_with = "ids")]
    quarantined: bool,
    /// Name of the key to sign with, of the same official [default: the key that signed it]
    #[arg(long, value_name = "NAME")]
    key: Option<String>,
    #[command(flatten)]
    passphrase: PassphraseArgs,
    #[command(flatten)]
    home: HomeArgs,
}

/// What to give up.
#[derive(Debug, clap::Args)]
pub(crate) struct Discard {
    #[command(flatten)]
    one: One,
    /// Why; it is kept with the submission
    #[arg(long, value_name = "TEXT", value_parser = reason)]
    reason: String,
}

#[derive(Debug, Serialize)]
struct PutBack {
    id: String,
    /// `queued`, or `draft`.
    state: State,
    /// It was signed anew; if not, it is sent as it was.
    signed_again: bool,
}

impl Retry {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        let key = self.key.as_deref().map(|name| home.key(name)).transpose()?;
        if let Some(key) = &key {
            self.passphrase.unlock(&home, key)?;
        }
        let mut items: Vec<Item> = if self.quarantined {
            home.outbox()?.into_iter().filter(|item| item.state == State::Quarantined).collect()
        } else {
            self.ids.iter().map(|id| find(&home, id)).collect::<Result<_, _>>()?
        };
        // As they were composed: they get their new places in this order.
        items.sort_by(|a, b| (&a.key, a.sequence).cmp(&(&b.key, b.sequence)));
        let put_back = |item: Item| -> anyhow::Result<PutBack> {
            if let (None, Some(name)) = (&key, &item.key_name) {
                self.passphrase.unlock(&home, &home.key(name)?)?;
            }
            let retried = home.retry(&item.id, key.as_ref()).with_context(|| item.id.clone())?;
            let state = if retried == Retried::Draft { State::Draft } else { State::Queued };
            Ok(PutBack { id: item.id, state, signed_again: retried == Retried::SignedAgain })
        };
        let mut back = Vec::new();
        let mut failed = None;
        for item in items {
            match put_back(item) {
                Ok(one) => back.push(one),
                Err(error) => {
                    failed = Some(error);
                    break;
                }
            }
        }
        if let (Some(_), []) = (&failed, back.as_slice()) {
            return failed.map_or(Ok(Exit::Done), Err);
        }
        // What was put back is told, whatever came after it.
        printer.result(&back, |back| {
            let language = printer.language();
            let line = |one: &PutBack| match one.state {
                State::Draft => {
                    language.of(format!("{} 恢复为草稿\n", one.id), format!("{} is a draft again\n", one.id))
                }
                _ => language.of(
                    format!("{} 已回到待发；`lika outbox send` 发送\n", one.id),
                    format!("{} waits to be sent again; `lika outbox send` sends it\n", one.id),
                ),
            };
            match back.as_slice() {
                [] => language.of("没有可放回的\n", "there is nothing to put back\n").to_owned(),
                back => back.iter().map(line).collect(),
            }
        })?;
        failed.map_or(Ok(Exit::Done), Err)
    }
}

impl Discard {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.one.home.open()?;
        let item = find(&home, &self.one.id)?;
        home.discard(&item.id, &self.reason)?;
        let given_up = serde_json::json!({
            "discarded": item.id, "reason": self.reason, "may_be_recorded": item.may_be_recorded,
        });
        printer.result(&given_up, |_| {
            let language = printer.language();
            let mut text = language.of(
                format!("{} 已放弃，文件和理由均保存；其后的报送在发送时重新签名\n", item.id),
                format!(
                    "{} was given up; it is kept with the reason. What follows is signed again when it is sent\n",
                    item.id
                ),
            );
            if item.may_be_recorded {
                text.push_str(language.of(
                    "它曾被发送或导出，可能已受理；若已受理，下次发送时会收到其回执\n",
                    "It was sent or exported before. If the log has it, its receipt comes with the next sending\n",
                ));
            }
            text
        })?;
        Ok(Exit::Done)
    }
}

fn reason(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Failure::told("reason_missing", "请写明理由", "say why"));
    }
    Ok(text.to_owned())
}
