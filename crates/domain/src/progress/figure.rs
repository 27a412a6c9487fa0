//! Every figure that is a sum: its name, and its place in the row of sums.

use crate::facts::aid::MeasureGroup;
use crate::facts::living::{CONDITIONS, Condition};
use crate::facts::procedure::{Procedure, Step};
use crate::progress::entitlement::Entitlement;
use std::fmt;

/// Declares the parts of a group of figures, each with its name.
macro_rules! parts {
    ($($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident $text:literal),+ $(,)? })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $($(#[$variant_meta])* $variant),+ }

        impl $name {
            /// Every part, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Its name in documents.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    )+};
}

parts! {
    /// Cards, or persons on them, by status. `Registered` is the sum of all but `Monitored`.
    Tally {
        /// Ever registered, closed ones included.
        Registered "registered",
        /// Poor and never exited.
        Poor "poor",
        /// Listed for exit, still counted as poor.
        PreExit "pre_exit",
        /// Out of poverty.
        Exited "exited",
        /// Poor again.
        FallenBack "fallen_back",
        /// Of the open ones, those under watch.
        Monitored "monitored",
        /// Closed for good.
        Deregistered "deregistered",
    }
    /// Open cards by what is known of one assurance or guarantee.
    Known {
        /// Met.
        Met "met",
        /// Not met.
        Unmet "unmet",
        /// Never assessed.
        Unknown "unknown",
    }
    /// Open cards by who answers for them and when they were last visited.
    Coverage {
        /// With a responsible official.
        Assigned "assigned",
        /// Without.
        Unassigned "unassigned",
        /// Without for 30 days or more.
        UnassignedLong "unassigned_30_days",
        /// Visited in the last 30 days.
        VisitedLately "visited_30_days",
        /// Visited in the last 90 days.
        Visited "visited_90_days",
        /// Due for a visit within the next 7 days.
        VisitsDue "visits_due",
        /// Due for a visit before today.
        VisitsOverdue "visits_overdue",
        /// With an official who answers for more households, here or elsewhere, than the limit in force for the village
        /// allows in that capacity.
        OverCaseload "over_caseload",
        /// How often one first official took over from another.
        HandedOver "handed_over",
    }
    /// Rounds of procedures: of open cards, of households that are to get one, of villages and of the county.
    Procedures {
        /// Begun, and neither failed nor decided.
        UnderWay "under_way",
        /// Of these, beyond the deadline that the policy in force sets.
        Late "late",
        /// Decided, or failed, after the deadline that was in force.
        DecidedLate "decided_late",
        /// Decided without every step on record.
        WithoutSteps "without_steps",
    }
    /// Households out of poverty whose exit an audit would look at.
    Exits {
        /// On an income below the line that was in force.
        BelowLine "below_line",
        /// With an assurance or guarantee that was not established as met.
        GuaranteeMissing "guarantee_missing",
    }
    /// What open cards should get and did not.
    Gap {
        /// Cards that lack something.
        Households "households",
        /// Entitlements that they lack.
        Measures "measures",
    }
    /// One entitlement of open cards.
    Entitled {
        /// Called for.
        Due "due",
        /// Of these, received.
        Received "received",
        /// Of these, not.
        Missing "missing",
    }
    /// Aid of one group, to cards open or closed.
    Aid {
        /// Deliveries, those taken back included.
        Events "events",
        /// Delivered less what was taken back, in fen.
        Amount "amount",
        /// Of the amount, what households have acknowledged, in fen.
        Acknowledged "acknowledged",
    }
    /// Money on its way, in fen. What is released belongs to the jurisdiction and is counted there alone; everything
    /// else belongs to a village. released = allocated + unallocated; allocated = delivered − reversed + undelivered.
    Money {
        /// Reached the county.
        Released "released",
        /// Set aside for villages.
        Allocated "allocated",
        /// Released and not set aside.
        Unallocated "unallocated",
        /// Delivered from allocations, what was taken back included.
        Delivered "delivered",
        /// Set aside and not delivered.
        Undelivered "undelivered",
        /// Of what was delivered from allocations and not taken back, what households have acknowledged.
        Acknowledged "acknowledged",
        /// Of what was delivered from allocations, what was taken back.
        Reversed "reversed",
        /// Not passed on for 12 months or more: released and not allocated, or allocated and not delivered.
        IdleYear "idle_12_months",
        /// Of this, for 24 months or more.
        IdleTwoYears "idle_24_months",
    }
    /// Villages on the list of poor ones, those that have left it too, by who is posted to them.
    Posts {
        /// All of them.
        Villages "villages",
        /// With a first secretary.
        FirstSecretary "first_secretary",
        /// With a resident team.
        Team "resident_team",
        /// With nobody.
        Nobody "nobody",
    }
    /// Villages on the list of poor ones, by what they lack to leave it.
    Exit {
        /// All that were ever on it.
        Poor "poor",
        /// Have left it.
        Exited "exited",
        /// Still on it, with an incidence below the threshold.
        Ready "ready",
        /// Persons who must leave poverty until those still on it are all below the threshold.
        PersonsToGo "persons_to_go",
        /// Households that takes, the largest first.
        HouseholdsToGo "households_to_go",
    }
}

/// A figure that is a sum of [`Ground`](super::Ground)s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Cards by status.
    Households(Tally),
    /// Persons on them by status.
    Persons(Tally),
    /// Open cards by assurance or guarantee.
    Condition(Condition, Known),
    /// Who answers for the open cards and visits them.
    Officials(Coverage),
    /// Rounds of procedures.
    Procedures(Procedures),
    /// Rounds under way that stand after that step.
    At(Procedure, Step),
    /// Exits that an audit would look at.
    Exits(Exits),
    /// What is due and missing.
    Gap(Gap),
    /// One entitlement.
    Entitled(Entitlement, Entitled),
    /// Aid of a group.
    Aid(MeasureGroup, Aid),
    /// Money on its way.
    Money(Money),
    /// Who is posted to the villages.
    Posts(Posts),
    /// What the villages lack to leave the list.
    Villages(Exit),
}

impl Figure {
    /// Every figure, in the order of their places.
    pub fn all() -> impl Iterator<Item = Self> {
        fn each<P: Copy>(parts: &'static [P], figure: impl Fn(P) -> Figure) -> impl Iterator<Item = Figure> {
            parts.iter().map(move |part| figure(*part))
        }
        let conditions = Condition::ALL.iter().flat_map(|one| each(Known::ALL, |part| Self::Condition(*one, part)));
        let at = Procedure::ALL.iter().flat_map(|run| each(Step::ALL, |step| Self::At(*run, step)));
        let entitled = Entitlement::ALL.iter().flat_map(|one| each(Entitled::ALL, |part| Self::Entitled(*one, part)));
        let aid = MeasureGroup::ALL.iter().flat_map(|group| each(Aid::ALL, |part| Self::Aid(*group, part)));
        each(Tally::ALL, Self::Households)
            .chain(each(Tally::ALL, Self::Persons))
            .chain(conditions)
            .chain(each(Coverage::ALL, Self::Officials))
            .chain(each(Procedures::ALL, Self::Procedures))
            .chain(at)
            .chain(each(Exits::ALL, Self::Exits))
            .chain(each(Gap::ALL, Self::Gap))
            .chain(entitled)
            .chain(aid)
            .chain(each(Money::ALL, Self::Money))
            .chain(each(Posts::ALL, Self::Posts))
            .chain(each(Exit::ALL, Self::Villages))
    }

    /// From its name; `None` if there is no such figure.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|figure| figure.to_string() == name)
    }

    /// Whether it is an amount of money, in fen; otherwise it is a count.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Money(_) | Self::Aid(_, Aid::Amount | Aid::Acknowledged))
    }

    /// Its place in a row of all figures.
    pub(super) fn place(self) -> usize {
        match self {
            Self::Households(part) => part as usize,
            Self::Persons(part) => PERSONS + part as usize,
            Self::Condition(one, part) => CONDITION + (one as usize - 1) * Known::ALL.len() + part as usize,
            Self::Officials(part) => OFFICIALS + part as usize,
            Self::Procedures(part) => PROCEDURES + part as usize,
            Self::At(procedure, step) => AT + (procedure as usize - 1) * Step::ALL.len() + step as usize - 1,
            Self::Exits(part) => EXITS + part as usize,
            Self::Gap(part) => GAP + part as usize,
            Self::Entitled(one, part) => ENTITLED + (one as usize - 1) * Entitled::ALL.len() + part as usize,
            Self::Aid(group, part) => AID + (group as usize - 1) * Aid::ALL.len() + part as usize,
            Self::Money(part) => MONEY + part as usize,
            Self::Posts(part) => POSTS + part as usize,
            Self::Villages(part) => VILLAGES + part as usize,
        }
    }
}

