//! What the rules allow and an audit would find. An official is warned of it before signing; going on needs a reason,
//! which is signed with the submission and recorded.

use lika_domain::aid::{AidKind, Delivery};
use lika_domain::household::{Household, HouseholdKind};
use lika_domain::ids::{HouseholdId, Index, OfficialId};
use lika_domain::living::{Condition, Met};
use lika_domain::official::{Capacity, OfficialKind};
use lika_domain::procedure::End;
use lika_domain::submission::{Entry, Events};

/// Kinds of warnings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Warning {
    /// The household leaves poverty with an income below the line in force.
    ExitBelowLine,
    /// The household leaves poverty while an assurance or guarantee is not established as met.
    ExitGuaranteeUnmet,
    /// Nobody is the household's first responsible official.
    NobodyResponsible,
    /// The decision comes after its deadline.
    DecidedLate,
    /// A person of that name and month of birth is on another card.
    LikelyDuplicate,
    /// The official who recorded a delivery records that the household confirms it.
    PayerAcknowledges,
    /// The household received a delivery of the same group, amount and day before.
    SameDeliveryAgain,
}

/// A warning about an event of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warned {
    /// The warning.
    pub warning: Warning,
    /// Number of the event, from 0.
    pub event: u32,
    /// What it is about: a household, a person, a date.
    pub detail: String,
}

impl Warning {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::ExitBelowLine,
        Self::ExitGuaranteeUnmet,
        Self::NobodyResponsible,
        Self::DecidedLate,
        Self::LikelyDuplicate,
        Self::PayerAcknowledges,
        Self::SameDeliveryAgain,
    ];

    /// Stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::ExitBelowLine => "exit_below_line",
            Self::ExitGuaranteeUnmet => "exit_guarantee_unmet",
            Self::NobodyResponsible => "nobody_responsible",
            Self::DecidedLate => "decided_late",
            Self::LikelyDuplicate => "likely_duplicate",
            Self::PayerAcknowledges => "payer_acknowledges",
            Self::SameDeliveryAgain => "same_delivery_again",
        }
    }

    /// In Chinese.
    pub fn zh(self) -> &'static str {
        match self {
            Self::ExitBelowLine => "脱贫时人均纯收入低于当年标准",
            Self::ExitGuaranteeUnmet => "脱贫时“两不愁三保障”或饮水安全有一项未确认达标",
            Self::NobodyResponsible => "该户没有第一帮扶责任人",
            Self::DecidedLate => "认定已超过规定期限",
            Self::LikelyDuplicate => "另一户有同名、同出生年月的人，可能重复建档",
            Self::PayerAcknowledges => "登记发放的人与登记签收的人是同一人",
            Self::SameDeliveryAgain => "该户同一天已有同类、同金额的发放，可能重复登记",
        }
    }

    /// In English.
    pub fn en(self) -> &'static str {
        match self {
            Self::ExitBelowLine => "the household leaves poverty with an income per head below the line of that year",
            Self::ExitGuaranteeUnmet => "the household leaves poverty while an assurance or guarantee is not met",
            Self::NobodyResponsible => "the household has no first responsible official",
            Self::DecidedLate => "the decision comes after its deadline",
            Self::LikelyDuplicate => "a person of the same name and month of birth is on another card",
            Self::PayerAcknowledges => "whoever recorded the delivery also records that it was confirmed",
            Self::SameDeliveryAgain => "the household has a delivery of the same kind and amount on the same day",
        }
    }
}

/// An event of an entry, with the card that it concerns before and after it.
pub(super) struct Step<'s> {
    pub(super) before: Option<&'s Household>,
    pub(super) after: Option<&'s Household>,
    pub(super) entry: &'s Entry,
    /// Number of the event in the entry.
    pub(super) number: usize,
}

