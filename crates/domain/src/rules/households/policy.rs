//! Parameters of the rules are set.

use crate::facts::date::Date;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::policy::{self, POLICY_ITEMS_MAX, PolicyItem};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::ADMINISTRATOR;
use crate::rules::rule::Rule;
use crate::state::policy::PolicyRow;
use crate::state::store::Store;

event! {
    /// Lines, limits and measures are set with effect from a day.
    PolicySet "policy_set", "政策参数设定", "policy set" {
        about: "设定自某日起适用的贫困线、限额和措施。",
        concerns: Jurisdiction,
        reporters: ADMINISTRATOR,
        procedure: None,
        source: "each parameter names its own source",
        ground: true,
    }
    /// First day on which they hold.
    effective: Date = Value::Day, "生效日期", "参数开始适用的日期。";
    /// The parameters, 1 to 1,000.
    items: Vec<PolicyItem> = Value::Special { wire: &[], inside: policy::ITEM }, "政策参数", "各项参数，1至1,000项。";
}

impl Rule<Envelope> for PolicySet {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.no_card(event.household);
        judge.in_jurisdiction(store);
        judge.require((1..=POLICY_ITEMS_MAX).contains(&self.items.len()), Code::PolicyInvalid, "items");
        for (number, item) in self.items.iter().take(POLICY_ITEMS_MAX).enumerate() {
            if !store.jurisdiction().is_some_and(|jurisdiction| jurisdiction.area.contains(item.area)) {
                judge.refuse(Code::AreaUnknown, "area", format!("item {number}: {}", item.area));
            }
            if let Some(field) = item.fault() {
                judge.refuse(Code::PolicyInvalid, field, format!("item {number}"));
            }
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, _event: &Envelope) {
        for item in &self.items {
            store.add_policy(PolicyRow { since: entry.index, effective: self.effective, item: item.clone() });
        }
    }
}
