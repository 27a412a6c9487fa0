//! Steps of procedures.

use super::{card, exit, fall_back, income_of_2015, village};
use crate::world::{COUNTY, COUNTY_OFFICER, Case, Expected, OTHER_VILLAGE, RESPONSIBLE, Report, VILLAGE, check, date};
use lika_domain::household::{HouseholdKind, Status};
use lika_domain::procedure::{Outcome, Procedure, ProcedureStepTaken, Step};
use lika_domain::rejection::Code;

pub(super) fn cases() -> Vec<Case> {
    [step_cases(), content_cases(), place_cases()].concat()
}

/// Every step of every procedure: accepted if the procedure has it.
fn step_cases() -> Vec<Case> {
    let pairs = Procedure::ALL.iter().flat_map(|procedure| Step::ALL.iter().map(move |step| (*procedure, *step)));
    let case = |(procedure, step): (Procedure, Step)| {
        let mut taken = step_of(procedure, step);
        if matches!(step, Step::Publicity | Step::SecondPublicity) {
            taken.until = Some(date(20_161_110));
        }
        let report = match procedure {
            Procedure::VillageExit => village(20_161_101, HouseholdKind::ProcedureStepTaken(taken)),
            Procedure::CountyExit => county(20_161_101, taken),
            _ => card(20_161_101, HouseholdKind::ProcedureStepTaken(taken)),
        };
        if procedure.steps().contains(&step) {
            Case::accepted(procedure.name(), &[], report)
        } else {
            Case::refused(procedure.name(), &[], report, Code::StepInvalid, "step")
        }
    };
    pairs.map(case).collect()
}

fn content_cases() -> Vec<Case> {
    let appraisal = |change| step(20_161_101, Step::Appraisal, change);
    let publicity = |change| step(20_161_101, Step::Publicity, change);
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    vec![
        Case::accepted("all in favour", &[], appraisal(|s| (s.present, s.in_favour) = (30, 30))),
        refused(
            "of those present",
            appraisal(|s| (s.present, s.in_favour) = (30, 31)),
            Code::VotesInvalid,
            "in_favour",
        ),
        Case::accepted("a day's publicity", &[], publicity(|s| s.until = Some(date(20_161_101)))),
        Case::accepted("still running", &[], publicity(|s| s.until = Some(date(20_301_231)))),
        refused("not backwards", publicity(|s| s.until = Some(date(20_161_031))), Code::PeriodInvalid, "until"),
        refused("with a last day", publicity(|_| {}), Code::FieldMissing, "until"),
        refused("only a publicity", appraisal(|s| s.until = Some(date(20_161_110))), Code::FieldInvalid, "until"),
        refused("objections too", appraisal(|s| s.objections = 1), Code::FieldInvalid, "objections"),
    ]
}

fn place_cases() -> Vec<Case> {
    let appraisal = HouseholdKind::ProcedureStepTaken(step_of(Procedure::HouseholdExit, Step::Appraisal));
    let early = card(20_140_228, appraisal.clone());
    let application = HouseholdKind::ProcedureStepTaken(step_of(Procedure::Identification, Step::Application));
    let audit = HouseholdKind::ProcedureStepTaken(step_of(Procedure::VillageExit, Step::TownshipAudit));
    let decision = || step_of(Procedure::CountyExit, Step::Decision);
    let refused = |name, report, code, field| Case::refused(name, &[], report, code, field);
    vec![
        refused("of a card", village(20_161_101, appraisal.clone()), Code::HouseholdIsMissing, "household"),
        refused("after its registration", early, Code::BeforeRegistration, "happened"),
        Case::accepted("identification leads to it", &[], card(20_140_101, application)),
        refused("a village has no card", card(20_161_101, audit.clone()), Code::HouseholdNotConcerned, "household"),
        refused("a registered village", elsewhere(audit.clone()), Code::VillageUnknown, "area"),
        Case::refused("a poor one", &[super::cards::second_village()], elsewhere(audit), Code::VillageNotPoor, "area"),
        refused("the county", county(20_180_101, decision()).on(VILLAGE), Code::AreaWrongLevel, "area"),
        refused("by officers", card(20_161_101, appraisal).by(RESPONSIBLE), Code::RoleForbids, "author"),
    ]
}

#[test]
fn a_passed_step_of_the_exit_lists_a_card_and_a_failed_one_takes_it_off() {
    let appraised = || step(20_161_101, Step::Appraisal, |_| {});
    let failed = |day| step(day, Step::Verification, |step| step.outcome = Outcome::Failed);
    let stands = |given: &[Report], report: Report| {
        let none: &[Expected] = &[];
        let world = check(given, &report, none);
        (world.status(), world.card().since.yyyymmdd())
    };
    assert_eq!(stands(&[], appraised()), (Status::PreExit, 20_161_101));
    assert_eq!(stands(&[], failed(20_161_105)), (Status::Poor, 20_140_301));
    assert_eq!(stands(&[appraised()], failed(20_161_105)), (Status::Poor, 20_161_105));
    let again = [income_of_2015(), exit(20_160_201), fall_back(20_160_601, false), appraised()];
    assert_eq!(stands(&again[..3], appraised()), (Status::PreExit, 20_161_101));
    assert_eq!(stands(&again, failed(20_161_105)), (Status::FellBack, 20_161_105));
    // What is recorded only after the card moved on changes nothing.
    assert_eq!(stands(&again[..3], step(20_160_115, Step::Appraisal, |_| {})), (Status::FellBack, 20_160_601));
    assert_eq!(stands(&again[..2], appraised()), (Status::Exited, 20_160_201));
}

#[test]
fn steps_are_kept_in_order_of_recording() {
    let appraised = step(20_161_101, Step::Appraisal, |_| {});
    let world = check(&[appraised], &step(20_161_020, Step::Publicity, |s| s.until = Some(date(20_161_027))), &[]);
    let steps: Vec<_> = world.card().steps.iter().map(|step| (step.step, step.happened, step.until)).collect();
    let publicity = (Step::Publicity, date(20_161_020), Some(date(20_161_027)));
    assert_eq!(steps, [(Step::Appraisal, date(20_161_101), None), publicity]);
}

fn step_of(procedure: Procedure, step: Step) -> ProcedureStepTaken {
    ProcedureStepTaken {
        procedure,
        step,
        outcome: Outcome::Passed,
        present: 0,
        in_favour: 0,
        until: None,
        objections: 0,
    }
}

/// A step of the exit of the household.
fn step(happened: u32, step: Step, change: fn(&mut ProcedureStepTaken)) -> Report {
    let mut taken = step_of(Procedure::HouseholdExit, step);
    change(&mut taken);
    card(happened, HouseholdKind::ProcedureStepTaken(taken))
}

fn county(happened: u32, step: ProcedureStepTaken) -> Report {
    village(happened, HouseholdKind::ProcedureStepTaken(step)).by(COUNTY_OFFICER).on(COUNTY)
}

fn elsewhere(kind: HouseholdKind) -> Report {
    village(20_161_101, kind).on(OTHER_VILLAGE).by(COUNTY_OFFICER)
}
