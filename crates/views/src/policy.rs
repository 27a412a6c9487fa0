//! The policy of an area as of a day: every parameter in force with its source, parameters set for later or only for
//! smaller areas, and the same parameters in the form in which they are set.

mod item;
mod labels;

use crate::document::{Name, Standing};
use crate::schema;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::Index;
use lika_domain::policy::{Listed, Policy, PolicyItem};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The parameters in force for an area on a day, by everything recorded so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Policy")]
pub struct PolicyView {
    /// The shortest prefix that names the area: 2, 4, 6, 9 or 12 digits.
    #[schemars(schema_with = "schema::prefix")]
    pub area: String,
    /// `province`, `prefecture`, `county`, `township` or `village`.
    #[schemars(extend("enum" = schema::levels()))]
    pub level: Name,
    /// The day.
    #[schemars(schema_with = "schema::day")]
    pub at: String,
    /// Index of the last entry that was applied; `null` before the first.
    pub index: Option<Index>,
    /// The parameters in force, one row each, in a fixed order.
    pub rows: Vec<PolicyRow>,
    /// Parameters set for the area, for one that contains it or for one inside it, in force only from a later day; by
    /// day.
    pub later: Vec<PolicyRow>,
    /// Parameters in force only in smaller areas inside, because they were set for them.
    pub inside: Vec<PolicyRow>,
    /// The parameters of `rows` in their order, as `PolicyItem` of the proto files in the JSON mapping of proto3; a
    /// `PolicySet` takes them.
    #[schemars(schema_with = "schema::policy_items")]
    pub items: Vec<Value>,
}

/// A parameter as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PolicyRow {
    /// Its name in `PolicyItem` of the proto files, such as `publicity_days`.
    pub parameter: Name,
    /// Which one of that name, such as `household_exit` or `poverty national 2016`; `null` if there is only one.
    pub subject: Option<String>,
    /// Both in Chinese.
    pub name: String,
    /// Its value in Chinese, with its unit.
    pub value: String,
    /// Prefix of the area for which it was set; for a built-in one, the requested area.
    #[schemars(schema_with = "schema::prefix")]
    pub area: String,
    /// First day on which it holds; `null` if it is built in.
    #[schemars(schema_with = "schema::day_or_null")]
    pub effective: Option<String>,
    /// Entry that set it; `null` if it is built in.
    pub entry: Option<Index>,
    /// It is the built-in one, in force where nothing is set.
    pub built_in: bool,
    /// Where the figure comes from.
    pub source: String,
    /// The source could not be confirmed.
    pub unconfirmed: bool,
}

impl PolicyView {
    /// The policy of an area on the day that `standing` counts back from.
    pub fn new(area: Area, policy: &Policy, standing: &Standing) -> Self {
        let (now, day) = (policy.now(), standing.today);
        let listed = now.listed(area, day);
        let rows = |listed: &[Listed]| listed.iter().map(|row| PolicyRow::new(row, day)).collect();
        Self {
            area: area.prefix(),
            level: area.level().name().into(),
            at: day.to_string(),
            index: standing.applied.checked_sub(1),
            rows: rows(&listed),
            later: rows(&now.later(area, day)),
            inside: rows(&now.inside(area, day)),
            items: listed.iter().map(|row| item::json(&row.item)).collect(),
        }
    }
}

impl PolicyRow {
    /// A parameter that is to be set from a day on.
    pub fn proposed(item: &PolicyItem, effective: Date) -> Self {
        let parameter = item.value.parameter();
        Self {
            parameter: labels::parameter(&parameter).into(),
            subject: labels::subject(&parameter),
            name: labels::name(&parameter),
            value: labels::value(&item.value),
            area: item.area.prefix(),
            effective: Some(effective.to_string()),
            entry: None,
            built_in: false,
            source: item.source.to_string(),
            unconfirmed: item.unconfirmed,
        }
    }

    /// Whether both are about the same parameter, wherever they hold.
    pub fn is_of_the_same(&self, other: &Self) -> bool {
        self.parameter == other.parameter && self.subject == other.subject
    }

    fn new(listed: &Listed, day: Date) -> Self {
        let row = Self::proposed(&listed.item, listed.set.map_or(day, |set| set.effective));
        match listed.set {
            Some(set) => Self { entry: Some(set.entry), ..row },
            None => Self { effective: None, built_in: true, ..row },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::policy::{PolicyRow as Row, PolicyValue};

    fn date(yyyymmdd: u32) -> Date {
        Date::from_yyyymmdd(yyyymmdd).unwrap()
    }

    fn view(policy: &Policy, place: &str, day: u32) -> PolicyView {
        let standing = Standing { applied: 8, recorded_at: 0, today: date(day) };
        PolicyView::new(place.parse().unwrap(), policy, &standing)
    }

    #[test]
    fn rows_and_items_match_and_mark_unconfirmed_values() {
        let shown = view(&Policy::default(), "130624", 20_180_101);
        assert_eq!((shown.area.as_str(), shown.at.as_str(), shown.index), ("130624", "2018-01-01", Some(7)));
        assert_eq!(shown.rows.len(), shown.items.len());
        assert!(shown.rows.iter().all(|row| row.built_in && row.entry.is_none() && !row.source.is_empty()));
        let line = |year: u16| {
            let subject = format!("poverty national {year}");
            shown.rows.iter().find(|row| row.subject.as_deref() == Some(subject.as_str())).unwrap()
        };
        assert_eq!((line(2013).value.as_str(), line(2013).unconfirmed), ("2,736 元（纯收入）", false));
        assert_eq!((line(2018).value.as_str(), line(2018).unconfirmed), ("2,995 元（可支配收入）", true));
        for (row, item) in shown.rows.iter().zip(&shown.items) {
            assert_eq!(
                (item["source"].as_str().unwrap(), item["unconfirmed"].as_bool()),
                (&*row.source, Some(row.unconfirmed))
            );
            assert_eq!(item["area"], "130624000000");
        }
        assert_eq!(serde_json::from_value::<PolicyView>(serde_json::to_value(&shown).unwrap()).unwrap(), shown);
    }

    #[test]
    fn a_parameter_that_was_set_names_its_entry_and_its_day() {
        let mut policy = Policy::default();
        let (area, source) = ("130624".parse().unwrap(), "县发〔2017〕1号".into());
        let item = PolicyItem { area, source, unconfirmed: false, value: PolicyValue::VisitDays(45) };
        policy.add(Row { since: 5, effective: date(20_170_101), item });
        let visits = |rows: &[PolicyRow]| rows.iter().find(|row| row.parameter == "visit_days").cloned();
        let before = view(&policy, "130624100", 20_161_231);
        let (held, comes) = (visits(&before.rows).unwrap(), visits(&before.later).unwrap());
        assert_eq!((held.value.as_str(), held.built_in, comes.value.as_str()), ("30 天", true, "45 天"));
        let after = view(&policy, "130624100", 20_170_101);
        let held = visits(&after.rows).unwrap();
        assert_eq!(
            (held.entry, held.effective.as_deref(), held.area.as_str()),
            (Some(5), Some("2017-01-01"), "130624")
        );
        assert_eq!((held.built_in, after.later.len()), (false, 0));
        let outside = view(&policy, "13", 20_170_101);
        assert_eq!((visits(&outside.rows).unwrap().built_in, outside.inside.len()), (true, 1));
    }
}