const PERSONS: usize = Tally::ALL.len();
const CONDITION: usize = PERSONS + Tally::ALL.len();
const OFFICIALS: usize = CONDITION + CONDITIONS * Known::ALL.len();
const PROCEDURES: usize = OFFICIALS + Coverage::ALL.len();
const AT: usize = PROCEDURES + Procedures::ALL.len();
const EXITS: usize = AT + Procedure::ALL.len() * Step::ALL.len();
const GAP: usize = EXITS + Exits::ALL.len();
const ENTITLED: usize = GAP + Gap::ALL.len();
const AID: usize = ENTITLED + Entitlement::ALL.len() * Entitled::ALL.len();
const MONEY: usize = AID + MeasureGroup::ALL.len() * Aid::ALL.len();
const POSTS: usize = MONEY + Money::ALL.len();
const VILLAGES: usize = POSTS + Posts::ALL.len();
/// How many figures there are.
pub(super) const FIGURES: usize = VILLAGES + Exit::ALL.len();

impl fmt::Display for Figure {
    /// Its name: where it stands in the document of an area, from `households.registered` to `villages.ready`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Households(part) => write!(f, "households.{}", part.name()),
            Self::Persons(part) => write!(f, "persons.{}", part.name()),
            Self::Condition(one, part) => write!(f, "conditions.{}.{}", one.name(), part.name()),
            Self::Officials(part) => write!(f, "officials.{}", part.name()),
            Self::Procedures(part) => write!(f, "procedures.{}", part.name()),
            Self::At(procedure, step) => write!(f, "procedures.{}.{}", procedure.name(), step.name()),
            Self::Exits(part) => write!(f, "exits.{}", part.name()),
            Self::Gap(part) => write!(f, "gap.{}", part.name()),
            Self::Entitled(one, part) => write!(f, "gap.{}.{}", one.name(), part.name()),
            Self::Aid(group, part) => write!(f, "aid.{}.{}", group.name(), part.name()),
            Self::Money(part) => write!(f, "money.{}", part.name()),
            Self::Posts(part) => write!(f, "posts.{}", part.name()),
            Self::Villages(part) => write!(f, "villages.{}", part.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_figure_has_its_own_place_and_name() {
        let all: Vec<Figure> = Figure::all().collect();
        assert_eq!(all.len(), FIGURES);
        for (place, figure) in all.iter().enumerate() {
            assert_eq!(figure.place(), place, "{figure}");
            assert_eq!(Figure::from_name(&figure.to_string()), Some(*figure));
        }
        assert_eq!(Figure::from_name("households"), None);
    }
}
