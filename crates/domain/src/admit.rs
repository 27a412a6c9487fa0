//! Whether an entry may be recorded. Pure: the same answer when recording and at every replay.

use crate::area::{Area, Level};
use crate::date::Date;
use crate::draft::Draft;
use crate::household::Household;
use crate::ids::HouseholdId;
use crate::official::{JurisdictionOpened, OfficialEvent, OfficialKind, Role};
use crate::rejection::{Code, Problem, Rejection};
use crate::state::{State, Store};
use crate::submission::{EVENTS_MAX, EVIDENCE_MAX, Entry, Events, Evidence};
use crate::village::VillageHead;
use crate::{aid, household, official};

/// How far a device's clock may be ahead of the recorder's, in seconds.
pub const CLOCK_AHEAD_S: u64 = 600;

/// The judge of one submission: who it is from, and what was found wrong with it so far.
pub struct Judge<'e> {
    /// What is judged.
    pub entry: &'e Entry,
    /// The day of recording, in China.
    pub today: Date,
    /// The author's role.
    pub role: Role,
    /// The area of that role.
    pub role_area: Area,
    event: Option<u32>,
    problems: Vec<Problem>,
}

/// Judges an entry against the state before it. The signature is not judged here: whoever calls has checked it with
/// the key that [`State`] holds for the submission.
///
/// # Errors
/// Everything that is wrong with it.
pub fn admit(state: &State, entry: &Entry) -> Result<(), Rejection> {
    let (role, role_area) = if state.jurisdiction.is_some() { author(state, entry)? } else { opening(entry)? };
    let today = Date::of_unix_ms(entry.recorded_at);
    let mut judge = Judge { entry, today, role, role_area, event: None, problems: Vec::new() };
    judge.header(state);
    household::tags::check_submission(&mut judge);
    let mut draft = Draft::new(state, entry.submission.area);
    match &entry.submission.events {
        // A list that is too long is refused for that alone; judging it would be work without bound.
        events if events.len() > EVENTS_MAX => {}
        Events::Households(events) => judge.each(&mut draft, events, household::check, household::apply),
        Events::Officials(events) => judge.each(&mut draft, events, official::check, official::apply),
        Events::Aid(events) => judge.each(&mut draft, events, aid::check, aid::apply),
    }
    if judge.problems.is_empty() { Ok(()) } else { Err(Rejection { problems: judge.problems }) }
}

/// The role of who signed, if they may sign at all.
fn author(state: &State, entry: &Entry) -> Result<(Role, Area), Rejection> {
    let submission = &entry.submission;
    if state.jurisdiction.as_ref().is_some_and(|jurisdiction| jurisdiction.origin != submission.origin) {
        return Err(Rejection::of(Code::OriginMismatch, "origin", submission.origin.as_ref()));
    }
    let key = state.key(submission.key).filter(|key| entry.sees(key.since));
    let key = key.ok_or_else(|| Rejection::of(Code::KeyUnknown, "key", submission.key.to_string()))?;
    if !key.is_good_for(entry) {
        return Err(Rejection::of(Code::KeyIsRevoked, "key", submission.key.to_string()));
    }
    let official = state.official(submission.author).filter(|official| entry.sees(official.since));
    let official =
        official.ok_or_else(|| Rejection::of(Code::AuthorUnknown, "author", submission.author.to_string()))?;
    if key.official != submission.author {
        return Err(Rejection::of(Code::KeyNotAuthors, "author", submission.author.to_string()));
    }
    official.role(entry).ok_or_else(|| Rejection::of(Code::RoleForbids, "author", submission.author.to_string()))
}

/// Entry 0: who opens the log is its first administrator.
fn opening(entry: &Entry) -> Result<(Role, Area), Rejection> {
    let submission = &entry.submission;
    let Some((event, opened)) = opening_event(&submission.events) else {
        return Err(Rejection::of(Code::NotOpened, "events", ""));
    };
    if entry.index != 0 {
        return Err(Rejection::of(Code::NotOpened, "events", "only entry 0 opens a log"));
    }
    if submission.events.len() > 1 {
        return Err(Rejection::of(Code::OpenedNotAlone, "events", ""));
    }
    if opened.origin != submission.origin {
        return Err(Rejection::of(Code::OriginMismatch, "origin", submission.origin.as_ref()));
    }
    if opened.key.id != submission.key || event.official != submission.author {
        return Err(Rejection::of(Code::OpeningKeyMismatch, "key", submission.key.to_string()));
    }
    Ok((Role::Administrator, opened.area))
}

