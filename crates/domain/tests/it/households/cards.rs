//! Cards are opened, changed, closed and erased.

use super::{FIRST, card, close, close_for, correcting, fall_back, income, income_of_2015, village};
use lika_domain::household::{
    Cause, DeregisterReason, ErasureReason, Facts, GROUP_MAX, HouseholdEvent, HouseholdKind, HouseholdRegistered,
    HouseholdUpdated, MEMBERS_MAX, PersonalDataErased, Status, Subject,
};
use lika_domain::member::{Relation, Sex};
use lika_domain::rejection::Code;
use lika_testkit::county::{
    ADMINISTRATOR, AUDITOR, COUNTY, COUNTY_OFFICER, HOUSEHOLD, NEW_HOUSEHOLD, NOBODY, OTHER_VILLAGE, RESPONSIBLE,
    TOWNSHIP, TOWNSHIP_OFFICER, VILLAGE_OFFICER, household, official,
};
use lika_testkit::facts::{facts, family, household_event, member, village_event};
use lika_testkit::rules::{Case, Report, check};

pub(super) fn cases() -> Vec<Case> {
    [registration_cases(), first_member_cases(), update_cases(), closing_cases(), closed_cases(), erasure_cases()]
        .concat()
}

fn registration_cases() -> Vec<Case> {
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    let twice = Report::households([registered(NEW_HOUSEHOLD, |_| {}), registered(NEW_HOUSEHOLD, |_| {})]);
    let nameless = village(20_140_601, HouseholdKind::HouseholdRegistered(Box::new(sheet(|_| {}))));
    let mut cases = vec![
        refused("a number is used once", register_as(HOUSEHOLD, |_| {}), Code::HouseholdExists, "household"),
        Case::refused_for(
            "a number is used once in a submission",
            &[],
            twice,
            &[(Code::HouseholdExists, Some(1), "household")],
        ),
        Case::refused("in one village", &[second_village()], elsewhere(HOUSEHOLD), Code::HouseholdExists, "household"),
        refused("a card has a number", nameless, Code::HouseholdIsMissing, "household"),
        refused("only in a registered village", elsewhere(NEW_HOUSEHOLD), Code::VillageUnknown, "area"),
        refused("only in a village", elsewhere(NEW_HOUSEHOLD).on(TOWNSHIP), Code::AreaWrongLevel, "area"),
        refused(
            "causes differ",
            register(|c| c.facts.other_causes = vec![Cause::Illness]),
            Code::CausesInvalid,
            "other_causes",
        ),
        refused(
            "each cause once",
            register(|c| c.facts.other_causes = vec![Cause::Land; 2]),
            Code::CausesInvalid,
            "other_causes",
        ),
        refused(
            "at most two causes besides the main one",
            register(|c| c.facts.other_causes = vec![Cause::Land, Cause::Water, Cause::Skills]),
            Code::CausesInvalid,
            "other_causes",
        ),
        refused(
            "groups are small",
            register(|c| c.facts.group = u16::try_from(GROUP_MAX + 1).unwrap()),
            Code::FieldInvalid,
            "group",
        ),
    ];
    for officer in [VILLAGE_OFFICER, TOWNSHIP_OFFICER, COUNTY_OFFICER, ADMINISTRATOR] {
        cases.push(Case::accepted("every officer", &[], register(|_| {}).by(officer)));
    }
    for other in [RESPONSIBLE, AUDITOR] {
        cases.push(refused("only by an officer", register(|_| {}).by(other), Code::RoleForbids, "author"));
    }
    cases
}

fn first_member_cases() -> Vec<Case> {
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    let most = register(|card| {
        let others = (2..).take(MEMBERS_MAX - 1).map(|number| member(number, Relation::Other, Sex::Female, 198_001));
        card.members = std::iter::once(card.members[0].clone()).chain(others).collect();
    });
    vec![
        Case::accepted("the most members", &[], most),
        refused(
            "a member too many",
            register(|card| {
                let child = |number| member(number, Relation::Child, Sex::Male, 201_001);
                card.members = (1..).take(MEMBERS_MAX + 1).map(child).collect();
            }),
            Code::TooManyMembers,
            "members",
        ),
        refused("a card has members", register(|card| card.members.clear()), Code::NotOneHead, "members"),
        refused("a head", register(|card| card.members[0].relation = Relation::Other), Code::NotOneHead, "members"),
        refused("one head", register(|card| card.members[1].relation = Relation::Head), Code::NotOneHead, "members"),
        refused(
            "each number once",
            register(|card| card.members[2].number = card.members[1].number),
            Code::MemberNumberUsed,
            "number",
        ),
        refused("all have names", register(|card| card.members[2].sealed = None), Code::SealedMissing, "sealed"),
    ]
}

