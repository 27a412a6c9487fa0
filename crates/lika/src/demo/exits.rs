//! How households leave poverty along the national curve, and fall back.

use super::assessment::line;
use super::clerk::Clerk;
use super::household::{Home, Standing, taken};
use super::mistakes::{Fix, Fixes, Right};
use super::village::Village;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::{Procedure, Step};

/// Rural poor when the cards were made, in 10,000 persons.
pub(crate) const BASELINE: u32 = 8_962;
/// Rural poor at the end of each year, in 10,000 persons.
pub(crate) const CURVE: [(u32, u32); 7] =
    [(2014, 7_017), (2015, 5_575), (2016, 4_335), (2017, 3_046), (2018, 1_660), (2019, 551), (2020, 0)];
/// Last year of the history: nothing recorded wrong in it can be found any more.
const LAST_YEAR: u32 = 2020;
/// Of a thousand exits, those that should not have been.
const WRONG_PER_MILLE: u32 = 40;
/// Of a thousand exited households, those that are poor again, per quarter.
const FALL_PER_MILLE: u32 = 4;

/// Poor persons there should be at the end of a year, of so many on cards.
pub(crate) fn poor_at_end(year: u32, persons: u32) -> u32 {
    let poor = CURVE.iter().find(|(of, _)| *of == year).map_or(BASELINE, |(_, poor)| *poor);
    u32::try_from(u64::from(persons) * u64::from(poor) / u64::from(BASELINE)).unwrap_or(u32::MAX)
}

/// Chooses who leaves poverty at the end of the year: those who are best off, until no more are poor than in the
/// country.
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

/// The village appraises and verifies who may leave, and the households accept it.
pub(crate) fn appraise(clerk: &mut Clerk, home: &Home, village: &Village) {
    for (step, before) in
        [(Step::Appraisal, 24), (Step::Verification, 19), (Step::Acceptance, 14), (Step::Publicity, 12)]
    {
        step_taken(clerk, village.officer, home, Procedure::HouseholdExit, step, before);
    }
}

/// The township audits it.
pub(crate) fn audit(clerk: &mut Clerk, home: &Home, village: &Village) {
    step_taken(clerk, village.township_officer, home, Procedure::HouseholdExit, Step::TownshipAudit, 2);
}

/// The county decides, and the household has left poverty; some have not in truth.
pub(crate) fn exit(clerk: &mut Clerk, home: &mut Home, number: usize, village: &Village, fixes: &mut Fixes) {
    let year = clerk.today.year();
    step_taken(clerk, village.county_officer, home, Procedure::HouseholdExit, Step::CountyAudit, 4);
    step_taken(clerk, village.county_officer, home, Procedure::HouseholdExit, Step::Announcement, 1);
    let kind = Kind::HouseholdExited(v1::HouseholdExited { income_year: year, accepted: true });
    let day = clerk.days_ago(1);
    let target = clerk.card_event(village.county_officer, &home.card, day, kind, None);
    home.stand(Standing::Exited, day);
    home.leaving = false;
    home.exit = Some(target);
    if year < LAST_YEAR && clerk.dice.per_mille(WRONG_PER_MILLE) {
        fixes.add(clerk, Fix { home: number, target, right: Right::StillPoor }, 3, 9);
    }
}

/// A quarter in which an exited household may be poor again.
pub(crate) fn fall_back(clerk: &mut Clerk, home: &mut Home, village: &Village) {
    let falls = home.standing == Standing::Exited && clerk.dice.per_mille(FALL_PER_MILLE);
    if !falls {
        return;
    }
    for (step, before) in [(Step::Clue, 22), (Step::Verification, 15), (Step::Decision, 6)] {
        step_taken(clerk, village.officer, home, Procedure::FallBack, step, before);
    }
    let cause = clerk.dice.weigh(&[
        (v1::Cause::Illness, 55),
        (v1::Cause::Disaster, 20),
        (v1::Cause::Disability, 10),
        (v1::Cause::Schooling, 10),
        (v1::Cause::Labour, 5),
    ]);
    let kind = Kind::HouseholdFellBack(v1::HouseholdFellBack { cause: cause.into(), exit_in_error: false });
    let day = clerk.recently().max(home.since);
    clerk.card_event(village.officer, &home.card, day, kind, None);
    home.set_cause(cause);
    home.stand(Standing::Poor, day);
    home.exit = None;
    home.income = line(clerk.today.year()) * u64::from(clerk.dice.between(65, 92)) / 100;
    let lost = clerk.dice.between(3, 5) as usize;
    home.conditions[lost] = false;
}

/// Records a step of a card's procedure, so many days ago.
pub(crate) fn step_taken(
    clerk: &mut Clerk,
    author: usize,
    home: &Home,
    procedure: Procedure,
    step: Step,
    days_before: u32,
) {
    let day = clerk.days_ago(days_before);
    let taken = taken(clerk, procedure, step, day);
    clerk.card_event(author, &home.card, day, taken, None);
}
