//! What a household should get according to its facts, and what it did get.
//!
//! A dangerous dwelling calls for housing; willingness to relocate, for relocation; a member at school, for an
//! education grant; a minimum living allowance or the five guarantees, for the safety net; a disabled member, for
//! disability aid; a member who can work and is out of school, for help with employment or industry. Every household
//! is entitled to health aid. Help goes on after the exit (脱贫不脱政策), so every open card is measured alike.

use crate::facts::aid::MeasureGroup;
use crate::facts::date::Date;
use crate::facts::household::Attribute;
use crate::facts::kind::kinds;
use crate::facts::living::DwellingGrade;
use crate::facts::member::{Labour, Member};
use crate::facts::money::Fen;
use crate::state::aid::Delivery;
use crate::state::household::Household;

/// Days for which yearly help counts, the day it was given included.
pub const YEARLY_DAYS: i32 = 365;
/// Age from which a person can count as able to work, in years (Labour Law, article 15).
pub const WORKING_AGE_YEARS: u32 = 16;

kinds! {
    /// What a household may be entitled to.
    Entitlement {
        /// Help with a dangerous dwelling (危房改造).
        Housing = 1 "housing" "危房改造",
        /// Relocation (易地搬迁).
        Relocation = 2 "relocation" "易地搬迁",
        /// Education grant (教育资助).
        Education = 3 "education" "教育资助",
        /// Health (健康帮扶).
        Health = 4 "health" "健康帮扶",
        /// Safety net: minimum living allowance or five guarantees, never both (兜底保障).
        SafetyNet = 5 "safety_net" "兜底保障",
        /// Disability aid (残疾帮扶).
        Disability = 6 "disability" "残疾帮扶",
        /// Employment or industry (就业或产业帮扶).
        Livelihood = 7 "livelihood" "就业或产业",
    }
}

impl Entitlement {
    /// Whether the household's facts call for it on a day.
    pub fn is_due(self, card: &Household, today: Date) -> bool {
        let members = &card.members;
        match self {
            Self::Housing => matches!(card.conditions.dwelling, Some(DwellingGrade::C | DwellingGrade::D)),
            Self::Relocation => card.facts.willing_to_relocate,
            Self::Education => members.iter().any(|member| member.school.is_some()),
            Self::Health => true,
            Self::SafetyNet => matches!(card.facts.attribute, Attribute::Dibao | Attribute::Wubao),
            Self::Disability => members.iter().any(|member| member.disability.is_some()),
            Self::Livelihood => members.iter().any(|member| can_work(member, today)),
        }
    }

    /// The latest delivery that counts for it on a day; `None` if there is none. A delivery that was taken back in
    /// full, or that happened later, does not count.
    pub fn received(self, card: &Household, today: Date) -> Option<&Delivery> {
        let kept =
            |delivery: &&Delivery| delivery.amount - delivery.reversed > Fen::ZERO && delivery.happened <= today;
        let counts = |delivery: &&Delivery| {
            self.is_met_by(delivery.group) && (self.is_once() || today.days_since(delivery.happened) < YEARLY_DAYS)
        };
        card.deliveries.iter().filter(kept).filter(counts).max_by_key(|delivery| delivery.happened)
    }

    /// Whether a measure of the group counts for it.
    pub fn is_met_by(self, group: MeasureGroup) -> bool {
        match self {
            Self::Housing => group == MeasureGroup::Housing,
            Self::Relocation => group == MeasureGroup::Relocation,
            Self::Education => group == MeasureGroup::Education,
            Self::Health => group == MeasureGroup::Health,
            Self::SafetyNet => group == MeasureGroup::SafetyNet,
            Self::Disability => group == MeasureGroup::Disability,
            Self::Livelihood => {
                matches!(group, MeasureGroup::Employment | MeasureGroup::Industry | MeasureGroup::PublicPost)
            }
        }
    }

    /// Housing and relocation are due once; everything else is due again every year.
    pub fn is_once(self) -> bool {
        matches!(self, Self::Housing | Self::Relocation)
    }
}

fn can_work(member: &Member, today: Date) -> bool {
    let age_years = today.month().months_since(member.birth_month) / 12;
    matches!(member.labour, Labour::Ordinary | Labour::Skilled)
        && member.school.is_none()
        && u32::try_from(age_years).is_ok_and(|years| years >= WORKING_AGE_YEARS)
}
