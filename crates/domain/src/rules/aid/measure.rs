//! A measure is planned.

use crate::facts::aid::MeasureGroup;
use crate::facts::date::Date;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::money::Fen;
use crate::facts::policy::is_measure_code;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::OFFICERS;
use crate::rules::rule::Rule;
use crate::state::aid::Measure;
use crate::state::store::Store;

event! {
    /// A measure is planned for a household, or for the village when no household is named.
    MeasurePlanned "measure_planned", "帮扶措施计划", "measure planned" {
        about: "为一户安排帮扶措施；不填户则为全村安排。",
        concerns: HouseholdOrVillage,
        reporters: OFFICERS,
        procedure: None,
        source: "2014 plan for identification and cards: a help plan for every household",
    }
    /// Number of the measure, chosen by the author, unique in the village.
    measure: u64 = Value::Number, "措施编号", "由填报人编定，在本村内不重复。";
    /// Group it belongs to.
    group: MeasureGroup = Value::Choice(&MeasureGroup::LIST), "措施类别", "所属的帮扶措施类别。";
    /// Code in the catalogue, 0 to 32 characters.
    code: Box<str> = Value::Special { wire: &[], inside: &[] }, "措施代码", "帮扶措施目录中的代码，最多32个字符。";
    /// Allocation that pays for it; 0 if no money is spent.
    allocation: Option<u64> = Value::NumberOrNone, "资金安排编号", "支付所用的资金安排；不花钱的填0。";
    /// Planned amount, in fen.
    amount: Fen = Value::Amount, "金额", "计划的金额。";
    /// Planned last day.
    until: Option<Date> = Value::DayOrNone, "截止日期", "计划的最后一天。";
}

impl Rule<Envelope> for MeasurePlanned {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let village = judge.entry.submission.area;
        match event.household {
            None => {
                judge.village(store);
            }
            Some(_) => {
                judge.open_card(store, event.household);
            }
        }
        if store.measure(village, self.measure).is_some_and(|earlier| !event.puts_right(earlier.entry)) {
            judge.refuse(Code::MeasureExists, "measure", self.measure.to_string());
        }
        if let Some(number) = self.allocation.filter(|number| store.allocation(village, *number).is_none()) {
            judge.refuse(Code::AllocationUnknown, "allocation", number.to_string());
        }
        judge.require(self.amount >= Fen::ZERO, Code::FieldInvalid, "amount");
        judge.require(self.until.is_none_or(|until| until >= event.happened), Code::PeriodInvalid, "until");
        self.check_catalogue(judge, store, event);
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Self { group, amount, until, .. } = *self;
        if store.village(entry.submission.area).is_some() {
            let measure = Measure { group, household: event.household, amount, until, entry: entry.index };
            store.put_measure(entry.submission.area, self.measure, measure);
        }
    }
}

impl MeasurePlanned {
    /// A code in the catalogue belongs to one group; a code that is not in it is the village's own.
    fn check_catalogue(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        if self.code.is_empty() {
            return;
        }
        judge.require(is_measure_code(&self.code), Code::FieldInvalid, "code");
        let catalogue = store.base().policy.seen_by(judge.entry);
        let listed = catalogue.measure(&self.code, judge.entry.submission.area, event.happened);
        if let Some((group, _)) = listed.filter(|(group, _)| *group != self.group) {
            judge.refuse(Code::MeasureMismatch, "group", group.name());
        }
    }
}
