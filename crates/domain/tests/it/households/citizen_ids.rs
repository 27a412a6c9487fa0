//! No person is on two open cards. In tags, a byte represents a citizen ID; the three members in the open world hold 1
//! to 3.

use super::cards::{elsewhere, register, registered, second_village};
use super::members::{add, remove, removed, update};
use super::{FIRST, card_event, close, correcting};
use lika_domain::household::HouseholdKind;
use lika_domain::ids::Tag;
use lika_domain::member::{MemberUpdated, Relation, Sex};
use lika_domain::rejection::Code;
use lika_testkit::county::{HOUSEHOLD, NEW_HOUSEHOLD, household};
use lika_testkit::facts::member;
use lika_testkit::rules::{Case, Expected, Report, World, check};

const TAKEN: Expected = (Code::CitizenIdRegistered, Some(0), "citizen_id");

pub(super) fn cases() -> Vec<Case> {
    [registering_cases(), basis_cases(), moving_cases(), tag_cases()].concat()
}

fn registering_cases() -> Vec<Case> {
    let new = |tags: &[(u64, u32, u8)]| register(|_| {}).tagged(tags);
    let twice = Report::households([registered(NEW_HOUSEHOLD, |_| {}), registered(NEW_HOUSEHOLD + 1, |_| {})]);
    vec![
        Case::accepted("IDs that are on no card", &[], new(&[(NEW_HOUSEHOLD, 1, 7), (NEW_HOUSEHOLD, 2, 8)])),
        Case::refused_for("held on another card", &[], new(&[(NEW_HOUSEHOLD, 1, 7), (NEW_HOUSEHOLD, 2, 3)]), &[TAKEN]),
        Case::refused_for("twice on a card", &[], new(&[(NEW_HOUSEHOLD, 1, 7), (NEW_HOUSEHOLD, 3, 7)]), &[TAKEN]),
        Case::refused_for(
            "twice in a submission",
            &[],
            twice.tagged(&[(NEW_HOUSEHOLD, 1, 7), (NEW_HOUSEHOLD + 1, 1, 7)]),
            &[(TAKEN.0, Some(1), TAKEN.2)],
        ),
        Case::refused_for(
            "each of three IDs",
            &[],
            new(&[(NEW_HOUSEHOLD, 1, 1), (NEW_HOUSEHOLD, 2, 2), (NEW_HOUSEHOLD, 3, 3)]),
            &[TAKEN; 3],
        ),
        Case::refused_for(
            "added to the card that holds the ID",
            &[],
            add(4, |_| {}).tagged(&[(HOUSEHOLD, 4, 2)]),
            &[TAKEN],
        ),
    ]
}

/// A card of another village holds the ID since entry 5. Whether that conflicts depends on what the recorder had
/// applied when it decided.
fn basis_cases() -> Vec<Case> {
    let given = [second_village(), register(|_| {}).tagged(&[(NEW_HOUSEHOLD, 1, 7)])];
    let late = || elsewhere(NEW_HOUSEHOLD + 1).tagged(&[(NEW_HOUSEHOLD + 1, 1, 7)]);
    vec![
        Case::refused_for("held before the basis", &given, late(), &[TAKEN]),
        Case::accepted("held only after the basis", &given, late().twisted(|entry| entry.basis = FIRST + 1)),
    ]
}

fn moving_cases() -> Vec<Case> {
    let here = |number| card_event(20_150_301, removed(number, None));
    let split = Report::households([here(3), registered_later(NEW_HOUSEHOLD)]).tagged(&[(NEW_HOUSEHOLD, 1, 3)]);
    let too_early = Report::households([registered_later(NEW_HOUSEHOLD), here(3)]).tagged(&[(NEW_HOUSEHOLD, 1, 3)]);
    let join = |byte| register(|_| {}).tagged(&[(NEW_HOUSEHOLD, 1, byte)]);
    vec![
        Case::accepted("a member who left may join another card", &[remove(3, None)], join(3)),
        Case::accepted("leaving and joining in one submission", &[], split),
        Case::refused_for("not joining before leaving", &[], too_early, &[TAKEN]),
        Case::accepted("from a closed card to another", &[close(20_160_101)], join(1)),
        Case::accepted("the same ID again", &[], spouse().tagged(&[(HOUSEHOLD, 2, 2)])),
        Case::accepted("another ID", &[], spouse().tagged(&[(HOUSEHOLD, 2, 9)])),
        Case::accepted("an ID given up is free", &[spouse().tagged(&[(HOUSEHOLD, 2, 9)])], join(2)),
        Case::refused_for("the new ID is not free", &[spouse().tagged(&[(HOUSEHOLD, 2, 9)])], join(9), &[TAKEN]),
        Case::refused_for("another member's ID", &[], spouse().tagged(&[(HOUSEHOLD, 2, 3)]), &[TAKEN]),
        Case::accepted("swapped IDs are corrected", &[], swapped()),
        Case::accepted(
            "a closed card may hold an ID in use",
            &[close(20_160_101), join(1)],
            correcting(spouse(), FIRST - 1).tagged(&[(HOUSEHOLD, 2, 1)]),
        ),
    ]
}

