//! Personal data of a card, opened for a reader. The caller must check that the reader is authorised.

use crate::Households;
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, Index, MemberNo};
use lika_eventlog::BUNDLE_ENTRIES;
use lika_eventlog::error::LogError;
use lika_proto::convert::submission_message;
use lika_proto::seal::{self, Place};
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::official_event;
use lika_proto::v1::submission::Events;
use lika_vault::{OpenedCard, OpenedMember, OpenedVisit, VISITS_MAX};
use std::collections::BTreeSet;

/// Searches a card's entries backwards for the boxes in force.
struct Search<'a> {
    households: &'a Households,
    origin: String,
    id: HouseholdId,
    found: OpenedCard,
    household_seen: bool,
    /// Members whose box has not been found yet.
    members: BTreeSet<MemberNo>,
}

impl Households {
    /// Opens the personal data in force of a household and of some of its members. `entries` are the entries that
    /// concern the card, in order. Blocks on reading the log, so it must not be called in an async task.
    ///
    /// # Errors
    /// If the log cannot be read. A box whose key is gone is left out.
    pub fn personal(
        &self,
        id: HouseholdId,
        entries: &[Index],
        members: impl IntoIterator<Item = MemberNo>,
    ) -> Result<OpenedCard, LogError> {
        let origin = self.ledger.state().jurisdiction.as_ref().map(|opened| opened.origin.to_string());
        let Some(origin) = origin else { return Ok(OpenedCard::default()) };
        let mut search = Search {
            households: self,
            origin,
            id,
            found: OpenedCard::default(),
            household_seen: false,
            members: members.into_iter().collect(),
        };
        // The entries of a bundle lie in one file, which is read once.
        for bundle in entries.chunk_by(|one, other| one / BUNDLE_ENTRIES == other / BUNDLE_ENTRIES).rev() {
            let Some(first) = bundle.first().filter(|_| !search.is_done()) else { break };
            let read = self.ledger.log().read(*first, usize::MAX)?;
            for index in bundle.iter().rev() {
                let entry = usize::try_from(index - first).ok().and_then(|place| read.get(place));
                if let Some(entry) = entry.filter(|_| !search.is_done()) {
                    search.entry(*index, entry);
                }
            }
        }
        search.found.members.sort_by(|left, right| left.id.cmp(&right.id));
        Ok(search.found)
    }
}

impl Search<'_> {
    /// Takes the card's boxes from an entry, the last event first.
    fn entry(&mut self, index: Index, bytes: &bytes::Bytes) {
        let entry = <v1::Entry as prost::Message>::decode(bytes.clone());
        let submission = entry.ok().and_then(|entry| submission_message(&entry.submission).ok());
        let id = self.id.get();
        match submission.and_then(|submission| submission.events) {
            Some(Events::Households(list)) => {
                let own = list.events.into_iter().rev().filter(|event| event.household == id);
                own.filter_map(|event| event.kind).for_each(|kind| self.event(kind));
            }
            Some(Events::Officials(list)) => {
                let own = list.events.into_iter().rev().filter(|event| event.household == id);
                own.for_each(|event| self.visit(index, event));
            }
            Some(Events::Aid(_)) | None => {}
        }
    }

    /// Everything that a reader gets was found. Accounts of visits are looked for as long as there are entries.
    fn is_done(&self) -> bool {
        self.household_seen && self.members.is_empty() && self.found.visits.len() >= VISITS_MAX
    }

    fn visit(&mut self, entry: Index, event: v1::OfficialEvent) {
        let Some(official_event::Kind::HouseholdVisited(v1::HouseholdVisited { sealed: Some(sealed), .. })) =
            event.kind
        else {
            return;
        };
        if self.found.visits.len() >= VISITS_MAX {
            return;
        }
        let Some(v1::VisitPrivate { seen, .. }) = self.open(&Place::visit(&self.origin, self.id), &sealed) else {
            return;
        };
        let happened = Date::from_yyyymmdd(event.happened).map(|day| day.to_string()).unwrap_or_default();
        self.found.visits.push(OpenedVisit { entry, official: event.official.to_string(), happened, seen });
    }

    fn event(&mut self, kind: Kind) {
        match kind {
            Kind::HouseholdRegistered(registered) => {
                self.household(registered.sealed);
                registered.members.into_iter().for_each(|member| self.member(member));
            }
            Kind::HouseholdUpdated(updated) => self.household(updated.sealed),
            Kind::MemberAdded(added) => added.member.into_iter().for_each(|member| self.member(member)),
            Kind::MemberUpdated(updated) => updated.member.into_iter().for_each(|member| self.member(member)),
            _ => {}
        }
    }

    fn household(&mut self, sealed: Option<v1::Sealed>) {
        let Some(sealed) = sealed.filter(|_| !self.household_seen) else { return };
        self.household_seen = true;
        self.found.household = self.open(&Place::household(&self.origin, self.id), &sealed).map(Into::into);
    }

    fn member(&mut self, member: v1::Member) {
        let (Some(number), Some(sealed)) = (MemberNo::new(member.number), member.sealed) else { return };
        if !self.members.remove(&number) {
            return;
        }
        if let Some(opened) = self.open(&Place::member(&self.origin, self.id, number), &sealed) {
            self.found.members.push(OpenedMember::new(self.id.person(number), opened));
        }
    }

    fn open<M: seal::Private>(&self, place: &Place<'_, M>, sealed: &v1::Sealed) -> Option<M> {
        let key = self.households.vault.key(self.id.get(), sealed.key)?;
        seal::open(&key, place, &sealed.r#box).ok()
    }
}
