//! What the rules will say, and what an audit would find, learned from the copy of the area before anything is signed.

use super::super::client::{Client, now_s};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::table::one_line;
use lika_client::Report;
use lika_client::replica::{Draft, Judged, NotJudged, Warned, judged_on};
use lika_domain::detail;
use lika_domain::language::Language;
use lika_domain::reason;
use lika_proto::{convert, v1};
use serde_json::{Value, json};
use std::fmt::Write as _;

/// Most warnings of one kind that are shown one by one.
const SHOWN_MAX: usize = 10;

/// Judges a report on the copy of the area, or says why it is not judged. Says what the log would refuse, and asks why
/// to go on in spite of warnings; the reasons are added to the report. `written` is the report before sealing.
///
/// # Errors
/// `reason_missing` if a warning has no reason, and there is nobody to ask.
pub(super) fn foresee(printer: Printer, client: &Client, written: &Value, report: &mut Report) -> anyhow::Result<()> {
    let language = printer.language();
    let judged = match judge(client, written, report)? {
        Ok(judged) => judged,
        Err(why) => {
            printer.note(why.told().one(language));
            return Ok(());
        }
    };
    if let Some(refused) = &judged.refused {
        printer.note(told(&convert::refusal(refused, 422), language));
    }
    for warned in by_kind(open(&judged.warnings, report)) {
        let Some(first) = warned.first() else { continue };
        for one in warned.iter().take(SHOWN_MAX) {
            printer.note(language.of("注意：", "warning: ").to_owned() + &said(one, language));
        }
        let more = warned.len().saturating_sub(SHOWN_MAX);
        if more > 0 {
            printer.note(language.of(format!("……另有 {more} 项同样的问题"), format!("… and {more} more like it")));
        }
        let question = language
            .of("仍要报送的原因（将随报送记录，不写姓名和号码）", "Reason for going on (recorded; name nobody)");
        let check = |text: &str| reason::check(text).map_err(|fault| language.of(fault.zh(), fault.en()).to_owned());
        let reason = printer.ask_for(question, check)?.ok_or_else(|| reason_missing(&warned))?;
        let (code, reason) = (first.warning.code(), &reason);
        let given =
            warned.iter().map(|one| v1::Warned { warning: code.into(), event: one.event, reason: reason.clone() });
        report.warned.extend(given);
    }
    Ok(())
}

/// Warnings of one kind together, in the order of their first: one reason is asked for each kind.
fn by_kind(warnings: Vec<Warned>) -> Vec<Vec<Warned>> {
    let mut kinds: Vec<Vec<Warned>> = Vec::new();
    for one in warnings {
        match kinds.iter_mut().find(|kind| kind.first().is_some_and(|first| first.warning == one.warning)) {
            Some(kind) => kind.push(one),
            None => kinds.push(vec![one]),
        }
    }
    kinds
}

/// What the rules say on the copy that covers the report's area.
fn judge(client: &Client, written: &Value, report: &Report) -> anyhow::Result<Result<Judged, NotJudged>> {
    let known = match judged_on(&client.home, &client.key, report.area) {
        Ok(known) => known,
        Err(why) => return Ok(Err(why)),
    };
    let (author, key, now_ms) = (client.key.official, client.key.id(), now_s() * 1_000);
    let draft = Draft { report, written, author, key, now_ms };
    Ok(Ok(known.judge(&draft, &known.ahead(&client.home)?)))
}

/// Warnings that the report gives no reason for yet.
fn open(warnings: &[Warned], report: &Report) -> Vec<Warned> {
    let answered = |warned: &Warned| {
        report
            .warned
            .iter()
            .any(|given| (given.warning.as_str(), given.event) == (warned.warning.code(), warned.event))
    };
    warnings.iter().filter(|warned| !answered(warned)).cloned().collect()
}

fn said(warned: &Warned, language: Language) -> String {
    let (text, event) = (language.of(warned.warning.zh(), warned.warning.en()), warned.event + 1);
    let detail = detail::told(warned.warning.code(), &warned.detail, language);
    one_line(&language.of(format!("第 {event} 项：{text}（{detail}）"), format!("event {event}: {text} ({detail})")))
}

/// What the log would refuse, as far as it can be seen from here.
fn told(refusal: &v1::Refusal, language: Language) -> String {
    let mut text = language
        .of("按本机数据，以下内容会被拒收：", "by the data on this device, the log would refuse this:")
        .to_owned();
    for problem in &refusal.problems {
        let event = problem.event.map_or(0, |event| event + 1);
        let why = language.of(&problem.zh, &problem.en);
        let detail = if problem.detail.is_empty() {
            String::new()
        } else {
            format!(" ({})", detail::told(&problem.code, &problem.detail, language))
        };
        // Writing to a text does not fail.
        let line = one_line(&format!("{event}. {}: {why}{detail} [{}]", problem.field, problem.code));
        let _ = write!(text, "\n  {line}");
    }
    text
}

/// Every warning of the kind needs its reason in the report. Events are numbered from 0 there.
fn reason_missing(warned: &[Warned]) -> Failure {
    let given = |one: &Warned| json!({"warning": one.warning.code(), "event": one.event, "reason": "…"});
    let example = json!({"warned": warned.iter().take(SHOWN_MAX).map(given).collect::<Vec<_>>()});
    let (zh, en) = warned.first().map_or(("", ""), |first| (first.warning.zh(), first.warning.en()));
    let zh = format!("没有签名：{zh}。请在报告中写明仍要报送的原因（事项从 0 数起）：{example}");
    let en = format!(
        "nothing was signed: {en}. Give the reason for going on in the report, where events are numbered from 0: \
         {example}"
    );
    Failure::told("reason_missing", zh, en).exit(Exit::Findings)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_client::replica::Warning;

    fn warned(warning: Warning, event: u32) -> Warned {
        Warned { warning, event, detail: event.to_string() }
    }

    #[test]
    fn one_reason_is_asked_for_each_kind_whatever_stands_between() {
        let (late, nobody) = (Warning::DecidedLate, Warning::NobodyResponsible);
        let kinds = by_kind(vec![warned(late, 0), warned(nobody, 0), warned(late, 1), warned(nobody, 7)]);
        assert_eq!(kinds, [[warned(late, 0), warned(late, 1)], [warned(nobody, 0), warned(nobody, 7)]]);
        assert_eq!(by_kind(Vec::new()), Vec::<Vec<Warned>>::new());
    }

    #[test]
    fn a_missing_reason_names_the_events_as_the_report_numbers_them() {
        let failure = reason_missing(&[warned(Warning::DecidedLate, 0), warned(Warning::DecidedLate, 3)]);
        for text in [&failure.message.zh, &failure.message.en] {
            let example = &text[text.find('{').unwrap()..];
            let example: Value = serde_json::from_str(example).unwrap();
            assert_eq!((&example["warned"][0]["event"], &example["warned"][1]["event"]), (&json!(0), &json!(3)));
            assert_eq!(example["warned"][1]["warning"], "decided_late");
        }
    }
}
