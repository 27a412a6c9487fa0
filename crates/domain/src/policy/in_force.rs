//! Which parameter holds: of the rows a reader may see, those for an area around the place and from a day that has
//! come; of these the one for the smallest area, then from the latest day, then recorded last.

use super::{IncomeConcept, LineKind, Parameter, Policy, PolicyRow, PolicyValue, defaults};
use crate::aid::MeasureGroup;
use crate::area::Area;
use crate::date::Date;
use crate::household::Standard;
use crate::money::Fen;
use crate::official::Capacity;
use crate::procedure::Procedure;
use crate::submission::Entry;

/// Parameters as one reader sees them.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'p> {
    policy: &'p Policy,
    entry: Option<&'p Entry>,
}

impl Policy {
    /// As everything recorded so far leaves them; for views.
    pub fn now(&self) -> InForce<'_> {
        InForce { policy: self, entry: None }
    }

    /// As the recorder of `entry` saw them when it decided; for rules.
    pub fn seen_by<'p>(&'p self, entry: &'p Entry) -> InForce<'p> {
        InForce { policy: self, entry: Some(entry) }
    }
}

impl<'p> InForce<'p> {
    /// The line in fen per person for income of `year`, and the kind of income it is compared with; `None` where
    /// neither a row nor [`POVERTY_LINES`](super::POVERTY_LINES) has it. Where the province has set no line of its
    /// own, the national one stands in.
    pub fn line(self, kind: LineKind, standard: Standard, area: Area, year: u32) -> Option<(Fen, IncomeConcept)> {
        self.line_set(kind, standard, area, year)
            .or_else(|| self.line_set(kind, Standard::National, area, year))
            .or_else(|| if kind == LineKind::Poverty { defaults::poverty_line(year) } else { None })
    }

    /// Highest incidence at which a village or county may exit, in persons per 10,000.
    pub fn exit_threshold(self, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::ExitThreshold, area, Some(date)) {
            Some(PolicyValue::ExitThreshold(threshold)) => *threshold,
            _ => defaults::exit_threshold(area),
        }
    }

    /// Days a publicity of the procedure must last.
    pub fn publicity_days(self, procedure: Procedure, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::PublicityDays(procedure), area, Some(date)) {
            Some(PolicyValue::PublicityDays { days, .. }) => *days,
            _ => defaults::publicity_days(procedure),
        }
    }

    /// Days from clue to decision.
    pub fn decision_days(self, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::DecisionDays, area, Some(date)) {
            Some(PolicyValue::DecisionDays(days)) => *days,
            _ => defaults::DECISION_DAYS_DEFAULT,
        }
    }

    /// Most households one official may answer for in that capacity.
    pub fn caseload_limit(self, capacity: Capacity, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::CaseloadLimit(capacity), area, Some(date)) {
            Some(PolicyValue::CaseloadLimit { households, .. }) => *households,
            _ => defaults::caseload_limit(capacity),
        }
    }

    /// Days after which a household is due for a visit.
    pub fn visit_days(self, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::VisitDays, area, Some(date)) {
            Some(PolicyValue::VisitDays(days)) => *days,
            _ => defaults::VISIT_DAYS_DEFAULT,
        }
    }

    /// Group and name of the catalogue's measure of that code; `None` where it is not listed.
    pub fn measure(self, code: &str, area: Area, date: Date) -> Option<(MeasureGroup, &'p str)> {
        match self.find(&Parameter::Measure(code.into()), area, Some(date)) {
            Some(PolicyValue::Measure { group, name, .. }) => Some((*group, name)),
            _ => None,
        }
    }

    /// A line names its year itself; the day from which its row holds decides only between rows.
    fn line_set(self, kind: LineKind, standard: Standard, area: Area, year: u32) -> Option<(Fen, IncomeConcept)> {
        let parameter = Parameter::Line(kind, standard, u16::try_from(year).ok()?);
        match self.find(&parameter, area, None) {
            Some(PolicyValue::Line { amount, concept, .. }) => Some((*amount, *concept)),
            _ => None,
        }
    }

    fn find(self, parameter: &Parameter, area: Area, date: Option<Date>) -> Option<&'p PolicyValue> {
        let rows = self.policy.rows_of(parameter).iter();
        rows.filter(|row| self.holds(row, area, date))
            .max_by_key(|row| (row.item.area.level(), row.effective))
            .map(|row| &row.item.value)
    }

    fn holds(self, row: &PolicyRow, area: Area, date: Option<Date>) -> bool {
        self.entry.is_none_or(|entry| entry.sees(row.since))
            && row.item.area.contains(area)
            && date.is_none_or(|date| row.effective <= date)
    }
}
