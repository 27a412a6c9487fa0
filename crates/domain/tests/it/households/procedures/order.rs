//! The order of steps, and corrections of the last step.

use super::subjects::first_step;
use super::walk::{Walk, taken};
use super::{after, detail};
use lika_domain::ids::EventRef;
use lika_domain::procedure::{End, Outcome, Place, Procedure, Step};
use lika_domain::rejection::Code;
use lika_testkit::rules::{Case, World, check_on};

pub(super) fn cases(procedure: Procedure) -> Vec<Case> {
    [everywhere(procedure), put_right(procedure), days(procedure)].concat()
}

/// Every step at every place of a round under way: accepted if the table allows it there, and refused otherwise.
fn everywhere(procedure: Procedure) -> Vec<Case> {
    let machine = procedure.machine();
    let places: Vec<Place> = std::iter::once(Place::Start).chain(places(procedure)).collect();
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

/// The last step again, naming the entry that recorded it wrong; no other entry will do.
fn put_right(procedure: Procedure) -> Vec<Case> {
    let mut cases = Vec::new();
    for place in places(procedure).chain(followed(procedure)) {
        let (before, step) = before(procedure, place);
        let walk = before.clone().take(step);
        let naming = |entry| before.step(step, |event| event.corrects = Some(EventRef { entry, event: 0 }));
        let last = last_entry(&walk);
        cases.push(Case::accepted("the last step is corrected", &walk.reports, naming(last)));
        let other = naming(last - 1);
        cases.push(Case::refused("only by naming its entry", &walk.reports, other, Code::StepOutOfOrder, "step"));
    }
    cases
}

/// Nothing may happen before the step that it follows.
fn days(procedure: Procedure) -> Vec<Case> {
    let mut cases = Vec::new();
    for place in places(procedure) {
        let walk = Walk::begin(procedure).to(place);
        let (before, _) = before(procedure, place);
        for rule in procedure.machine().rules.iter().filter(|rule| rule.after.contains(&place)) {
            let early = Walk { day: before.day.plus_days(-1), ..walk.clone() }.next(rule.step);
            cases.push(Case::refused("days are in order", &walk.reports, early, Code::OutOfOrder, "happened"));
        }
    }
    cases
}

#[test]
fn refusals_say_what_is_missing() {
    let exit = || Walk::begin(Procedure::HouseholdExit);
    let appraised = exit().take(Step::Appraisal);
    assert_eq!(detail(&appraised.reports, &appraised.next(Step::Publicity)), "verification, acceptance missing");
    let past = exit().to(Place::At(Step::Publicity));
    assert_eq!(detail(&past.reports, &past.next(Step::Appraisal)), "the procedure is past this step, at publicity");
    let begun = Walk::begin(Procedure::Identification);
    assert_eq!(detail(&begun.reports, &begun.next(Step::Pairing)), "this step may only follow HouseholdRegistered");
}

/// For every procedure, a refused step lists the missing ones.
#[test]
fn the_refusal_of_a_step_too_far_ahead_names_the_shortest_way() {
    for procedure in Procedure::ALL {
        let begun = Walk::begin(*procedure);
        let way = procedure.machine().way_to_decision(Place::Start).unwrap();
        let (last, missing) = way.split_last().unwrap();
        let names: Vec<&str> = missing.iter().map(|step| step.name()).collect();
        assert_eq!(detail(&begun.reports, &begun.next(*last)), format!("{} missing", names.join(", ")));
    }
}

#[test]
fn a_corrected_step_keeps_its_place() {
    for procedure in Procedure::ALL {
        for place in places(*procedure).chain(followed(*procedure)) {
            let (before, step) = before(*procedure, place);
            let walk = before.clone().take(step);
            let entry = last_entry(&walk);
            // A day later than first recorded, and by an official whom the rule allows after the previous step.
            let right = before.after_days(1).step(step, |event| event.corrects = Some(EventRef { entry, event: 0 }));
            let world = after(&walk.with(right));
            let round = before.round(&world);
            let last = round.steps.last().unwrap();
            assert_eq!((last.step, last.happened, last.entry), (step, before.day.plus_days(1), entry + 1));
            let was = after(&walk.reports);
            let was = before.round(&was);
            assert_eq!((round.steps.len(), round.place()), (was.steps.len(), place), "{}", procedure.name());
            assert_eq!(round.steps[..round.steps.len() - 1], was.steps[..was.steps.len() - 1]);
        }
    }
}

/// A first step may be corrected to an earlier day; its effects then begin earlier too.
#[test]
fn a_first_step_may_be_corrected_to_an_earlier_day() {
    for procedure in Procedure::ALL {
        let begun = Walk::begin(*procedure);
        let first = first_step(*procedure);
        let walk = begun.after_days(60).take(first);
        let corrects = Some(EventRef { entry: last_entry(&walk), event: 0 });
        let right = begun.step(first, |event| event.corrects = corrects);
        let done = Walk { reports: walk.with(right), day: begun.day.plus_days(1), ..walk };
        let world = after(&done.reports);
        assert_eq!(done.round(&world).begun(), Some(begun.day));
        if *procedure == Procedure::HouseholdExit {
            assert_eq!((world.card().since, world.card().decided), (begun.day, world.state.applied - 1));
        }
        let way = procedure.machine().way_to_decision(Place::At(first)).unwrap();
        let done = way.into_iter().fold(done, Walk::take);
        assert!(matches!(done.round(&after(&done.decided())).end, Some(End::Decided { complete: true, .. })));
    }
}

/// But not to a day before the event that it followed: here the household fell back, and a round of its exit was
/// abandoned.
#[test]
fn a_first_step_cannot_be_corrected_to_before_the_event_it_followed() {
    let fallen = Walk::begin(Procedure::FallBack).to(Place::Decided);
    let exit = Walk { procedure: Procedure::HouseholdExit, last: None, ..fallen };
    let failed = exit.after_days(5).step(Step::Appraisal, |event| taken(event).outcome = Outcome::Failed);
    let again = Walk { reports: exit.with(failed), ..exit.after_days(9) };
    for (begun, earliest) in [(exit.after_days(9), exit.day), (again, exit.day.plus_days(5))] {
        let walk = begun.clone().take(Step::Appraisal);
        let corrects = Some(EventRef { entry: last_entry(&walk), event: 0 });
        let right = |day| Walk { day, ..begun.clone() }.step(Step::Appraisal, |event| event.corrects = corrects);
        check_on(World::open(), &walk.reports, &right(earliest), &[]);
        let too_early = [(Code::OutOfOrder, Some(0), "happened")];
        check_on(World::open(), &walk.reports, &right(earliest.plus_days(-1)), &too_early);
    }
}

/// A step corrected to "not passed" ends the round.
#[test]
fn a_step_may_be_corrected_to_not_passed() {
    let before = Walk::begin(Procedure::HouseholdExit).take(Step::Appraisal);
    let walk = before.clone().take(Step::Verification);
    let right = before.step(Step::Verification, |event| {
        event.corrects = Some(EventRef { entry: last_entry(&walk), event: 0 });
        taken(event).outcome = Outcome::Failed;
    });
    let world = after(&walk.with(right));
    let round = walk.round(&world);
    assert_eq!((round.steps.len(), round.place()), (2, Place::Start));
    assert_eq!(world.status(), lika_domain::household::Status::Poor);
}

/// Places that a round reaches before its decision.
fn places(procedure: Procedure) -> impl Iterator<Item = Place> {
    let machine = procedure.machine();
    let places = machine.rules.iter().map(|rule| Place::At(rule.step));
    places.filter(|place| machine.way(Place::Start, &[*place]).is_some())
}

/// Places after its decision.
fn followed(procedure: Procedure) -> impl Iterator<Item = Place> {
    let machine = procedure.machine();
    let places = machine.rules.iter().map(|rule| Place::At(rule.step));
    places.filter(|place| machine.way(Place::Decided, &[*place]).is_some())
}

/// The walk before the step that leads to a place, and that step.
fn before(procedure: Procedure, place: Place) -> (Walk, Step) {
    let machine = procedure.machine();
    let (from, way) = match machine.way(Place::Start, &[place]) {
        Some(way) => (Place::Start, way),
        None => (Place::Decided, machine.way(Place::Decided, &[place]).unwrap()),
    };
    let (last, steps) = way.split_last().unwrap();
    (steps.iter().fold(Walk::begin(procedure).to(from), |walk, step| walk.take(*step)), *last)
}

/// The entry of the walk's last report in the open world.
fn last_entry(walk: &Walk) -> u64 {
    World::open().state.applied + u64::try_from(walk.reports.len()).unwrap() - 1
}
