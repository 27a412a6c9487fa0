//! `lika household`: a card, as far as the key gives access to it.

use super::client::{ClientArgs, block_on};
use crate::exit::{Exit, Failure};
use crate::numbers::{known, yuan};
use crate::printer::Printer;
use crate::table::Table;
use lika_domain::aid::MeasureGroup;
use lika_domain::entitlement::Entitlement;
use lika_domain::household::{Attribute, Cause, MonitoringKind, Standard, Status};
use lika_domain::ids::HouseholdId;
use lika_domain::kind::List;
use lika_domain::living::Condition;
use lika_domain::member::{Health, Labour, Relation, Sex};
use lika_domain::official::{Capacity, Role};
use lika_domain::procedure::{Outcome, Procedure, Step};
use lika_domain::submission::EvidenceKind;
use lika_views::HouseholdView;
use lika_views::document::Name;
use serde::Deserialize;

/// The card.
#[derive(Debug, clap::Args)]
pub(crate) struct Household {
    /// Household number, 10 digits
    #[arg(value_parser = household)]
    id: HouseholdId,
    #[command(flatten)]
    client: ClientArgs,
}

/// A card as the node shows it.
#[derive(Deserialize)]
struct Card {
    #[serde(flatten)]
    card: HouseholdView,
    #[serde(default)]
    personal: Personal,
}

/// The part of its personal data that could be opened.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Personal {
    household: Option<Contact>,
    members: Vec<Person>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Contact {
    address: String,
    phone: String,
    bank: String,
    account: String,
    remark: String,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Person {
    id: String,
    name: String,
    citizen_id: String,
    phone: String,
}

impl Household {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let client = self.client.open()?;
        let document = block_on(async { Ok(client.with_session().await?.household(self.id).await?) })?;
        let card: Card = serde_json::from_value(document.clone()).map_err(|error| not_understood(&error))?;
        printer.result(&document, |_| card.text())?;
        Ok(Exit::Done)
    }
}

/// The failure for an answer of another version.
pub(super) fn not_understood(error: &serde_json::Error) -> Failure {
    let message = format!("this version cannot read the node's answer: {error}. --json prints it as it is");
    Failure::new("node_not_understood", message)
}

