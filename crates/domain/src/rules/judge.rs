//! The judge of one submission: its author, and the problems found so far.

use crate::facts::area::{Area, Level};
use crate::facts::date::Date;
use crate::facts::envelope::Around;
use crate::facts::evidence::EVIDENCE_MAX;
use crate::facts::header::EntryHeader;
use crate::facts::ids::HouseholdId;
use crate::facts::official::Role;
use crate::facts::rejection::{Code, Problem};
use crate::state::household::Household;
use crate::state::store::Store;
use crate::state::village::VillageHead;

/// The judge of one submission.
pub struct Judge<'e> {
    /// The entry to judge.
    pub entry: &'e EntryHeader,
    /// The day of recording, in China.
    pub today: Date,
    /// The author's role.
    pub role: Role,
    /// The area of that role.
    pub role_area: Area,
    /// Number of the event that is being judged.
    pub(super) event: Option<u32>,
    /// The problems found so far.
    pub(super) problems: Vec<Problem>,
}

impl Judge<'_> {
    /// Notes a problem with the event that is being judged.
    pub fn refuse(&mut self, code: Code, field: &'static str, detail: impl Into<String>) {
        self.problems.push(Problem { code, event: self.event, field: field.into(), detail: detail.into() });
    }

    /// Notes a problem unless `holds`.
    pub fn require(&mut self, holds: bool, code: Code, field: &'static str) {
        if !holds {
            self.refuse(code, field, "");
        }
    }

    /// The author must have one of `roles`. That their area contains the submission's is checked once for all events.
    pub fn allow(&mut self, roles: &[Role]) {
        if !roles.contains(&self.role) {
            let may: Vec<_> = roles.iter().map(|role| role.name()).collect();
            self.refuse(Code::RoleForbids, "author", format!("{}; {} may", self.role.name(), may.join(", ")));
        }
    }

    /// The submission must concern a village.
    pub fn in_village(&mut self) {
        self.require(self.entry.submission.area.level() == Level::Village, Code::AreaWrongLevel, "area");
    }

    /// The submission must concern the jurisdiction itself.
    pub fn in_jurisdiction(&mut self, store: &impl Store) {
        let whole = store.jurisdiction().is_none_or(|jurisdiction| jurisdiction.area == self.entry.submission.area);
        self.require(whole, Code::AreaWrongLevel, "area");
    }

    /// The village the submission concerns, which must be registered.
    pub fn village<'s>(&mut self, store: &'s impl Store) -> Option<&'s VillageHead> {
        let area = self.entry.submission.area;
        if area.level() != Level::Village {
            self.refuse(Code::AreaWrongLevel, "area", area.level().name());
            return None;
        }
        let village = store.village(area);
        if village.is_none() {
            self.refuse(Code::VillageUnknown, "area", area.to_string());
        }
        village
    }

    /// The card that an event names, which must belong to the submission's village; it may be closed.
    pub fn card<'s>(&mut self, store: &'s impl Store, named: Option<HouseholdId>) -> Option<&'s Household> {
        let area = self.entry.submission.area;
        let card = named.and_then(|id| store.household(area, id));
        if card.is_some() {
            return card;
        }
        match named {
            None => self.refuse(Code::HouseholdIsMissing, "household", ""),
            Some(id) => {
                if self.village(store).is_some() {
                    self.refuse(Code::HouseholdUnknown, "household", id.to_string());
                }
            }
        }
        None
    }

    /// The card an event names, which must be open.
    pub fn open_card<'s>(&mut self, store: &'s impl Store, named: Option<HouseholdId>) -> Option<&'s Household> {
        let card = self.card(store, named)?;
        self.require(card.status.is_live(), Code::HouseholdDeregistered, "household");
        card.status.is_live().then_some(card)
    }

    /// The event must name no card.
    pub fn no_card(&mut self, named: Option<HouseholdId>) {
        self.require(named.is_none(), Code::HouseholdNotConcerned, "household");
    }

    /// Checks common to all events: the day is not in the future and not before the programme's records, the evidence
    /// is valid, and a correction points back.
    pub(crate) fn envelope(&mut self, around: &impl Around) {
        let (happened, evidence, corrects) = (around.happened(), around.evidence(), around.corrects());
        self.require(happened <= self.today, Code::InFuture, "happened");
        self.require(happened >= Date::PROGRAMME_BEGINS, Code::TooOld, "happened");
        let documents = evidence.len() <= EVIDENCE_MAX && evidence.iter().all(|document| document.size > 0);
        self.require(documents, Code::EvidenceInvalid, "evidence");
        let back = corrects.is_none_or(|earlier| earlier.entry < self.entry.index && self.entry.sees(earlier.entry));
        self.require(back, Code::CorrectionInvalid, "corrects");
    }

    /// A change of status cannot have happened before the one it follows.
    pub(crate) fn follows_status(&mut self, card: &Household, happened: Date) {
        // A day before the registration is noted as a problem of its own.
        if happened >= card.registered && happened < card.since {
            self.refuse(Code::OutOfOrder, "happened", card.since.to_string());
        }
    }

    /// The card must be in a status that allows the event.
    pub(crate) fn in_status(&mut self, card: &Household, allowed: bool) {
        if !allowed {
            self.refuse(Code::StatusForbids, "household", card.status.name());
        }
    }
}
