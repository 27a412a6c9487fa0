//! What is judged and changed when a person joins a card, changes or leaves it.
//!
//! There is exactly one head. Who becomes head by an update takes the place of the head before, who is related in some
//! other way until an update of their own says how; the head cannot lay it down without somebody taking it up.

use super::{
    AGE_MAX_YEARS, Member, MemberAdded, MemberRemoved, MemberUpdated, Relation, SPOUSE_AGE_MIN_YEARS, WorkPlace,
};
use crate::admit::Judge;
use crate::date::Date;
use crate::household::{Household, HouseholdEvent, MEMBERS_MAX, tags};
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;

pub(crate) fn check_added(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, added: &MemberAdded) {
    let Some(card) = event.card(judge, store) else { return };
    let member = &added.member;
    if card.members.len() >= MEMBERS_MAX {
        judge.refuse(Code::TooManyMembers, "member", "");
    }
    if member.number <= card.highest_member {
        judge.refuse(Code::MemberNumberUsed, "number", format!("used up to {}", card.highest_member));
    }
    judge.require(member.relation != Relation::Head, Code::NotOneHead, "relation");
    check_facts(judge, event.happened, member, card.head());
    check_sealed(judge, member);
    check_tag(judge, store, event, member);
}

pub(crate) fn apply_added(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, added: &MemberAdded) {
    let Some(card) = event.card_mut(store, entry) else { return };
    if card.member(added.member.number).is_some() {
        return;
    }
    card.members.push(Member { tag: None, ..added.member.clone() });
    card.highest_member = card.highest_member.max(added.member.number);
    take_tag(store, entry, event, &added.member);
}

pub(crate) fn check_updated(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    updated: &MemberUpdated,
) {
    let Some(card) = event.card(judge, store) else { return };
    let member = &updated.member;
    let Some(before) = card.member(member.number) else {
        return judge.refuse(Code::MemberUnknown, "number", member.number.to_string());
    };
    let lays_down = before.relation == Relation::Head && member.relation != Relation::Head;
    judge.require(!lays_down, Code::NotOneHead, "relation");
    check_facts(judge, event.happened, member, card.head());
    // A closed card holds no citizen ID, so a correction on it is in nobody's way.
    if card.status.is_live() {
        check_tag(judge, store, event, member);
    }
}

pub(crate) fn apply_updated(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, updated: &MemberUpdated) {
    let Some(card) = event.card_mut(store, entry) else { return };
    if card.member(updated.member.number).is_none() {
        return;
    }
    if updated.member.relation == Relation::Head {
        card.crown(&updated.member);
    }
    for member in card.members.iter_mut().filter(|member| member.number == updated.member.number) {
        let (sealed, tag) = (updated.member.sealed.or(member.sealed), member.tag);
        *member = Member { sealed, tag, ..updated.member.clone() };
    }
    take_tag(store, entry, event, &updated.member);
}

pub(crate) fn check_removed(
    judge: &mut Judge<'_>,
    store: &impl Store,
    event: &HouseholdEvent,
    removed: &MemberRemoved,
) {
    let Some(card) = event.card(judge, store) else { return };
    let Some(member) = card.member(removed.member) else {
        return judge.refuse(Code::MemberUnknown, "member", removed.member.to_string());
    };
    if card.members.len() == 1 {
        return judge.refuse(Code::LastMember, "member", "");
    }
    let fits = match removed.new_head {
        Some(new_head) => {
            member.relation == Relation::Head && new_head != removed.member && card.member(new_head).is_some()
        }
        None => member.relation != Relation::Head,
    };
    judge.require(fits, Code::NewHeadInvalid, "new_head");
}

/// Who leaves holds the citizen ID no longer, so that it can be registered on another card.
pub(crate) fn apply_removed(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, removed: &MemberRemoved) {
    let (Some(id), Some(card)) = (event.household, event.card_mut(store, entry)) else { return };
    let Some(position) = card.members.iter().position(|member| member.number == removed.member) else { return };
    let left = card.members.remove(position);
    for member in card.members.iter_mut().filter(|member| Some(member.number) == removed.new_head) {
        member.relation = Relation::Head;
    }
    if let Some(tag) = left.tag {
        tags::give_up(store, entry, id.person(left.number), tag);
    }
}

/// Judges a member's facts as they stood on a day. Age is judged lightly: families come in more shapes than rules.
pub(crate) fn check_facts(judge: &mut Judge<'_>, happened: Date, member: &Member, head: Option<&Member>) {
    let months = happened.month().months_since(member.birth_month);
    if months < 0 {
        refuse(judge, Code::BornInFuture, "birth_month", member);
    } else if is_implausible(member, months, head) {
        refuse(judge, Code::AgeImplausible, "birth_month", member);
    }
    if !matches!(member.ethnicity, 1..=56 | 97 | 98) {
        refuse(judge, Code::FieldInvalid, "ethnicity", member);
    }
    let certificate = |d: super::Disability| (1..=7).contains(&d.category) && (1..=4).contains(&d.grade);
    if !member.disability.is_none_or(certificate) {
        refuse(judge, Code::DisabilityInconsistent, "disability_category", member);
    }
    if !works(member.work_place, member.work_months) {
        refuse(judge, Code::WorkInconsistent, "work_months", member);
    }
}

/// Who is new to the log must be named to it, sealed.
pub(crate) fn check_sealed(judge: &mut Judge<'_>, member: &Member) {
    if member.sealed.is_none() {
        refuse(judge, Code::SealedMissing, "sealed", member);
    }
}

fn is_implausible(member: &Member, months: i32, head: Option<&Member>) -> bool {
    let older_than_head = |head: &Member| member.birth_month < head.birth_month;
    months > AGE_MAX_YEARS * 12
        || match member.relation {
            Relation::Spouse => months < SPOUSE_AGE_MIN_YEARS * 12,
            Relation::Grandparent => head.is_some_and(|head| !older_than_head(head)),
            Relation::Grandchild => head.is_some_and(older_than_head),
            _ => false,
        }
}

fn works(place: Option<WorkPlace>, months: u8) -> bool {
    match place {
        Some(_) => (1..=12).contains(&months),
        None => months == 0,
    }
}

fn refuse(judge: &mut Judge<'_>, code: Code, field: &'static str, member: &Member) {
    judge.refuse(code, field, format!("member {}", member.number));
}

fn check_tag(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, member: &Member) {
    if let Some(id) = event.household {
        tags::check(judge, store, id.person(member.number));
    }
}

fn take_tag(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, member: &Member) {
    if let Some(id) = event.household {
        tags::take(store, entry, id.person(member.number));
    }
}

impl Household {
    fn head(&self) -> Option<&Member> {
        self.members.iter().find(|member| member.relation == Relation::Head)
    }

    fn crown(&mut self, head: &Member) {
        for member in &mut self.members {
            if member.relation == Relation::Head && member.number != head.number {
                member.relation = Relation::Other;
            }
        }
    }
}
