//! The contributions that a figure is the sum of.

use super::part::{Description, IncomeFigure, MonthPart, Part, Poverty, Tally};
use super::section::{Section, Unit};
use super::{Contribution, Figure, MonthFigure, count};
use crate::facts::area::Area;
use crate::facts::date::{Date, Month};
use crate::facts::language::Language;
use crate::state::fold::State;
use crate::state::village::Village;
use std::fmt;

/// A figure of a document, by its name: what can be explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FigureRef {
    /// A sum.
    Sum(Figure),
    /// Computed from sums.
    Poverty(Poverty),
    /// A figure of the incomes of the latest year assessed.
    Income(IncomeFigure),
    /// A count of a month. A state has no contributions for it: they are in the entries, see
    /// [`Months`](super::Months).
    Month(MonthFigure),
}

impl FigureRef {
    /// Every figure but those of a month.
    pub fn all() -> impl Iterator<Item = Self> {
        let poverty = Poverty::ALL.iter().copied().map(Self::Poverty);
        let incomes = IncomeFigure::ALL.iter().copied().map(Self::Income);
        poverty.chain(Figure::all().map(Self::Sum)).chain(incomes)
    }

    /// The figures of a month.
    pub fn of_month(month: Month) -> impl Iterator<Item = Self> {
        MonthPart::ALL.iter().map(move |part| Self::Month(MonthFigure { month, part: *part }))
    }

    /// From its name; `None` if there is no such figure.
    pub fn from_name(name: &str) -> Option<Self> {
        let month = MonthFigure::from_name(name).map(Self::Month);
        month.or_else(|| Self::all().find(|figure| figure.to_string() == name))
    }

    /// Its section of the document.
    pub fn section(self) -> Section {
        match self {
            Self::Sum(figure) => figure.section(),
            Self::Poverty(Poverty::Now) => Section::Households,
            Self::Poverty(Poverty::Incidence) => Section::Incidence,
            Self::Income(_) => Section::Income,
            Self::Month(_) => Section::Months,
        }
    }

    /// Its line in the table of figures.
    pub fn description(self) -> &'static Description {
        match self {
            Self::Sum(figure) => figure.description(),
            Self::Poverty(part) => part.description(),
            Self::Income(part) => part.description(),
            Self::Month(figure) => figure.part.description(),
        }
    }

    /// What it counts.
    pub fn unit(self) -> Unit {
        match self {
            Self::Sum(figure) => figure.unit(),
            other => other.description().unit,
        }
    }

    /// Its Chinese label after its section and its subject, such as `应享未享 健康帮扶 未享`.
    pub fn zh(self) -> String {
        self.label(Language::Zh)
    }

    /// The same in that language. The English subject is its name, in words.
    pub fn label(self, language: Language) -> String {
        let (section, described) = (self.section(), self.description());
        let section = language.of(section.zh(), section.en());
        let label = language.of(described.zh, described.en);
        match self {
            Self::Sum(figure) => match figure.subject() {
                Some((name, zh)) => format!("{section} {} {label}", language.of(zh, name.replace(['.', '_'], " "))),
                None => format!("{section} {label}"),
            },
            Self::Poverty(Poverty::Incidence) => label.to_owned(),
            Self::Month(figure) => format!("{} {label}", figure.month),
            Self::Poverty(Poverty::Now) | Self::Income(_) => format!("{section} {label}"),
        }
    }

    /// The unit of its contributions. The incidence is a share, but its contributions are persons.
    pub fn contribution_unit(self) -> Unit {
        match self.unit() {
            Unit::PerTenThousand => Unit::Persons,
            unit => unit,
        }
    }

    /// Its contributions in one village. `income_year` is the latest year for which an open card of the requested area
    /// has an assessment.
    pub fn of_village(
        self,
        state: &State,
        area: Area,
        village: &Village,
        today: Date,
        income_year: Option<u16>,
    ) -> Vec<Contribution> {
        let mut contributions = Vec::new();
        match self {
            Self::Sum(_) | Self::Poverty(_) => {
                count::village(state, area, village, today, &mut |counted, contribution| {
                    contributions.extend(self.counts(counted).then_some(contribution));
                });
            }
            Self::Income(figure) => {
                let assessed =
                    income_year.into_iter().flat_map(|year| count::assessed(state, area, village, year, today));
                contributions.extend(assessed.filter_map(|(id, income, line)| {
                    let amount = match figure {
                        IncomeFigure::Mean | IncomeFigure::Median => income.net.0,
                        IncomeFigure::BelowLine if line.is_some_and(|line| income.per_head < line) => {
                            i64::from(income.members)
                        }
                        IncomeFigure::BelowLine => return None,
                    };
                    Some(Contribution { amount, entry: income.entry, household: Some(id) })
                }));
            }
            Self::Month(_) => {}
        }
        contributions
    }

    /// The contributions of the jurisdiction itself.
    pub fn of_jurisdiction(self, state: &State, today: Date) -> Vec<Contribution> {
        let mut contributions = Vec::new();
        count::jurisdiction(state, today, &mut |counted, contribution| {
            contributions.extend(self.counts(counted).then_some(contribution));
        });
        contributions
    }

    fn counts(self, counted: Figure) -> bool {
        match self {
            Self::Sum(figure) => figure == counted,
            Self::Poverty(Poverty::Now) => Tally::POOR.iter().any(|part| counted == Figure::Households(*part)),
            Self::Poverty(Poverty::Incidence) => Tally::POOR.iter().any(|part| counted == Figure::Persons(*part)),
            Self::Income(_) | Self::Month(_) => false,
        }
    }
}

impl fmt::Display for FigureRef {
    /// Its name: its path in the document of an area, such as `incidence` or `months.2016-05.visits`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sum(figure) => figure.fmt(f),
            Self::Poverty(Poverty::Incidence) => self.section().fmt(f),
            Self::Poverty(Poverty::Now) | Self::Income(_) => {
                write!(f, "{}.{}", self.section(), self.description().name)
            }
            Self::Month(figure) => figure.fmt(f),
        }
    }
}
