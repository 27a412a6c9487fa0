//! Tables of cases: a log, a submission, and its expected problems.

use super::report::Report;
use super::world::World;
use lika_domain::detail;
use lika_domain::language::Language;
use lika_domain::rejection::{Code, Rejection};
use lika_domain::submission::Events;

/// A problem as a case expects it: code, number of the event, field.
pub type Expected = (Code, Option<u32>, &'static str);

/// A row of a table: the log, the submission, and the expected problems.
#[derive(Clone, Debug)]
pub struct Case {
    /// What the case is about.
    pub name: &'static str,
    /// The starting world: [`World::open`], or an empty log.
    pub ground: fn() -> World,
    /// Reports recorded first; all of them must be accepted.
    pub given: Vec<Report>,
    /// The submission to judge.
    pub submission: Report,
    /// Every problem in the order found; none if it is accepted.
    pub expected: Vec<Expected>,
}

impl Case {
    /// The submission is recorded.
    pub fn accepted(name: &'static str, given: &[Report], submission: Report) -> Self {
        Self { name, ground: World::open, given: given.to_vec(), submission, expected: Vec::new() }
    }

    /// The submission is refused for one reason: its first event's `field`.
    pub fn refused(name: &'static str, given: &[Report], submission: Report, code: Code, field: &'static str) -> Self {
        Self::refused_for(name, given, submission, &[(code, Some(0), field)])
    }

    /// The submission is refused for exactly these reasons.
    pub fn refused_for(name: &'static str, given: &[Report], submission: Report, expected: &[Expected]) -> Self {
        Self { name, ground: World::open, given: given.to_vec(), submission, expected: expected.to_vec() }
    }

    /// The same where decisions do not need their steps.
    pub fn without_steps(mut self) -> Self {
        self.ground = World::lenient;
        self
    }

    /// The same on another world.
    pub fn on(mut self, ground: fn() -> World) -> Self {
        self.ground = ground;
        self
    }

    /// The same on an empty log.
    pub fn on_empty_log(mut self) -> Self {
        self.ground = World::default;
        self
    }

    /// The codes it is refused with.
    pub fn codes(&self) -> impl Iterator<Item = Code> {
        self.expected.iter().map(|(code, ..)| *code)
    }

    /// The events that are judged, by name.
    pub fn events(&self) -> Vec<&'static str> {
        match &self.submission.events {
            Events::Households(events) => events.iter().map(|event| event.kind.event().name).collect(),
            Events::Officials(events) => events.iter().map(|event| event.kind.event().name).collect(),
            Events::Aid(events) => events.iter().map(|event| event.kind.event().name).collect(),
        }
    }
}

/// What a problem is about can be read in Chinese: no word of it is left in English.
fn check_details(rejection: &Rejection) {
    for problem in &rejection.problems {
        let told = detail::told(problem.code.name(), &problem.detail, Language::Zh);
        // The name of a log and the number of a key are the same in both.
        let names = told.split_whitespace().filter(|word| !word.contains('/') && !is_hexadecimal(word));
        let english = names.into_iter().any(|word| word.contains(|c: char| c.is_ascii_alphabetic()));
        assert!(!english, "{}: {} is read as {told}", problem.code.name(), problem.detail);
    }
}

fn is_hexadecimal(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Records `given`, then judges the submission and compares. Returns the world after it. Decisions do not need their
/// steps.
pub fn check(given: &[Report], submission: &Report, expected: &[Expected]) -> World {
    check_on(World::lenient(), given, submission, expected)
}

/// The same on another world.
pub fn check_on(mut world: World, given: &[Report], submission: &Report, expected: &[Expected]) -> World {
    for (number, report) in given.iter().enumerate() {
        let taken = world.take(report);
        assert!(taken.is_ok(), "given {number} was refused: {}", taken.unwrap_err());
    }
    let judged = world.take(submission);
    if let Err(rejection) = &judged {
        check_details(rejection);
    }
    assert_eq!(judged.map_or_else(self::expected, |()| Vec::new()), expected);
    world.check_replay();
    world
}

/// Runs a table, naming the case that fails.
pub fn run(table: &[Case]) {
    for case in table {
        let outcome =
            std::panic::catch_unwind(|| check_on((case.ground)(), &case.given, &case.submission, &case.expected));
        assert!(outcome.is_ok(), "case: {}: {:?}", case.name, case.submission.events);
    }
}

/// The problems of a refusal, as a case expects them.
pub fn expected(rejection: Rejection) -> Vec<Expected> {
    rejection.problems.into_iter().map(|problem| (problem.code, problem.event, name(problem.field))).collect()
}

/// The rules name fields by constants.
fn name(field: std::borrow::Cow<'static, str>) -> &'static str {
    match field {
        std::borrow::Cow::Borrowed(name) => name,
        std::borrow::Cow::Owned(other) => unreachable!("{other}"),
    }
}
