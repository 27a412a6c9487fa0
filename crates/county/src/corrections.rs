//! The correction of a record that was found wrong.

use super::clerk::Clerk;
use super::household::{Home, Standing};
use super::mistakes::{Fix, Right};
use super::village::Village;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;

impl Fix {
    /// Makes the correction, if it still applies.
    pub(crate) fn apply(self, clerk: &mut Clerk, home: &mut Home, place: &Village) {
        let (day, target) = (clerk.recently(), Some(self.target));
        match self.right {
            Right::Omitted(mut person) if home.is_open() => {
                home.highest += 1;
                person.number = home.highest;
                let member = Some(person.introduced(clerk, &home.card, day));
                let kind = Kind::MemberAdded(v1::MemberAdded { member, reason: v1::JoinReason::Omitted.into() });
                clerk.card_event(place.officer, &home.card, day, kind, target);
                home.persons.push(*person);
            }
            Right::Deregistered if home.is_open() => {
                home.close(clerk, place, v1::DeregisterReason::Error, target);
            }
            Right::Income(right) => {
                clerk.card_event(place.officer, &home.card, day, Kind::IncomeAssessed(*right), target);
            }
            Right::Conditions(right) => {
                clerk.card_event(place.officer, &home.card, day, Kind::LivingConditionsAssessed(right), target);
            }
            Right::StillPoor if home.standing == Standing::Exited && home.exit == target => {
                let (day, cause) = (day.max(home.since), home.cause().into());
                let kind = Kind::HouseholdFellBack(v1::HouseholdFellBack { cause, exit_in_error: true });
                clerk.card_event(place.officer, &home.card, day, kind, target);
                home.stand(Standing::Poor, day);
                home.exit = None;
            }
            Right::Reversed { delivery, amount } => {
                let reason = clerk.dice.weigh(&[
                    (v1::ReversalReason::Error, 45),
                    (v1::ReversalReason::NotEntitled, 25),
                    (v1::ReversalReason::Returned, 25),
                    (v1::ReversalReason::Misuse, 5),
                ]);
                let reversed = v1::AidReversed { delivery, amount, reason: reason.into() };
                let kind = v1::aid_event::Kind::AidReversed(reversed);
                clerk.aid_event(place.finance, place.area, home.card.id.get(), day, kind, target);
            }
            // The card was closed or changed meanwhile.
            Right::Omitted(_) | Right::Deregistered | Right::StillPoor => {}
        }
    }
}
