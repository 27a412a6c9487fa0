//! A year's income of a household, in fen.

use crate::money::Fen;
use borsh::{BorshDeserialize, BorshSerialize};

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
}
