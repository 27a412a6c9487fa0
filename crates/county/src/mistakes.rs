//! What was recorded wrong at first, and how it is put right later. About one record in ten of the country's cards was
//! wrong when it was looked back upon; here it is the same.

use super::clerk::Clerk;
use super::household::{Home, Standing};
use super::people::Person;
use super::plan::Target;
use super::village::Village;
use lika_domain::date::Date;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use std::collections::BTreeMap;

/// Last month of the history, in months since year 0.
const LAST_MONTH: u32 = 2020 * 12 + 11;

/// Something that is to be put right.
#[derive(Debug)]
pub(crate) struct Fix {
    /// Position of the household.
    pub home: usize,
    /// The event that is wrong.
    pub target: Target,
    /// What puts it right.
    pub right: Right,
}

/// What puts an event right.
#[derive(Debug)]
pub(crate) enum Right {
    /// A person who was left out.
    Omitted(Box<Person>),
    /// The household should not have got a card.
    Deregistered,
    /// The income as it was.
    Income(Box<v1::IncomeAssessed>),
    /// The conditions as they were.
    Conditions(v1::LivingConditionsAssessed),
    /// The household had not left poverty.
    StillPoor,
    /// A delivery is taken back.
    Reversed {
        /// Its number.
        delivery: u32,
        /// Fen.
        amount: u64,
    },
}

/// What is to be put right, by the month in which it is found.
#[derive(Default)]
pub(crate) struct Fixes(BTreeMap<u32, Vec<Fix>>);

impl Fixes {
    /// Notes something that is found so many months from now at the earliest and at the latest. What would be found
    /// after the history ends is found in its last month, or never if that is this one.
    pub(crate) fn add(&mut self, clerk: &mut Clerk, fix: Fix, earliest: u32, latest: u32) {
        let (now, after) = (month_of(clerk.today), clerk.dice.between(earliest, latest));
        let due = (now + after).min(LAST_MONTH);
        if due > now {
            self.0.entry(due).or_default().push(fix);
        }
    }

    /// What is found this month.
    pub(crate) fn due(&mut self, today: Date) -> Vec<Fix> {
        self.0.remove(&month_of(today)).unwrap_or_default()
    }
}

impl Fix {
    /// Puts it right, if there still is something to be put right.
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
            // The card was closed or moved on in the meantime.
            Right::Omitted(_) | Right::Deregistered | Right::StillPoor => {}
        }
    }
}

fn month_of(day: Date) -> u32 {
    let (year, month, _) = day.ymd();
    year * 12 + month - 1
}
