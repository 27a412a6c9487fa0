//! A year's income of a household, in fen.

use crate::admit::Judge;
use crate::date::Date;
use crate::household::{Household, HouseholdEvent};
use crate::ids::Index;
use crate::money::Fen;
use crate::rejection::Code;
use crate::state::Store;
use crate::submission::Entry;
use borsh::{BorshDeserialize, BorshSerialize};

/// First year an income may be stated for.
pub const YEAR_MIN: u32 = 2005;
/// Month of the year from which on that year's income may be established: collection in the households begins on
/// 1 October, and the accounts run from October to September.
pub const YEAR_OVER_FROM_MONTH: u32 = 10;

/// A year's income as the assessment states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomeAssessed {
    /// Calendar year it was earned in.
    pub year: u32,
    /// Wages.
    pub wage: Fen,
    /// Production and business, gross.
    pub production: Fen,
    /// Cost of production and business.
    pub production_cost: Fen,
    /// Property.
    pub property: Fen,
    /// Transfer: family planning.
    pub family_planning: Fen,
    /// Transfer: minimum living allowance.
    pub dibao: Fen,
    /// Transfer: five guarantees.
    pub wubao: Fen,
    /// Transfer: pension.
    pub pension: Fen,
    /// Transfer: ecological compensation.
    pub ecological: Fen,
    /// Transfer: other.
    pub other_transfer: Fen,
    /// Net income as stated.
    pub net: Fen,
    /// Net income per member as stated.
    pub per_head: Fen,
}

/// What the state keeps of a year's income.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct YearIncome {
    /// Calendar year.
    pub year: u16,
    /// Members it was divided by.
    pub members: u8,
    /// Net income.
    pub net: Fen,
    /// Net income per member.
    pub per_head: Fen,
    /// Entry that assessed it.
    pub entry: Index,
}

impl IncomeAssessed {
    /// Net income: wages, production and business, property and transfers, less the cost of production.
    pub fn sum(&self) -> Fen {
        let transfers =
            [self.family_planning, self.dibao, self.wubao, self.pension, self.ecological, self.other_transfer];
        self.wage + self.production + self.property + transfers.into_iter().sum() - self.production_cost
    }

    /// Whether the income per head is the net income divided by so many members; less than a fen for each may be lost
    /// by rounding.
    fn divides_by(&self, members: u8) -> bool {
        let lost = i128::from(self.per_head.0) * i128::from(members) - i128::from(self.net.0);
        lost.abs() < i128::from(members)
    }

    /// How many members the income per head stands for: those on the card, or, when it puts an earlier assessment
    /// right, those of that time. `None` when it fits neither.
    fn members(&self, card: &Household) -> Option<u8> {
        let earlier = year_of(card, self.year).map(|income| income.members);
        [Some(count(card)), earlier].into_iter().flatten().find(|members| self.divides_by(*members))
    }
}

/// Judges an assessment.
pub(crate) fn check(judge: &mut Judge<'_>, store: &impl Store, event: &HouseholdEvent, income: &IncomeAssessed) {
    let Some(card) = event.card(judge, store) else { return };
    judge.require(is_over(income.year, event.happened), Code::IncomeYearInvalid, "year");
    let first = year_of(card, income.year).is_none();
    judge.require(first || event.corrects.is_some(), Code::IncomeAssessedBefore, "year");
    if income.net != income.sum() {
        judge.refuse(Code::IncomeNetWrong, "net", format!("the parts amount to {}", income.sum()));
    } else if income.members(card).is_none() {
        judge.refuse(Code::IncomePerHeadWrong, "per_head", format!("{} members", count(card)));
    }
}

/// Keeps an assessment in place of an earlier one of the same year.
pub(crate) fn apply(store: &mut impl Store, entry: &Entry, event: &HouseholdEvent, income: &IncomeAssessed) {
    let Some(card) = event.card_mut(store, entry) else { return };
    let Ok(year) = u16::try_from(income.year) else { return };
    let members = income.members(card).unwrap_or_else(|| count(card));
    let kept = YearIncome { year, members, net: income.net, per_head: income.per_head, entry: entry.index };
    match card.incomes.binary_search_by_key(&year, |known| known.year) {
        Ok(position) => card.incomes.splice(position..=position, [kept]).for_each(drop),
        Err(position) => card.incomes.insert(position, kept),
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
