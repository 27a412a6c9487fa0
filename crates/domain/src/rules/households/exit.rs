//! A household leaves poverty.

use super::cards;
use crate::facts::date::Date;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::Status;
use crate::facts::living::Met;
use crate::facts::policy::LineKind;
use crate::facts::procedure::Procedure;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::procedure::course;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::household::{ExitFindings, Household, YearIncome};
use crate::state::store::Store;

event! {
    /// The household leaves poverty (脱贫).
    HouseholdExited "household_exited", "脱贫", "household exited" {
        about: "该户脱贫。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: Some(Procedure::HouseholdExit),
        source: "2016 opinions on the mechanism of exit: income above the line, guarantees met, household agrees",
    }
    /// Year whose income the exit rests on.
    income_year: u32 = Value::YearByRule, "收入年度", "退出所依据的是哪一年的收入。";
    /// The household has accepted it (农户认可).
    accepted: bool = Value::Flag, "农户认可", "农户是否认可退出。";
}

impl Rule<Envelope> for HouseholdExited {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::open(judge, store, event) else { return };
        judge.in_status(card, card.status.is_poor());
        judge.follows_status(card, event.happened);
        judge.require(self.accepted, Code::NotAccepted, "accepted");
        let known = card.incomes.iter().any(|income| u32::from(income.year) == self.income_year);
        judge.require(known, Code::IncomeMissing, "income_year");
        if !card.status.is_poor() {
            return;
        }
        match event.corrects {
            Some(_) => judge.require(fell_in_error(card, event), Code::CorrectionInvalid, "corrects"),
            None => course::check_household(judge, store, event, Procedure::HouseholdExit),
        }
    }

    /// An exit is recorded even if income is below the line or a guarantee is missing: the log keeps the officials'
    /// decisions, and shows the fault.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let card = event.household.and_then(|id| store.household(entry.submission.area, id));
        let findings = card.map(|card| self.findings(store, entry, card, event.happened));
        let Some(card) = cards::to_change(store, entry, event) else { return };
        card.exit = findings;
        if fell_in_error(card, event) {
            let Some(fell) = take_back_fall(card) else { return };
            if let Some(month) = store.month_mut(entry.submission.area, fell.month()) {
                month.fallen_back = month.fallen_back.saturating_sub(1);
            }
            return;
        }
        card.set_status(Status::Exited, event.happened, entry.index);
        course::conclude_household(store, entry, event, Procedure::HouseholdExit);
        if let Some(month) = store.month_mut(entry.submission.area, event.happened.month()) {
            month.exited = month.exited.saturating_add(1);
        }
    }
}

impl HouseholdExited {
    /// Facts for an audit, from what was recorded when the exit was admitted.
    fn findings(&self, store: &impl Store, entry: &EntryHeader, card: &Household, happened: Date) -> ExitFindings {
        let (policy, area) = (store.base().policy.seen_by(entry), entry.submission.area);
        let line = policy.line(LineKind::Poverty, card.facts.standard, area, self.income_year, happened);
        let income = card.incomes.iter().find(|income| u32::from(income.year) == self.income_year);
        let below = |income: &YearIncome| line.is_some_and(|(line, _)| income.per_head < line);
        let guaranteed = card.conditions.met.iter().all(|known| matches!(known, Some((Met::Yes, ..))));
        ExitFindings { below_line: income.is_some_and(below), guarantee_missing: !guaranteed }
    }
}

/// Whether an exit corrects the last fall: that fall was recorded in error, and the card is out of poverty as before.
fn fell_in_error(card: &Household, event: &Envelope) -> bool {
    card.status == Status::FellBack && course::names_last(&card.rounds, event, Procedure::FallBack)
}

/// Returns the card to its state before it fell back: out of poverty since its last exit, by that exit's entry.
/// Returns the day of the fall that is taken back.
fn take_back_fall(card: &mut Household) -> Option<Date> {
    let fell = course::take_back(&mut card.rounds, Procedure::FallBack);
    if let Some((happened, entry)) = course::last_decided(&card.rounds, Procedure::HouseholdExit) {
        (card.since, card.decided) = (happened, entry);
    }
    card.status = Status::Exited;
    card.fell_back = course::last_decided(&card.rounds, Procedure::FallBack).map(|(happened, _)| happened);
    fell
}
