//! Villages, households, members, assessments and exits.

mod assessments;
mod cards;
mod citizen_ids;
mod members;
mod procedures;
mod status;
mod villages;

use lika_domain::household::{Cause, DeregisterReason, HouseholdDeregistered};
use lika_domain::household::{HouseholdEvent, HouseholdExited, HouseholdFellBack, HouseholdKind};
use lika_domain::ids::{EventRef, HouseholdId};
use lika_domain::income::IncomeAssessed;
use lika_domain::money::Fen;
use lika_testkit::county::HOUSEHOLD;
use lika_testkit::facts::{household_event, village_event};
use lika_testkit::rules::{Case, Report, run};

/// Index of the first entry that a case records on top of the lenient world.
const FIRST: u64 = 5;

/// Every case of this file.
pub(crate) fn tables() -> Vec<Case> {
    let facts = [villages::cases(), cards::cases(), members::cases(), citizen_ids::cases(), assessments::cases()];
    let without_steps = [facts.concat(), status::cases()].concat().into_iter().map(Case::without_steps);
    without_steps.chain(procedures::cases()).collect()
}

#[test]
fn households() {
    run(&tables());
}

/// An event of [`HOUSEHOLD`].
fn card(happened: u32, kind: HouseholdKind) -> Report {
    Report::households([card_event(happened, kind)])
}

fn card_event(happened: u32, kind: HouseholdKind) -> HouseholdEvent {
    household_event(happened, HOUSEHOLD, kind)
}

/// An event of the village.
fn village(happened: u32, kind: HouseholdKind) -> Report {
    Report::households([village_event(happened, kind)])
}

/// The same report; its first event corrects the first event of an entry.
fn correcting(mut report: Report, entry: u64) -> Report {
    if let lika_domain::submission::Events::Households(events) = &mut report.events {
        events[0].corrects = Some(EventRef { entry, event: 0 });
    }
    report
}

/// An income of 9,000 yuan for three members, then changed.
fn income(happened: u32, year: u32, change: fn(&mut IncomeAssessed)) -> Report {
    let mut income = IncomeAssessed {
        year,
        wage: Fen::yuan(6_000),
        production: Fen::yuan(3_000),
        production_cost: Fen::yuan(1_000),
        property: Fen::yuan(100),
        family_planning: Fen::yuan(100),
        dibao: Fen::yuan(200),
        wubao: Fen::ZERO,
        pension: Fen::yuan(400),
        ecological: Fen::yuan(150),
        other_transfer: Fen::yuan(50),
        net: Fen::yuan(9_000),
        per_head: Fen::yuan(3_000),
    };
    change(&mut income);
    card(happened, HouseholdKind::IncomeAssessed(Box::new(income)))
}

/// The year 2015's income, assessed at its end.
fn income_of_2015() -> Report {
    income(20_151_231, 2015, |_| {})
}

/// The card leaves poverty on the income of 2015.
fn exit(happened: u32) -> Report {
    card(happened, HouseholdKind::HouseholdExited(HouseholdExited { income_year: 2015, accepted: true }))
}

fn fall_back(happened: u32, exit_in_error: bool) -> Report {
    let fall = HouseholdFellBack { cause: Cause::Labour, exit_in_error };
    card(happened, HouseholdKind::HouseholdFellBack(fall))
}

fn close(happened: u32) -> Report {
    close_for(happened, DeregisterReason::Moved, None)
}

fn close_for(happened: u32, reason: DeregisterReason, merged_into: Option<HouseholdId>) -> Report {
    card(happened, HouseholdKind::HouseholdDeregistered(HouseholdDeregistered { reason, merged_into }))
}
