//! Made-up households: members, causes of poverty, and registration.

use super::catalogue::Measure;
use super::clerk::{Card, Clerk, data_key};
use super::mistakes::{Fix, Fixes, Right};
use super::names::{self, Surname};
use super::people::Person;
use super::plan::Target;
use super::planted;
use super::procedure::About;
use super::village::Village;
use lika_domain::date::Date;
use lika_proto::seal::Place;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::{Procedure, Relation, Step};

/// Attributes in a sample village, per mille.
const ATTRIBUTES: [(v1::Attribute, u32); 3] =
    [(v1::Attribute::General, 772), (v1::Attribute::Dibao, 196), (v1::Attribute::Wubao, 32)];
/// Causes of poverty, in percent: illness leads, as in the country.
const CAUSES: [(v1::Cause, u32); 11] = [
    (v1::Cause::Illness, 42),
    (v1::Cause::Disability, 14),
    (v1::Cause::Schooling, 9),
    (v1::Cause::Skills, 9),
    (v1::Cause::Labour, 8),
    (v1::Cause::Capital, 6),
    (v1::Cause::Disaster, 5),
    (v1::Cause::Land, 3),
    (v1::Cause::Motivation, 2),
    (v1::Cause::Water, 1),
    (v1::Cause::Transport, 1),
];

/// Share of cards that leave out a person at first, per mille.
const OMITTED_PER_MILLE: u32 = 70;
/// Share of cards made for households that should not have one, per mille.
const ERROR_PER_MILLE: u32 = 45;
/// Share of households that the first identification missed, per mille.
const MISSED_PER_MILLE: u32 = 60;

/// The status of a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has no card yet.
    Waiting,
    /// Poor, for the first time or again.
    Poor,
    /// Out of poverty.
    Exited,
    /// Its card is closed.
    Closed,
}

/// A household's true situation.
#[derive(Debug)]
pub(crate) struct Home {
    /// Its card.
    pub card: Card,
    /// Index of its village.
    pub village: usize,
    /// Device of its responsible official.
    pub responsible: usize,
    /// Members on the card; the head is the first with that relation.
    pub persons: Vec<Person>,
    /// Highest member number on the card.
    pub highest: u32,
    /// Kind of household.
    pub attribute: v1::Attribute,
    /// When it got its card.
    pub registered: Date,
    /// Status.
    pub standing: Standing,
    /// First day of the status.
    pub since: Date,
    /// Missed by the first identification.
    pub late: bool,
    /// Chosen to leave poverty at the end of the year.
    pub leaving: bool,
    /// The year at the end of which it was last chosen.
    pub leaving_in: u32,
    /// When its coming registration was announced.
    pub announced: Option<Date>,
    /// It has a responsible official.
    pub assigned: bool,
    /// Under monitoring.
    pub monitored: bool,
    /// The event by which it left poverty.
    pub exit: Option<Target>,
    /// Income per head, in yuan.
    pub income: u64,
    /// Food, clothing, education, medical care, housing, water.
    pub conditions: [bool; 6],
    /// Measures of the year.
    pub measures: Vec<Measure>,
    /// Number of its last delivery.
    pub deliveries: u32,
    /// Deliveries that are still to be confirmed.
    pub unconfirmed: Vec<(u32, Date)>,
    group: u32,
    surname: Surname,
    cause: v1::Cause,
}

impl Home {
    /// A household of a village that is poor when the programme begins.
    ///
    /// # Errors
    /// If its card gets no number.
    pub(crate) fn new(clerk: &mut Clerk, village: usize, place: &Village, responsible: usize) -> anyhow::Result<Self> {
        let card = clerk.new_card(place.area)?;
        let attribute = clerk.dice.weigh(&ATTRIBUTES);
        let surname = names::surname(&mut clerk.dice);
        let persons = family(clerk, attribute, surname);
        let dice = &mut clerk.dice;
        let chances = [920, 930, 900, 600, 550, 650];
        Ok(Self {
            card,
            village,
            responsible,
            highest: u32::try_from(persons.len()).unwrap_or(0),
            persons,
            attribute,
            registered: clerk.today,
            standing: Standing::Waiting,
            since: clerk.today,
            late: dice.per_mille(MISSED_PER_MILLE),
            leaving: false,
            leaving_in: 0,
            announced: None,
            assigned: false,
            monitored: false,
            exit: None,
            income: u64::from(dice.between(1_500, 2_700)),
            conditions: chances.map(|chance| dice.per_mille(chance)),
            measures: Vec::new(),
            deliveries: 0,
            unconfirmed: Vec::new(),
            group: dice.between(1, 6),
            surname,
            cause: dice.weigh(&CAUSES),
        })
    }

