//! The changes that a file makes: its parameters compared with those in force on its first day.

use super::super::client::Client;
use super::file::Item;
use super::show::name;
use crate::table::Table;
use lika_client::ApiError;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::language::Language;
use lika_proto::v1;
use lika_views::PolicyView;
use lika_views::policy::PolicyRow;
use serde::Serialize;
use std::collections::BTreeMap;

/// The policy that would be sent.
#[derive(Debug)]
pub(super) struct Plan {
    /// First day on which it holds.
    pub(super) effective: Date,
    /// Every parameter that changes; all of them if the node could not be asked.
    pub(super) changes: Vec<Change>,
    /// The same in the form in which they are sent.
    pub(super) items: Vec<v1::PolicyItem>,
    /// Number of items that are in force already.
    pub(super) unchanged: usize,
    /// The node was asked for the parameters in force.
    asked: bool,
}

/// One parameter that changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(super) struct Change {
    /// Number of the item in the file, from 1.
    item: usize,
    #[serde(flatten)]
    new: PolicyRow,
    /// The value in force until then, in Chinese; `null` if there is none or the node could not be asked.
    old: Option<String>,
    /// Its source.
    old_source: Option<String>,
    /// First day on which a value that is set already replaces it.
    replaced: Option<String>,
}

/// The value in force of a parameter, and its item unless another version wrote it.
struct Old<'v> {
    row: &'v PolicyRow,
    item: Option<Item>,
}

/// The policies in force in the areas of a file on its first day.
type Held = BTreeMap<Area, Option<PolicyView>>;

impl Plan {
    /// Compares the items of a file with the parameters in force; all of them count as changes if these are `None`.
    pub(super) fn new(effective: Date, items: Vec<Item>, held: Option<&Held>) -> Self {
        let mut plan = Self { effective, changes: Vec::new(), items: Vec::new(), unchanged: 0, asked: held.is_some() };
        for (number, item) in (1..).zip(items) {
            let new = PolicyRow::proposed(&item.read, effective);
            let view = held.and_then(|held| held.get(&item.read.area)?.as_ref());
            let old = view.and_then(|view| Old::find(view, &new));
            if old.as_ref().is_some_and(|old| old.says(&item)) {
                plan.unchanged += 1;
                continue;
            }
            let replaced = view.and_then(|view| replaced(view, &new));
            let (old, old_source) = old.map(|old| (old.row.value.clone(), old.row.source.clone())).unzip();
            plan.changes.push(Change { item: number, new, old, old_source, replaced });
            plan.items.push(item.message);
        }
        plan
    }

    /// The plan as text.
    pub(super) fn text(&self, language: Language) -> String {
        let headings = language.of(
            ["参数", "区划", "原值", "新值", "", "生效日期", "已另定自", "来源"],
            ["parameter", "area", "old", "new", "", "effective", "replaced from", "source"],
        );
        let mut table = Table::new(&headings);
        for Change { new, old, replaced, .. } in &self.changes {
            table.row([
                &name(new, language),
                &new.area,
                &old.as_deref().unwrap_or(if self.asked { "-" } else { "？" }),
                &new.value,
                &if new.unconfirmed { language.of("未证实", "unconfirmed") } else { "" },
                &self.effective,
                &replaced.as_deref().unwrap_or("-"),
                &new.source,
            ]);
        }
        let mut text = if table.is_empty() { String::new() } else { table.to_string() };
        if self.unchanged > 0 {
            let unchanged = self.unchanged;
            text.push_str(&language.of(
                format!("{unchanged} 项已经生效，略去\n"),
                format!("{unchanged} items are in force already and are left out\n"),
            ));
        }
        if !self.asked {
            text.push_str(language.of(
                "无法连接节点，因此不知道此前的参数\n",
                "the node cannot be reached, so the parameters in force until then are not known here\n",
            ));
        }
        text
    }
}

impl Client {
    /// The policy in force in each area of the items; `None` if the node cannot be reached.
    ///
    /// # Errors If the answer of the node cannot be read.
    pub(super) async fn held(&self, effective: Date, items: &[Item]) -> anyhow::Result<Option<Held>> {
        let mut held = Held::new();
        for area in items.iter().map(|item| item.read.area) {
            if held.contains_key(&area) {
                continue;
            }
            let view = match self.api.policy(Some(area), Some(effective)).await {
                Ok(document) => Some(serde_json::from_value(document).map_err(|error| super::not_understood(&error))?),
                Err(ApiError::Unreachable { .. }) => return Ok(None),
                // An area without policy has nothing to compare with.
                Err(ApiError::Refused(refusal)) if refusal.status == 404 => None,
                Err(error) => return Err(error.into()),
            };
            held.insert(area, view);
        }
        Ok(Some(held))
    }
}

