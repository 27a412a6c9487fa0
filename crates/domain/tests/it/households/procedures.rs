//! Procedures: every table walked, and every obstacle.

mod areas;
mod decisions;
mod order;
mod people;
mod publicity;
mod rounds;
mod subjects;
mod taken_back;
mod walk;

use lika_domain::procedure::Procedure;
use lika_testkit::rules::{Case, Report, World, check_on};

pub(super) fn cases() -> Vec<Case> {
    let of_each = |cases: fn(Procedure) -> Vec<Case>| Procedure::ALL.iter().copied().flat_map(cases);
    let mut cases: Vec<Case> =
        [order::cases, decisions::cases, people::cases, publicity::cases].into_iter().flat_map(of_each).collect();
    cases.extend([people::votes(), subjects::cases(), areas::cases()].concat());
    cases
}

/// The open world after some reports, replayed too.
fn after(reports: &[Report]) -> World {
    let (last, given) = reports.split_last().unwrap();
    check_on(World::open(), given, last, &[])
}

/// The detail of the first problem with a report.
fn detail(given: &[Report], report: &Report) -> String {
    let mut world = World::open();
    given.iter().for_each(|report| world.take(report).unwrap());
    world.take(report).unwrap_err().problems[0].detail.clone()
}
