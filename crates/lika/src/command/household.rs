//! `lika household`: a card, as far as the key gives access to it.

use super::card::PrintArgs;
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
use lika_domain::language::Language;
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
    print: PrintArgs,
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
    visits: Vec<Visit>,
}

/// The account of a visit.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Visit {
    official: String,
    happened: String,
    seen: String,
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
        if let Some(file) = &self.print.card {
            return super::card::print(&client, (self.id, card.head(), card.card), file, &self.print, printer);
        }
        printer.result(&document, |_| card.text(printer.language()))?;
        Ok(Exit::Done)
    }
}

/// The failure for an answer of another version.
pub(super) fn not_understood(error: &serde_json::Error) -> Failure {
    let zh = "本程序版本不能读懂节点的回答；--json 可原样打印，或请升级";
    let en = format!("this version cannot read the node's answer: {error}. --json prints it as it is");
    Failure::told("node_not_understood", zh, en)
}

impl Card {
    /// Name of the head, if it could be opened.
    fn head(&self) -> Option<String> {
        let head = self.card.members.iter().find(|member| member.relation == Relation::Head.name())?;
        let person = self.personal.members.iter().find(|person| person.id == head.id)?;
        Some(person.name.clone()).filter(|name| !name.is_empty())
    }

    fn text(&self, language: Language) -> String {
        let parts = [
            self.facts(language),
            self.members(language),
            self.incomes(language),
            self.conditions(language),
            self.officials(language),
            self.visits(language),
            self.steps(language),
            self.next(language),
            self.entitlements(language),
            self.deliveries(language),
        ];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// What was seen on the last visits.
    fn visits(&self, language: Language) -> String {
        let mut table = Table::new(&[
            language.of("走访日期", "visited"),
            language.of("走访人", "by official"),
            language.of("所见情况", "seen"),
        ]);
        for Visit { official, happened, seen } in &self.personal.visits {
            table.row([happened, official, seen]);
        }
        if table.is_empty() { String::new() } else { table.to_string() }
    }

    fn facts(&self, language: Language) -> String {
        let card = &self.card;
        let mut table = Table::pairs();
        table.row([&language.of("户编号", "household"), &card.id]);
        table.row([&language.of("行政村", "village"), &card.village]);
        table.row([
            &language.of("状态", "status"),
            &format!("{} {}", Status::LIST.label(&card.status, language), card.since),
        ]);
        table.row([&language.of("贫困户属性", "attribute"), &Attribute::LIST.label(&card.attribute, language)]);
        table.row([&language.of("识别标准", "standard"), &Standard::LIST.label(&card.standard, language)]);
        let causes =
            std::iter::once(&card.main_cause).chain(&card.other_causes).map(|name| Cause::LIST.label(name, language));
        let causes: Vec<_> = causes.collect();
        table.row([&language.of("致贫原因", "causes"), &causes.join(language.of("、", ", "))]);
        table.row([&language.of("建档日期", "registered"), &card.registered]);
        if let Some(watch) = &card.monitoring {
            let risks: Vec<_> = watch.risks.iter().map(|risk| Cause::LIST.label(risk, language)).collect();
            let kind = MonitoringKind::LIST.label(&watch.kind, language);
            table.row([
                &language.of("监测", "monitored"),
                &format!("{kind} {} {}", watch.since, risks.join(language.of("、", ", "))),
            ]);
        }
        if let Some(contact) = &self.personal.household {
            table.row([&language.of("住址", "address"), &contact.address]);
            table.row([&language.of("联系电话", "phone"), &contact.phone]);
            table.row([&language.of("银行账号", "bank account"), &format!("{} {}", contact.bank, contact.account)]);
            table.row([&language.of("备注", "remark"), &contact.remark]);
        }
        if card.erased {
            table.row([&language.of("个人信息", "personal data"), &language.of("已擦除", "erased")]);
        }
        let last = card.visited.as_deref().unwrap_or("-");
        let visits = language.of(format!("{} 次，最近 {last}", card.visits), format!("{}, last {last}", card.visits));
        table.row([&language.of("走访", "visits"), &visits]);
        let entries: Vec<_> = card.entries.iter().map(u64::to_string).collect();
        table.row([&language.of("日志条目", "entries"), &entries.join(" ")]);
        table.to_string()
    }

    fn members(&self, language: Language) -> String {
        let mut table = Table::new(&language.of(
            ["人编号", "姓名", "身份证号", "关系", "性别", "出生年月", "健康", "劳动能力", "联系电话"],
            ["member", "name", "citizen ID", "relation", "sex", "born", "health", "labour", "phone"],
        ));
        for member in &self.card.members {
            let nobody = Person::default();
            let person = self.personal.members.iter().find(|person| person.id == member.id).unwrap_or(&nobody);
            table.row([
                &member.id,
                &person.name,
                &person.citizen_id,
                &Relation::LIST.label(&member.relation, language),
                &Sex::LIST.label(&member.sex, language),
                &member.birth_month,
                &Health::LIST.label(&member.health, language),
                &Labour::LIST.label(&member.labour, language),
                &person.phone,
            ]);
        }
        table.to_string()
    }

    fn incomes(&self, language: Language) -> String {
        let mut table = Table::new(&language.of(
            ["收入年度", ">人数", ">纯收入 元", ">人均 元"],
            ["year", ">members", ">net income, yuan", ">per head, yuan"],
        ));
        for income in &self.card.incomes {
            table.row([&income.year, &income.members, &yuan(income.net), &yuan(income.per_head)]);
        }
        filled(&table)
    }

    fn conditions(&self, language: Language) -> String {
        let mut table = Table::new(&language.of(["保障", "达标", "认定日期"], ["condition", "met", "assessed"]));
        for (name, condition) in &self.card.conditions {
            table.row([
                &Condition::LIST.label(name, language),
                &if condition.met { language.of("是", "yes") } else { language.of("否", "no") },
                &condition.since,
            ]);
        }
        if let Some(grade) = &self.card.dwelling {
            table.row([&language.of("住房等级", "dwelling grade"), &grade.to_uppercase(), &""]);
        }
        filled(&table)
    }

    fn officials(&self, language: Language) -> String {
        let mut table = Table::new(
            &language.of(["帮扶责任人", "类别", "结对日期"], ["responsible official", "capacity", "since"]),
        );
        for official in &self.card.officials {
            table.row([&official.official, &Capacity::LIST.label(&official.capacity, language), &official.from]);
        }
        filled(&table)
    }

    fn steps(&self, language: Language) -> String {
        let mut table = Table::new(&language.of(
            ["程序", "步骤", "结果", "日期", "公示至", "经办人"],
            ["procedure", "step", "outcome", "day", "shown until", "by"],
        ));
        for round in &self.card.procedures {
            for step in &round.steps {
                let until = step.until.as_deref().unwrap_or("");
                table.row([
                    &Procedure::LIST.label(&round.procedure, language),
                    &Step::LIST.label(&step.step, language),
                    &Outcome::LIST.label(&step.outcome, language),
                    &step.happened,
                    &until,
                    &step.by,
                ]);
            }
        }
        filled(&table)
    }

    /// The steps that may follow in the procedures under way.
    fn next(&self, language: Language) -> String {
        let mut table = Table::new(&language.of(
            ["待办程序", "下一步", "可办理人", "须另由他人", "佐证材料", "最早日期", "办结期限"],
            ["procedure", "next step", "by roles", "not by", "evidence", "from", "due"],
        ));
        for round in self.card.procedures.iter().filter(|round| round.standing == "under_way") {
            let due = round.due.as_deref().map_or(String::new(), |due| {
                if round.late { format!("{due} {}", language.of("已超期", "overdue")) } else { due.to_owned() }
            });
            for next in &round.next {
                let list = |list: &List, names: &[Name]| {
                    let names: Vec<_> = names.iter().map(|name| list.label(name, language)).collect();
                    names.join(language.of("、", ", "))
                };
                table.row([
                    &Procedure::LIST.label(&round.procedure, language),
                    &Step::LIST.label(&next.step, language),
                    &list(&Role::LIST, &next.roles),
                    &next
                        .not_by
                        .as_deref()
                        .map_or_else(String::new, |by| format!("{} {by}", language.of("非", "not"))),
                    &list(&EvidenceKind::LIST, &next.evidence),
                    &next.from,
                    &due,
                ]);
            }
        }
        filled(&table)
    }

    fn entitlements(&self, language: Language) -> String {
        let mut table = Table::new(
            &language.of(["应享政策", "最近享受", ">记录序号"], ["entitlement", "last received", ">entry"]),
        );
        for one in &self.card.entitlements {
            let entry = one.entry.map_or_else(String::new, |entry| entry.to_string());
            table.row([
                &Entitlement::LIST.label(&one.entitlement, language),
                &one.received.as_deref().unwrap_or(language.of("未享", "not yet")),
                &entry,
            ]);
        }
        filled(&table)
    }

    fn deliveries(&self, language: Language) -> String {
        let mut table = Table::new(&language.of(
            [">发放", "措施", ">金额 元", "日期", "签收", ">冲回 元"],
            [">delivery", "measure", ">amount, yuan", "day", "acknowledged", ">reversed, yuan"],
        ));
        for delivery in &self.card.deliveries {
            table.row([
                &delivery.number,
                &MeasureGroup::LIST.label(&delivery.measure, language),
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
