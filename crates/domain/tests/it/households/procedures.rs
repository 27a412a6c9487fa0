//! Procedures: every table walked, and what stands in the way.

mod walk;

use super::{close, income_of_2015};
use crate::world::{
    ADMINISTRATOR, AUDITOR, COUNTY, COUNTY_OFFICER, Case, FINANCE, HOUSEHOLD, NEW_HOUSEHOLD, RESPONSIBLE, Report,
    TOWNSHIP_OFFICER, VILLAGE, VILLAGE_OFFICER, World, check_on, date, household, policy, steps_required,
};
use lika_domain::household::{HouseholdKind, Status};
use lika_domain::ids::EventRef;
use lika_domain::official::Role;
use lika_domain::policy::PolicyValue;
use lika_domain::procedure::{End, Outcome, Place, Procedure, Round, Step};
use lika_domain::rejection::Code;
use lika_domain::submission::Events;
use walk::{BEGUN, Walk, officials, publicity_days, taken};

pub(super) fn cases() -> Vec<Case> {
    let each = |cases: fn(Procedure) -> Vec<Case>| Procedure::ALL.iter().flat_map(move |procedure| cases(*procedure));
    each(orders)
        .chain(each(decisions))
        .chain(each(papers_and_people))
        .chain(each(publicity))
        .chain(contents())
        .chain(subjects())
        .chain(standards())
        .collect()
}

/// Every step at every place of a round under way: accepted where the table lets it follow, and refused otherwise.
fn orders(procedure: Procedure) -> Vec<Case> {
    let machine = procedure.machine();
    let places = machine.rules.iter().map(|rule| Place::At(rule.step));
    let reached = |place: &Place| machine.way(Place::Start, &[*place]).is_some();
    let places: Vec<Place> = std::iter::once(Place::Start).chain(places).filter(reached).collect();
    let pairs = places.into_iter().flat_map(|place| Step::ALL.iter().map(move |step| (place, *step)));
    let case = |(place, step): (Place, Step)| {
        let walk = Walk::begin(procedure).to(place);
        let report = walk.next(step);
        match machine.rule(step) {
            None => Case::refused(procedure.name(), &walk.reports, report, Code::StepInvalid, "step"),
            Some(rule) if rule.after.contains(&place) => Case::accepted(procedure.name(), &walk.reports, report),
            Some(_) => Case::refused(procedure.name(), &walk.reports, report, Code::StepOutOfOrder, "step"),
        }
    };
    pairs.map(case).collect()
}

/// The decision: after all steps, not before, and without them where the policy does not ask for them.
fn decisions(procedure: Procedure) -> Vec<Case> {
    let name = procedure.name();
    let (begun, done) = (Walk::begin(procedure), Walk::begin(procedure).until_decision());
    let required = || [vec![steps_required(20_140_101, true)], begun.reports.clone()].concat();
    let not_required = || [begun.reports.clone(), vec![steps_required(20_140_101, false)]].concat();
    let incomplete =
        |given: &[Report], report| Case::refused(name, given, report, Code::ProcedureIncomplete, "happened");
    let almost = Walk { reports: done.reports[..done.reports.len() - 1].to_vec(), ..done.clone() };
    let almost = [vec![steps_required(20_140_101, true)], almost.reports].concat();
    let follow_ups = procedure.machine().rules.iter().filter(|rule| rule.after.contains(&Place::Decided));
    let decided = Walk::begin(procedure).to(Place::Decided);
    let follow_ups = follow_ups.map(|rule| Case::accepted(name, &decided.reports, decided.next(rule.step)));
    let mut cases: Vec<Case> = follow_ups.collect();
    cases.extend([
        Case::accepted(name, &done.reports, done.decision()),
        incomplete(&required(), begun.decision()),
        incomplete(&almost, done.decision()),
        Case::accepted(name, &not_required(), begun.decision()),
    ]);
    cases
}

