//! A household gets its card.

use super::facts::check_facts;
use super::member_facts::{check_member, check_sealed};
use super::tags;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::{Facts, MEMBERS_MAX, Status};
use crate::facts::ids::{HouseholdId, MemberNo};
use crate::facts::member::{Member, Relation};
use crate::facts::procedure::Procedure;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::procedure::course;
use crate::rules::procedure::subject::Subject;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::household::{Conditions, Household};
use crate::state::store::Store;

/// Most members that a registration may name: as many as there are numbers. A rule limits how many a card may have.
const MEMBERS_NAMED_MAX: usize = 99;

event! {
    /// A household gets its card, with all its members.
    HouseholdRegistered "household_registered", "建档立卡", "household registered" {
        about: "一户建立户卡，登记全部家庭成员。",
        concerns: Household,
        reporters: OFFICERS,
        procedure: Some(Procedure::Identification),
        source: "2014 plan for identification and cards",
    }
    /// All members, 1 to 30; exactly one is the head.
    members: Vec<Member> = Value::Records { record: &Member::RECORD, max: MEMBERS_NAMED_MAX },
        "家庭成员", "全部家庭成员，1至30人，其中恰有一名户主。";
    /// The card's own facts.
    facts: Facts = Value::Flat(&Facts::RECORD), "户信息", "";
}

impl Rule<Envelope> for HouseholdRegistered {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let village = judge.village(store).is_some();
        let Some(id) = event.household else {
            return judge.refuse(Code::HouseholdIsMissing, "household", "");
        };
        if !village {
            return;
        }
        if let Some(home) = store.home(id) {
            // The event may have other faults too, but usually it is an offline copy of a card that is already in the
            // log, and this one problem says so best.
            return judge.refuse(Code::HouseholdExists, "household", home.to_string());
        }
        course::check_decided(judge, store, Subject::Household(id), Procedure::Identification, event.happened);
        check_facts(judge, &self.facts);
        self.check_members(judge, store, event, id);
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let area = entry.submission.area;
        let Some(id) = event.household else { return };
        if store.village(area).is_none() || store.home(id).is_some() {
            return;
        }
        let Some(highest_member) = self.members.iter().map(|member| member.number).max() else { return };
        let candidate = store.village_mut(area).and_then(|village| village.candidates.remove(&id));
        let rounds = candidate.unwrap_or_default();
        store.put_household(area, id, Household { rounds, ..self.card(entry, event, highest_member) });
        course::conclude(store, entry, Subject::Household(id), Procedure::Identification, event.happened);
        for member in &self.members {
            tags::take(store, entry, id.person(member.number));
        }
        if let Some(month) = store.month_mut(area, event.happened.month()) {
            month.registered = month.registered.saturating_add(1);
        }
    }
}

impl HouseholdRegistered {
    /// The card as it begins.
    fn card(&self, entry: &EntryHeader, event: &Envelope, highest_member: MemberNo) -> Household {
        Household {
            facts: self.facts.clone(),
            registered: event.happened,
            status: Status::Poor,
            since: event.happened,
            decided: entry.index,
            registered_in: entry.index,
            fell_back: None,
            rounds: Vec::new(),
            exit: None,
            monitoring: None,
            members: self.members.iter().map(|member| Member { tag: None, ..member.clone() }).collect(),
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

    fn check_members(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope, id: HouseholdId) {
        let members = &self.members;
        if members.len() > MEMBERS_MAX {
            // Not judged one by one: that would be unbounded work.
            return judge.refuse(Code::TooManyMembers, "members", members.len().to_string());
        }
        let mut heads = members.iter().filter(|member| member.relation == Relation::Head);
        let head = heads.next();
        judge.require(head.is_some() && heads.next().is_none(), Code::NotOneHead, "members");
        for (position, member) in members.iter().enumerate() {
            if members.iter().take(position).any(|earlier| earlier.number == member.number) {
                judge.refuse(Code::MemberNumberUsed, "number", member.number.to_string());
            }
            check_member(judge, event.happened, member, head);
            check_sealed(judge, member);
            tags::check(judge, store, id.person(member.number));
        }
    }
}
