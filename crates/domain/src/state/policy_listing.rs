//! Policy as a list: parameters in force for an area on a day, those that follow later, and those for smaller areas
//! only.

use super::policy_in_force::InForce;
use crate::facts::area::Area;
use crate::facts::date::Date;
use crate::facts::ids::Index;
use crate::facts::policy::{Parameter, PolicyItem};
use crate::facts::policy_defaults::built_in;
use crate::state::policy::PolicyRow;

use std::collections::{BTreeMap, BTreeSet};

/// A parameter, and where it was set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// The parameter with its source. A built-in one has the requested area.
    pub item: PolicyItem,
    /// The entry that set it; `None` if it is built in.
    pub set: Option<Set>,
}

/// Where a parameter was set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Set {
    /// Entry that set it.
    pub entry: Index,
    /// First day in force.
    pub effective: Date,
}

impl InForce<'_> {
    /// Every parameter in force for an area on a day, one row each, in the order of parameters. Agrees with the
    /// look-ups of [`InForce`].
    pub fn listed(self, area: Area, date: Date) -> Vec<Listed> {
        let mut rows: BTreeMap<Parameter, Listed> = BTreeMap::new();
        for row in built_in(area) {
            let (source, unconfirmed) = (row.source.into(), row.unconfirmed);
            let item = PolicyItem { area, source, unconfirmed, value: row.value };
            rows.insert(item.value.parameter(), Listed { item, set: None });
        }
        for parameter in self.parameters() {
            if let Some(row) = self.row(&parameter, area, date) {
                rows.insert(parameter, Listed::from(row));
            }
        }
        rows.into_values().collect()
    }

    /// Parameters set for the area, for one that contains it or for one inside it, in force only from a day after
    /// `date`: by first day, then in the order of parameters.
    pub fn later(self, area: Area, date: Date) -> Vec<Listed> {
        let concerns = |row: &&PolicyRow| row.item.area.contains(area) || area.contains(row.item.area);
        let comes = |row: &&PolicyRow| row.effective > date;
        let mut rows: Vec<&PolicyRow> = self.seen().filter(concerns).filter(comes).collect();
        rows.sort_by_key(|row| row.effective);
        rows.into_iter().map(Listed::from).collect()
    }

    /// Parameters in force on a day only in smaller areas inside the area: in the order of parameters, then of areas.
    pub fn inside(self, area: Area, date: Date) -> Vec<Listed> {
        let smaller = self.seen().filter(|row| row.item.area != area && area.contains(row.item.area));
        let places: BTreeSet<_> = smaller.map(|row| (row.item.value.parameter(), row.item.area)).collect();
        let held = places
            .iter()
            .filter_map(|(parameter, place)| self.row(parameter, *place, date).filter(|row| row.item.area == *place));
        held.map(Listed::from).collect()
    }

    fn parameters(self) -> BTreeSet<Parameter> {
        self.seen().map(|row| row.item.value.parameter()).collect()
    }
}