/// Each document that is missing, each role that may not, and whoever took the step before.
fn papers_and_people(procedure: Procedure) -> Vec<Case> {
    let mut cases = Vec::new();
    for rule in procedure.machine().rules {
        let walk = Walk::begin(procedure).to(rule.after[0]);
        for kind in rule.evidence {
            let without = walk.step(rule.step, |event| event.evidence.retain(|paper| paper.kind != *kind));
            cases.push(Case::refused("a paper is missing", &walk.reports, without, Code::EvidenceMissing, "evidence"));
        }
        let strangers = [ADMINISTRATOR, AUDITOR, FINANCE].into_iter();
        let others = Role::ALL.iter().filter(|role| !rule.roles.contains(role)).flat_map(|role| officials(*role));
        for author in strangers.chain(others.copied()) {
            // Whose area is not the county cannot report on it at all; who took the step before may not for that too.
            let outside = [VILLAGE_OFFICER, TOWNSHIP_OFFICER, RESPONSIBLE].contains(&author);
            if (procedure == Procedure::CountyExit && outside) || walk.last == Some(author) {
                continue;
            }
            let report = walk.next(rule.step).by(author);
            cases.push(Case::refused("not by them", &walk.reports, report, Code::RoleForbids, "author"));
        }
    }
    cases.extend(same_person(procedure));
    cases
}

/// Steps that another person must take, where the same person may take both by their role.
fn same_person(procedure: Procedure) -> Vec<Case> {
    let mut cases = Vec::new();
    for rule in procedure.machine().rules.iter().filter(|rule| rule.apart) {
        for place in rule.after {
            let walk = Walk::begin(procedure).to(*place);
            let last = walk.last.filter(|last| rule.roles.iter().any(|role| officials(*role).contains(last)));
            if let Some(last) = last {
                let report = walk.next(rule.step).by(last);
                cases.push(Case::refused("by another", &walk.reports, report, Code::StepSamePerson, "author"));
            }
        }
    }
    cases
}

/// How long a publicity lasts, and that nothing follows while it does.
fn publicity(procedure: Procedure) -> Vec<Case> {
    let mut cases = Vec::new();
    for rule in procedure.machine().rules.iter().filter(|rule| rule.is_publicity()) {
        let walk = Walk::begin(procedure).to(rule.after[0]);
        let until = |days: i32| walk.day.plus_days(days - 1);
        let days = publicity_days(procedure);
        let lasting = |days| walk.step(rule.step, |event| taken(event).until = Some(until(days)));
        let refused = |name, report, code, field| Case::refused(name, &walk.reports, report, code, field);
        let longer = policy(20_140_101, vec![PolicyValue::PublicityDays { procedure, days: 10 }]);
        let later = policy(20_200_101, vec![PolicyValue::PublicityDays { procedure, days: 10 }]);
        let with = |policy: Report| [walk.reports.clone(), vec![policy]].concat();
        cases.extend([
            Case::accepted("so many days", &walk.reports, lasting(days)),
            refused("not a day less", lasting(days - 1), Code::PublicityTooShort, "until"),
            Case::refused("as the county set", &with(longer.clone()), lasting(9), Code::PublicityTooShort, "until"),
            Case::accepted("as the county set", &with(longer), lasting(10)),
            Case::accepted("not from a later day", &with(later), lasting(days)),
            refused("not backwards", lasting(0), Code::PeriodInvalid, "until"),
            refused("with a last day", walk.step(rule.step, |e| taken(e).until = None), Code::FieldMissing, "until"),
        ]);
        let failed = walk.step(rule.step, |event| {
            (taken(event).until, taken(event).outcome) = (Some(until(2)), Outcome::Failed);
        });
        cases.push(Case::accepted("one that failed may end sooner", &walk.reports, failed));
        let shown = walk.take(rule.step);
        for next in procedure.machine().rules.iter().filter(|next| next.after.contains(&Place::At(rule.step))) {
            let early = Walk { day: shown.day.plus_days(-1), ..shown.clone() }.next(next.step);
            let too_early = Case::refused("not yet over", &shown.reports, early, Code::StepTooEarly, "happened");
            cases.extend([too_early, Case::accepted("over", &shown.reports, shown.next(next.step))]);
        }
    }
    cases
}

