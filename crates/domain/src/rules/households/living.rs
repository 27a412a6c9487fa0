//! The two assurances, the three guarantees and water (两不愁三保障) and the dwelling are established.

use super::cards;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::living::{CONDITIONS, DwellingGrade, Met};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::ASSESSORS;
use crate::rules::rule::Rule;
use crate::state::store::Store;

event! {
    /// Assurances, guarantees and dwelling are established; a field that is not given stays as it was.
    LivingConditionsAssessed "living_conditions_assessed", "两不愁三保障认定", "living conditions assessed" {
        about: "认定两不愁三保障和住房；未填的项保持不变。",
        concerns: Household,
        reporters: ASSESSORS,
        procedure: None,
        source: "Outline for Rural Poverty Alleviation 2011–2020: two assurances and three guarantees",
    }
    /// Enough food.
    food: Option<Met> = Value::ChoiceOrNone(&Met::LIST), "不愁吃", "是否不愁吃。";
    /// Enough clothing.
    clothing: Option<Met> = Value::ChoiceOrNone(&Met::LIST), "不愁穿", "是否不愁穿。";
    /// Compulsory education.
    education: Option<Met> = Value::ChoiceOrNone(&Met::LIST), "义务教育", "义务教育是否有保障。";
    /// Basic medical care.
    medical: Option<Met> = Value::ChoiceOrNone(&Met::LIST), "基本医疗", "基本医疗是否有保障。";
    /// Safe housing.
    housing: Option<Met> = Value::ChoiceOrNone(&Met::LIST), "住房安全", "住房安全是否有保障。";
    /// Safe drinking water.
    water: Option<Met> = Value::ChoiceOrNone(&Met::LIST), "饮水安全", "饮水是否安全。";
    /// Grade of the dwelling (住房鉴定等级); C and D are dangerous.
    dwelling: Option<DwellingGrade> = Value::ChoiceOrNone(&DwellingGrade::LIST), "住房等级", "住房鉴定等级；C级和D级为危房。";
}

impl LivingConditionsAssessed {
    /// From conditions in the order of [`Self::conditions`], and the grade of the dwelling.
    pub fn of(conditions: [Option<Met>; CONDITIONS], dwelling: Option<DwellingGrade>) -> Self {
        let [food, clothing, education, medical, housing, water] = conditions;
        Self { food, clothing, education, medical, housing, water, dwelling }
    }

    /// Food, clothing, education, medical care, housing, water: in the order in which the state keeps them.
    pub fn conditions(&self) -> [Option<Met>; CONDITIONS] {
        [self.food, self.clothing, self.education, self.medical, self.housing, self.water]
    }
}

impl Rule<Envelope> for LivingConditionsAssessed {
    /// At least one field must be given.
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        if cards::of_facts(judge, store, event).is_some() {
            let some = self.dwelling.is_some() || self.conditions().iter().any(Option::is_some);
            judge.require(some, Code::NothingAssessed, "living_conditions_assessed");
        }
    }

    /// For each condition the assessment with the latest day counts, whichever was recorded last. The grade of the
    /// dwelling has no day of its own, so the one recorded last counts.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = cards::to_change(store, entry, event) else { return };
        for (known, found) in card.conditions.met.iter_mut().zip(self.conditions()) {
            if let Some(found) = found
                && known.is_none_or(|(_, day, _)| day <= event.happened)
            {
                *known = Some((found, event.happened, entry.index));
            }
        }
        card.conditions.dwelling = self.dwelling.or(card.conditions.dwelling);
    }
}
