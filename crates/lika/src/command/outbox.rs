//! `lika outbox`: everything that is reported and has no receipt yet.

mod list;
mod send;
mod set_aside;
mod stick;

use super::client::HomeArgs;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use clap::Subcommand;
use lika_client::Home;
use lika_client::home::Item;
use lika_domain::ids::SubmissionId;

/// Shortest beginning of an id that names it.
const PREFIX_CHARS_MIN: usize = 4;

/// Lists, shows and sends what waits; puts back or gives up what was set aside; carries it on a stick.
#[derive(Debug, Subcommand)]
#[command(after_long_help = STATES)]
pub(crate) enum Outbox {
    /// Show what is not recorded yet: its state, age, tries and last error
    List(list::List),
    /// Show one of them: everything that is reported in it, and everything that is wrong with it
    Show(One),
    /// Send what waits; with --file what another device exported
    Send(send::Send),
    /// Put back what was set aside, signed anew; with --key by another key
    Retry(set_aside::Retry),
    /// Write what waits to a file, for another machine to send
    Export(stick::Export),
    /// Take the answers that another machine brought back
    Import(stick::Import),
    /// Give up a draft or a submission; it is kept, with your reason
    Discard(set_aside::Discard),
}

const STATES: &str = "States:
    draft             草稿    not signed yet
    queued            待发    signed, waits to be sent
    sending           发送中  being sent
    needs_correction  需更正  the log refused it; correct it, report it again, and discard this one
    conflict          冲突    the log refused it because of what is recorded; retry it when that has changed
    quarantined       隔离    its key was revoked, or its file is damaged; sign it anew with another key
    discarded         已放弃  given up, kept with the reason
    receipted         已受理  in the log, with its receipt

Without a line:
    lika outbox export /media/usb/waiting.lika             here
    lika outbox send --file /media/usb/waiting.lika        on a machine with a line, which needs no key
    lika outbox import /media/usb/waiting.lika.answers     here";

/// Something in the outbox.
#[derive(Debug, clap::Args)]
pub(crate) struct One {
    /// Its id as `lika outbox list` shows it, or the beginning of it
    id: String,
    #[command(flatten)]
    home: HomeArgs,
}

impl Outbox {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::List(list) => list.run(printer),
            Self::Show(shown) => list::show(printer, &shown),
            Self::Send(send) => send.run(printer),
            Self::Retry(retry) => retry.run(printer),
            Self::Export(export) => export.run(printer),
            Self::Import(import) => import.run(printer),
            Self::Discard(discard) => discard.run(printer),
        }
    }
}

/// The item of that id, or the only one whose id begins so.
fn find(home: &Home, id: &str) -> anyhow::Result<Item> {
    let mut items = home.outbox()?;
    items.extend(home.receipted()?);
    let begins = |item: &&Item| item.id == id || id.len() >= PREFIX_CHARS_MIN && item.id.starts_with(id);
    let found: Vec<_> = items.iter().filter(begins).collect();
    match found.as_slice() {
        [only] => Ok((*only).clone()),
        [] => {
            let zh = format!("发件箱中没有 {id}；`lika outbox list --all` 列出全部");
            let en = format!("{id} is not in the outbox; `lika outbox list --all` lists everything that is");
            Err(Failure::told("not_in_outbox", zh, en).into())
        }
        [_, ..] => {
            let zh = format!("以 {id} 开头的有 {} 件，请写得更长", found.len());
            let en = format!("{} ids begin with {id}; give more of it", found.len());
            Err(Failure::told("outbox_id_ambiguous", zh, en).into())
        }
    }
}

/// Reads the id of a submission.
pub(crate) fn submission(text: &str) -> Result<SubmissionId, String> {
    let mut id = [0; 16];
    let read = hex::decode_to_slice(text, &mut id).map(|()| SubmissionId(id));
    read.map_err(|_| "a submission is named by 32 hexadecimal digits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_submission_is_named_by_32_digits() {
        assert_eq!(submission(&"ab".repeat(16)), Ok(SubmissionId([0xab; 16])));
        for text in ["", "ab", &"ab".repeat(17), &"xy".repeat(16)] {
            assert!(submission(text).is_err(), "{text}");
        }
    }
}
