//! The card that an event is about.

use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::state::household::Household;
use crate::state::store::Store;

/// The card that an event concerns, which must be open and registered by the day of the event.
pub(super) fn open<'s>(judge: &mut Judge<'_>, store: &'s impl Store, event: &Envelope) -> Option<&'s Household> {
    let card = judge.open_card(store, event.household)?;
    judge.require(event.happened >= card.registered, Code::BeforeRegistration, "happened");
    Some(card)
}

/// The same for an event that states facts: a correction of facts is accepted for a closed card too.
pub(super) fn of_facts<'s>(judge: &mut Judge<'_>, store: &'s impl Store, event: &Envelope) -> Option<&'s Household> {
    if event.corrects.is_none() {
        return open(judge, store, event);
    }
    let card = judge.card(store, event.household)?;
    judge.require(event.happened >= card.registered, Code::BeforeRegistration, "happened");
    Some(card)
}

/// The card to change; `None` if the village has no card with that number.
pub(super) fn to_change<'s>(
    store: &'s mut impl Store,
    entry: &EntryHeader,
    event: &Envelope,
) -> Option<&'s mut Household> {
    store.household_mut(entry.submission.area, event.household?)
}
