//! Exits from poverty along the national curve, and relapses.

use super::assessment::line;
use super::clerk::Clerk;
use super::household::{Home, Standing};
use super::mistakes::{Fix, Fixes, Right};
use super::planted;
use lika_domain::date::Date;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;

/// Rural poor when the cards were made, in 10,000 persons.
pub(crate) const BASELINE: u32 = 8_962;
/// Rural poor at the end of each year, in 10,000 persons.
pub(crate) const CURVE: [(u32, u32); 7] =
    [(2014, 7_017), (2015, 5_575), (2016, 4_335), (2017, 3_046), (2018, 1_660), (2019, 551), (2020, 0)];
/// Last year of the history: wrong records of this year cannot be found any more.
const LAST_YEAR: u32 = 2020;
/// Share of exits that should not have happened, per mille.
const WRONG_PER_MILLE: u32 = 40;
/// Share of exited households that fall back into poverty, per mille and quarter.
const FALL_PER_MILLE: u32 = 4;

/// How many poor persons there should be at the end of a year, of `persons` on cards.
pub(crate) fn poor_at_end(year: u32, persons: u32) -> u32 {
    let poor = CURVE.iter().find(|(of, _)| *of == year).map_or(BASELINE, |(_, poor)| *poor);
    u32::try_from(u64::from(persons) * u64::from(poor) / u64::from(BASELINE)).unwrap_or(u32::MAX)
}

/// Chooses the households that leave poverty at the end of the year: the best off, until the share of poor persons is
/// no higher than in the country.
pub(crate) fn choose(clerk: &mut Clerk, homes: &mut [Home]) {
    let (mut persons, mut poor) = (0, 0);
    let mut ranking = Vec::new();
    for (number, home) in homes.iter().enumerate().filter(|(_, home)| home.is_open()) {
        persons += home.size();
        if home.standing == Standing::Poor {
            poor += home.size();
            ranking.push((prospects(home, clerk), number));
        }
    }
    let target = poor_at_end(clerk.today.year(), persons);
    ranking.sort_unstable_by(|a, b| b.cmp(a));
    for (_, number) in ranking {
        if poor <= target {
            break;
        }
        poor -= homes[number].size();
        homes[number].leaving = true;
        homes[number].leaving_in = clerk.today.year();
    }
}

fn prospects(home: &Home, clerk: &mut Clerk) -> u64 {
    let met = home.conditions.iter().filter(|met| **met).count() as u64;
    let burden = match home.attribute {
        v1::Attribute::Wubao => 900,
        v1::Attribute::Dibao => 400,
        _ => 0,
    };
    (home.income + met * 120 + u64::from(clerk.dice.below(500))).saturating_sub(burden)
}

/// The county records that the household has left poverty; for some that is not true.
pub(crate) fn exit(
    clerk: &mut Clerk,
    home: &mut Home,
    number: usize,
    (author, day): (usize, Date),
    fixes: &mut Fixes,
) {
    // A December exit may be recorded in January.
    let year = home.leaving_in;
    let kind = Kind::HouseholdExited(v1::HouseholdExited { income_year: year, accepted: true });
    let target = clerk.card_event(author, &home.card, day, kind, None);
    if home.income < line(year) {
        clerk.planted.note(planted::Kind::ExitBelowLine);
    }
    if home.conditions.contains(&false) {
        clerk.planted.note(planted::Kind::ExitWithoutGuarantee);
    }
    home.stand(Standing::Exited, day);
    home.leaving = false;
    home.exit = Some(target);
    if year < LAST_YEAR && clerk.dice.per_mille(WRONG_PER_MILLE) {
        fixes.add(clerk, Fix { home: number, target, right: Right::StillPoor }, 3, 9);
    }
}

/// Whether an exited household falls back in a quarter.
pub(crate) fn falls(clerk: &mut Clerk, home: &Home) -> bool {
    home.standing == Standing::Exited && clerk.dice.per_mille(FALL_PER_MILLE)
}

/// The county records that a household has fallen back.
pub(crate) fn fall_back(clerk: &mut Clerk, home: &mut Home, (author, day): (usize, Date)) {
    let cause = clerk.dice.weigh(&[
        (v1::Cause::Illness, 55),
        (v1::Cause::Disaster, 20),
        (v1::Cause::Disability, 10),
        (v1::Cause::Schooling, 10),
        (v1::Cause::Labour, 5),
    ]);
    let kind = Kind::HouseholdFellBack(v1::HouseholdFellBack { cause: cause.into(), exit_in_error: false });
    let day = day.max(home.since);
    clerk.card_event(author, &home.card, day, kind, None);
    home.set_cause(cause);
    home.stand(Standing::Poor, day);
    home.exit = None;
    home.income = line(clerk.today.year()) * u64::from(clerk.dice.between(65, 92)) / 100;
    let lost = clerk.dice.between(3, 5) as usize;
    home.conditions[lost] = false;
}
