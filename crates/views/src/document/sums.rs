//! Parts of the document that are sums, from the figures of the same names.

use super::{
    Aid, Condition, Counts, EntitlementCounts, ExitCounts, Gap, Money, Name, Officials, PostCounts, ProcedureCounts,
    StandingAt, Villages,
};
use lika_domain::aid::MeasureGroup;
use lika_domain::entitlement::Entitlement;
use lika_domain::living::Condition as Guarantee;
use lika_domain::procedure::{Procedure, Step};
use lika_domain::progress::{self, Coverage, Entitled, Exit, Exits, Figure, Figures, Known, Posts, Tally};
use std::collections::BTreeMap;

impl Counts {
    pub(super) fn new(figures: &Figures, of: impl Fn(Tally) -> Figure) -> Self {
        let count = |part| count(figures, of(part));
        Self {
            registered: count(Tally::Registered),
            poor: count(Tally::Poor),
            pre_exit: count(Tally::PreExit),
            exited: count(Tally::Exited),
            fallen_back: count(Tally::FallenBack),
            monitored: count(Tally::Monitored),
            deregistered: count(Tally::Deregistered),
        }
    }
}

impl Officials {
    pub(super) fn new(figures: &Figures) -> Self {
        let count = |part| count(figures, Figure::Officials(part));
        Self {
            assigned: count(Coverage::Assigned),
            unassigned: count(Coverage::Unassigned),
            unassigned_30_days: count(Coverage::UnassignedLong),
            unassigned_since: figures.unassigned_since.map(|day| day.to_string()),
            visited_30_days: count(Coverage::VisitedLately),
            visited_90_days: count(Coverage::Visited),
            visits_due: count(Coverage::VisitsDue),
            visits_overdue: count(Coverage::VisitsOverdue),
            over_caseload: count(Coverage::OverCaseload),
            handed_over: count(Coverage::HandedOver),
        }
    }
}

impl ProcedureCounts {
    pub(super) fn new(figures: &Figures) -> Self {
        let of = |part| count(figures, Figure::Procedures(part));
        let standing = |procedure: Procedure| {
            let at = move |step: &Step| {
                let count = count(figures, Figure::At(procedure, *step));
                let (procedure, step) = (procedure.name().into(), step.name().into());
                (count > 0).then_some(StandingAt { procedure, step, count })
            };
            Step::ALL.iter().filter_map(at)
        };
        Self {
            under_way: of(progress::Procedures::UnderWay),
            late: of(progress::Procedures::Late),
            decided_late: of(progress::Procedures::DecidedLate),
            without_steps: of(progress::Procedures::WithoutSteps),
            standing: Procedure::ALL.iter().copied().flat_map(standing).collect(),
        }
    }
}

impl ExitCounts {
    pub(super) fn new(figures: &Figures) -> Self {
        let count = |part| count(figures, Figure::Exits(part));
        Self { below_line: count(Exits::BelowLine), guarantee_missing: count(Exits::GuaranteeMissing) }
    }
}

impl Gap {
    pub(super) fn new(figures: &Figures) -> Self {
        let of = |one: &Entitlement| {
            let count = |part| count(figures, Figure::Entitled(*one, part));
            EntitlementCounts {
                entitlement: one.name().into(),
                due: count(Entitled::Due),
                received: count(Entitled::Received),
                missing: count(Entitled::Missing),
            }
        };
        Self {
            households: count(figures, Figure::Gap(progress::Gap::Households)),
            measures: count(figures, Figure::Gap(progress::Gap::Measures)),
            entitlements: Entitlement::ALL.iter().map(of).filter(|counts| counts.due > 0).collect(),
        }
    }
}

impl Aid {
    pub(super) fn new(figures: &Figures, group: MeasureGroup) -> Option<Self> {
        let of = |part| figures.get(Figure::Aid(group, part));
        let events = count(figures, Figure::Aid(group, progress::Aid::Events));
        (events > 0).then(|| Self {
            measure: group.name().into(),
            events,
            amount: of(progress::Aid::Amount),
            acknowledged: of(progress::Aid::Acknowledged),
        })
    }
}

impl Money {
    pub(super) fn new(figures: &Figures) -> Self {
        let of = |part| figures.get(Figure::Money(part));
        Self {
            released: of(progress::Money::Released),
            allocated: of(progress::Money::Allocated),
            unallocated: of(progress::Money::Unallocated),
            delivered: of(progress::Money::Delivered),
            undelivered: of(progress::Money::Undelivered),
            acknowledged: of(progress::Money::Acknowledged),
            reversed: of(progress::Money::Reversed),
            idle_12_months: of(progress::Money::IdleYear),
            idle_24_months: of(progress::Money::IdleTwoYears),
        }
    }
}

impl PostCounts {
    pub(super) fn new(figures: &Figures) -> Self {
        let count = |part| count(figures, Figure::Posts(part));
        Self {
            villages: count(Posts::Villages),
            first_secretary: count(Posts::FirstSecretary),
            resident_team: count(Posts::Team),
            nobody: count(Posts::Nobody),
        }
    }
}

impl Villages {
    pub(super) fn new(figures: &Figures) -> Self {
        let count = |part| count(figures, Figure::Villages(part));
        Self {
            poor: count(Exit::Poor),
            exited: count(Exit::Exited),
            ready: count(Exit::Ready),
            persons_to_go: count(Exit::PersonsToGo),
            households_to_go: count(Exit::HouseholdsToGo),
        }
    }
}

pub(super) fn conditions(figures: &Figures) -> BTreeMap<Name, Condition> {
    let condition = |one: &Guarantee| {
        let count = |part| count(figures, Figure::Condition(*one, part));
        let (met, unmet, unknown) = (count(Known::Met), count(Known::Unmet), count(Known::Unknown));
        (Name::from(one.name()), Condition { met, unmet, unknown })
    };
    Guarantee::ALL.iter().map(condition).collect()
}

/// A figure that counts things.
fn count(figures: &Figures, figure: Figure) -> u64 {
    figures.get(figure).unsigned_abs()
}
