//! What the rules will say, and what an audit would find, learned from the copy of the area before anything is signed.

use super::super::client::{Client, now_s};
use crate::exit::{Exit, Failure};
use crate::printer::{Printer, one_line};
use lika_client::Report;
use lika_client::replica::{Draft, Judged, NotJudged, Warned, judged_on};
use lika_domain::detail;
use lika_domain::language::Language;
use lika_proto::{convert, v1};
use serde_json::{Value, json};
use std::fmt::Write as _;

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
    for warned in open(&judged.warnings, report) {
        printer.note(language.of("注意：", "warning: ").to_owned() + &said(&warned, language));
        let question = language
            .of("仍要报送的原因（将随报送记录，不写姓名和号码）", "Reason for going on (recorded; name nobody)");
        let reason = printer.ask_for(question, |_| Ok(()))?;
        let reason = reason.ok_or_else(|| reason_missing(&warned))?;
        report.warned.push(v1::Warned { warning: warned.warning.code().into(), event: warned.event, reason });
    }
    Ok(())
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

fn reason_missing(warned: &Warned) -> Failure {
    let code = warned.warning.code();
    let example = json!({"warned": [{"warning": code, "event": warned.event, "reason": "…"}]});
    let zh = format!("没有签名：{}。请在报告中写明仍要报送的原因：{example}", warned.warning.zh());
    let en =
        format!("nothing was signed: {}. Give the reason for going on in the report: {example}", warned.warning.en());
    Failure::told("reason_missing", zh, en).exit(Exit::Findings)
}
