//! Every figure that is a sum, and its place in the array of sums.

use super::part::{
    Aid, Coverage, Description, Entitled, Exit, Exits, Gap, Known, Money, Part, Posts, Procedures, Tally, Visited,
};
use super::section::{Section, Unit};
use crate::facts::aid::MeasureGroup;
use crate::facts::living::{CONDITIONS, Condition};
use crate::facts::procedure::{Procedure, Step};
use crate::progress::entitlement::Entitlement;
use std::fmt;

/// A figure that is a sum of [`Contribution`](super::Contribution)s.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Figure {
    /// Cards by status.
    Households(Tally),
    /// Persons on them by status.
    Persons(Tally),
    /// Open cards by assurance or guarantee.
    Condition(Condition, Known),
    /// Open cards by responsible official.
    Officials(Coverage),
    /// Open cards by their last visit.
    Visits(Visited),
    /// Rounds of procedures.
    Procedures(Procedures),
    /// Rounds under way whose last step was this one.
    At(Procedure, Step),
    /// Exits that an audit would look at.
    Exits(Exits),
    /// Entitlements missing from open cards.
    Gap(Gap),
    /// One entitlement.
    Entitled(Entitlement, Entitled),
    /// Aid of a group.
    Aid(MeasureGroup, Aid),
    /// Money on its way.
    Money(Money),
    /// Villages by the officials posted to them.
    Posts(Posts),
    /// Villages by what they lack to leave the list.
    Villages(Exit),
}

impl Figure {
    /// Every figure, in the order of their places.
    pub fn all() -> impl Iterator<Item = Self> {
        fn each<P: Part>(figure: impl Fn(P) -> Figure) -> impl Iterator<Item = Figure> {
            P::ALL.iter().map(move |part| figure(*part))
        }
        let conditions = Condition::ALL.iter().flat_map(|one| each(|part| Self::Condition(*one, part)));
        let at = Procedure::ALL.iter().flat_map(|run| Step::ALL.iter().map(|step| Self::At(*run, *step)));
        let entitled = Entitlement::ALL.iter().flat_map(|one| each(|part| Self::Entitled(*one, part)));
        let aid = MeasureGroup::ALL.iter().flat_map(|group| each(|part| Self::Aid(*group, part)));
        each(Self::Households)
            .chain(each(Self::Persons))
            .chain(conditions)
            .chain(each(Self::Officials))
            .chain(each(Self::Visits))
            .chain(each(Self::Procedures))
            .chain(at)
            .chain(each(Self::Exits))
            .chain(each(Self::Gap))
            .chain(entitled)
            .chain(aid)
            .chain(each(Self::Money))
            .chain(each(Self::Posts))
            .chain(each(Self::Villages))
    }

    /// From its name; `None` if there is no such figure.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::all().find(|figure| figure.to_string() == name)
    }

    /// Its section of the document.
    pub fn section(self) -> Section {
        match self {
            Self::Households(_) => Section::Households,
            Self::Persons(_) => Section::Persons,
            Self::Condition(..) => Section::Conditions,
            Self::Officials(_) | Self::Visits(_) => Section::Officials,
            Self::Procedures(_) | Self::At(..) => Section::Procedures,
            Self::Exits(_) => Section::Exits,
            Self::Gap(_) | Self::Entitled(..) => Section::Gap,
            Self::Aid(..) => Section::Aid,
            Self::Money(_) => Section::Money,
            Self::Posts(_) => Section::Posts,
            Self::Villages(_) => Section::Villages,
        }
    }

    /// Its line in the table of figures. Rounds after a certain step have the line of the rounds under way.
    pub fn description(self) -> &'static Description {
        match self {
            Self::Households(part) | Self::Persons(part) => part.description(),
            Self::Condition(_, part) => part.description(),
            Self::Officials(part) => part.description(),
            Self::Visits(part) => part.description(),
            Self::Procedures(part) => part.description(),
            Self::At(..) => Procedures::UnderWay.description(),
            Self::Exits(part) => part.description(),
            Self::Gap(part) => part.description(),
            Self::Entitled(_, part) => part.description(),
            Self::Aid(_, part) => part.description(),
            Self::Money(part) => part.description(),
            Self::Posts(part) => part.description(),
            Self::Villages(part) => part.description(),
        }
    }

    /// Its subject within the section: name in documents and Chinese label; `None` if it is about the whole section.
    pub(super) fn subject(self) -> Option<(String, String)> {
        let owned = |name: &str, zh: &str| Some((name.to_owned(), zh.to_owned()));
        match self {
            Self::Condition(one, _) => owned(one.name(), one.zh()),
            Self::At(run, step) => {
                Some((format!("{}.{}", run.name(), step.name()), format!("{}·{}", run.zh(), step.zh())))
            }
            Self::Entitled(one, _) => owned(one.name(), one.zh()),
            Self::Aid(group, _) => owned(group.name(), group.zh()),
            _ => None,
        }
    }

    /// What it counts.
    pub fn unit(self) -> Unit {
        match self {
            Self::Persons(_) => Unit::Persons,
            _ => self.description().unit,
        }
    }

    /// Its place in the array of sums.
    pub(super) fn place(self) -> usize {
        match self {
            Self::Households(part) => part.place(),
            Self::Persons(part) => PERSONS + part.place(),
            Self::Condition(one, part) => CONDITION + (one as usize - 1) * Known::ALL.len() + part.place(),
            Self::Officials(part) => OFFICIALS + part.place(),
            Self::Visits(part) => VISITS + part.place(),
            Self::Procedures(part) => PROCEDURES + part.place(),
            Self::At(procedure, step) => AT + (procedure as usize - 1) * Step::ALL.len() + step as usize - 1,
            Self::Exits(part) => EXITS + part.place(),
            Self::Gap(part) => GAP + part.place(),
            Self::Entitled(one, part) => ENTITLED + (one as usize - 1) * Entitled::ALL.len() + part.place(),
            Self::Aid(group, part) => AID + (group as usize - 1) * Aid::ALL.len() + part.place(),
            Self::Money(part) => MONEY + part.place(),
            Self::Posts(part) => POSTS + part.place(),
            Self::Villages(part) => VILLAGES + part.place(),
        }
    }
}

const PERSONS: usize = Tally::ALL.len();
const CONDITION: usize = PERSONS + Tally::ALL.len();
const OFFICIALS: usize = CONDITION + CONDITIONS * Known::ALL.len();
const VISITS: usize = OFFICIALS + Coverage::ALL.len();
const PROCEDURES: usize = VISITS + Visited::ALL.len();
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
    /// Its name: its path in the document of an area, such as `households.registered`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let section = self.section();
        match (self, self.subject()) {
            (Self::At(..), Some((subject, _))) => write!(f, "{section}.{subject}"),
            (_, Some((subject, _))) => write!(f, "{section}.{subject}.{}", self.description().name),
            (_, None) => write!(f, "{section}.{}", self.description().name),
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
