//! What follows from other answers, and is filled in for whoever left it empty or changed what it follows from.

use crate::answers::{Answers, EVENT};
use lika_client::plain::YUAN;
use lika_domain::describe::{Event, Field};
use lika_domain::income::IncomeAssessed;
use lika_domain::money::Fen;

/// Whether the field follows from the others of its event.
pub(super) fn is_computed(event: &Event, field: &Field) -> bool {
    event.name == "income_assessed" && matches!(field.name, "net" | "per_head")
}

/// Fills in the net income of an assessment, and what that is per head of as many members; a correction refers to the
/// members of that time, so that what it states per head stays.
pub(crate) fn compute(event: &Event, answers: &mut Answers, members: Option<i64>) {
    if event.name != "income_assessed" {
        return;
    }
    let name = |field: &str| format!("{EVENT}.{field}{YUAN}");
    let amount = |field: &str| match answers.text(&name(field)).as_str() {
        "" => Some(Fen::ZERO),
        text => text.parse::<Fen>().ok(),
    };
    let read = || {
        Some(IncomeAssessed {
            year: 0,
            wage: amount("wage")?,
            production: amount("production")?,
            production_cost: amount("production_cost")?,
            property: amount("property")?,
            family_planning: amount("family_planning")?,
            dibao: amount("dibao")?,
            wubao: amount("wubao")?,
            pension: amount("pension")?,
            ecological: amount("ecological")?,
            other_transfer: amount("other_transfer")?,
            net: Fen::ZERO,
            per_head: Fen::ZERO,
        })
    };
    // A part that is no amount is told at its place.
    let Some(net) = read().map(|income| income.sum()) else { return };
    answers.replace(&name("net"), &plain(net));
    let Some(members) = members.filter(|members| *members > 0) else { return };
    let per_head = plain(Fen(net.0 / members));
    if answers.get("around.corrects").is_some() {
        answers.propose(&name("per_head"), &per_head);
    } else {
        answers.replace(&name("per_head"), &per_head);
    }
}

/// In yuan, as an amount is typed.
fn plain(amount: Fen) -> String {
    amount.in_yuan(',').replace(',', "")
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::catalogue;

    #[test]
    fn net_income_and_what_it_is_per_head_follow_from_the_parts() {
        let event = catalogue::event("income_assessed").unwrap();
        let posted = |more: &[(&str, &str)]| {
            let parts = [("event.wage_yuan", "12000.50"), ("event.production_cost_yuan", "2000")];
            let all: Vec<_> = parts.iter().chain(more).map(|(name, one)| ((*name).into(), (*one).into())).collect();
            Answers::posted(&all)
        };
        let mut answers = posted(&[("event.net_yuan", "1")]);
        compute(event, &mut answers, Some(3));
        assert_eq!(answers.text("event.net_yuan"), "10000.50");
        assert_eq!(answers.text("event.per_head_yuan"), "3333.50");
        let mut correction = posted(&[("around.corrects.entry", "7"), ("event.per_head_yuan", "5000.25")]);
        compute(event, &mut correction, Some(3));
        assert_eq!(correction.text("event.per_head_yuan"), "5000.25");
        let mut unread = posted(&[("event.property_yuan", "x")]);
        compute(event, &mut unread, None);
        assert_eq!(unread.get("event.net_yuan"), None);
    }
}
