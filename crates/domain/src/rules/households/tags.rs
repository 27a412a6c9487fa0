//! Keyed hashes of citizen IDs: nobody may be on two open cards, or twice on one.
//!
//! The households service adds the hash of every citizen ID that a submission registers, so that the rule can be
//! judged without the IDs, also by a replay.

use crate::facts::header::EntryHeader;
use crate::facts::ids::{PersonId, Tag};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::state::fold::Holding;
use crate::state::store::Store;

/// Checks that nobody else holds the citizen ID that the submission registers for a person.
pub(super) fn check(judge: &mut Judge<'_>, store: &impl Store, person: PersonId) {
    let entry = judge.entry;
    let Some((position, tag)) = find(entry, person) else { return };
    let twice = entry.tags.iter().take(position).find(|earlier| earlier.tag == tag).map(|earlier| earlier.person);
    let holder = twice.or_else(|| {
        let held = store.holdings(tag).iter().find(|holding| holding.person != person && holds(holding, tag, entry));
        held.map(|holding| holding.person)
    });
    if let Some(holder) = holder {
        judge.refuse(Code::CitizenIdRegistered, "citizen_id", format!("{person}: held by {holder}"));
    }
}

/// Makes a person of an open card the holder of the citizen ID that the entry registers for them, instead of the
/// previous one.
pub(super) fn take(store: &mut impl Store, entry: &EntryHeader, person: PersonId) {
    let Some((_, tag)) = find(entry, person) else { return };
    let Some(card) = store.household_mut(entry.submission.area, person.household()) else { return };
    let live = card.status.is_live();
    let Some(member) = card.members.iter_mut().find(|member| member.number == person.member()) else { return };
    let before = member.tag.replace(tag);
    if !live || before == Some(tag) {
        return;
    }
    if let Some(before) = before {
        give_up(store, entry, person, before);
    }
    store.holdings_mut(tag).push(Holding { person, since: entry.index, until: None });
}

/// Releases a person's citizen ID.
pub(super) fn give_up(store: &mut impl Store, entry: &EntryHeader, person: PersonId, tag: Tag) {
    for holding in store.holdings_mut(tag) {
        if holding.person == person && holding.until.is_none() {
            holding.until = Some(entry.index);
        }
    }
}

/// The tag of a person in an entry, and its position among the tags.
fn find(entry: &EntryHeader, person: PersonId) -> Option<(usize, Tag)> {
    entry.tags.iter().enumerate().find(|(_, tagged)| tagged.person == person).map(|(at, tagged)| (at, tagged.tag))
}

/// Whether a holding conflicts with an entry: begun and not released, as far as the recorder knew when it decided. A
/// holder who gets another ID by this same entry does not conflict, so that two swapped IDs can be corrected at once.
fn holds(holding: &Holding, tag: Tag, entry: &EntryHeader) -> bool {
    let begun = entry.sees(holding.since);
    let ended = holding.until.is_some_and(|until| entry.sees(until));
    begun && !ended && find(entry, holding.person).is_none_or(|(_, next)| next == tag)
}
