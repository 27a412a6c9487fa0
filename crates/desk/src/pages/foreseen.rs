//! What the rules will say of a report, and what an audit would find, shown before it is signed.

use crate::copy::Outage;
use crate::desk::{Desk, now_s};
use crate::labels;
use crate::page::{Page, PageError};
use crate::posted::Posted;
use lika_client::replica::{Draft, Judged, NotJudged, Warned};
use lika_client::{KeyFile, Report};
use lika_domain::detail;
use lika_domain::reason;
use lika_proto::{convert, v1};
use maud::{Markup, html};
use serde_json::Value;
use std::time::Duration;

/// How long to wait for what the log has taken from here and the area does not have yet, in milliseconds.
const RENEW_WAIT_MS: u64 = 2_000;

/// Judges a report on what is known of the area and on what this device has reported since.
pub(super) async fn judge(
    desk: &Desk,
    key: &KeyFile,
    report: &Report,
    written: &Value,
) -> Result<Result<Judged, NotJudged>, PageError> {
    let behind = desk.area().known.is_some_and(|known| desk.is_behind(&known));
    if behind && desk.seen().reachable == Some(true) {
        desk.copy.renewed(Duration::from_millis(RENEW_WAIT_MS)).await;
    }
    let shown = desk.area();
    let Some(known) = shown.known else {
        let damaged = shown.outage == Some(Outage::Stored);
        return Ok(Err(if damaged { NotJudged::Unreadable } else { NotJudged::NoCopy }));
    };
    if !known.is_complete() {
        return Ok(Err(NotJudged::Incomplete));
    }
    if !known.covers(report.area) {
        return Ok(Err(NotJudged::NoCopy));
    }
    let draft = Draft { report, written, author: key.official, key: key.id(), now_ms: now_s() * 1_000 };
    Ok(Ok(known.judge(&draft, &known.ahead(&desk.home)?)))
}

/// Adds the reasons that were given; whether one is missing or not allowed.
pub(super) fn add_reasons(report: &mut Report, warnings: &[Warned], posted: &Posted) -> bool {
    let mut missing = false;
    for (number, warned) in warnings.iter().enumerate() {
        let reason = posted.get(&name(number)).unwrap_or_default().trim().to_owned();
        missing |= reason::check(&reason).is_err();
        report.warned.push(v1::Warned { warning: warned.warning.code().into(), event: warned.event, reason });
    }
    missing
}

fn name(number: usize) -> String {
    format!("reason.{number}")
}

/// That the report was not judged, and why.
pub(super) fn unjudged(page: &Page, why: NotJudged) -> Markup {
    html! { p.hint role="status" { (why.told().one(page.language)) } }
}

/// What the log would refuse, as far as it can be seen from here.
pub(super) fn refusal(page: &Page, judged: &Judged) -> Markup {
    let refusal = judged.refused.as_ref().map(|rejection| convert::refusal(rejection, 422));
    html! {
        @if let Some(refusal) = refusal {
            div.faults role="status" {
                h2 { (page.say(labels::FORESEEN_REFUSED)) }
                ul {
                    @for problem in &refusal.problems {
                        li {
                            (page.language.of(&problem.zh, &problem.en))
                            @if !problem.detail.is_empty() {
                                "（" (detail::told(&problem.code, &problem.detail, page.language)) "）"
                            }
                        }
                    }
                }
                p { (page.say(labels::FORESEEN_WHY)) }
            }
        }
    }
}

/// The warnings, each with a field for the reason, inside the form that signs. `posted` holds what was typed before.
pub(super) fn reasons(page: &Page, warnings: &[Warned], posted: Option<&Posted>) -> Markup {
    html! {
        @if !warnings.is_empty() {
            section.warned {
                h2 { (page.say(labels::WARNED)) }
                @for (number, warned) in warnings.iter().enumerate() {
                    @let name = name(number);
                    @let typed = posted.and_then(|posted| posted.get(&name)).unwrap_or_default();
                    @let fault = posted.and_then(|_| reason::check(typed.trim()).err());
                    @let bad = fault.is_some();
                    div.field.bad[bad] {
                        p {
                            strong { (page.language.of(warned.warning.zh(), warned.warning.en())) }
                            "（" (detail::told(warned.warning.code(), &warned.detail, page.language)) "）"
                        }
                        label for=(name) { (page.say(labels::WARNED_REASON)) }
                        p.hint id={ (name) "-hint" } { (page.say(labels::WARNED_HINT)) }
                        textarea id=(name) name=(name) rows="2" maxlength=(reason::REASON_CHARS_MAX) required
                            aria-invalid=[bad.then_some("true")] aria-describedby={ (name) "-hint " (name) "-fault" } {
                            (typed)
                        }
                        p.fault id={ (name) "-fault" } {
                            @if let Some(fault) = fault { (page.language.of(fault.zh(), fault.en())) }
                        }
                    }
                }
            }
        }
    }
}
