//! A household confirms a delivery.

use super::card::{card_mut, check_delivery, check_member, delivery_mut};
use crate::facts::describe::{Reporters, Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::ids::MemberNo;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::reporters::GIVERS;
use crate::rules::rule::Rule;
use crate::state::store::Store;

event! {
    /// The household confirms a delivery.
    AidAcknowledged "aid_acknowledged", "农户签收", "aid acknowledged" {
        about: "农户确认收到一次发放。",
        concerns: Household,
        reporters: Reporters::Roles(GIVERS),
        procedure: None,
        source: "rules on special funds for poverty alleviation: the household signs for what it received",
    }
    /// Number of the delivery in the household.
    delivery: u32 = Value::Number, "发放编号", "该户已登记的那次发放的编号。";
    /// Member who confirmed it.
    member: MemberNo = Value::Member, "签收人", "签收的家庭成员。";
}

impl Rule<Envelope> for AidAcknowledged {
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let Some(card) = judge.card(store, event.household) else { return };
        check_member(judge, card, self.member);
        let Some(delivery) = check_delivery(judge, card, self.delivery, event.happened) else { return };
        judge.require(delivery.acknowledged.is_none(), Code::AcknowledgedAlready, "delivery");
    }

    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let Some(card) = card_mut(store, entry, event.household) else { return };
        if let Some(delivery) = delivery_mut(card, self.delivery) {
            delivery.acknowledged = delivery.acknowledged.or(Some(event.happened));
        }
    }
}
