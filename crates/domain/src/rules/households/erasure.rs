//! Data keys were destroyed, and with them the personal data sealed under them.

use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::{ErasureReason, Subject};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::ADMINISTRATOR;
use crate::rules::rule::Rule;
use crate::state::authority::Authority;
use crate::state::store::Store;

event! {
    /// A subject's data keys were destroyed.
    PersonalDataErased "personal_data_erased", "个人信息擦除", "personal data erased" {
        about: "一户或一名干部的数据密钥已销毁。",
        concerns: Named,
        reporters: ADMINISTRATOR,
        procedure: None,
        source: "Personal Information Protection Law (个人信息保护法), article 47",
    }
    /// Number of the household (10 digits) or official (8 digits) whose data keys were destroyed.
    subject: Subject = Value::Subject, "对象", "数据密钥已销毁的户（10位编号）或干部（8位编号）。";
    /// Why.
    reason: ErasureReason = Value::Choice(&ErasureReason::LIST), "原因", "为什么。";
}

impl Rule<Envelope> for PersonalDataErased {
    /// A household's data is erased in its village, an official's in the jurisdiction. Erasing twice is harmless: it
    /// includes data sealed since then.
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.no_card(event.household);
        let known = match self.subject {
            Subject::Household(id) => {
                judge.village(store).is_none() || store.household(judge.entry.submission.area, id).is_some()
            }
            Subject::Official(id) => {
                judge.in_jurisdiction(store);
                Authority::recorded(store, judge.entry).official(id).is_some()
            }
        };
        judge.require(known, Code::ErasureUnknown, "subject");
    }

    /// The keyed hashes of citizen IDs stay: without them an erased person could be registered a second time.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, _event: &Envelope) {
        match self.subject {
            Subject::Household(id) => {
                if let Some(card) = store.household_mut(entry.submission.area, id) {
                    card.erased = true;
                }
            }
            Subject::Official(id) => {
                if let Some(official) = store.official_mut(id) {
                    official.erased = true;
                }
            }
        }
    }
}
