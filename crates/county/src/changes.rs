//! Changes in families: births, deaths, marriages, school and work; and households that move away.

use super::clerk::Clerk;
use super::household::Home;
use super::names;
use super::people::Person;
use super::village::Village;
use lika_domain::date::Date;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::{JoinReason, LeaveReason, Relation};

/// Month in which pupils go to another school.
const SCHOOL_MONTH: u32 = 9;
const YEAR_DAYS: i32 = 365;

/// Passes a quarter of a year in a household.
pub(crate) fn pass_quarter(home: &mut Home, clerk: &mut Clerk, place: &Village) {
    if clerk.dice.per_mille(1) {
        return home.close(clerk, place, v1::DeregisterReason::Moved, None);
    }
    if let Some(at) = dying(home, clerk) {
        if home.persons.len() == 1 {
            return home.close(clerk, place, v1::DeregisterReason::DiedOut, None);
        }
        leave(home, clerk, place, at, LeaveReason::Died);
    }
    marry_out(home, clerk, place);
    marry_in(home, clerk, place);
    bear(home, clerk, place);
    update(home, clerk, place);
}

fn dying(home: &Home, clerk: &mut Clerk) -> Option<usize> {
    let today = clerk.today;
    home.persons.iter().position(|person| {
        clerk.dice.per_mille(match person.age(today) {
            0..50 => 0,
            50..65 => 2,
            65..78 => 8,
            _ => 22,
        })
    })
}

/// A person leaves; if it is the head, the oldest of the others becomes head.
fn leave(home: &mut Home, clerk: &mut Clerk, place: &Village, at: usize, reason: LeaveReason) {
    let person = home.persons.remove(at);
    let mut new_head = 0;
    if person.relation == Relation::Head
        && let Some(oldest) = home.persons.iter_mut().min_by_key(|person| person.birth)
    {
        oldest.relation = Relation::Head;
        new_head = oldest.number;
    }
    let day = clerk.recently();
    let removed = v1::MemberRemoved { member: person.number, reason: reason.into(), new_head };
    clerk.card_event(place.officer, &home.card, day, Kind::MemberRemoved(removed), None);
}

/// A grown daughter marries and moves to her husband.
fn marry_out(home: &mut Home, clerk: &mut Clerk, place: &Village) {
    let today = clerk.today;
    let bride =
        |person: &Person| person.relation == Relation::Child && !person.male && (21..30).contains(&person.age(today));
    if let Some(at) = home.persons.iter().position(bride)
        && clerk.dice.per_mille(25)
    {
        leave(home, clerk, place, at, LeaveReason::Marriage);
    }
}

/// A grown son marries and brings his wife.
fn marry_in(home: &mut Home, clerk: &mut Clerk, place: &Village) {
    let today = clerk.today;
    let single = !home.persons.iter().any(|person| person.relation == Relation::ChildInLaw);
    let groom =
        |person: &&Person| person.relation == Relation::Child && person.male && (22..32).contains(&person.age(today));
    let groom = home.persons.iter().find(groom).map(|groom| groom.age(today));
    if let Some(age) = groom.filter(|_| single && clerk.dice.per_mille(20)) {
        let (surname, years) = (names::surname(&mut clerk.dice), clerk.dice.below(4));
        let wife = Person::new(clerk, Relation::ChildInLaw, false, age.saturating_sub(years).max(20), surname, today);
        join(home, clerk, place, wife, today.plus_days(-2), JoinReason::Marriage);
    }
}

/// A child is born to the wife of the head or of a son.
fn bear(home: &mut Home, clerk: &mut Clerk, place: &Village) {
    let today = clerk.today;
    let mother = |person: &&Person| {
        let wife = matches!(person.relation, Relation::Spouse | Relation::ChildInLaw);
        wife && !person.male && (20..38).contains(&person.age(today))
    };
    let Some(mother) = home.persons.iter().find(mother).map(|mother| mother.relation) else { return };
    if clerk.dice.per_mille(14) {
        let relation = if mother == Relation::Spouse { Relation::Child } else { Relation::Grandchild };
        let (male, birth, surname) = (clerk.dice.per_mille(530), clerk.recently(), home.surname());
        let baby = Person::born(clerk, relation, male, birth, surname, today);
        join(home, clerk, place, baby, today, JoinReason::Birth);
    }
}

fn join(home: &mut Home, clerk: &mut Clerk, place: &Village, mut person: Person, day: Date, reason: JoinReason) {
    home.highest += 1;
    person.number = home.highest;
    let member = Some(person.introduced(clerk, &home.card, day));
    let kind = Kind::MemberAdded(v1::MemberAdded { member, reason: reason.into() });
    clerk.card_event(place.officer, &home.card, day, kind, None);
    home.persons.push(person);
}

/// Pupils change school in September; grown-ups find and lose work away from home.
fn update(home: &mut Home, clerk: &mut Clerk, place: &Village) {
    let (today, card) = (clerk.today, home.card);
    let (_, month, _) = today.ymd();
    let year_ago = today.plus_days(-YEAR_DAYS);
    for person in &mut home.persons {
        let schooled =
            month == SCHOOL_MONTH && person.birth < year_ago && person.school(today) != person.school(year_ago);
        let worked = person.can_work(today) && clerk.dice.per_mille(30);
        if worked {
            person.change_work(&mut clerk.dice);
        } else if !schooled {
            continue;
        }
        let member = Some(person.facts(today));
        clerk.card_event(place.officer, &card, today, Kind::MemberUpdated(v1::MemberUpdated { member }), None);
    }
}