    /// Its card is open.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.standing, Standing::Poor | Standing::Exited)
    }

    /// Number of members.
    pub(crate) fn size(&self) -> u32 {
        u32::try_from(self.persons.len()).unwrap_or(0)
    }

    /// Number of the member who speaks for the household.
    pub(crate) fn speaker(&self) -> u32 {
        let head = self.persons.iter().find(|person| person.relation == Relation::Head);
        head.or(self.persons.first()).map_or(0, |person| person.number)
    }

    /// Main cause of its poverty.
    pub(crate) fn cause(&self) -> v1::Cause {
        self.cause
    }

    /// Changes the main cause of its poverty.
    pub(crate) fn set_cause(&mut self, cause: v1::Cause) {
        self.cause = cause;
    }

    /// Surname of the family.
    pub(crate) fn surname(&self) -> Surname {
        self.surname
    }

    /// Sets the status from a day on, but not from before the previous status began.
    pub(crate) fn stand(&mut self, standing: Standing, since: Date) {
        self.standing = standing;
        self.since = since;
    }

    /// The village officer registers it. Some cards are wrong from the start.
    pub(crate) fn register(&mut self, clerk: &mut Clerk, place: &Village, number: usize, fixes: &mut Fixes) {
        let omitted = self.omit(clerk);
        let day = self.announced.map_or(clerk.recently(), |announced| announced.max(clerk.days_ago(2)));
        let registered = self.registration(clerk, day);
        let key = Some(data_key(self.card.id.get(), self.card.key));
        let kind = Kind::HouseholdRegistered(registered);
        let target = clerk.keyed_card_event(place.officer, &self.card, day, kind, None, key);
        if self.announced.is_none() {
            clerk.planted.note(planted::Kind::TakenOver);
        }
        self.registered = day;
        self.stand(Standing::Poor, day);
        if let Some(person) = omitted {
            let right = Right::Omitted(Box::new(person));
            fixes.add(clerk, Fix { home: number, target, right }, 2, 20);
        } else if clerk.dice.per_mille(ERROR_PER_MILLE) {
            fixes.add(clerk, Fix { home: number, target, right: Right::Deregistered }, 6, 30);
        }
    }

    /// The village assigns a responsible official and makes a plan for the household.
    pub(crate) fn plan_help(&mut self, clerk: &mut Clerk, place: &Village) {
        if clerk.dice.per_mille(planted::UNASSIGNED_PER_MILLE) {
            clerk.planted.note(planted::Kind::Unassigned);
            return;
        }
        self.assign(clerk, place);
        for step in [Step::Pairing, Step::HelpPlan] {
            let day = clerk.today;
            clerk.step(place.officer, About::Card(self.card), Procedure::Identification, step, day, None, |_| {});
        }
    }

    /// Assigns its responsible official.
    pub(crate) fn assign(&mut self, clerk: &mut Clerk, place: &Village) {
        self.assigned = true;
        let (official, day) = (clerk.official(self.responsible), clerk.recently());
        let kind =
            v1::official_event::Kind::OfficialAssigned(v1::OfficialAssigned { capacity: v1::Capacity::First.into() });
        clerk.official_event(place.officer, place.area, (official, self.card.id.get()), day, kind, None);
    }

    /// Closes its card and ends the official's assignment.
    pub(crate) fn close(
        &mut self,
        clerk: &mut Clerk,
        place: &Village,
        reason: v1::DeregisterReason,
        corrects: Option<Target>,
    ) {
        // Corrections of the same day come first.
        let day = clerk.recently().max(self.since);
        let kind = Kind::HouseholdDeregistered(v1::HouseholdDeregistered { reason: reason.into(), merged_into: 0 });
        clerk.card_event(place.officer, &self.card, day, kind, corrects);
        if self.assigned {
            let reason = v1::AssignmentEnd::Closed.into();
            let kind = v1::official_event::Kind::AssignmentEnded(v1::AssignmentEnded { reason });
            let whom = (clerk.official(self.responsible), self.card.id.get());
            clerk.official_event(place.officer, place.area, whom, day, kind, None);
        }
        self.stand(Standing::Closed, day);
        self.leaving = false;
        self.measures.clear();
        self.unconfirmed.clear();
    }

    /// In some households of three or more, leaves out a member other than the head.
    fn omit(&mut self, clerk: &mut Clerk) -> Option<Person> {
        let omits = self.persons.len() > 2 && clerk.dice.per_mille(OMITTED_PER_MILLE);
        let person = if omits { self.persons.pop() } else { None };
        self.highest = self.size();
        person
    }

    fn registration(&mut self, clerk: &mut Clerk, day: Date) -> v1::HouseholdRegistered {
        let (bank, account) = names::account(&mut clerk.dice);
        let private = v1::HouseholdPrivate {
            address: names::address(&mut clerk.dice, self.group),
            phone: names::phone(&mut clerk.dice),
            bank,
            account,
            remark: String::new(),
        };
        let id = self.card.id;
        let second = clerk.dice.weigh(&CAUSES);
        let other_causes = if second == self.cause { Vec::new() } else { vec![second.into()] };
        let sealed = clerk.seal(self.card.key, |origin| Place::household(origin, id), &private);
        v1::HouseholdRegistered {
            group: self.group,
            attribute: self.attribute.into(),
            standard: v1::Standard::National.into(),
            main_cause: self.cause.into(),
            other_causes,
            members: self.persons.iter().map(|person| person.introduced(clerk, &self.card, day)).collect(),
            sealed,
            willing_to_relocate: clerk.dice.per_mille(120),
        }
    }
}

