//! `lika outbox list` and `show`.

use super::super::client::{HomeArgs, now_s};
use super::super::describe;
use super::One;
use crate::exit::Exit;
use crate::printer::Printer;
use crate::table::{Table, one_line};
use clap::ValueEnum;
use clap::builder::PossibleValue;
use lika_client::Home;
use lika_client::home::{Item, State};
use lika_domain::detail;
use lika_domain::language::Language;
use lika_proto::convert;
use serde::Serialize;
use serde_json::Value;

/// What to list.
#[derive(Debug, clap::Args)]
pub(crate) struct List {
    /// Only what is in this state
    #[arg(long, value_name = "STATE")]
    state: Option<Named>,
    /// Also what is recorded or given up
    #[arg(long, conflicts_with = "state")]
    all: bool,
    #[command(flatten)]
    home: HomeArgs,
}

/// A state on the command line.
#[derive(Clone, Copy, Debug)]
struct Named(State);

/// An item with everything that is reported in it.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    item: Item,
    /// The submission in the JSON mapping of its message, or the report of a draft.
    reported: Option<Value>,
}

impl ValueEnum for Named {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Named; State::ALL.len()] = {
            let mut all = [Named(State::Draft); State::ALL.len()];
            let mut n = 0;
            while n < all.len() {
                all[n] = Named(State::ALL[n]);
                n += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.0.name()))
    }
}

impl List {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        let wanted = |item: &Item| match self.state {
            Some(Named(state)) => item.state == state,
            None => self.all || item.state.is_open(),
        };
        let mut items = home.outbox()?;
        if self.all || self.state.is_some_and(|Named(state)| state == State::Receipted) {
            items.extend(home.receipted()?);
        }
        items.retain(wanted);
        printer.result(&items, |items| text(items, printer.language(), now_s()))?;
        Ok(Exit::Done)
    }
}

fn text(items: &[Item], language: Language, now_s: u64) -> String {
    if items.is_empty() {
        return language.of("发件箱没有待办\n", "nothing waits\n").to_owned();
    }
    let headings = language.of(
        ["状态", "编号", "事项", "户编号", "区划", "密钥", ">多久", ">次数", "最近错误"],
        ["state", "id", "events", "household", "area", "key", ">age", ">tries", "last error"],
    );
    let mut table = Table::new(&headings);
    for item in items {
        let kinds: Vec<_> = item.kinds.iter().map(|kind| language.of(kind.zh.as_str(), kind.en.as_str())).collect();
        let key = item.key_name.as_ref().or(item.key.as_ref()).cloned().unwrap_or_default();
        table.row([
            &state(item.state, language),
            &item.id,
            &several(&kinds, language.of("、", ", ")),
            &several(&item.households, " "),
            &item.area.as_deref().unwrap_or_default(),
            &key,
            &item.age_s(now_s).map(|seconds| age(seconds, language)).unwrap_or_default(),
            &item.tries,
            &error(item, language),
        ]);
    }
    table.to_string()
}

/// The first two, and how many more there are.
fn several(all: &[impl AsRef<str>], separator: &str) -> String {
    let shown = all.iter().take(2).map(AsRef::as_ref).collect::<Vec<_>>().join(separator);
    if all.len() > 2 { format!("{shown} +{}", all.len() - 2) } else { shown }
}

fn state(state: State, language: Language) -> &'static str {
    language.of(state.zh(), state.en())
}

fn error(item: &Item, language: Language) -> String {
    let reason = item.reason.clone();
    let error = item.error().map(|problem| format!("{} [{}]", language.of(&problem.zh, &problem.en), problem.code));
    reason.or(error).unwrap_or_default()
}

/// In the largest unit of which there is one.
fn age(seconds: u64, language: Language) -> String {
    let units =
        [(86_400, language.of("天", " d")), (3_600, language.of("小时", " h")), (60, language.of("分钟", " min"))];
    let unit = units.into_iter().find(|(length, _)| seconds >= *length);
    unit.map_or_else(
        || format!("{seconds}{}", language.of("秒", " s")),
        |(length, name)| format!("{}{name}", seconds / length),
    )
}