fn update_cases() -> Vec<Case> {
    let unknown = Report::households([household_event(20_150_101, NEW_HOUSEHOLD, updated(|_| {}))]);
    let early = card(20_140_228, updated(|_| {}));
    vec![
        Case::accepted("facts change", &[], update(|_| {})),
        Case::refused("only of an existing card", &[], unknown, Code::HouseholdUnknown, "household"),
        Case::refused("no card", &[], village(20_150_101, updated(|_| {})), Code::HouseholdIsMissing, "household"),
        Case::refused("not before the card exists", &[], early, Code::BeforeRegistration, "happened"),
        Case::refused(
            "causes differ",
            &[],
            update(|f| f.main_cause = Cause::Labour),
            Code::CausesInvalid,
            "other_causes",
        ),
        Case::accepted("of a card registered just now", &[], register_and_update()),
    ]
}

fn closing_cases() -> Vec<Case> {
    let (merged, into) = (DeregisterReason::Merged, |number| Some(household(number)));
    let merge = |target| close_for(20_180_101, merged, target);
    let refused = |name, given: &[Report], target| {
        Case::refused(name, given, merge(target), Code::MergeTargetInvalid, "merged_into")
    };
    let closed_other = Report::households([household_event(
        20_170_101,
        NEW_HOUSEHOLD,
        HouseholdKind::HouseholdDeregistered(lika_domain::household::HouseholdDeregistered {
            reason: DeregisterReason::DiedOut,
            merged_into: None,
        }),
    )]);
    vec![
        Case::accepted("a card is closed", &[], close(20_180_101)),
        Case::accepted("merged into another", &[register(|_| {})], merge(into(NEW_HOUSEHOLD))),
        refused("the other card is named", &[], None),
        refused("the other card exists", &[], into(NEW_HOUSEHOLD)),
        refused("the other card is not the same", &[], into(HOUSEHOLD)),
        refused("the other card is open", &[register(|_| {}), closed_other], into(NEW_HOUSEHOLD)),
        Case::refused(
            "another card only if merged",
            &[register(|_| {})],
            close_for(20_180_101, DeregisterReason::Moved, into(NEW_HOUSEHOLD)),
            Code::MergeTargetInvalid,
            "merged_into",
        ),
        Case::refused(
            "not before its last change of status",
            &[income_of_2015(), super::exit(20_160_301)],
            close(20_160_229),
            Code::OutOfOrder,
            "happened",
        ),
    ]
}

fn closed_cases() -> Vec<Case> {
    let closed = [close(20_180_101)];
    let refused = |name, report| Case::refused(name, &closed, report, Code::HouseholdDeregistered, "household");
    vec![
        refused("a card is closed once", close(20_190_101)),
        refused("a closed card is not changed", update(|_| {})),
        refused("a closed card does not fall back", fall_back(20_190_101, false)),
        Case::accepted("a closed card is corrected", &closed, correcting(update(|_| {}), FIRST - 1)),
        Case::accepted(
            "the income on a closed card is corrected",
            &closed,
            correcting(income(20_171_231, 2017, |_| {}), FIRST - 1),
        ),
        refused("a closed card is not reopened", correcting(fall_back(20_190_101, true), FIRST)),
        Case::accepted("a closed card is erased", &closed, erase(Subject::Household(household(HOUSEHOLD)))),
    ]
}

fn erasure_cases() -> Vec<Case> {
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    let of = |number| erase(Subject::Household(household(number)));
    let officials = |number| erase(Subject::Official(official(number)));
    let named = card(20_200_101, erased(Subject::Household(household(HOUSEHOLD)))).by(ADMINISTRATOR);
    vec![
        Case::accepted("a household's data", &[], of(HOUSEHOLD)),
        Case::accepted("a second time", &[of(HOUSEHOLD)], of(HOUSEHOLD)),
        Case::accepted("an official's data", &[], officials(RESPONSIBLE).on(COUNTY)),
        refused("only of a known household", of(NEW_HOUSEHOLD), Code::ErasureUnknown, "subject"),
        refused("only of a known official", officials(NOBODY).on(COUNTY), Code::ErasureUnknown, "subject"),
        refused("only in its village", of(HOUSEHOLD).on(OTHER_VILLAGE), Code::VillageUnknown, "area"),
        refused("only in the county", officials(RESPONSIBLE), Code::AreaWrongLevel, "area"),
        refused("only by an administrator", of(HOUSEHOLD).by(COUNTY_OFFICER), Code::RoleForbids, "author"),
        refused("the household is not named twice", named, Code::HouseholdNotConcerned, "household"),
    ]
}

