//! The assessments of every household each October: the year's income, and assurances and guarantees.

use super::clerk::Clerk;
use super::dice::Dice;
use super::household::{Home, Standing};
use super::mistakes::{Fix, Fixes, Right};
use super::planted::BELOW_LINE_PER_MILLE;
use super::village::Village;
use lika_domain::policy::POVERTY_LINES;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::{DwellingGrade, Met};

/// Share of incomes first recorded wrong, per mille.
const INCOME_WRONG_PER_MILLE: u32 = 110;
/// Share of assessments of conditions first recorded wrong, per mille.
const CONDITIONS_WRONG_PER_MILLE: u32 = 90;
/// Pension of a person of 60 or more, in yuan per year.
const PENSION_YUAN: u64 = 1_080;
/// Index of safe housing among the conditions.
const HOUSING: usize = 4;

/// The poverty line of a year, in yuan.
pub(crate) fn line(year: u32) -> u64 {
    let line = POVERTY_LINES.iter().rev().find(|line| u32::from(line.year) <= year);
    line.map_or(0, |line| line.yuan.unsigned_abs())
}

/// Passes a year: income rises or falls, and missing guarantees may be met.
pub(crate) fn pass_year(home: &mut Home, dice: &mut Dice, year: u32) {
    let growth = if dice.per_mille(80) { dice.between(70, 92) } else { dice.between(106, 124) };
    home.income = home.income * u64::from(growth) / 100;
    let line = line(year);
    let part = |dice: &mut Dice, low, high| line * u64::from(dice.between(low, high)) / 100;
    for met in &mut home.conditions {
        *met |= dice.per_mille(350);
    }
    if home.leaving {
        let enough = part(dice, 104, 150);
        home.income = if dice.per_mille(BELOW_LINE_PER_MILLE) { home.income } else { home.income.max(enough) };
        // Some leave although a guarantee is missing, so that an audit can find them.
        home.conditions = [true, true, true, true, !dice.per_mille(12), !dice.per_mille(8)];
    } else if home.standing == Standing::Exited {
        home.income = home.income.max(part(dice, 101, 115));
    } else if dice.per_mille(940) {
        home.income = home.income.min(part(dice, 72, 99));
    }
}

/// The village officer records the year's income and conditions of a household.
pub(crate) fn assess(home: &Home, number: usize, clerk: &mut Clerk, place: &Village, year: u32, fixes: &mut Fixes) {
    let day = clerk.recently();
    let right = income(home, &mut clerk.dice, year, home.income);
    if clerk.dice.per_mille(INCOME_WRONG_PER_MILLE) {
        let off = clerk.dice.pick(&[62, 75, 88, 113, 130, 155]);
        let wrong = income(home, &mut clerk.dice, year, home.income * off / 100);
        let target = clerk.card_event(place.officer, &home.card, day, Kind::IncomeAssessed(wrong), None);
        fixes.add(clerk, Fix { home: number, target, right: Right::Income(Box::new(right)) }, 1, 7);
    } else {
        clerk.card_event(place.officer, &home.card, day, Kind::IncomeAssessed(right), None);
    }
    let right = conditions(home.conditions, &mut clerk.dice);
    if clerk.dice.per_mille(CONDITIONS_WRONG_PER_MILLE) {
        let mut seen = home.conditions;
        let at = clerk.dice.below(6) as usize;
        seen[at] = !seen[at];
        let wrong = conditions(seen, &mut clerk.dice);
        let target = clerk.card_event(place.officer, &home.card, day, Kind::LivingConditionsAssessed(wrong), None);
        fixes.add(clerk, Fix { home: number, target, right: Right::Conditions(right) }, 1, 7);
    } else {
        clerk.card_event(place.officer, &home.card, day, Kind::LivingConditionsAssessed(right), None);
    }
}

/// An income per head, split by source. The parts add up to the total exactly, to the fen.
fn income(home: &Home, dice: &mut Dice, year: u32, per_head_yuan: u64) -> v1::IncomeAssessed {
    let members = u64::from(home.size().max(1));
    let net = per_head_yuan * 100 * members + u64::from(dice.below(10_000));
    let mut left = net;
    let mut take = |amount: u64| {
        let taken = amount.min(left);
        left -= taken;
        taken
    };
    let elders = home.persons.iter().filter(|person| person.age_in(year) >= 60).count() as u64;
    let dibao = if home.attribute == v1::Attribute::Dibao { take(dice.around(net / 4, 20)) } else { 0 };
    let wubao = if home.attribute == v1::Attribute::Wubao { take(dice.around(net * 3 / 4, 10)) } else { 0 };
    let pension = take(elders * PENSION_YUAN * 100);
    let ecological = take(dice.around(net / 40, 60));
    let other_transfer = take(dice.around(net / 30, 50));
    let family_planning = if dice.per_mille(60) { take(96_000) } else { 0 };
    let property = take(dice.around(net / 50, 80));
    let earners = home.persons.iter().any(|person| person.work.is_some());
    let wage_share = if earners { dice.between(55, 80) } else { dice.between(5, 30) };
    let wage = take(left_share(net, wage_share));
    // The rest was earned on the farm, at a cost.
    let production_cost = left * u64::from(dice.between(20, 55)) / 100;
    let net = i64::try_from(net).unwrap_or(i64::MAX);
    v1::IncomeAssessed {
        year,
        wage,
        production: left + production_cost,
        production_cost,
        property,
        family_planning,
        dibao,
        wubao,
        pension,
        ecological,
        other_transfer,
        net,
        per_head: net / i64::from(home.size().max(1)),
    }
}

fn left_share(net: u64, percent: u32) -> u64 {
    net * u64::from(percent) / 100
}

fn conditions(met: [bool; 6], dice: &mut Dice) -> v1::LivingConditionsAssessed {
    let [food, clothing, education, medical, housing, water] =
        met.map(|met| i32::from(if met { Met::Yes } else { Met::No }));
    let grades =
        if met[HOUSING] { [DwellingGrade::A, DwellingGrade::B] } else { [DwellingGrade::C, DwellingGrade::D] };
    let dwelling = dice.pick(&grades).into();
    v1::LivingConditionsAssessed { food, clothing, education, medical, housing, water, dwelling }
}
