//! Income by year, and living conditions.

use super::{FIRST, card, close, correcting, income, income_of_2015};
use lika_domain::household::HouseholdKind;
use lika_domain::living::{DwellingGrade, LivingConditionsAssessed, Met};
use lika_domain::money::Fen;
use lika_domain::rejection::Code;
use lika_testkit::county::{AUDITOR, FINANCE, RESPONSIBLE, date};
use lika_testkit::rules::{Case, Report, check};

pub(super) fn cases() -> Vec<Case> {
    [income_cases(), sum_cases(), head_count_cases(), living_cases()].concat()
}

fn income_cases() -> Vec<Case> {
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    let before = [income_of_2015()];
    vec![
        Case::accepted("the year before", &[], income(20_160_105, 2015, |_| {})),
        Case::accepted("the year whose data is collected", &[], income(20_151_001, 2015, |_| {})),
        refused("not before October", income(20_150_930, 2015, |_| {}), Code::IncomeYearInvalid, "year"),
        refused("not the year to come", income(20_151_231, 2016, |_| {}), Code::IncomeYearInvalid, "year"),
        Case::accepted("as far back as 2005", &[], income(20_151_231, 2005, |_| {})),
        refused("no further back than 2005", income(20_151_231, 2004, |_| {}), Code::IncomeYearInvalid, "year"),
        Case::refused("once a year", &before, income(20_160_105, 2015, |_| {}), Code::IncomeAssessedBefore, "year"),
        Case::accepted("to correct an error", &before, correcting(income(20_160_105, 2015, |_| {}), FIRST)),
        Case::accepted("another year", &before, income(20_161_231, 2016, |_| {})),
        Case::accepted("by the responsible official", &[], income_of_2015().by(RESPONSIBLE)),
        refused("not by finance", income_of_2015().by(FINANCE), Code::RoleForbids, "author"),
        refused("not before the card", income(20_140_228, 2013, |_| {}), Code::BeforeRegistration, "happened"),
        Case::refused(
            "only of an open card",
            &[close(20_160_101)],
            income(20_161_231, 2016, |_| {}),
            Code::HouseholdDeregistered,
            "household",
        ),
    ]
}

fn sum_cases() -> Vec<Case> {
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    let of = |change| income(20_151_231, 2015, change);
    vec![
        refused("a fen too much", of(|i| i.net += Fen(1)), Code::IncomeNetWrong, "net"),
        refused("the cost of production counts", of(|i| i.production_cost = Fen::ZERO), Code::IncomeNetWrong, "net"),
        refused("every transfer counts", of(|i| i.ecological += Fen(1)), Code::IncomeNetWrong, "net"),
        Case::accepted(
            "a loss",
            &[],
            of(|i| {
                i.production_cost += Fen::yuan(18_000);
                (i.net, i.per_head) = (Fen::yuan(-9_000), Fen::yuan(-3_000));
            }),
        ),
        Case::accepted(
            "two fen lost in rounding",
            &[],
            of(|i| (i.net, i.other_transfer) = (i.net + Fen(2), i.other_transfer + Fen(2))),
        ),
        refused(
            "three fen lost in rounding",
            of(|i| (i.net, i.other_transfer) = (i.net + Fen(3), i.other_transfer + Fen(3))),
            Code::IncomePerHeadWrong,
            "per_head",
        ),
        refused("too large", of(|i| i.per_head = Fen(i64::MAX)), Code::IncomePerHeadWrong, "per_head"),
        refused("too small", of(|i| (i.net, i.wage) = (Fen(i64::MIN), Fen(i64::MAX))), Code::IncomeNetWrong, "net"),
    ]
}

/// A fourth member joins after the income of 2015 was assessed for three.
fn head_count_cases() -> Vec<Case> {
    let given = [income_of_2015(), super::members::add(4, |_| {})];
    let of_four = |report: fn(&mut lika_domain::income::IncomeAssessed)| income(20_161_231, 2015, report);
    vec![
        Case::accepted("a correction counts the members of then", &given, correcting(of_four(|_| {}), FIRST)),
        Case::accepted(
            "a correction counts a member left out",
            &given,
            correcting(of_four(|i| i.per_head = Fen::yuan(2_250)), FIRST),
        ),
        Case::refused(
            "a new year counts the members of now",
            &given,
            income(20_161_231, 2016, |_| {}),
            Code::IncomePerHeadWrong,
            "per_head",
        ),
    ]
}

fn living_cases() -> Vec<Case> {
    let nothing = || LivingConditionsAssessed::of([None; 6], None);
    let roof = LivingConditionsAssessed { dwelling: Some(DwellingGrade::D), ..nothing() };
    let nothing = living(20_151_231, nothing());
    vec![
        Case::accepted("a part of the conditions", &[], water(20_151_231, Met::No)),
        Case::accepted("by the responsible official", &[], water(20_151_231, Met::No).by(RESPONSIBLE)),
        Case::accepted("the dwelling alone", &[], living(20_151_231, roof)),
        Case::refused("at least one condition", &[], nothing, Code::NothingAssessed, "living_conditions_assessed"),
        Case::refused("not by an auditor", &[], water(20_151_231, Met::No).by(AUDITOR), Code::RoleForbids, "author"),
    ]
}

#[test]
fn incomes_are_in_order_of_years_and_a_correction_replaces_one() {
    let given = [income(20_161_231, 2016, |_| {}), income(20_161_231, 2014, |_| {}), income(20_161_231, 2015, |_| {})];
    let lower = income(20_170_101, 2015, |i| {
        i.wage -= Fen::yuan(3_000);
        (i.net, i.per_head) = (Fen::yuan(6_000), Fen::yuan(2_000));
    });
    let world = check(&given, &correcting(lower, FIRST + 2), &[]);
    let kept: Vec<_> = world.card().incomes.iter().map(|i| (i.year, i.members, i.per_head)).collect();
    let (low, high) = (Fen::yuan(2_000), Fen::yuan(3_000));
    assert_eq!(kept, [(2014, 3, high), (2015, 3, low), (2016, 3, high)]);
}

#[test]
fn the_latest_day_of_a_condition_counts() {
    let world = check(&[water(20_161_231, Met::Yes)], &water(20_151_231, Met::No), &[]);
    let mut expected = [None; 6];
    expected[5] = Some((Met::Yes, date(20_161_231), FIRST));
    assert_eq!((world.card().conditions.met, world.card().conditions.dwelling), (expected, Some(DwellingGrade::B)));
    let world = check(&[water(20_151_231, Met::Yes)], &water(20_151_231, Met::No), &[]);
    assert_eq!(
        world.card().conditions.met[5],
        Some((Met::No, date(20_151_231), FIRST + 1)),
        "of one day the later record"
    );
}

fn living(happened: u32, assessed: LivingConditionsAssessed) -> Report {
    card(happened, HouseholdKind::LivingConditionsAssessed(assessed))
}

fn water(happened: u32, met: Met) -> Report {
    let conditions = [None, None, None, None, None, Some(met)];
    living(happened, LivingConditionsAssessed::of(conditions, Some(DwellingGrade::B)))
}