/// Number of poor persons in every village.
pub(crate) fn poor_persons(villages: usize, homes: &[Home]) -> Vec<u32> {
    let mut counts = vec![0; villages];
    for home in homes.iter().filter(|home| home.standing == Standing::Poor) {
        if let Some(count) = counts.get_mut(home.village) {
            *count += home.size();
        }
    }
    counts
}

/// All members of a household, numbered.
fn family(clerk: &mut Clerk, attribute: v1::Attribute, surname: Surname) -> Vec<Person> {
    let on = clerk.today;
    let alone = attribute == v1::Attribute::Wubao;
    let (youngest, oldest) = if alone { (60, 82) } else { (30, 66) };
    let (age, male) = (clerk.dice.between(youngest, oldest), clerk.dice.per_mille(870));
    let mut persons = vec![Person::new(clerk, Relation::Head, male, age, surname, on)];
    if !alone {
        let pair = if attribute == v1::Attribute::Dibao { 550 } else { 840 };
        if clerk.dice.per_mille(pair) {
            let spouse_age = (age + 2).saturating_sub(clerk.dice.below(6)).max(20);
            let spouse_name = names::surname(&mut clerk.dice);
            persons.push(Person::new(clerk, Relation::Spouse, !male, spouse_age, spouse_name, on));
        }
        descendants(clerk, &mut persons, age, surname);
        if age < 56 && clerk.dice.per_mille(260) {
            let (years, father) = (clerk.dice.between(20, 30), clerk.dice.per_mille(450));
            persons.push(Person::new(clerk, Relation::Parent, father, age + years, surname, on));
        }
    }
    for (person, number) in persons.iter_mut().zip(1..) {
        person.number = number;
    }
    persons
}

/// Children who still live there, and the family of a grown-up son.
fn descendants(clerk: &mut Clerk, persons: &mut Vec<Person>, head_age: u32, surname: Surname) {
    let on = clerk.today;
    let children = clerk.dice.weigh(&[(0, 22), (1, 38), (2, 31), (3, 9)]);
    for _ in 0..children {
        let age = head_age.saturating_sub(clerk.dice.between(22, 36));
        let male = clerk.dice.per_mille(540);
        // Most grown-up daughters have married out.
        if age > 26 && clerk.dice.per_mille(if male { 350 } else { 850 }) {
            continue;
        }
        persons.push(Person::new(clerk, Relation::Child, male, age, surname, on));
        if male && age > 24 && clerk.dice.per_mille(350) {
            let (wife_age, wife_name) = (age.saturating_sub(clerk.dice.below(4)), names::surname(&mut clerk.dice));
            persons.push(Person::new(clerk, Relation::ChildInLaw, false, wife_age, wife_name, on));
            let (grandson, baby_age) = (clerk.dice.per_mille(520), clerk.dice.below(age - 21));
            persons.push(Person::new(clerk, Relation::Grandchild, grandson, baby_age, surname, on));
        }
    }
}