/// The event among them that opens the log.
fn opening_event(events: &Events) -> Option<(&OfficialEvent, &JurisdictionOpened)> {
    let Events::Officials(events) = events else { return None };
    events.iter().find_map(|event| match &event.kind {
        OfficialKind::JurisdictionOpened(opened) => Some((event, opened.as_ref())),
        _ => None,
    })
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
            self.refuse(Code::RoleForbids, "author", self.role.name());
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

    /// The card an event names, which must lie in the submission's village; closed ones count.
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

    /// What every event must satisfy: a day that has come and is not before the programme's records, evidence in
    /// order, a correction that points back.
    pub fn envelope(&mut self, happened: Date, evidence: &[Evidence], corrects: Option<crate::ids::EventRef>) {
        self.require(happened <= self.today, Code::InFuture, "happened");
        self.require(happened >= Date::PROGRAMME_BEGINS, Code::TooOld, "happened");
        let documents = evidence.len() <= EVIDENCE_MAX && evidence.iter().all(|document| document.size > 0);
        self.require(documents, Code::EvidenceInvalid, "evidence");
        let back = corrects.is_none_or(|earlier| earlier.entry < self.entry.index && self.entry.sees(earlier.entry));
        self.require(back, Code::CorrectionInvalid, "corrects");
    }

    fn header(&mut self, state: &State) {
        let submission = &self.entry.submission;
        if let Some(index) = state.submissions.get(&submission.id) {
            self.refuse(Code::SubmissionIdReused, "id", format!("entry {index}"));
        }
        self.chain(state);
        let events = submission.events.len();
        self.require(events > 0, Code::NoEvents, "events");
        if events > EVENTS_MAX {
            self.refuse(Code::TooManyEvents, "events", format!("{events}, at most {EVENTS_MAX}"));
        }
        self.place(state);
        let now_s = self.entry.recorded_at / 1000;
        self.require(submission.composed_at <= now_s + CLOCK_AHEAD_S, Code::ComposedInFuture, "composed_at");
        self.moment(state);
    }

    /// Where it belongs: in the jurisdiction, and there in the author's area.
    fn place(&mut self, state: &State) {
        let area = self.entry.submission.area;
        if state.jurisdiction.as_ref().is_some_and(|jurisdiction| !jurisdiction.area.contains(area)) {
            self.refuse(Code::AreaUnknown, "area", area.to_string());
        } else if !self.role_area.contains(area) {
            self.refuse(Code::AreaForbids, "area", self.role_area.to_string());
        }
    }

    /// When and on what ground it was recorded: an entry cannot rest on what came after it, nor leave out what its own
    /// village had before it. So a recorder cannot go back to a state long past in which more was allowed.
    fn moment(&mut self, state: &State) {
        let entry = self.entry;
        let village = state.village(entry.submission.area);
        let complete = village.is_none_or(|village| entry.basis > village.last);
        if entry.basis > entry.index || !complete {
            self.refuse(Code::BasisInvalid, "basis", entry.basis.to_string());
        }
        let last = village.map_or(0, |village| village.recorded_at);
        self.require(entry.recorded_at >= last, Code::RecordedBackwards, "recorded_at");
    }

    /// A device's submissions form a chain without gaps, so that one left out shows.
    fn chain(&mut self, state: &State) {
        let submission = &self.entry.submission;
        let (sequence, previous) = state.key(submission.key).map_or((0, None), |key| (key.sequence, key.previous));
        let next = sequence.saturating_add(1);
        if submission.sequence != next {
            self.refuse(Code::SequenceGap, "sequence", format!("{next} expected"));
        } else if submission.previous != previous {
            self.refuse(Code::PreviousMismatch, "previous", "");
        }
    }

    fn each<'s, E>(
        &mut self,
        draft: &mut Draft<'s>,
        events: &[E],
        check: impl Fn(&mut Self, &Draft<'s>, &E),
        apply: impl Fn(&mut Draft<'s>, &Entry, &E),
    ) {
        for (number, event) in events.iter().enumerate() {
            self.event = u32::try_from(number).ok();
            let found = self.problems.len();
            check(self, draft, event);
            // Later events are judged as if a bad one had not been there: their own faults still show.
            if self.problems.len() == found && number + 1 < events.len() {
                apply(draft, self.entry, event);
            }
        }
        self.event = None;
    }
}
