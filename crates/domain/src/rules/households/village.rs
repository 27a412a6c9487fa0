//! A village enters the log, or its facts change.

use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::money::Fen;
use crate::facts::procedure::Procedure;
use crate::facts::rejection::Code;
use crate::facts::village::{NAME_CHARS_MAX, RURAL_PERSONS_MAX, Service};
use crate::rules::judge::Judge;
use crate::rules::procedure::course;
use crate::rules::reporters::{ADMINISTRATOR, OFFICERS};
use crate::rules::rule::Rule;
use crate::state::store::Store;
use crate::state::village::VillageHead;
use std::collections::BTreeMap;

event! {
    /// A village enters the log; its code is the submission's area.
    VillageRegistered "village_registered", "行政村登记", "village registered" {
        about: "行政村进入日志；村的代码即报送的区划。",
        concerns: Village,
        reporters: ADMINISTRATOR,
        procedure: None,
        source: "2014 plan for identification and cards: villages are registered before households",
        ground: true,
    }
    /// Name of the village.
    name: Box<str> = Value::RequiredText { chars_max: NAME_CHARS_MAX }, "村名", "行政村的名称。";
    /// On the list of poor villages.
    poor: bool = Value::Flag, "贫困村", "是否列入贫困村名单。";
    /// Rural registered households.
    rural_households: u32 = Value::Count { max: RURAL_PERSONS_MAX }, "农村户数", "农村户籍户数。";
    /// Rural registered persons.
    rural_persons: u32 = Value::Count { max: RURAL_PERSONS_MAX }, "农村人口", "农村户籍人口数。";
}

event! {
    /// A village's facts from now on.
    VillageProfileUpdated "village_profile_updated", "行政村情况更新", "village profile updated" {
        about: "行政村今后的情况。",
        concerns: Village,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: the village's form",
    }
    /// Rural registered households.
    rural_households: u32 = Value::Count { max: RURAL_PERSONS_MAX }, "农村户数", "农村户籍户数。";
    /// Rural registered persons.
    rural_persons: u32 = Value::Count { max: RURAL_PERSONS_MAX }, "农村人口", "农村户籍人口数。";
    /// Income of the village collective in the year, in fen.
    collective_income: Fen = Value::Amount, "村集体收入", "村集体当年的收入。";
    /// Infrastructure and services that the village has.
    services: Vec<Service> = Value::Choices { list: &Service::LIST, max: Service::ALL.len() },
        "基础设施与服务", "该村已有的基础设施和公共服务。";
}

impl Rule<Envelope> for VillageRegistered {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.no_card(event.household);
        judge.in_village();
        let earlier = store.village(judge.entry.submission.area);
        judge.require(earlier.is_none_or(|village| puts_right(event, village)), Code::VillageExists, "area");
        check_rural(judge, self.rural_households, self.rural_persons);
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        if let Some(village) = store.village_mut(entry.submission.area) {
            self.put_right(village, event);
            return;
        }
        let head = VillageHead {
            name: self.name.clone(),
            poor: self.poor,
            registered: event.happened,
            registered_in: entry.index,
            rural_households: self.rural_households,
            rural_persons: self.rural_persons,
            collective_income: Fen::ZERO,
            services: Vec::new(),
            exited: None,
            exited_in: None,
            rounds: Vec::new(),
            candidates: BTreeMap::new(),
            postings: Vec::new(),
            recorded_at: 0,
            last: entry.index,
        };
        store.put_village(entry.submission.area, head);
    }
}

impl VillageRegistered {
    fn put_right(&self, village: &mut VillageHead, event: &Envelope) {
        village.name.clone_from(&self.name);
        village.poor = self.poor;
        (village.rural_households, village.rural_persons) = (self.rural_households, self.rural_persons);
        if event.corrects.is_some_and(|earlier| village.exited_in == Some(earlier.entry)) {
            (village.exited, village.exited_in) = (None, None);
            course::take_back(&mut village.rounds, Procedure::VillageExit);
        }
        if !self.poor {
            course::drop_open(&mut village.rounds, Some(Procedure::VillageExit));
        }
    }
}

/// A repeated registration corrects the village's facts; one that names the village's exit takes that back too.
fn puts_right(event: &Envelope, village: &VillageHead) -> bool {
    let names = |entry| event.corrects.is_some_and(|earlier| earlier.entry == entry);
    names(village.registered_in) || village.exited_in.is_some_and(names)
}

impl Rule<Envelope> for VillageProfileUpdated {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.no_card(event.household);
        judge.village(store);
        check_rural(judge, self.rural_households, self.rural_persons);
        let services = &self.services;
        let earlier = |position| services.iter().take(position);
        let distinct = services.len() <= Service::ALL.len()
            && services.iter().enumerate().all(|(position, service)| !earlier(position).any(|s| s == service));
        judge.require(distinct, Code::FieldInvalid, "services");
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, _event: &Envelope) {
        if let Some(village) = store.village_mut(entry.submission.area) {
            village.rural_households = self.rural_households;
            village.rural_persons = self.rural_persons;
            village.collective_income = self.collective_income;
            village.services.clone_from(&self.services);
        }
    }
}

/// A household has at least one person; a village whose numbers are not known yet states 0 for both.
fn check_rural(judge: &mut Judge<'_>, households: u32, persons: u32) {
    judge.require(persons <= RURAL_PERSONS_MAX, Code::FieldInvalid, "rural_persons");
    judge.require(households <= persons, Code::CountInconsistent, "rural_households");
}