fn contents() -> Vec<Case> {
    let walk = || Walk::begin(Procedure::HouseholdExit);
    let refused = |name, report, code, field| Case::refused(name, &walk().reports, report, code, field);
    let votes = |present, in_favour| {
        walk().step(Step::Appraisal, move |event| {
            (taken(event).present, taken(event).in_favour) = (present, in_favour);
        })
    };
    let day = |event: &mut _| taken(event).until = Some(date(20_301_231));
    let appraised = || walk().take(Step::Appraisal);
    let before = Walk { day: date(BEGUN).plus_days(-1), ..appraised() };
    vec![
        Case::accepted("more than half", &walk().reports, votes(31, 16)),
        refused("not half", votes(30, 15), Code::VotesInvalid, "in_favour"),
        refused("somebody was there", votes(0, 0), Code::VotesInvalid, "in_favour"),
        Case::refused_for(
            "of those present",
            &walk().reports,
            votes(30, 31),
            &[(Code::VotesInvalid, Some(0), "in_favour")],
        ),
        refused("only a publicity has a last day", walk().step(Step::Appraisal, day), Code::FieldInvalid, "until"),
        refused(
            "and objections",
            walk().step(Step::Appraisal, |event| taken(event).objections = 1),
            Code::FieldInvalid,
            "objections",
        ),
        Case::refused(
            "not before the step before",
            &before.reports,
            before.next(Step::Verification),
            Code::OutOfOrder,
            "happened",
        ),
    ]
}

/// What a procedure is about, and when it may begin.
fn subjects() -> Vec<Case> {
    let exit = || Walk::begin(Procedure::HouseholdExit);
    let village = || Walk::begin(Procedure::VillageExit);
    let county = || Walk::begin(Procedure::CountyExit);
    let refused = |name, walk: Walk, report, code, field| Case::refused(name, &walk.reports, report, code, field);
    let nobody = exit().step(Step::Appraisal, |event| event.household = None);
    let somebody = village().step(Step::Application, |event| event.household = Some(household(HOUSEHOLD)));
    let early = Walk { day: date(20_140_228), ..exit() }.next(Step::Appraisal);
    let decided = |procedure| Walk::begin(procedure).to(Place::Decided);
    let again = |procedure, step| decided(procedure).next(step);
    let clue = || Walk::begin(Procedure::Monitoring).next(Step::Clue);
    let closed = [income_of_2015(), close(BEGUN)];
    let on_closed = exit().next(Step::Appraisal);
    vec![
        refused("of a card", exit(), nobody, Code::HouseholdIsMissing, "household"),
        refused("after its registration", exit(), early, Code::BeforeRegistration, "happened"),
        Case::refused("of an open one", &closed, on_closed, Code::HouseholdDeregistered, "household"),
        refused("a village has no card", village(), somebody, Code::HouseholdNotConcerned, "household"),
        refused("the county", county(), county().next(Step::Application).on(VILLAGE), Code::AreaWrongLevel, "area"),
        refused(
            "out of poverty already",
            decided(Procedure::HouseholdExit),
            again(Procedure::HouseholdExit, Step::Appraisal),
            Code::StatusForbids,
            "household",
        ),
        refused(
            "poor already",
            exit(),
            Walk { reports: vec![], ..Walk::begin(Procedure::FallBack) }.next(Step::Clue),
            Code::StatusForbids,
            "household",
        ),
        refused(
            "watched already",
            decided(Procedure::Monitoring),
            Walk { day: date(20_160_701), ..Walk::begin(Procedure::Monitoring) }.next(Step::Clue),
            Code::MonitoredAlready,
            "household",
        ),
        Case::refused(
            "not watched",
            &[],
            Walk::begin(Procedure::MonitoringEnd).next(Step::Application),
            Code::NotMonitored,
            "household",
        ),
        refused(
            "identified already",
            decided(Procedure::Identification),
            again(Procedure::Identification, Step::Application),
            Code::StatusForbids,
            "household",
        ),
        refused(
            "left the list already",
            decided(Procedure::VillageExit),
            again(Procedure::VillageExit, Step::Application),
            Code::VillageHasExited,
            "area",
        ),
        refused(
            "the county too",
            decided(Procedure::CountyExit),
            again(Procedure::CountyExit, Step::Application),
            Code::CountyHasExited,
            "area",
        ),
        Case::accepted("one household, several procedures", &exit().take(Step::Appraisal).reports, clue()),
    ]
}