impl<'v> Old<'v> {
    fn find(view: &'v PolicyView, new: &PolicyRow) -> Option<Self> {
        let (place, row) = view.rows.iter().enumerate().find(|(_, row)| row.is_of_the_same(new))?;
        Some(Self { row, item: view.items.get(place).and_then(Item::shown) })
    }

    fn says(&self, item: &Item) -> bool {
        self.item.as_ref().is_some_and(|known| known.read == item.read)
    }
}

/// The first day on which a row that is set for the same area replaces the new one. Texts of days sort like the days.
fn replaced(view: &PolicyView, new: &PolicyRow) -> Option<String> {
    let rows = view.rows.iter().chain(&view.later);
    let same = rows.filter(|row| row.is_of_the_same(new) && row.area == new.area);
    same.filter(|row| row.effective > new.effective).filter_map(|row| row.effective.clone()).min()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::policy::{Policy, PolicyRow as Row};
    use lika_views::Standing;
    use serde_json::{Value, json};

    fn item(days: u32, source: &str, area: &str) -> Item {
        let value: Value = json!({"area": area, "source": source, "visitDays": days});
        Item::shown(&value).unwrap()
    }

    #[test]
    fn only_what_differs_from_what_holds_is_sent() {
        let (county, township): (Area, Area) = ("130624".parse().unwrap(), "130624100".parse().unwrap());
        let effective = Date::from_yyyymmdd(20_200_101).unwrap();
        let mut policy = Policy::default();
        policy.add(Row { since: 4, effective, item: item(45, "x", "130624000000").read });
        let view =
            |area| Some(PolicyView::new(area, &policy, &Standing { applied: 5, recorded_at: 0, today: effective }));
        let held = Held::from([(county, view(county)), (township, view(township))]);
        let plan = |item: Item| Plan::new(effective, vec![item], Some(&held));
        assert_eq!(plan(item(45, "x", "130624000000")).unchanged, 1);
        for (changed, old) in [
            (item(60, "x", "130624000000"), "45 天"),
            (item(45, "y", "130624000000"), "45 天"),
            // The same figure, but set for a smaller area from now on.
            (item(45, "x", "130624100000"), "45 天"),
        ] {
            let plan = plan(changed);
            assert_eq!((plan.unchanged, plan.items.len()), (0, 1));
            assert_eq!(plan.changes[0].old.as_deref(), Some(old));
        }
        assert!(plan(item(60, "x", "130624000000")).changes[0].replaced.is_none());
        let unknown = Plan::new(effective, vec![item(45, "x", "130624000000")], None);
        assert!(unknown.text(Language::Zh).contains('？') && unknown.items.len() == 1);
    }

    #[test]
    fn a_change_says_what_will_replace_it() {
        let area: Area = "130624".parse().unwrap();
        let [early, late] = [20_190_101, 20_200_101].map(|day| Date::from_yyyymmdd(day).unwrap());
        let line = |amount: u32| {
            let line = json!({"kind": "LINE_KIND_POVERTY", "standard": "STANDARD_NATIONAL", "year": 2018,
                "concept": "INCOME_CONCEPT_DISPOSABLE", "amount": amount});
            Item::shown(&json!({"area": "130624000000", "source": "x", "line": line})).unwrap()
        };
        let mut policy = Policy::default();
        for item in [item(45, "x", "130624000000"), line(310_000)] {
            policy.add(Row { since: 4, effective: late, item: item.read });
        }
        let view = PolicyView::new(area, &policy, &Standing { applied: 5, recorded_at: 0, today: early });
        let held = Held::from([(area, Some(view))]);
        let items = vec![item(60, "x", "130624000000"), line(300_000)];
        let plan = Plan::new(early, items, Some(&held));
        assert_eq!(plan.changes.len(), 2);
        assert!(plan.changes.iter().all(|change| change.replaced.as_deref() == Some("2020-01-01")));
        assert!(plan.text(Language::Zh).contains("2020-01-01"));
    }
}
