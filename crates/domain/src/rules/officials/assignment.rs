//! An official answers for a household from now on, or no longer (结对帮扶).

use super::known::active;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::OfficialEnvelope;
use crate::facts::header::EntryHeader;
use crate::facts::ids::OfficialId;
use crate::facts::official::{AssignmentEnd, Capacity, SECONDS_MAX};
use crate::facts::rejection::{Code, outside};
use crate::rules::judge::Judge;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::authority::Authority;
use crate::state::household::Household;
use crate::state::official::{Assignment, Charge, Official};
use crate::state::store::Store;

event! {
    /// The official answers for the household from now on.
    OfficialAssigned "official_assigned", "结对帮扶", "official assigned" {
        about: "该干部今后对该户负责。",
        concerns: OfficialAndHousehold,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: pairing; caseload limits are parameters",
    }
    /// First or second responsible official.
    capacity: Capacity = Value::Choice(&Capacity::LIST), "责任人类别", "第一责任人还是第二责任人。";
}

event! {
    /// The official no longer answers for the household.
    AssignmentEnded "assignment_ended", "结对终止", "assignment ended" {
        about: "该干部不再对该户负责。",
        concerns: OfficialAndHousehold,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: pairing, from and to",
    }
    /// Why.
    reason: AssignmentEnd = Value::Choice(&AssignmentEnd::LIST), "原因", "为什么。";
}

impl Rule<OfficialEnvelope> for OfficialAssigned {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        if let Some(card) = judge.open_card(store, event.household) {
            judge.require(event.happened >= card.registered, Code::BeforeRegistration, "happened");
            check_capacity(judge, card, event.official, self.capacity);
        }
        if let Some(official) = active(judge, store, event.official) {
            check_reach(judge, store, official);
            check_caseload(judge, store, event, official, self.capacity);
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        let (village, capacity, from) = (entry.submission.area, self.capacity, event.happened);
        let Some(household) = event.household else { return };
        if store.official(event.official).is_none() {
            return;
        }
        let Some(card) = store.household_mut(village, household) else { return };
        if capacity == Capacity::First && card.had_first {
            card.handed_over = card.handed_over.saturating_add(1);
        }
        card.had_first |= capacity == Capacity::First;
        card.unassigned = None;
        card.officials.push(Assignment { official: event.official, capacity, from, entry: entry.index });
        if let Some(official) = store.official_mut(event.official) {
            official.caseload.push(Charge { household, village, capacity, from, since: entry.index, until: None });
        }
    }
}

impl Rule<OfficialEnvelope> for AssignmentEnded {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        let Some(card) = judge.card(store, event.household) else { return };
        match card.officials.iter().find(|assignment| assignment.official == event.official) {
            Some(assignment) => judge.require(event.happened >= assignment.from, Code::OutOfOrder, "happened"),
            None => judge.refuse(Code::NotAssigned, "official", event.official.to_string()),
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        let Some(household) = event.household else { return };
        let Some(card) = store.household_mut(entry.submission.area, household) else { return };
        card.officials.retain(|assignment| assignment.official != event.official);
        if card.officials.is_empty() && card.status.is_live() {
            card.unassigned = card.unassigned.or(Some(event.happened));
        }
        let Some(official) = store.official_mut(event.official) else { return };
        let open = |charge: &&mut Charge| charge.household == household && charge.until.is_none();
        official.caseload.iter_mut().filter(open).for_each(|charge| charge.until = Some(entry.index));
    }
}

/// One first responsible official and a few second ones, all different.
fn check_capacity(judge: &mut Judge<'_>, card: &Household, official: OfficialId, capacity: Capacity) {
    let assigned = card.officials.iter().any(|assignment| assignment.official == official);
    judge.require(!assigned, Code::AssignedAlready, "official");
    let most = match capacity {
        Capacity::First => 1,
        Capacity::Second => SECONDS_MAX,
    };
    let taken = card.officials.iter().filter(|assignment| assignment.capacity == capacity).count();
    judge.require(taken < most, Code::CapacityTaken, "capacity");
}

/// The official's own area must contain the village.
fn check_reach(judge: &mut Judge<'_>, store: &impl Store, official: &Official) {
    let (village, role) = (judge.entry.submission.area, Authority::recorded(store, judge.entry).role(official));
    match role {
        Some((_, area)) if area.contains(village) => {}
        Some((_, area)) => judge.refuse(Code::AreaForbids, "official", outside(area, Some(village))),
        None => judge.refuse(Code::AreaForbids, "official", format!("no role; officials of {} may", village.prefix())),
    }
}

/// Checks the caseload over all villages, as the recorder knew it.
fn check_caseload(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEnvelope,
    official: &Official,
    capacity: Capacity,
) {
    let entry = judge.entry;
    let policy = store.base().policy.seen_by(entry);
    let limit = policy.caseload_limit(capacity, entry.submission.area, event.happened);
    let charges = official.charges_seen_by(entry).filter(|charge| charge.capacity == capacity).count();
    if u32::try_from(charges).is_ok_and(|charges| charges >= limit) {
        judge.refuse(Code::CaseloadExceeded, "official", format!("{charges}, at most {limit}"));
    }
}
