//! Persons join cards, change and leave.

use super::{FIRST, card, card_event, close, correcting};
use lika_domain::household::{HouseholdKind, MEMBERS_MAX};
use lika_domain::member::{
    Disability, JoinReason, LeaveReason, Member, MemberAdded, MemberRemoved, MemberUpdated, Relation, Sex, WorkPlace,
};
use lika_domain::rejection::Code;
use lika_testkit::county::{RESPONSIBLE, member_no};
use lika_testkit::facts::member;
use lika_testkit::rules::{Case, Report, check};

/// How a member differs from a healthy child.
type Change = fn(&mut Member);

pub(super) fn cases() -> Vec<Case> {
    [adding_cases(), fact_cases(), age_cases(), updating_cases(), removing_cases()].concat()
}

fn adding_cases() -> Vec<Case> {
    let refused = |name, given: &[Report], report, code, field| Case::refused(name, given, report, code, field);
    let full: Vec<_> =
        (4..).take(MEMBERS_MAX - 3).map(|number| card_event(20_150_101, added(number, |_| {}))).collect();
    let full = [Report::households(full)];
    vec![
        Case::accepted("a child", &[], add(4, |_| {})),
        Case::accepted("numbers may be left out", &[], add(99, |_| {})),
        refused("numbers go up", &[], add(3, |_| {}), Code::MemberNumberUsed, "number"),
        refused("a number is never used again", &[remove(3, None)], add(3, |_| {}), Code::MemberNumberUsed, "number"),
        refused("no second head", &[], add(4, |m| m.relation = Relation::Head), Code::NotOneHead, "relation"),
        refused("no more members than the limit", &full, add(31, |_| {}), Code::TooManyMembers, "member"),
        refused("a member has a name", &[], add(4, |m| m.sealed = None), Code::SealedMissing, "sealed"),
        refused("only by an officer", &[], add(4, |_| {}).by(RESPONSIBLE), Code::RoleForbids, "author"),
        refused("to a closed card", &[close(20_150_101)], add(4, |_| {}), Code::HouseholdDeregistered, "household"),
    ]
}

