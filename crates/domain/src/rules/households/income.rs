//! A year's income of a household is established, in fen.

use super::cards;
use crate::facts::date::Date;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::money::Fen;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::ASSESSORS;
use crate::rules::rule::Rule;
use crate::state::household::{Household, YearIncome};
use crate::state::store::Store;

/// First year for which an income may be stated.
pub const YEAR_MIN: u32 = 2005;
/// Month from which the income of the same year may be established: collection in the households begins on 1 October,
/// and the accounts run from October to September.
pub const YEAR_OVER_FROM_MONTH: u32 = 10;

event! {
    /// A year's income of the whole household is established.
    IncomeAssessed "income_assessed", "收入认定", "income assessed" {
        about: "认定全户一年的收入。",
        concerns: Household,
        reporters: ASSESSORS,
        procedure: None,
        source: "2014 plan for identification and cards: the household's income form, October to September",
    }
    /// Calendar year in which it was earned.
    year: u32 = Value::YearByRule, "年度", "取得收入的自然年度。";
    /// Wages, in fen.
    wage: Fen = Value::Amount, "工资性收入", "全户当年的工资性收入。";
    /// Production and business, gross, in fen.
    production: Fen = Value::Amount, "生产经营性收入", "扣除支出之前的生产经营收入。";
    /// Cost of production and business, in fen.
    production_cost: Fen = Value::Amount, "生产经营性支出", "生产经营的支出。";
    /// Property, in fen.
    property: Fen = Value::Amount, "财产性收入", "租金、利息、分红等。";
    /// Transfer: family planning, in fen.
    family_planning: Fen = Value::Amount, "计划生育金", "转移性收入：计划生育奖励扶助金。";
    /// Transfer: minimum living allowance, in fen.
    dibao: Fen = Value::Amount, "低保金", "转移性收入：最低生活保障金。";
    /// Transfer: five guarantees, in fen.
    wubao: Fen = Value::Amount, "五保金", "转移性收入：特困供养（五保）金。";
    /// Transfer: pension, in fen.
    pension: Fen = Value::Amount, "养老金", "转移性收入：养老金。";
    /// Transfer: ecological compensation, in fen.
    ecological: Fen = Value::Amount, "生态补偿金", "转移性收入：生态补偿金。";
    /// Transfer: other, in fen.
    other_transfer: Fen = Value::Amount, "其他转移性收入", "转移性收入：以上各项之外的。";
    /// Net income as stated, in fen: everything above less the cost.
    net: Fen = Value::Balance, "纯收入", "以上各项收入之和减去生产经营性支出。";
    /// Net income per member as stated, in fen; less than one fen per member may be lost by rounding.
    per_head: Fen = Value::Balance, "人均纯收入", "纯收入除以家庭人数，舍入误差每人不足一分。";
}

impl IncomeAssessed {
    /// Net income: wages, production and business, property and transfers, less the cost of production.
    pub fn sum(&self) -> Fen {
        let transfers =
            [self.family_planning, self.dibao, self.wubao, self.pension, self.ecological, self.other_transfer];
        self.wage + self.production + self.property + transfers.into_iter().sum() - self.production_cost
    }

    /// Whether the income per head is the net income divided by `members`; rounding may lose less than a fen for each
    /// member.
    fn divides_by(&self, members: u8) -> bool {
        let lost = i128::from(self.per_head.0) * i128::from(members) - i128::from(self.net.0);
        lost.abs() < i128::from(members)
    }

    /// The number of members that the income per head refers to: those on the card now, or, for a correction of an
    /// earlier assessment, those at that time. `None` if it fits neither.
    fn members(&self, card: &Household) -> Option<u8> {
        let earlier = year_of(card, self.year).map(|income| income.members);
        [Some(count(card)), earlier].into_iter().flatten().find(|members| self.divides_by(*members))
    }
}

impl Rule<Envelope> for IncomeAssessed {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = cards::of_facts(judge, store, event) else { return };
        judge.require(is_over(self.year, event.happened), Code::IncomeYearInvalid, "year");
        let first = year_of(card, self.year).is_none();
        judge.require(first || event.corrects.is_some(), Code::IncomeAssessedBefore, "year");
        if self.net != self.sum() {
            judge.refuse(Code::IncomeNetWrong, "net", format!("the parts amount to {}", self.sum()));
        } else if self.members(card).is_none() {
            judge.refuse(Code::IncomePerHeadWrong, "per_head", format!("{} members", count(card)));
        }
    }

    /// Keeps the assessment; it replaces an earlier one of the same year.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = cards::to_change(store, entry, event) else { return };
        let Ok(year) = u16::try_from(self.year) else { return };
        let members = self.members(card).unwrap_or_else(|| count(card));
        let kept = YearIncome { year, members, net: self.net, per_head: self.per_head, entry: entry.index };
        match card.incomes.binary_search_by_key(&year, |known| known.year) {
            Ok(position) => card.incomes.splice(position..=position, [kept]).for_each(drop),
            Err(position) => card.incomes.insert(position, kept),
        }
    }
}

fn is_over(year: u32, on: Date) -> bool {
    let (this_year, month, _) = on.ymd();
    year >= YEAR_MIN && (year < this_year || (year == this_year && month >= YEAR_OVER_FROM_MONTH))
}

fn year_of(card: &Household, year: u32) -> Option<&YearIncome> {
    card.incomes.iter().find(|income| u32::from(income.year) == year)
}

fn count(card: &Household) -> u8 {
    u8::try_from(card.members.len()).unwrap_or(u8::MAX)
}
