//! An official visited a household.

use super::known::{active, known};
use crate::facts::describe::{Value, event};
use crate::facts::envelope::OfficialEnvelope;
use crate::facts::header::EntryHeader;
use crate::facts::ids::OfficialId;
use crate::facts::official::{COMPANIONS_MAX, DAY_MINUTES, VisitPlace};
use crate::facts::private;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::ASSESSORS;
use crate::rules::rule::Rule;
use crate::state::store::Store;

event! {
    /// The official visited the household.
    HouseholdVisited "household_visited", "入户走访", "household visited" {
        about: "该干部走访了该户。",
        concerns: OfficialAndHousehold,
        reporters: ASSESSORS,
        procedure: None,
        source: "counties' rules on pairing: visits at an interval that is a parameter",
    }
    /// Where the visit took place.
    place: VisitPlace = Value::Choice(&VisitPlace::LIST), "地点", "在哪里见面。";
    /// Minute of the day at which it began; on the wire counted from 1, with 0 for not given.
    minute: Option<u16> = Value::Special { wire: &[], inside: &[] }, "开始时间（分钟）", "走访开始的时刻；不清楚的不填。";
    /// Other officials who were there, at most 5.
    companions: Vec<OfficialId> = Value::Officials { max: COMPANIONS_MAX }, "同行人", "一同走访的其他干部，至多5人。";
    /// Number of the household's data key under which the account of the visit is sealed.
    sealed: Option<u32> = Value::Sealed(private::VISIT), "加密", "加密走访记录所用的本户数据密钥的编号。";
}

impl Rule<OfficialEnvelope> for HouseholdVisited {
    /// A visit needs no pairing: any official may report one they made. Visits before the card was made are allowed:
    /// many cards began with one. The card's last visit can be corrected by one that names it.
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &OfficialEnvelope) {
        let card = judge.open_card(store, event.household);
        let corrects = event.corrects.filter(|earlier| earlier.entry < judge.entry.index);
        if let (Some(card), Some(earlier)) = (card, corrects) {
            let last = card.visits > 0 && card.visited_in == earlier.entry;
            judge.require(last, Code::CorrectionInvalid, "corrects");
        }
        active(judge, store, event.official);
        judge.require(self.minute.is_none_or(|minute| minute < DAY_MINUTES), Code::FieldInvalid, "minute");
        if !are_companions(event.official, &self.companions) {
            return judge.refuse(Code::VisitInvalid, "companions", format!("at most {COMPANIONS_MAX}"));
        }
        for companion in &self.companions {
            known(judge, store, *companion);
        }
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &OfficialEnvelope) {
        if let Some(household) = event.household {
            let corrects = event.corrects.map(|earlier| earlier.entry);
            store.note_visit(entry, household, event.official, event.happened, corrects);
        }
    }
}

/// Whether companions are few, all different, and not the visitor.
fn are_companions(visitor: OfficialId, companions: &[OfficialId]) -> bool {
    let distinct = |(n, companion): (usize, &OfficialId)| {
        *companion != visitor && companions.iter().take(n).all(|earlier| earlier != companion)
    };
    companions.len() <= COMPANIONS_MAX && companions.iter().enumerate().all(distinct)
}
