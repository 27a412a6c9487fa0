//! A person joins a card, changes or leaves it.
//!
//! There is exactly one head. When an update makes a member the head, the former head's relation becomes "other"
//! until an update states it. The head can stop being head only when another member becomes head.

use super::member_facts::{check_member, check_sealed};
use super::{cards, tags};
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::MEMBERS_MAX;
use crate::facts::ids::MemberNo;
use crate::facts::member::{JoinReason, LeaveReason, Member, Relation};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::household::Household;
use crate::state::store::Store;

event! {
    /// A person joins a household.
    MemberAdded "member_added", "新增家庭成员", "member added" {
        about: "一人加入该户。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: natural change of the population",
    }
    /// The person.
    member: Member = Value::Record(&Member::RECORD), "成员", "该人的信息。";
    /// Why.
    reason: JoinReason = Value::Choice(&JoinReason::LIST), "原因", "为什么。";
}

event! {
    /// A member's facts from now on; all of them are given.
    MemberUpdated "member_updated", "成员信息更新", "member updated" {
        about: "一名成员今后的信息；须全部填写。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: the household's form",
    }
    /// The person, by number; if sealed data is left out, the earlier sealed data stays in force.
    member: Member = Value::Record(&Member::RECORD), "成员", "按编号指明该人；个人信息不填则保持不变。";
}

event! {
    /// A person leaves a household.
    MemberRemoved "member_removed", "成员减少", "member removed" {
        about: "一人离开该户。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: natural change of the population",
    }
    /// Number inside the household.
    member: MemberNo = Value::Member, "成员", "该人的户内编号。";
    /// Why.
    reason: LeaveReason = Value::Choice(&LeaveReason::LIST), "原因", "为什么。";
    /// The new head, if the head leaves; 0 otherwise.
    new_head: Option<MemberNo> = Value::MemberOrNone, "新户主", "户主离开时，新户主的成员编号；否则填0。";
}

impl Rule<Envelope> for MemberAdded {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::open(judge, store, event) else { return };
        let member = &self.member;
        if card.members.len() >= MEMBERS_MAX {
            judge.refuse(Code::TooManyMembers, "member", "");
        }
        if member.number <= card.highest_member {
            judge.refuse(Code::MemberNumberUsed, "number", format!("used up to {}", card.highest_member));
        }
        judge.require(member.relation != Relation::Head, Code::NotOneHead, "relation");
        check_member(judge, event.happened, member, head(card));
        check_sealed(judge, member);
        check_tag(judge, store, event, member);
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = cards::to_change(store, entry, event) else { return };
        if card.member(self.member.number).is_some() {
            return;
        }
        card.members.push(Member { tag: None, ..self.member.clone() });
        card.highest_member = card.highest_member.max(self.member.number);
        take_tag(store, entry, event, &self.member);
    }
}

impl Rule<Envelope> for MemberUpdated {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::of_facts(judge, store, event) else { return };
        let member = &self.member;
        let Some(before) = card.member(member.number) else {
            return judge.refuse(Code::MemberUnknown, "number", member.number.to_string());
        };
        let lays_down = before.relation == Relation::Head && member.relation != Relation::Head;
        judge.require(!lays_down, Code::NotOneHead, "relation");
        check_member(judge, event.happened, member, head(card));
        // A closed card holds no citizen ID, so a correction of one conflicts with nobody.
        if card.status.is_live() {
            check_tag(judge, store, event, member);
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = cards::to_change(store, entry, event) else { return };
        if card.member(self.member.number).is_none() {
            return;
        }
        if self.member.relation == Relation::Head {
            make_head(card, self.member.number);
        }
        for member in card.members.iter_mut().filter(|member| member.number == self.member.number) {
            let (sealed, tag) = (self.member.sealed.or(member.sealed), member.tag);
            *member = Member { sealed, tag, ..self.member.clone() };
        }
        take_tag(store, entry, event, &self.member);
    }
}

impl Rule<Envelope> for MemberRemoved {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::open(judge, store, event) else { return };
        let Some(member) = card.member(self.member) else {
            return judge.refuse(Code::MemberUnknown, "member", self.member.to_string());
        };
        if card.members.len() == 1 {
            return judge.refuse(Code::LastMember, "member", "");
        }
        let fits = match self.new_head {
            Some(new_head) => {
                member.relation == Relation::Head && new_head != self.member && card.member(new_head).is_some()
            }
            None => member.relation != Relation::Head,
        };
        judge.require(fits, Code::NewHeadInvalid, "new_head");
    }

    /// A member who leaves releases the citizen ID, so that it can be registered on another card.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let (Some(id), Some(card)) = (event.household, cards::to_change(store, entry, event)) else { return };
        let Some(position) = card.members.iter().position(|member| member.number == self.member) else { return };
        let left = card.members.remove(position);
        for member in card.members.iter_mut().filter(|member| Some(member.number) == self.new_head) {
            member.relation = Relation::Head;
        }
        if let Some(tag) = left.tag {
            tags::give_up(store, entry, id.person(left.number), tag);
        }
    }
}

fn head(card: &Household) -> Option<&Member> {
    card.members.iter().find(|member| member.relation == Relation::Head)
}

fn make_head(card: &mut Household, head: MemberNo) {
    for member in &mut card.members {
        if member.relation == Relation::Head && member.number != head {
            member.relation = Relation::Other;
        }
    }
}

fn check_tag(judge: &mut Judge<'_>, store: &impl Store, event: &Envelope, member: &Member) {
    if let Some(id) = event.household {
        tags::check(judge, store, id.person(member.number));
    }
}

fn take_tag(store: &mut impl Store, entry: &EntryHeader, event: &Envelope, member: &Member) {
    if let Some(id) = event.household {
        tags::take(store, entry, id.person(member.number));
    }
}