fn tag_cases() -> Vec<Case> {
    let refused = |name, report| Case::refused_for(name, &[], report, &[(Code::FieldInvalid, None, "tags")]);
    vec![
        refused("a tag for an unknown member", register(|_| {}).tagged(&[(NEW_HOUSEHOLD, 4, 7)])),
        refused("a tag for another card", register(|_| {}).tagged(&[(HOUSEHOLD, 1, 7)])),
        refused("a tag for a member who leaves", remove(3, None).tagged(&[(HOUSEHOLD, 3, 7)])),
        refused("two tags for one person", add(4, |_| {}).tagged(&[(HOUSEHOLD, 4, 7), (HOUSEHOLD, 4, 8)])),
        Case::refused_for(
            "a tag for an official",
            &[],
            Report::officials([]).tagged(&[(HOUSEHOLD, 1, 7)]),
            &[(Code::NoEvents, None, "events"), (Code::FieldInvalid, None, "tags")],
        ),
    ]
}

#[test]
fn holdings_begin_and_end_with_the_entries_that_say_so() {
    let world = check(&[spouse().tagged(&[(HOUSEHOLD, 2, 9)])], &close(20_180_101), &[]);
    assert_eq!(holdings(&world, 1), [(1, 3, Some(FIRST + 1))]);
    assert_eq!(holdings(&world, 2), [(2, 3, Some(FIRST))]);
    assert_eq!(holdings(&world, 9), [(2, FIRST, Some(FIRST + 1))]);
    let world = check(&[], &swapped(), &[]);
    assert_eq!(holdings(&world, 1), [(1, 3, Some(FIRST)), (2, FIRST, None)]);
    assert_eq!(holdings(&world, 2), [(2, 3, Some(FIRST)), (1, FIRST, None)]);
    let world = check(&[], &spouse().tagged(&[(HOUSEHOLD, 2, 2)]), &[]);
    assert_eq!(holdings(&world, 2), [(2, 3, None)]);
    let world = check(&[], &remove(3, None), &[]);
    assert_eq!(holdings(&world, 3), [(3, 3, Some(FIRST))]);
}

/// Member, first and last entry of every present or former holder of the ID represented by `byte`.
fn holdings(world: &World, byte: u8) -> Vec<(u8, u64, Option<u64>)> {
    let holdings = &world.state.tags[&Tag([byte; 16])];
    assert!(holdings.iter().all(|holding| holding.person.household() == household(HOUSEHOLD)));
    holdings.iter().map(|holding| (holding.person.member().get(), holding.since, holding.until)).collect()
}

fn spouse() -> Report {
    update(member(2, Relation::Spouse, Sex::Female, 197_211))
}

/// One submission corrects the swapped IDs of head and spouse.
fn swapped() -> Report {
    let updated = |number, relation, sex, birth_month| {
        let member = member(number, relation, sex, birth_month);
        card_event(20_160_101, HouseholdKind::MemberUpdated(Box::new(MemberUpdated { member })))
    };
    let events = [updated(1, Relation::Head, Sex::Male, 197_002), updated(2, Relation::Spouse, Sex::Female, 197_211)];
    Report::households(events).tagged(&[(HOUSEHOLD, 1, 2), (HOUSEHOLD, 2, 1)])
}

fn registered_later(number: u64) -> lika_domain::household::HouseholdEvent {
    let mut event = registered(number, |card| card.members.truncate(1));
    event.happened = lika_testkit::county::date(20_150_302);
    event
}