impl Step<'_> {
    /// Warnings about the event. `author_of` gives the author of an entry.
    pub(super) fn warnings(&self, author_of: impl Fn(Index) -> Option<OfficialId>) -> Vec<Warned> {
        match &self.entry.events {
            Events::Households(events) => {
                let event = events.get(self.number);
                let concerned = event.and_then(|event| Some((&event.kind, event.envelope.household?)));
                concerned.map_or_else(Vec::new, |(kind, id)| self.household(kind, id))
            }
            Events::Officials(events) => {
                let event = events.get(self.number);
                let concerned = event.and_then(|event| Some((&event.kind, event.envelope.household?)));
                concerned.map_or_else(Vec::new, |(kind, id)| self.official(kind, id))
            }
            Events::Aid(events) => {
                events.get(self.number).map_or_else(Vec::new, |event| self.aid(&event.kind, author_of))
            }
        }
    }

    fn household(&self, kind: &HouseholdKind, id: HouseholdId) -> Vec<Warned> {
        let Some(now) = self.after else { return Vec::new() };
        let mut warned = Vec::new();
        if matches!(kind, HouseholdKind::HouseholdExited(_)) {
            let findings = now.exit.as_ref();
            if findings.is_some_and(|found| found.below_line) {
                warned.push(self.warn(Warning::ExitBelowLine, id.to_string()));
            }
            if findings.is_some_and(|found| found.guarantee_missing) {
                warned.push(self.warn(Warning::ExitGuaranteeUnmet, unmet(now)));
            }
            if !has_first(now) {
                warned.push(self.warn(Warning::NobodyResponsible, id.to_string()));
            }
        }
        if late(now) > self.before.map_or(0, late) {
            warned.push(self.warn(Warning::DecidedLate, id.to_string()));
        }
        warned
    }

    fn official(&self, kind: &OfficialKind, id: HouseholdId) -> Vec<Warned> {
        let is_left_alone = |card: &Household| card.status.is_live() && !has_first(card);
        let ended = matches!(kind, OfficialKind::AssignmentEnded(_));
        let alone = ended && self.after.is_some_and(is_left_alone);
        alone.then(|| self.warn(Warning::NobodyResponsible, id.to_string())).into_iter().collect()
    }

    fn aid(&self, kind: &AidKind, author_of: impl Fn(Index) -> Option<OfficialId>) -> Vec<Warned> {
        let (Some(was), Some(now)) = (self.before, self.after) else { return Vec::new() };
        let warned = match kind {
            AidKind::AidAcknowledged(acknowledged) => {
                let payer = was.delivery(acknowledged.delivery).and_then(|delivery| author_of(delivery.entry));
                let same = payer == Some(self.entry.submission.author);
                same.then(|| self.warn(Warning::PayerAcknowledges, acknowledged.delivery.to_string()))
            }
            AidKind::AidDelivered(_) => {
                let same = now.deliveries.last().and_then(|new| was.deliveries.iter().find(|old| is_same(old, new)));
                same.map(|same| self.warn(Warning::SameDeliveryAgain, same.number.to_string()))
            }
            _ => None,
        };
        warned.into_iter().collect()
    }

    fn warn(&self, warning: Warning, detail: String) -> Warned {
        Warned { warning, event: u32::try_from(self.number).unwrap_or(u32::MAX), detail }
    }
}

/// Whether two deliveries look like one that was recorded twice.
fn is_same(old: &Delivery, new: &Delivery) -> bool {
    let facts = |delivery: &Delivery| (delivery.group, delivery.amount, delivery.happened);
    facts(old) == facts(new) && old.reversed < old.amount
}

fn has_first(card: &Household) -> bool {
    card.officials.iter().any(|assignment| assignment.capacity == Capacity::First)
}

/// Rounds that were decided too late.
fn late(card: &Household) -> usize {
    let late = |end: &Option<End>| matches!(end, Some(End::Decided { late: true, .. } | End::Failed { late: true }));
    card.rounds.iter().filter(|round| late(&round.end)).count()
}

/// Names of the conditions that are not established as met.
fn unmet(card: &Household) -> String {
    let pairs = Condition::ALL.iter().zip(card.conditions.met);
    let names = pairs.filter(|(_, known)| !matches!(known, Some((Met::Yes, ..)))).map(|(one, _)| one.name());
    names.collect::<Vec<_>>().join(", ")
}