fn fact_cases() -> Vec<Case> {
    let accepted: [(&str, Change); 4] = [
        ("foreign origin", |m| m.ethnicity = 98),
        ("the last ethnic group", |m| m.ethnicity = 56),
        ("disabled", |m| m.disability = Some(Disability { category: 7, grade: 4 })),
        ("at work all year", |m| (m.work_place, m.work_months) = (Some(WorkPlace::Elsewhere), 12)),
    ];
    let disability = (Code::DisabilityInconsistent, "disability_category");
    let work = (Code::WorkInconsistent, "work_months");
    let refused: [(&str, Change, (Code, &'static str)); 9] = [
        ("no ethnicity", |m| m.ethnicity = 0, (Code::FieldInvalid, "ethnicity")),
        ("there are 56 ethnic groups", |m| m.ethnicity = 57, (Code::FieldInvalid, "ethnicity")),
        ("a grade without category", |m| m.disability = Some(Disability { category: 0, grade: 2 }), disability),
        ("a category without grade", |m| m.disability = Some(Disability { category: 3, grade: 0 }), disability),
        ("there are seven categories", |m| m.disability = Some(Disability { category: 8, grade: 1 }), disability),
        ("there are four grades", |m| m.disability = Some(Disability { category: 1, grade: 5 }), disability),
        ("months without a place", |m| m.work_months = 3, work),
        ("a place without months", |m| m.work_place = Some(WorkPlace::County), work),
        ("a year has twelve months", |m| (m.work_place, m.work_months) = (Some(WorkPlace::County), 13), work),
    ];
    let good = accepted.into_iter().map(|(name, change)| Case::accepted(name, &[], add(4, change)));
    let bad =
        refused.into_iter().map(|(name, change, (code, field))| Case::refused(name, &[], add(4, change), code, field));
    good.chain(bad).collect()
}

/// The head is born in February 1970; everything happens in January 2015.
fn age_cases() -> Vec<Case> {
    let ages: [(&str, Relation, u32, Option<Code>); 10] = [
        ("born this month", Relation::Child, 201_501, None),
        ("not born yet", Relation::Child, 201_502, Some(Code::BornInFuture)),
        ("a spouse of fourteen", Relation::Spouse, 200_101, None),
        ("a child for a spouse", Relation::Spouse, 200_102, Some(Code::AgeImplausible)),
        ("a stepmother younger than the head", Relation::Parent, 197_501, None),
        ("an adopted child older than the head", Relation::Child, 196_901, None),
        ("a grandmother", Relation::Grandparent, 193_001, None),
        ("a grandmother younger than the head", Relation::Grandparent, 197_003, Some(Code::AgeImplausible)),
        ("a grandchild", Relation::Grandchild, 201_001, None),
        ("a grandchild older than the head", Relation::Grandchild, 197_001, Some(Code::AgeImplausible)),
    ];
    let case = |(name, relation, birth_month, code): (&'static str, Relation, u32, Option<Code>)| {
        let report = add_aged(20_150_131, relation, birth_month);
        match code {
            None => Case::accepted(name, &[], report),
            Some(code) => Case::refused(name, &[], report, code, "birth_month"),
        }
    };
    let old = |happened| add_aged(happened, Relation::Other, 190_001).recorded(20_310_101);
    let too_old = Case::refused("older", &[], old(20_300_201), Code::AgeImplausible, "birth_month");
    ages.into_iter().map(case).chain([Case::accepted("130 years old", &[], old(20_300_131)), too_old]).collect()
}

fn add_aged(happened: u32, relation: Relation, birth_month: u32) -> Report {
    let member = member(4, relation, Sex::Female, birth_month);
    let added = MemberAdded { member, reason: JoinReason::Omitted };
    card(happened, HouseholdKind::MemberAdded(Box::new(added)))
}

fn updating_cases() -> Vec<Case> {
    let head = |relation| member(1, relation, Sex::Male, 197_002);
    let closed = [close(20_150_101)];
    vec![
        Case::accepted("facts change", &[], update(member(3, Relation::Child, Sex::Female, 200_108))),
        Case::accepted("the head changes", &[], update(member(2, Relation::Head, Sex::Female, 197_211))),
        Case::accepted("the head's own facts", &[], update(head(Relation::Head))),
        Case::refused("the card keeps a head", &[], update(head(Relation::Other)), Code::NotOneHead, "relation"),
        Case::refused(
            "only of a member",
            &[],
            update(member(4, Relation::Child, Sex::Male, 201_001)),
            Code::MemberUnknown,
            "number",
        ),
        Case::refused(
            "only of a member who has not left",
            &[remove(3, None)],
            update(member(3, Relation::Child, Sex::Female, 200_109)),
            Code::MemberUnknown,
            "number",
        ),
        Case::refused(
            "only of a member born by then",
            &[],
            update(member(3, Relation::Child, Sex::Male, 201_801)),
            Code::BornInFuture,
            "birth_month",
        ),
        Case::accepted("corrected on a closed card", &closed, correcting(update(head(Relation::Head)), FIRST - 1)),
        Case::refused(
            "not changed on a closed card",
            &closed,
            update(head(Relation::Head)),
            Code::HouseholdDeregistered,
            "household",
        ),
    ]
}

fn removing_cases() -> Vec<Case> {
    let alone = [remove(3, None), remove(2, None)];
    let refused = |name, report| Case::refused(name, &[], report, Code::NewHeadInvalid, "new_head");
    vec![
        Case::accepted("a child leaves", &[], remove(3, None)),
        Case::accepted("the head leaves", &[], remove(1, Some(2))),
        refused("a head who leaves names the next", remove(1, None)),
        refused("the next head is not the same", remove(1, Some(1))),
        refused("the next head is a member", remove(1, Some(9))),
        refused("only a head who leaves names the next", remove(3, Some(2))),
        Case::refused("only a member is removed", &[], remove(9, None), Code::MemberUnknown, "member"),
        Case::refused("the last member stays", &alone, remove(1, None), Code::LastMember, "member"),
    ]
}

#[test]
fn a_card_has_one_head_whichever_members_join_or_leave() {
    let relations = |given: &[Report], report: &Report| -> Vec<_> {
        let world = check(given, report, &[]);
        world.card().members.iter().map(|member| (member.number.get(), member.relation)).collect()
    };
    let crowned = update(member(2, Relation::Head, Sex::Female, 197_211));
    assert_eq!(relations(&[], &crowned), [(1, Relation::Other), (2, Relation::Head), (3, Relation::Child)]);
    let settled = update(member(1, Relation::Spouse, Sex::Male, 197_002));
    assert_eq!(relations(&[crowned], &settled), [(1, Relation::Spouse), (2, Relation::Head), (3, Relation::Child)]);
    assert_eq!(relations(&[], &remove(1, Some(3))), [(2, Relation::Spouse), (3, Relation::Head)]);
}

#[test]
fn an_update_without_sealed_data_or_tag_keeps_both() {
    let unsealed = Member { sealed: None, work_months: 0, ..member(2, Relation::Spouse, Sex::Female, 197_210) };
    let world = check(&[], &update(unsealed), &[]);
    let member = world.card().member(member_no(2)).unwrap();
    assert_eq!(
        (member.birth_month.yyyymm(), member.sealed, member.tag.map(|tag| tag.0[0])),
        (197_210, Some(1), Some(2))
    );
}

fn added(number: u32, change: fn(&mut Member)) -> HouseholdKind {
    let mut member = member(number, Relation::Child, Sex::Male, 201_001);
    change(&mut member);
    HouseholdKind::MemberAdded(Box::new(MemberAdded { member, reason: JoinReason::Birth }))
}

pub(super) fn add(number: u32, change: fn(&mut Member)) -> Report {
    card(20_150_601, added(number, change))
}

pub(super) fn update(member: Member) -> Report {
    card(20_160_101, HouseholdKind::MemberUpdated(Box::new(MemberUpdated { member })))
}

pub(super) fn removed(number: u32, new_head: Option<u32>) -> HouseholdKind {
    let reason = LeaveReason::Split;
    HouseholdKind::MemberRemoved(MemberRemoved {
        member: member_no(number),
        reason,
        new_head: new_head.map(member_no),
    })
}

pub(super) fn remove(number: u32, new_head: Option<u32>) -> Report {
    card(20_150_301, removed(number, new_head))
}