impl From<&PolicyRow> for Listed {
    fn from(row: &PolicyRow) -> Self {
        Self { item: row.item.clone(), set: Some(Set { entry: row.since, effective: row.effective }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aid::MeasureGroup;
    use crate::household::Standard;
    use crate::money::Fen;
    use crate::official::Capacity;
    use crate::policy::{IncomeConcept, LineKind, Policy, PolicyValue};
    use crate::procedure::Procedure;

    fn area(text: &str) -> Area {
        text.parse().unwrap()
    }

    fn date(yyyymmdd: u32) -> Date {
        Date::from_yyyymmdd(yyyymmdd).unwrap()
    }

    /// Rows in order of recording: area, first day, parameter.
    fn policy(rows: &[(&str, u32, PolicyValue)]) -> Policy {
        let mut policy = Policy::default();
        for (since, (place, effective, value)) in (1..).zip(rows.iter().cloned()) {
            let item =
                PolicyItem { area: area(place), source: "县发〔2016〕1号".into(), unconfirmed: false, value };
            policy.add(PolicyRow { since, effective: date(effective), item });
        }
        policy
    }

    fn line(year: u16, yuan: i64) -> PolicyValue {
        let (kind, standard, concept) = (LineKind::Poverty, Standard::National, IncomeConcept::Disposable);
        PolicyValue::Line { kind, standard, year, concept, amount: Fen::yuan(yuan) }
    }

    /// The value that the rules would find for a listed parameter.
    fn looked_up(now: InForce<'_>, value: &PolicyValue, place: Area, day: Date) -> PolicyValue {
        match value.clone() {
            PolicyValue::Line { kind, standard, year, .. } => {
                let (amount, concept) = now.line(kind, standard, place, u32::from(year), day).unwrap();
                PolicyValue::Line { kind, standard, year, concept, amount }
            }
            PolicyValue::ExitThreshold(_) => PolicyValue::ExitThreshold(now.exit_threshold(place, day)),
            PolicyValue::PublicityDays { procedure, .. } => {
                PolicyValue::PublicityDays { procedure, days: now.publicity_days(procedure, place, day) }
            }
            PolicyValue::DecisionDays(_) => PolicyValue::DecisionDays(now.decision_days(place, day)),
            PolicyValue::CaseloadLimit { capacity, .. } => {
                PolicyValue::CaseloadLimit { capacity, households: now.caseload_limit(capacity, place, day) }
            }
            PolicyValue::VisitDays(_) => PolicyValue::VisitDays(now.visit_days(place, day)),
            PolicyValue::StepsRequired { procedure, .. } => {
                PolicyValue::StepsRequired { procedure, required: now.steps_required(procedure, place, day) }
            }
            PolicyValue::Measure { code, .. } => {
                let (group, name) = now.measure(&code, place, day).unwrap();
                PolicyValue::Measure { group, code, name: name.into() }
            }
        }
    }

    #[test]
    fn listed_parameters_are_those_in_force() {
        let measure = |name: &str| {
            let (group, code) = (MeasureGroup::Industry, "goat".into());
            PolicyValue::Measure { group, code, name: name.into() }
        };
        let set = policy(&[
            ("130624", 20_160_101, PolicyValue::VisitDays(60)),
            ("130624100", 20_170_101, PolicyValue::VisitDays(15)),
            ("130624", 20_170_101, PolicyValue::ExitThreshold(100)),
            ("130624", 20_180_101, PolicyValue::CaseloadLimit { capacity: Capacity::First, households: 1 }),
            ("130624", 20_180_101, PolicyValue::PublicityDays { procedure: Procedure::HouseholdExit, days: 10 }),
            (
                "130624",
                20_180_101,
                PolicyValue::StepsRequired { procedure: Procedure::Identification, required: true },
            ),
            ("130624", 20_180_101, PolicyValue::DecisionDays(10)),
            ("130624", 20_180_101, line(2016, 3_000)),
            ("130624", 20_160_101, measure("山羊")),
            ("130624", 20_170_101, measure("养羊")),
        ]);
        for policy in [Policy::default(), set] {
            for place in ["130624", "130624100", "130624100201", "522301", "13"] {
                for day in [20_151_231, 20_161_231, 20_171_231, 20_181_231] {
                    let (place, day, now) = (area(place), date(day), policy.now());
                    let listed = now.listed(place, day);
                    assert!(listed.len() >= built_in(place).len());
                    assert!(listed.is_sorted_by_key(|row| row.item.value.parameter()));
                    for row in listed {
                        let value = &row.item.value;
                        assert_eq!(*value, looked_up(now, value, place, day), "{place} {day:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn each_row_says_who_set_it_and_since_when() {
        let policy = policy(&[
            ("130624", 20_160_101, PolicyValue::VisitDays(60)),
            ("130624", 20_170_101, PolicyValue::VisitDays(45)),
        ]);
        let visits = |day: u32| {
            let listed = policy.now().listed(area("130624100201"), date(day));
            let row = listed.into_iter().find(|row| row.item.value.parameter() == Parameter::VisitDays).unwrap();
            (row.item.value, row.item.area, row.item.unconfirmed, row.set.map(|set| (set.entry, set.effective)))
        };
        let county = area("130624");
        for (day, expected) in [
            (20_151_231, (PolicyValue::VisitDays(30), area("130624100201"), true, None)),
            (20_160_101, (PolicyValue::VisitDays(60), county, false, Some((1, date(20_160_101))))),
            (20_170_101, (PolicyValue::VisitDays(45), county, false, Some((2, date(20_170_101))))),
        ] {
            assert_eq!(visits(day), expected, "{day}");
        }
    }

    #[test]
    fn later_parameters_and_those_of_smaller_areas_are_listed_separately() {
        let policy = policy(&[
            ("130624", 20_190_101, PolicyValue::VisitDays(20)),
            ("130624100", 20_180_101, PolicyValue::VisitDays(15)),
            ("130624100", 20_160_101, PolicyValue::VisitDays(60)),
            ("130625", 20_160_101, PolicyValue::VisitDays(90)),
            ("130624", 20_200_101, line(2016, 3_000)),
        ]);
        let days = |rows: Vec<Listed>| -> Vec<u32> {
            let days = rows.iter().map(|row| match row.item.value {
                PolicyValue::VisitDays(days) => days,
                _ => 0,
            });
            days.collect()
        };
        let (county, day) = (area("130624"), date(20_170_101));
        assert_eq!(days(policy.now().later(county, day)), [15, 20, 0], "the line comes too");
        assert_eq!(days(policy.now().inside(county, day)), [60]);
        assert_eq!(days(policy.now().inside(county, date(20_180_101))), [15]);
        assert_eq!(days(policy.now().later(area("130624101"), day)), [20, 0]);
        assert!(policy.now().inside(area("130624101"), day).is_empty());
    }

    #[test]
    fn built_in_parameters_have_a_source_and_unconfirmed_ones_are_marked() {
        let rows = built_in(area("130624"));
        let mut parameters: Vec<Parameter> = rows.iter().map(|row| row.value.parameter()).collect();
        parameters.sort();
        parameters.dedup();
        assert_eq!(parameters.len(), rows.len());
        assert!(rows.iter().all(|row| (1..=crate::policy::SOURCE_CHARS_MAX).contains(&row.source.chars().count())));
        let unconfirmed = |value: &PolicyValue| rows.iter().any(|row| row.value == *value && row.unconfirmed);
        for value in [line(2017, 2_952), line(2018, 2_995), line(2020, 4_000), PolicyValue::VisitDays(30)] {
            assert!(unconfirmed(&value), "{value:?}");
        }
        for value in [line(2016, 2_952), PolicyValue::ExitThreshold(200), PolicyValue::DecisionDays(15)] {
            assert!(!unconfirmed(&value), "{value:?}");
        }
        let west = built_in(area("522301"));
        assert!(west.iter().any(|row| row.value == PolicyValue::ExitThreshold(300) && row.source.contains("西部")));
    }
}
