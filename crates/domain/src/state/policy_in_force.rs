//! Finds the parameter in force: among the rows that the reader may see, those for an area that contains the place
//! and from a day that has come; of these the one for the smallest area, then with the latest day, then recorded
//! last.

use crate::facts::aid::MeasureGroup;
use crate::facts::area::Area;
use crate::facts::date::Date;
use crate::facts::header::EntryHeader;
use crate::facts::household::Standard;
use crate::facts::money::Fen;
use crate::facts::official::Capacity;
use crate::facts::policy::{IncomeConcept, LineKind, Parameter, PolicyValue};
use crate::facts::policy_defaults;
use crate::facts::procedure::Procedure;
use crate::state::policy::{Policy, PolicyRow};

/// Parameters as one reader sees them.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'p> {
    policy: &'p Policy,
    entry: Option<&'p EntryHeader>,
}

impl Policy {
    /// By everything recorded so far; for views.
    pub fn now(&self) -> InForce<'_> {
        InForce { policy: self, entry: None }
    }

    /// As the recorder of `entry` saw them when it decided; for rules.
    pub fn seen_by<'p>(&'p self, entry: &'p EntryHeader) -> InForce<'p> {
        InForce { policy: self, entry: Some(entry) }
    }
}

impl<'p> InForce<'p> {
    /// The line in fen per person that income of `year` is compared with on a day, and the kind of income; `None`
    /// where neither a row nor [`POVERTY_LINES`](crate::facts::policy_defaults::POVERTY_LINES) has it. If the province
    /// has set no line of its own, the national one is used.
    pub fn line(
        self,
        kind: LineKind,
        standard: Standard,
        area: Area,
        year: u32,
        date: Date,
    ) -> Option<(Fen, IncomeConcept)> {
        self.line_set(kind, standard, area, year, date)
            .or_else(|| self.line_set(kind, Standard::National, area, year, date))
            .or_else(|| if kind == LineKind::Poverty { policy_defaults::poverty_line(year) } else { None })
    }