/// What villages and counties must have reached.
fn standards() -> Vec<Case> {
    use lika_domain::household::HouseholdKind::{CountyExited, VillageExited};
    let refused =
        |walk: &Walk, report, field| Case::refused("standard", &walk.reports, report, Code::ExitStandardUnmet, field);
    let village = Walk::begin(Procedure::VillageExit).until_decision();
    let county = Walk::begin(Procedure::CountyExit).until_decision();
    let exits = |walk: &Walk, change: fn(&mut HouseholdKind)| {
        let mut report = walk.decision();
        if let Events::Households(events) = &mut report.events {
            change(&mut events[0].kind);
        }
        report
    };
    let threshold = policy(20_140_101, vec![PolicyValue::ExitThreshold(300)]);
    let poor = |kind: &mut HouseholdKind| {
        if let VillageExited(exit) = kind {
            exit.poor_persons = 12;
        }
    };
    let change_county = |change: fn(&mut lika_domain::village::CountyExited)| {
        let mut report = county.decision();
        if let Events::Households(events) = &mut report.events
            && let CountyExited(exit) = &mut events[0].kind
        {
            change(exit);
        }
        report
    };
    vec![
        refused(&village, exits(&village, poor), "poor_persons"), // 2 % is not below 2 %
        Case::accepted("below three", &[village.reports.clone(), vec![threshold]].concat(), exits(&village, poor)),
        refused(&county, change_county(|exit| exit.poor_persons = 3_800), "poor_persons"),
        refused(&county, change_county(|exit| exit.wrong_exit = 200), "wrong_exit"),
        refused(&county, change_county(|exit| exit.missed = 200), "missed"),
        refused(&county, change_county(|exit| exit.satisfaction = 9_000), "satisfaction"),
    ]
}

/// The details of refusals say what is missing and from when it is allowed.
#[test]
fn refusals_say_what_is_missing_and_from_when() {
    let detail = |given: &[Report], report: &Report| {
        let mut world = World::open();
        given.iter().for_each(|report| world.take(report).unwrap());
        world.take(report).unwrap_err().problems[0].detail.clone()
    };
    let appraised = Walk::begin(Procedure::HouseholdExit).take(Step::Appraisal);
    assert_eq!(detail(&appraised.reports, &appraised.next(Step::Publicity)), "verification, acceptance missing");
    let past = Walk::begin(Procedure::HouseholdExit).to(Place::At(Step::Publicity));
    assert_eq!(detail(&past.reports, &past.next(Step::Appraisal)), "the procedure is past it, at publicity");
    let early = Walk { day: past.day.plus_days(-1), ..past.clone() };
    assert_eq!(
        detail(&past.reports, &early.next(Step::TownshipAudit)),
        "allowed from 2016-03-11, when the publicity is over"
    );
    let short = Walk::begin(Procedure::HouseholdExit).to(Place::At(Step::Acceptance));
    let one_day = short.step(Step::Publicity, |event| taken(event).until = Some(event.happened));
    assert_eq!(detail(&short.reports, &one_day), "at least 7 days, until 2016-03-10");
    assert_eq!(detail(&past.reports, &past.decision()), "household_exit: township_audit, announcement missing");
    let unannounced = Walk::begin(Procedure::Identification);
    assert_eq!(detail(&unannounced.reports, &unannounced.next(Step::Pairing)), "it follows HouseholdRegistered only");
}

#[test]
fn a_round_of_the_exit_lists_a_card_and_a_failed_step_takes_it_off() {
    let appraised = Walk::begin(Procedure::HouseholdExit).take(Step::Appraisal);
    let listed = after(&appraised.reports);
    assert_eq!((listed.status(), listed.card().since), (Status::PreExit, date(BEGUN)));
    let failed = appraised.step(Step::Verification, |event| taken(event).outcome = Outcome::Failed);
    let world = after(&[appraised.reports.clone(), vec![failed.clone()]].concat());
    assert_eq!((world.status(), world.card().since), (Status::Poor, appraised.day));
    assert_eq!(world.card().rounds.last().unwrap().end, Some(End::Failed { late: false }));
    // And the procedure may begin again.
    let again = Walk { day: appraised.day.plus_days(9), last: None, ..appraised.clone() };
    let world = after(&[appraised.reports, vec![failed, again.next(Step::Appraisal)]].concat());
    let rounds = world.card().rounds.iter().filter(|round| round.procedure == Procedure::HouseholdExit);
    assert_eq!((world.status(), rounds.count()), (Status::PreExit, 2));
}

