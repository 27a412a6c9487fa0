//! Records that are wrong at first, and their later corrections. About one in ten cards of the country was found
//! wrong at the look-back; the same share is used here.

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

/// A correction to be made.
#[derive(Debug)]
pub(crate) struct Fix {
    /// Index of the household.
    pub home: usize,
    /// The wrong event.
    pub target: Target,
    /// The correction.
    pub right: Right,
}

/// Kinds of correction.
#[derive(Debug)]
pub(crate) enum Right {
    /// A person had been left out.
    Omitted(Box<Person>),
    /// The household should not have got a card.
    Deregistered,
    /// The true income.
    Income(Box<v1::IncomeAssessed>),
    /// The true conditions.
    Conditions(v1::LivingConditionsAssessed),
    /// The household had not left poverty.
    StillPoor,
    /// A delivery is reversed.
    Reversed {
        /// Its number.
        delivery: u32,
        /// Fen.
        amount: u64,
    },
}

/// Corrections by the month in which the error is found.
#[derive(Default)]
pub(crate) struct Fixes(BTreeMap<u32, Vec<Fix>>);

impl Fixes {
    /// Adds an error to be found between `earliest` and `latest` months from now. If that is after the end of the
    /// history, it is found in the last month, or never if this is the last month.
    pub(crate) fn add(&mut self, clerk: &mut Clerk, fix: Fix, earliest: u32, latest: u32) {
        let (now, after) = (month_of(clerk.today), clerk.dice.between(earliest, latest));
        let due = (now + after).min(LAST_MONTH);
        if due > now {
            self.0.entry(due).or_default().push(fix);
        }
    }

    /// Errors found this month.
    pub(crate) fn due(&mut self, today: Date) -> Vec<Fix> {
        self.0.remove(&month_of(today)).unwrap_or_default()
    }
}

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

fn month_of(day: Date) -> u32 {
    let (year, month, _) = day.ymd();
    year * 12 + month - 1
}
