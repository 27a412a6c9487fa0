//! The measures that a household should get in a year, by its facts.

use super::catalogue::{
    DIBAO, DISABILITY, ECOLOGICAL, EDUCATION, EMPLOYMENT, Entry, FINANCE, HEALTH, HOUSING, INDUSTRY, PUBLIC_POST,
    WATER, WUBAO,
};
use super::dice::Dice;
use super::household::{Home, Standing};
use super::people::Person;
use lika_domain::date::Date;
use lika_proto::v1;

/// The measures due, with the amount of a delivery in fen and the member it is for (0: the
/// household).
pub(crate) fn due(home: &Home, dice: &mut Dice, on: Date) -> Vec<(&'static Entry, u64, u32)> {
    let poor = home.standing == Standing::Poor;
    let mut due: Vec<(&'static Entry, u64, u32)> = Vec::new();
    let mut add = |entry: &'static Entry, times: u32, member: u32| {
        due.push((entry, entry.yuan * 100 * u64::from(times), member));
    };
    match home.attribute {
        v1::Attribute::Dibao => add(&DIBAO, 1, 0),
        v1::Attribute::Wubao => add(&WUBAO, 1, 0),
        _ => {}
    }
    // Help continues after the exit, but not all of it.
    if dice.per_mille(if poor { 900 } else { 600 }) {
        add(&HEALTH, home.size().max(1), 0);
    }
    let pupil = |person: &&Person| (6..22).contains(&person.age(on)) && is_at_school(person.school(on));
    for person in home.persons.iter().filter(pupil).take(2) {
        add(&EDUCATION, 1, person.number);
    }
    if home.persons.iter().any(|person| person.disability.is_some()) && dice.per_mille(700) {
        add(&DISABILITY, 1, 0);
    }
    if !poor {
        return due;
    }
    let [.., housing, water] = home.conditions;
    if !housing && dice.per_mille(350) {
        add(&HOUSING, 1, 0);
    }
    if !water && dice.per_mille(350) {
        add(&WATER, 1, 0);
    }
    if home.persons.iter().any(|person| person.can_work(on)) {
        add(
            dice.weigh(&[
                (Choice(&INDUSTRY), 45),
                (Choice(&EMPLOYMENT), 20),
                (Choice(&PUBLIC_POST), 12),
                (Choice(&FINANCE), 13),
                (Choice(&ECOLOGICAL), 10),
            ])
            .0,
            1,
            0,
        );
    }
    due
}

fn is_at_school(stage: v1::SchoolStage) -> bool {
    !matches!(stage, v1::SchoolStage::Unspecified | v1::SchoolStage::DroppedOut)
}

/// One of several measures for those able to work.
#[derive(Clone, Copy)]
struct Choice(&'static Entry);

impl Default for Choice {
    fn default() -> Self {
        Self(&INDUSTRY)
    }
}