    /// Highest incidence at which a village or county may exit, in persons per 10,000.
    pub fn exit_threshold(self, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::ExitThreshold, area, date) {
            Some(PolicyValue::ExitThreshold(threshold)) => *threshold,
            _ => policy_defaults::exit_threshold(area),
        }
    }

    /// Days a publicity of the procedure must last.
    pub fn publicity_days(self, procedure: Procedure, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::PublicityDays(procedure), area, date) {
            Some(PolicyValue::PublicityDays { days, .. }) => *days,
            _ => policy_defaults::publicity_days(procedure),
        }
    }

    /// Days from clue to decision.
    pub fn decision_days(self, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::DecisionDays, area, date) {
            Some(PolicyValue::DecisionDays(days)) => *days,
            _ => policy_defaults::DECISION_DAYS_DEFAULT,
        }
    }

    /// Days from the first step of a procedure to its decision; `None` if there is no deadline.
    pub fn deadline_days(self, procedure: Procedure, area: Area, date: Date) -> Option<u32> {
        (procedure == Procedure::Monitoring).then(|| self.decision_days(area, date))
    }

    /// Most households one official may answer for in that capacity.
    pub fn caseload_limit(self, capacity: Capacity, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::CaseloadLimit(capacity), area, date) {
            Some(PolicyValue::CaseloadLimit { households, .. }) => *households,
            _ => policy_defaults::caseload_limit(capacity),
        }
    }

    /// Days after which a household is due for a visit.
    pub fn visit_days(self, area: Area, date: Date) -> u32 {
        match self.find(&Parameter::VisitDays, area, date) {
            Some(PolicyValue::VisitDays(days)) => *days,
            _ => policy_defaults::VISIT_DAYS_DEFAULT,
        }
    }

    /// Whether the decision that a procedure leads to is refused without its steps.
    pub fn steps_required(self, procedure: Procedure, area: Area, date: Date) -> bool {
        match self.find(&Parameter::StepsRequired(procedure), area, date) {
            Some(PolicyValue::StepsRequired { required, .. }) => *required,
            _ => policy_defaults::steps_required(procedure),
        }
    }

    /// Group and name of the catalogue's measure with that code; `None` if it is not listed.
    pub fn measure(self, code: &str, area: Area, date: Date) -> Option<(MeasureGroup, &'p str)> {
        match self.find(&Parameter::Measure(code.into()), area, date) {
            Some(PolicyValue::Measure { group, name, .. }) => Some((*group, name)),
            _ => None,
        }
    }

    fn line_set(
        self,
        kind: LineKind,
        standard: Standard,
        area: Area,
        year: u32,
        date: Date,
    ) -> Option<(Fen, IncomeConcept)> {
        let parameter = Parameter::Line(kind, standard, u16::try_from(year).ok()?);
        match self.find(&parameter, area, date) {
            Some(PolicyValue::Line { amount, concept, .. }) => Some((*amount, *concept)),
            _ => None,
        }
    }

    fn find(self, parameter: &Parameter, area: Area, date: Date) -> Option<&'p PolicyValue> {
        self.row(parameter, area, date).map(|row| &row.item.value)
    }

    /// The row in force.
    pub(super) fn row(self, parameter: &Parameter, area: Area, date: Date) -> Option<&'p PolicyRow> {
        let rows = self.policy.rows_of(parameter).iter();
        rows.filter(|row| self.holds(row, area, date)).max_by_key(|row| (row.item.area.level(), row.effective))
    }

    /// Every row the reader may see, by parameter and in order of recording.
    pub(super) fn seen(self) -> impl Iterator<Item = &'p PolicyRow> {
        self.policy.rows().filter(move |row| self.sees(row))
    }

    fn holds(self, row: &PolicyRow, area: Area, date: Date) -> bool {
        self.sees(row) && row.item.area.contains(area) && row.effective <= date
    }

    fn sees(self, row: &PolicyRow) -> bool {
        self.entry.is_none_or(|entry| entry.sees(row.since))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::policy::{PolicyItem, VISIT_DAYS_DEFAULT};

    fn area(text: &str) -> Area {
        text.parse().unwrap()
    }

    fn date(yyyymmdd: u32) -> Date {
        Date::from_yyyymmdd(yyyymmdd).unwrap()
    }

    /// Rows in order of recording: area, first day, parameter.
    fn policy(rows: &[(&str, u32, PolicyValue)]) -> Policy {
        let mut policy = Policy::default();
        for (since, (place, effective, value)) in (0..).zip(rows.iter().cloned()) {
            let item = PolicyItem { area: area(place), source: "rule".into(), unconfirmed: false, value };
            policy.add(PolicyRow { since, effective: date(effective), item });
        }
        policy
    }

    #[test]
    fn the_smallest_area_then_the_latest_day_then_the_last_recorded_holds() {
        let days = PolicyValue::VisitDays;
        let policy = policy(&[
            ("130624100", 20_150_101, days(1)),
            ("130624", 20_150_101, days(2)),
            ("130624", 20_170_101, days(3)),
            ("130624", 20_170_101, days(4)),
            ("130624", 20_160_101, days(5)),
        ]);
        for (place, day, expected) in [
            ("130624100200", 20_180_101, 1),
            ("130624101200", 20_180_101, 4),
            ("130624101200", 20_161_231, 5),
            ("130624", 20_151_231, 2),
            ("130624", 20_141_231, VISIT_DAYS_DEFAULT),
            ("130625", 20_180_101, VISIT_DAYS_DEFAULT),
        ] {
            assert_eq!(policy.now().visit_days(area(place), date(day)), expected, "{place} on {day}");
        }
        assert_eq!(policy.rows().count(), 5);
    }

    #[test]
    fn a_line_falls_back_on_the_national_one_and_on_the_built_in_one() {
        let line = |standard, year, yuan| PolicyValue::Line {
            kind: LineKind::Poverty,
            standard,
            year,
            concept: IncomeConcept::Disposable,
            amount: Fen::yuan(yuan),
        };
        let policy = policy(&[
            ("130624", 20_160_101, line(Standard::Provincial, 2016, 3_000)),
            ("130624", 20_170_101, line(Standard::National, 2017, 2_960)),
        ]);
        let yuan = |kind, standard, year, day| {
            let found = policy.now().line(kind, standard, area("130624100200"), year, date(day));
            found.map(|(amount, _)| amount.0 / 100)
        };
        for (standard, year, expected) in [
            (Standard::Provincial, 2016, Some(3_000)),
            (Standard::National, 2016, Some(2_952)),
            (Standard::Provincial, 2017, Some(2_960)),
            (Standard::Provincial, 2019, Some(3_218)),
            (Standard::National, 2021, None),
            (Standard::National, 99_999, None),
        ] {
            assert_eq!(yuan(LineKind::Poverty, standard, year, 20_180_101), expected, "{standard:?} {year}");
        }
        assert_eq!(yuan(LineKind::Monitoring, Standard::National, 2016, 20_180_101), None);
        let before = yuan(LineKind::Poverty, Standard::Provincial, 2016, 20_151_231);
        assert_eq!(before, Some(2_952), "not before its first day");
    }

    #[test]
    fn built_in_figures_hold_where_nothing_is_set() {
        let policy = Policy::default();
        let (now, day) = (policy.now(), date(20_180_101));
        for (place, threshold) in [("130624", 200), ("522301", 300), ("65", 300), ("500101", 300), ("900101", 200)] {
            assert_eq!(now.exit_threshold(area(place), day), threshold, "{place}");
        }
        assert_eq!(now.publicity_days(Procedure::Identification, area("13"), day), 7);
        assert_eq!(now.publicity_days(Procedure::Monitoring, area("13"), day), 5);
        assert_eq!(now.decision_days(area("13"), day), 15);
        assert_eq!(now.caseload_limit(Capacity::Second, area("13"), day), 5);
        assert_eq!(now.measure("goat", area("13"), day), None);
    }

    #[test]
    fn built_in_lines_are_in_order_and_those_we_could_not_confirm_are_marked() {
        let lines = crate::policy::POVERTY_LINES;
        assert!(lines.is_sorted_by(|one, next| one.year + 1 == next.year && one.yuan <= next.yuan));
        let unconfirmed: Vec<u16> = lines.iter().filter(|line| line.unconfirmed).map(|line| line.year).collect();
        assert_eq!(unconfirmed, [2017, 2018, 2019, 2020]);
        assert!(lines.iter().all(|line| (line.year <= 2013) == (line.concept == IncomeConcept::Net)));
    }
}
