//! Help reaches a household.

use super::card::{add_spent, card_mut, check_member};
use crate::facts::aid::MeasureGroup;
use crate::facts::describe::{Reporters, Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::ids::MemberNo;
use crate::facts::language::Sentence;
use crate::facts::money::Fen;
use crate::facts::official::Role;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::{GIVERS, PAYERS};
use crate::rules::rule::Rule;
use crate::state::aid::Delivery;
use crate::state::store::Store;

event! {
    /// Help reaches a household.
    #[derive(Copy)]
    AidDelivered "aid_delivered", "帮扶发放", "aid delivered" {
        about: "帮扶到达农户。",
        concerns: Household,
        reporters: Reporters::ByContent(Sentence {
            zh: "各级干部和财政人员；不从资金安排支付的帮扶，帮扶责任人也可报送",
            en: "officers of every level and finance officials; \
                 for help that no allocation pays for, also the responsible official",
        }),
        procedure: None,
        source: "rules on special funds for poverty alleviation (财政专项扶贫资金管理办法)",
    }
    /// Number of the delivery, chosen by the author, unique in the household.
    delivery: u32 = Value::Number, "发放编号", "由填报人编定，在本户内不重复。";
    /// Group it belongs to.
    group: MeasureGroup = Value::Choice(&MeasureGroup::LIST), "措施类别", "所属的帮扶措施类别。";
    /// Planned measure it carries out; 0 if none was planned.
    measure: Option<u64> = Value::NumberOrNone, "措施编号", "所落实的帮扶计划的编号；没有计划的填0。";
    /// Allocation that pays for it; 0 for help in kind or by others.
    allocation: Option<u64> = Value::NumberOrNone, "资金安排编号", "支付所用的资金安排；实物或其他来源的填0。";
    /// How much, in fen; for help in kind its value.
    amount: Fen = Value::Amount, "金额", "发放的金额；实物按价值填。";
    /// Member it is for; 0 for the whole household.
    member: Option<MemberNo> = Value::MemberOrNone, "成员", "受益的家庭成员；全户受益的填0。";
}

impl Rule<Envelope> for AidDelivered {
    /// A responsible official may bring help in kind, but may not pay from allocated funds.
    fn reporters(&self) -> &'static [Role] {
        if self.allocation.is_some() { PAYERS } else { GIVERS }
    }

    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.require(self.amount > Fen::ZERO, Code::AmountMissing, "amount");
        if let Some(card) = judge.open_card(store, event.household) {
            judge.require(event.happened >= card.registered, Code::BeforeRegistration, "happened");
            if card.delivery(self.delivery).is_some() {
                judge.refuse(Code::DeliveryExists, "delivery", self.delivery.to_string());
            }
            if let Some(member) = self.member {
                check_member(judge, card, member);
            }
        }
        self.check_measure(judge, store, event);
        self.check_allocation(judge, store, event);
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Self { delivery: number, group, allocation, amount, .. } = *self;
        let Some(card) = card_mut(store, entry, event.household) else { return };
        if card.delivery(number).is_some() {
            return;
        }
        card.highest_delivery = card.highest_delivery.max(number);
        card.deliveries.push(Delivery {
            number,
            group,
            allocation,
            amount,
            happened: event.happened,
            acknowledged: None,
            reversed: Fen::ZERO,
            entry: entry.index,
        });
        add_spent(store, entry, event.happened, allocation, amount);
    }
}

impl AidDelivered {
    /// The measure it carries out is of the same group, and for this household or for the whole village.
    fn check_measure(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(number) = self.measure else { return };
        let Some(measure) = store.measure(judge.entry.submission.area, number) else {
            return judge.refuse(Code::MeasureUnknown, "measure", number.to_string());
        };
        let for_this = measure.household.is_none() || measure.household == event.household;
        judge.require(for_this && measure.group == self.group, Code::MeasureMismatch, "measure");
    }

    /// A payment must not exceed the rest of its allocation.
    fn check_allocation(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(number) = self.allocation else { return };
        let Some(allocation) = store.allocation(judge.entry.submission.area, number) else {
            return judge.refuse(Code::AllocationUnknown, "allocation", number.to_string());
        };
        judge.require(event.happened >= allocation.happened, Code::OutOfOrder, "happened");
        let left = allocation.amount - allocation.delivered;
        if self.amount > left {
            judge.refuse(Code::AllocationExceeded, "amount", format!("{left} yuan left"));
        }
    }
}
