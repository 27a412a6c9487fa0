//! Who answers for which household, who is posted to which village, who visited whom.

use super::authority::{active, known};
use super::{
    Assignment, COMPANIONS_MAX, Capacity, Charge, DAY_MINUTES, HouseholdVisited, Official, OfficialAssigned,
    OfficialEvent, SECONDS_MAX, VillagePostEnded, VillageTeamPosted,
};
use crate::admit::Judge;
use crate::household::Household;
use crate::ids::OfficialId;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;
use crate::village::Posting;

pub(super) fn check_assigned(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    assigned: &OfficialAssigned,
) {
    if let Some(card) = judge.open_card(store, event.household) {
        judge.require(event.happened >= card.registered, Code::BeforeRegistration, "happened");
        check_place(judge, card, event.official, assigned.capacity);
    }
    if let Some(official) = active(judge, store, event.official) {
        check_reach(judge, official);
        check_caseload(judge, store, event, official, assigned.capacity);
    }
}

pub(super) fn check_assignment_ended(judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEvent) {
    let Some(card) = judge.card(store, event.household) else { return };
    match card.officials.iter().find(|assignment| assignment.official == event.official) {
        Some(assignment) => judge.require(event.happened >= assignment.from, Code::OutOfOrder, "happened"),
        None => judge.refuse(Code::NotAssigned, "official", event.official.to_string()),
    }
}

pub(super) fn check_posted(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    posted: &VillageTeamPosted,
) {
    judge.no_card(event.household);
    active(judge, store, event.official);
    judge.require(posted.until.is_none_or(|until| until >= event.happened), Code::PeriodInvalid, "until");
    let Some(village) = judge.village(store) else { return };
    let held = village.postings.iter().any(|held| held.official == event.official && held.post == posted.post);
    judge.require(!held, Code::PostedAlready, "post");
}

pub(super) fn check_post_ended(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    ended: &VillagePostEnded,
) {
    judge.no_card(event.household);
    let Some(village) = judge.village(store) else { return };
    match village.postings.iter().find(|held| held.official == event.official && held.post == ended.post) {
        Some(held) => judge.require(event.happened >= held.from, Code::OutOfOrder, "happened"),
        None => judge.refuse(Code::NotPosted, "post", event.official.to_string()),
    }
}

/// A visit needs no pairing: whoever comes by may report it. One before the card was made is how many a card began. The
/// card's last visit can be put right by one that names it.
pub(super) fn check_visited(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
    visited: &HouseholdVisited,
) {
    let card = judge.open_card(store, event.household);
    let corrects = event.corrects.filter(|earlier| earlier.entry < judge.entry.index);
    if let (Some(card), Some(earlier)) = (card, corrects) {
        let last = card.visits > 0 && card.visited_in == earlier.entry;
        judge.require(last, Code::CorrectionInvalid, "corrects");
    }
    active(judge, store, event.official);
    judge.require(visited.minute.is_none_or(|minute| minute < DAY_MINUTES), Code::FieldInvalid, "minute");
    if !are_companions(event.official, &visited.companions) {
        return judge.refuse(Code::VisitInvalid, "companions", format!("at most {COMPANIONS_MAX}"));
    }
    for companion in &visited.companions {
        known(judge, store, *companion);
    }
}

pub(super) fn apply_assigned(
    store: &mut impl Store,
    entry: &Entry,
    event: &OfficialEvent,
    assigned: &OfficialAssigned,
) {
    let (village, capacity, from) = (entry.submission.area, assigned.capacity, event.happened);
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

pub(super) fn apply_assignment_ended(store: &mut impl Store, entry: &Entry, event: &OfficialEvent) {
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

pub(super) fn apply_posted(store: &mut impl Store, entry: &Entry, event: &OfficialEvent, posted: &VillageTeamPosted) {
    if let Some(village) = store.village_mut(entry.submission.area) {
        let VillageTeamPosted { post, until } = *posted;
        let posting = Posting { official: event.official, post, from: event.happened, until, entry: entry.index };
        village.postings.push(posting);
    }
}

pub(super) fn apply_post_ended(store: &mut impl Store, entry: &Entry, event: &OfficialEvent, ended: &VillagePostEnded) {
    if let Some(village) = store.village_mut(entry.submission.area) {
        village.postings.retain(|held| held.official != event.official || held.post != ended.post);
    }
}

pub(super) fn apply_visited(store: &mut impl Store, entry: &Entry, event: &OfficialEvent) {
    if let Some(household) = event.household {
        let corrects = event.corrects.map(|earlier| earlier.entry);
        store.note_visit(entry, household, event.official, event.happened, corrects);
    }
}

/// One first responsible official and a few second ones, all different.
fn check_place(judge: &mut Judge<'_>, card: &Household, official: OfficialId, capacity: Capacity) {
    let assigned = card.officials.iter().any(|assignment| assignment.official == official);
    judge.require(!assigned, Code::AssignedAlready, "official");
    let places = match capacity {
        Capacity::First => 1,
        Capacity::Second => SECONDS_MAX,
    };
    let taken = card.officials.iter().filter(|assignment| assignment.capacity == capacity).count();
    judge.require(taken < places, Code::CapacityTaken, "capacity");
}

/// The official's own area must contain the village.
fn check_reach(judge: &mut Judge<'_>, official: &Official) {
    let village = judge.entry.submission.area;
    let reaches = official.role(judge.entry).is_some_and(|(_, area)| area.contains(village));
    judge.require(reaches, Code::AreaForbids, "official");
}

/// Counted over all villages, as the recorder knew them.
fn check_caseload(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &OfficialEvent,
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

/// Few, all different, and not the visitor.
fn are_companions(visitor: OfficialId, companions: &[OfficialId]) -> bool {
    let distinct = |(n, companion): (usize, &OfficialId)| {
        *companion != visitor && companions.iter().take(n).all(|earlier| earlier != companion)
    };
    companions.len() <= COMPANIONS_MAX && companions.iter().enumerate().all(distinct)
}