#[test]
fn monitoring_decided_after_fifteen_days_is_late_and_admitted() {
    let late = |days: i32| {
        let mut walk = Walk::begin(Procedure::Monitoring).to(Place::At(Step::TownshipAudit));
        walk.day = date(BEGUN).plus_days(days);
        let decided = walk.take(Step::Decision);
        let world = after(&[decided.reports.clone(), vec![decided.decision()]].concat());
        match world.card().rounds.last().unwrap().end {
            Some(End::Decided { late, complete, .. }) => (late, complete),
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(late(15), (false, true));
    assert_eq!(late(16), (true, true));
}

#[test]
fn the_last_step_is_put_right_in_its_place() {
    let walk = Walk::begin(Procedure::HouseholdExit).take(Step::Appraisal).take(Step::Verification);
    // The open world has four entries, then the income, the appraisal and the verification.
    let right = |entry| {
        let mut walk = walk.clone();
        walk.day = walk.day.plus_days(3);
        walk.last = Some(VILLAGE_OFFICER);
        walk.step(Step::Verification, |event| event.corrects = Some(EventRef { entry, event: 0 }))
    };
    let world = after(&[walk.reports.clone(), vec![right(6)]].concat());
    let round = world.card().rounds.last().unwrap();
    let steps: Vec<_> = round.steps.iter().map(|step| (step.step, step.happened, step.entry)).collect();
    let verified = (Step::Verification, walk.day.plus_days(3), 7);
    assert_eq!(steps, [(Step::Appraisal, date(BEGUN), 5), verified]);
    // An earlier one is not put right: what followed rests on it.
    let expected = [(Code::StepOutOfOrder, Some(0), "step")];
    check_on(World::open(), &walk.reports, &right(5), &expected);
}

#[test]
fn a_candidates_steps_go_over_to_its_card() {
    let walk = Walk::begin(Procedure::Identification).until_decision();
    let world = after(&walk.reports);
    let candidates = &world.village().head.candidates;
    assert_eq!(candidates[&household(NEW_HOUSEHOLD)][0].steps.len(), 7);
    let decided = Walk::begin(Procedure::Identification).to(Place::Decided);
    let planned = decided.take(Step::Pairing).take(Step::HelpPlan);
    let world = after(&planned.reports);
    assert!(world.village().head.candidates.is_empty());
    let round: &Round = &world.card_of(NEW_HOUSEHOLD).rounds[0];
    assert_eq!((round.steps.len(), round.place()), (9, Place::At(Step::HelpPlan)));
    assert!(matches!(round.end, Some(End::Decided { steps: 7, complete: true, late: false, .. })));
}

#[test]
fn a_closed_card_leaves_no_round_under_way() {
    let walk = Walk::begin(Procedure::HouseholdExit).take(Step::Appraisal);
    let world = after(&[walk.reports, vec![close(20_160_401)]].concat());
    assert_eq!(world.card().rounds.last().unwrap().end, Some(End::Dropped));
    assert!(world.card().rounds.iter().all(|round| !round.is_open()));
}

#[test]
fn what_was_decided_without_steps_stays_decided_when_they_are_asked_for() {
    let begun = Walk::begin(Procedure::HouseholdExit);
    let lenient = vec![steps_required(20_140_101, false)];
    let decided = [begun.reports.clone(), lenient, vec![begun.decision(), steps_required(20_140_101, true)]].concat();
    let world = after(&decided);
    assert_eq!(world.status(), Status::Exited);
    let end = world.card().rounds.last().unwrap().end;
    assert!(matches!(end, Some(End::Decided { steps: 0, complete: false, .. })));
    assert!(world.card().exit.is_some_and(|exit| !exit.below_line && exit.guarantee_missing));
}

#[test]
fn villages_and_the_county_keep_their_rounds() {
    let village = after(&Walk::begin(Procedure::VillageExit).to(Place::Decided).reports);
    assert!(matches!(village.village().head.rounds[0].end, Some(End::Decided { complete: true, .. })));
    assert_eq!(village.village().head.exited_in, Some(village.state.applied - 1));
    let county = after(&Walk::begin(Procedure::CountyExit).to(Place::Decided).reports);
    let jurisdiction = county.state.jurisdiction.as_ref().unwrap();
    assert!(matches!(jurisdiction.rounds[0].end, Some(End::Decided { complete: true, .. })));
    assert_eq!(county.entries.last().unwrap().submission.area, crate::world::area(COUNTY));
    assert_eq!(county.entries.last().unwrap().submission.author.get(), COUNTY_OFFICER);
}

/// The open world after some reports, replayed too.
fn after(reports: &[Report]) -> World {
    let (last, given) = reports.split_last().unwrap();
    check_on(World::open(), given, last, &[])
}