#[test]
fn a_new_card_is_poor_and_counted_in_its_month() {
    let world = check(&[], &register(|_| {}).tagged(&[(NEW_HOUSEHOLD, 2, 9)]), &[]);
    let card = world.card_of(NEW_HOUSEHOLD);
    assert_eq!((card.status, card.registered.yyyymmdd(), card.decided), (Status::Poor, 20_140_601, FIRST));
    assert_eq!((card.members.len(), card.highest_member.get()), (3, 3));
    assert_eq!(card.members[1].tag.map(|tag| tag.0[0]), Some(9));
    let months: Vec<_> =
        world.village().months.iter().map(|(month, counts)| (month.yyyymm(), counts.registered)).collect();
    assert_eq!(months, [(201_403, 1), (201_406, 1)]);
    assert_eq!(world.state.homes.len(), 2);
}

#[test]
fn sealed_data_stays_where_an_update_gives_none() {
    let world = check(&[], &update(|facts| facts.sealed = None), &[]);
    assert_eq!((world.card().facts.group, world.card().facts.sealed), (7, Some(1)));
    let world = check(&[], &update(|facts| facts.sealed = Some(2)), &[]);
    assert_eq!(world.card().facts.sealed, Some(2));
}

#[test]
fn a_closed_card_is_kept_and_no_longer_monitored() {
    let world = check(&[super::status::watch(20_170_101)], &close(20_180_101), &[]);
    let card = world.card();
    assert_eq!((card.status, card.members.len(), card.monitoring.is_none()), (Status::Deregistered, 3, true));
}

#[test]
fn an_erased_card_and_official_are_marked() {
    let world = check(
        &[erase(Subject::Household(household(HOUSEHOLD)))],
        &erase(Subject::Official(official(RESPONSIBLE))).on(COUNTY),
        &[],
    );
    assert!(world.card().erased && world.state.officials[&official(RESPONSIBLE)].erased);
    assert_eq!(world.state.officials.values().filter(|official| official.erased).count(), 1);
}

pub(super) fn register(change: fn(&mut HouseholdRegistered)) -> Report {
    register_as(NEW_HOUSEHOLD, change)
}

fn register_as(number: u64, change: fn(&mut HouseholdRegistered)) -> Report {
    Report::households([registered(number, change)])
}

pub(super) fn registered(number: u64, change: fn(&mut HouseholdRegistered)) -> HouseholdEvent {
    household_event(20_140_601, number, HouseholdKind::HouseholdRegistered(Box::new(sheet(change))))
}

fn sheet(change: fn(&mut HouseholdRegistered)) -> HouseholdRegistered {
    let mut sheet = HouseholdRegistered { facts: facts(), members: family() };
    change(&mut sheet);
    sheet
}

pub(super) fn elsewhere(number: u64) -> Report {
    register_as(number, |_| {}).on(OTHER_VILLAGE).by(COUNTY_OFFICER)
}

pub(super) fn second_village() -> Report {
    let new = lika_domain::village::VillageRegistered {
        name: "Shunping".into(),
        poor: false,
        rural_households: 1,
        rural_persons: 1,
    };
    Report::households([village_event(20_140_101, HouseholdKind::VillageRegistered(new))])
        .by(ADMINISTRATOR)
        .on(OTHER_VILLAGE)
}

fn updated(change: fn(&mut Facts)) -> HouseholdKind {
    let mut facts = Facts { group: 7, ..facts() };
    change(&mut facts);
    HouseholdKind::HouseholdUpdated(HouseholdUpdated { facts })
}

fn update(change: fn(&mut Facts)) -> Report {
    card(20_150_101, updated(change))
}

fn register_and_update() -> Report {
    Report::households([
        registered(NEW_HOUSEHOLD, |_| {}),
        household_event(20_150_101, NEW_HOUSEHOLD, updated(|_| {})),
    ])
}

fn erased(subject: Subject) -> HouseholdKind {
    HouseholdKind::PersonalDataErased(PersonalDataErased { subject, reason: ErasureReason::Request })
}

fn erase(subject: Subject) -> Report {
    village(20_200_101, erased(subject)).by(ADMINISTRATOR)
}
