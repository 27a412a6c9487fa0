//! A household gets its card.

use super::{Household, HouseholdEvent, HouseholdRegistered, MEMBERS_MAX, Status, card, tags};
use crate::admit::Judge;
use crate::ids::{HouseholdId, MemberNo};
use crate::living::Conditions;
use crate::member::{self, Member, Relation};
use crate::procedure::{self, Procedure, Subject};
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;

pub(super) fn check(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, new: &HouseholdRegistered) {
    let village = judge.village(store).is_some();
    let Some(id) = event.household else {
        return judge.refuse(Code::HouseholdIsMissing, "household", "");
    };
    if !village {
        return;
    }
    if let Some(home) = store.home(id) {
        // What is wrong inside the event is wrong whatever its number, but an offline copy of a card that is in the
        // log already is the usual case, and one problem names it best.
        return judge.refuse(Code::HouseholdExists, "household", home.to_string());
    }
    procedure::check_decided(judge, store, Subject::Household(id), Procedure::Identification, event.happened);
    card::check_facts(judge, &new.facts);
    check_members(judge, store, event, id, &new.members);
}

pub(super) fn apply(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, new: &HouseholdRegistered) {
    let area = entry.submission.area;
    let Some(id) = event.household else { return };
    if store.village(area).is_none() || store.home(id).is_some() {
        return;
    }
    let Some(highest_member) = new.members.iter().map(|member| member.number).max() else { return };
    let candidate = store.village_mut(area).and_then(|village| village.candidates.remove(&id));
    let rounds = candidate.unwrap_or_default();
    store.put_household(area, id, Household { rounds, ..blank(entry, event, new, highest_member) });
    procedure::conclude(store, entry, Subject::Household(id), Procedure::Identification, event.happened);
    for member in &new.members {
        tags::take(store, entry, id.person(member.number));
    }
    if let Some(month) = store.month_mut(area, event.happened.month()) {
        month.registered = month.registered.saturating_add(1);
    }
}

fn blank(entry: &Entry, event: &HouseholdEvent, new: &HouseholdRegistered, highest_member: MemberNo) -> Household {
    Household {
        facts: new.facts.clone(),
        registered: event.happened,
        status: Status::Poor,
        since: event.happened,
        decided: entry.index,
        registered_in: entry.index,
        fell_back: None,
        rounds: Vec::new(),
        exit: None,
        monitoring: None,
        members: new.members.iter().map(|member| Member { tag: None, ..member.clone() }).collect(),
        highest_member,
        incomes: Vec::new(),
        conditions: Conditions::default(),
        officials: Vec::new(),
        unassigned: Some(event.happened),
        had_first: false,
        handed_over: 0,
        visited: None,
        visited_before: None,
        visited_in: entry.index,
        visits: 0,
        deliveries: Vec::new(),
        highest_delivery: 0,
        erased: false,
    }
}

fn check_members(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    id: HouseholdId,
    members: &[Member],
) {
    if members.len() > MEMBERS_MAX {
        // Not judged one by one: that would be work without bound.
        return judge.refuse(Code::TooManyMembers, "members", members.len().to_string());
    }
    let mut heads = members.iter().filter(|member| member.relation == Relation::Head);
    let head = heads.next();
    judge.require(head.is_some() && heads.next().is_none(), Code::NotOneHead, "members");
    for (position, member) in members.iter().enumerate() {
        if members.iter().take(position).any(|earlier| earlier.number == member.number) {
            judge.refuse(Code::MemberNumberUsed, "number", member.number.to_string());
        }
        member::check_facts(judge, event.happened, member, head);
        member::check_sealed(judge, member);
        tags::check(judge, store, id.person(member.number));
    }
}