pub(super) fn show(printer: Printer, shown: &One) -> anyhow::Result<Exit> {
    let home = shown.home.open()?;
    let item = super::find(&home, &shown.id)?;
    let (words, reported) = reported(&home, &item, printer.language())?;
    let shown = Shown { item, reported };
    printer.result(&shown, |shown| head(&shown.item, printer.language()) + &words)?;
    Ok(Exit::Done)
}

/// What is reported, in words and as JSON.
fn reported(home: &Home, item: &Item, language: Language) -> anyhow::Result<(String, Option<Value>)> {
    let Ok(id) = super::submission(&item.id) else { return Ok((String::new(), None)) };
    let bytes = match home.receipt(id)? {
        Some(kept) => Some(convert::entry(item.index.unwrap_or(0), &kept.entry)?.1.submission),
        None => home.unreceipted(id).ok().flatten().map(|kept| kept.signed.submission),
    };
    if let Some(bytes) = bytes {
        return Ok((describe::submission(&bytes, language)?, Some(lika_proto::json::to_json("Submission", &bytes)?)));
    }
    let draft = home.draft(id).ok().flatten().map(|draft| draft.report);
    let words = draft.as_ref().map(|report| serde_json::to_string_pretty(report).unwrap_or_default() + "\n");
    Ok((words.unwrap_or_default(), draft))
}

/// The state, and everything that is wrong.
fn head(item: &Item, language: Language) -> String {
    let (zh, en) = match item.state {
        State::Draft => ("尚未签名", "is not signed yet"),
        State::Queued if item.may_be_recorded => {
            ("待发；上一次的应答未收到，可能已受理", "waits to be sent; an answer got lost, so it may be recorded")
        }
        State::Queued => ("待发", "waits to be sent"),
        State::Sending => ("正在发送", "is being sent"),
        State::NeedsCorrection => ("被拒收，需更正后重新报送", "was refused: correct it and report it again"),
        State::Conflict => (
            "与已记录的内容冲突；情况改变后可 retry",
            "conflicts with what is recorded; retry it when that has changed",
        ),
        State::Quarantined => ("已隔离；可用另一把密钥 retry", "is in quarantine; retry it with another key"),
        State::Discarded => ("已放弃", "was given up"),
        State::Receipted => ("已受理", "is recorded; `lika receipt show` shows the receipt"),
    };
    let mut text = language.of(format!("报送 {}：{zh}\n", item.id), format!("submission {} {en}\n", item.id));
    if let Some(reason) = &item.reason {
        text.push_str(&(language.of("理由：", "reason: ").to_owned() + &one_line(reason) + "\n"));
    }
    for problem in &item.problems {
        let event = problem.event.map(|event| match language {
            Language::Zh => format!("事项 {}，", event + 1),
            Language::En => format!("event {}, ", event + 1),
        });
        let said = language.of(&problem.zh, &problem.en);
        let parts = [event.unwrap_or_default(), problem.field.clone()].concat();
        let detail = if problem.detail.is_empty() {
            String::new()
        } else {
            format!(" ({})", detail::told(&problem.code, &problem.detail, language))
        };
        let separator = if parts.is_empty() { "" } else { ": " };
        text.push_str(&(one_line(&format!("{parts}{separator}{said}{detail} [{}]", problem.code)) + "\n"));
    }
    text + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        for (seconds, zh, en) in [(0, "0秒", "0 s"), (59, "59秒", "59 s"), (3_599, "59分钟", "59 min")] {
            assert_eq!((age(seconds, Language::Zh).as_str(), age(seconds, Language::En).as_str()), (zh, en));
        }
        assert_eq!((age(7_200, Language::En), age(200_000, Language::Zh)), ("2 h".into(), "2天".into()));
    }

    #[test]
    fn of_many_names_the_first_two_are_shown() {
        assert_eq!(several(&["a", "b"], "、"), "a、b");
        assert_eq!(
            (several(&["a", "b", "c", "d"], " "), several(&[] as &[&str], " ")),
            ("a b +2".into(), String::new())
        );
    }

    #[test]
    fn every_state_can_be_asked_for_by_its_name() {
        for (named, state) in Named::value_variants().iter().zip(State::ALL) {
            assert_eq!(named.to_possible_value().unwrap().get_name(), state.name());
        }
    }
}