impl Card {
    fn text(&self) -> String {
        let parts = [
            self.facts(),
            self.members(),
            self.incomes(),
            self.conditions(),
            self.officials(),
            self.steps(),
            self.next(),
            self.entitlements(),
            self.deliveries(),
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    fn facts(&self) -> String {
        let card = &self.card;
        let mut table = Table::pairs();
        table.row([&"户编号", &card.id]);
        table.row([&"行政村", &card.village]);
        table.row([&"状态", &format!("{} {}", Status::LIST.zh(&card.status), card.since)]);
        table.row([&"贫困户属性", &Attribute::LIST.zh(&card.attribute)]);
        table.row([&"识别标准", &Standard::LIST.zh(&card.standard)]);
        let causes = std::iter::once(&card.main_cause).chain(&card.other_causes).map(|name| Cause::LIST.zh(name));
        let causes: Vec<_> = causes.collect();
        table.row([&"致贫原因", &causes.join("、")]);
        table.row([&"建档日期", &card.registered]);
        if let Some(watch) = &card.monitoring {
            let risks: Vec<_> = watch.risks.iter().map(|risk| Cause::LIST.zh(risk)).collect();
            let kind = MonitoringKind::LIST.zh(&watch.kind);
            table.row([&"监测", &format!("{kind} {} {}", watch.since, risks.join("、"))]);
        }
        if let Some(contact) = &self.personal.household {
            table.row([&"住址", &contact.address]);
            table.row([&"联系电话", &contact.phone]);
            table.row([&"银行账号", &format!("{} {}", contact.bank, contact.account)]);
            table.row([&"备注", &contact.remark]);
        }
        if card.erased {
            table.row([&"个人信息", &"已擦除"]);
        }
        table.row([&"走访", &format!("{} 次，最近 {}", card.visits, card.visited.as_deref().unwrap_or("-"))]);
        let entries: Vec<_> = card.entries.iter().map(u64::to_string).collect();
        table.row([&"日志条目", &entries.join(" ")]);
        table.to_string()
    }

    fn members(&self) -> String {
        let mut table =
            Table::new(&["人编号", "姓名", "身份证号", "关系", "性别", "出生年月", "健康", "劳动能力", "联系电话"]);
        for member in &self.card.members {
            let nobody = Person::default();
            let person = self.personal.members.iter().find(|person| person.id == member.id).unwrap_or(&nobody);
            table.row([
                &member.id,
                &person.name,
                &person.citizen_id,
                &Relation::LIST.zh(&member.relation),
                &Sex::LIST.zh(&member.sex),
                &member.birth_month,
                &Health::LIST.zh(&member.health),
                &Labour::LIST.zh(&member.labour),
                &person.phone,
            ]);
        }
        table.to_string()
    }

    fn incomes(&self) -> String {
        let mut table = Table::new(&["收入年度", ">人数", ">纯收入 元", ">人均 元"]);
        for income in &self.card.incomes {
            table.row([&income.year, &income.members, &yuan(income.net), &yuan(income.per_head)]);
        }
        filled(&table)
    }

    fn conditions(&self) -> String {
        let mut table = Table::new(&["保障", "达标", "认定日期"]);
        for (name, condition) in &self.card.conditions {
            table.row([&Condition::LIST.zh(name), &if condition.met { "是" } else { "否" }, &condition.since]);
        }
        if let Some(grade) = &self.card.dwelling {
            table.row([&"住房等级", &grade.to_uppercase(), &""]);
        }
        filled(&table)
    }

    fn officials(&self) -> String {
        let mut table = Table::new(&["帮扶责任人", "类别", "结对日期"]);
        for official in &self.card.officials {
            table.row([&official.official, &Capacity::LIST.zh(&official.capacity), &official.from]);
        }
        filled(&table)
    }

    fn steps(&self) -> String {
        let mut table = Table::new(&["程序", "步骤", "结果", "日期", "公示至", "经办人"]);
        for round in &self.card.procedures {
            for step in &round.steps {
                let until = step.until.as_deref().unwrap_or("");
                table.row([
                    &Procedure::LIST.zh(&round.procedure),
                    &Step::LIST.zh(&step.step),
                    &Outcome::LIST.zh(&step.outcome),
                    &step.happened,
                    &until,
                    &step.by,
                ]);
            }
        }
        filled(&table)
    }

    /// The steps that may follow in the procedures under way.
    fn next(&self) -> String {
        let mut table =
            Table::new(&["待办程序", "下一步", "可办理人", "须另由他人", "佐证材料", "最早日期", "办结期限"]);
        for round in self.card.procedures.iter().filter(|round| round.standing == "under_way") {
            let due = round
                .due
                .as_deref()
                .map_or(String::new(), |due| if round.late { format!("{due} 已超期") } else { due.to_owned() });
            for next in &round.next {
                let list = |list: &List, names: &[Name]| {
                    names.iter().map(|name| list.zh(name)).collect::<Vec<_>>().join("、")
                };
                table.row([
                    &Procedure::LIST.zh(&round.procedure),
                    &Step::LIST.zh(&next.step),
                    &list(&Role::LIST, &next.roles),
                    &next.not_by.as_deref().map_or_else(String::new, |by| format!("非 {by}")),
                    &list(&EvidenceKind::LIST, &next.evidence),
                    &next.from,
                    &due,
                ]);
            }
        }
        filled(&table)
    }

    fn entitlements(&self) -> String {
        let mut table = Table::new(&["应享政策", "最近享受", ">记录序号"]);
        for one in &self.card.entitlements {
            let entry = one.entry.map_or_else(String::new, |entry| entry.to_string());
            table.row([&Entitlement::LIST.zh(&one.entitlement), &one.received.as_deref().unwrap_or("未享"), &entry]);
        }
        filled(&table)
    }

    fn deliveries(&self) -> String {
        let mut table = Table::new(&[">发放", "措施", ">金额 元", "日期", "签收", ">冲回 元"]);
        for delivery in &self.card.deliveries {
            table.row([
                &delivery.number,
                &MeasureGroup::LIST.zh(&delivery.measure),
                &yuan(delivery.amount),
                &delivery.happened,
                &known(delivery.acknowledged.as_deref(), str::to_owned),
                &yuan(delivery.reversed),
            ]);
        }
        filled(&table)
    }
}

/// A table, or nothing if it has no rows.
fn filled(table: &Table) -> String {
    if table.is_empty() { String::new() } else { table.to_string() }
}

/// Reads a household number.
fn household(text: &str) -> Result<HouseholdId, String> {
    let number = text.parse().ok().and_then(HouseholdId::new);
    number.ok_or_else(|| "a household number has 10 digits and does not begin with 0".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_household_has_10_digits() {
        assert_eq!(household("1234567890").map(HouseholdId::get), Ok(1_234_567_890));
        for text in ["", "123456789", "0234567890", "12345678901", "123456789x"] {
            assert!(household(text).is_err(), "{text}");
        }
    }
}
