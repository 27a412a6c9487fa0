//! Reversal of a delivery, in whole or in part.

use super::card::{add_spent, card_mut, check_delivery, delivery_mut};
use crate::facts::aid::ReversalReason;
use crate::facts::describe::{Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::money::Fen;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::TREASURY;
use crate::rules::rule::Rule;
use crate::state::store::Store;

event! {
    /// A delivery is taken back.
    AidReversed "aid_reversed", "发放冲回", "aid reversed" {
        about: "已登记的一次发放被收回。",
        concerns: Household,
        reporters: TREASURY,
        procedure: None,
        source: "rules on special funds for poverty alleviation (财政专项扶贫资金管理办法)",
    }
    /// Number of the delivery in the household.
    delivery: u32 = Value::Number, "发放编号", "该户已登记的那次发放的编号。";
    /// How much is taken back, in fen; at most what is left of the delivery.
    amount: Fen = Value::Amount, "金额", "冲回的金额，不超过该次发放的余额。";
    /// Why.
    reason: ReversalReason = Value::Choice(&ReversalReason::LIST), "原因", "为什么。";
}

impl Rule<Envelope> for AidReversed {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        judge.require(self.amount > Fen::ZERO, Code::AmountMissing, "amount");
        let Some(card) = judge.card(store, event.household) else { return };
        let Some(delivery) = check_delivery(judge, card, self.delivery, event.happened) else { return };
        let left = delivery.amount - delivery.reversed;
        if self.amount > left {
            judge.refuse(Code::ReversalExceeds, "amount", format!("{left} yuan left"));
        }
    }

    /// A reversal lowers the month in which it happened: past months stay as reported.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = card_mut(store, entry, event.household) else { return };
        let Some(delivery) = delivery_mut(card, self.delivery) else { return };
        delivery.reversed += self.amount;
        let allocation = delivery.allocation;
        add_spent(store, entry, event.happened, allocation, Fen::ZERO - self.amount);
    }
}
