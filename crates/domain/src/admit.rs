//! Whether an entry may be recorded. Pure: the same answer when recording and at every replay.

use crate::area::{Area, Level};
use crate::date::Date;
use crate::draft::Draft;
use crate::official::{OfficialKind, Role};
use crate::rejection::{Code, Problem, Rejection};
use crate::state::{State, Store};
use crate::submission::{EVENTS_MAX, EVIDENCE_MAX, Entry, Events, Evidence};
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
    let mut draft = Draft::new(state, entry.submission.area);
    match &entry.submission.events {
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
    if key.official != submission.author {
        return Err(Rejection::of(Code::KeyNotAuthors, "author", submission.author.to_string()));
    }
    let official = state.official(submission.author);
    let official =
        official.ok_or_else(|| Rejection::of(Code::AuthorUnknown, "author", submission.author.to_string()))?;
    official.role(entry).ok_or_else(|| Rejection::of(Code::RoleForbids, "author", submission.author.to_string()))
}

/// Entry 0: who opens the log is its first administrator.
fn opening(entry: &Entry) -> Result<(Role, Area), Rejection> {
    let submission = &entry.submission;
    let Events::Officials(events) = &submission.events else {
        return Err(Rejection::of(Code::NotOpened, "events", ""));
    };
    let [event] = events.as_slice() else {
        return Err(Rejection::of(Code::NotOpened, "events", ""));
    };
    let OfficialKind::JurisdictionOpened(opened) = &event.kind else {
        return Err(Rejection::of(Code::NotOpened, "events", ""));
    };
    if opened.origin != submission.origin {
        return Err(Rejection::of(Code::OriginMismatch, "origin", submission.origin.as_ref()));
    }
    if opened.key.id != submission.key || event.official != submission.author {
        return Err(Rejection::of(Code::OpeningKeyMismatch, "key", submission.key.to_string()));
    }
    Ok((Role::Administrator, opened.area))
}

impl Judge<'_> {
    /// Notes a problem with the event that is being judged.
    pub fn refuse(&mut self, code: Code, field: &'static str, detail: impl Into<String>) {
        self.problems.push(Problem { code, event: self.event, field, detail: detail.into() });
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

    /// What every event must satisfy: a day that has come and is not before the programme's records, evidence in
    /// order, a correction that points back.
    pub fn envelope(&mut self, happened: Date, evidence: &[Evidence], corrects: Option<crate::ids::EventRef>) {
        self.require(happened <= self.today, Code::InFuture, "happened");
        self.require(happened.year() >= 2010, Code::TooOld, "happened");
        self.require(evidence.len() <= EVIDENCE_MAX, Code::EvidenceInvalid, "evidence");
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
        self.require(self.role_area.contains(submission.area), Code::AreaForbids, "area");
        let known = state.jurisdiction.as_ref().is_none_or(|jurisdiction| jurisdiction.area.contains(submission.area));
        self.require(known, Code::AreaUnknown, "area");
        let now_s = self.entry.recorded_at / 1000;
        self.require(submission.composed_at <= now_s + CLOCK_AHEAD_S, Code::ComposedInFuture, "composed_at");
        let last = state.village(submission.area).map_or(0, |village| village.recorded_at);
        self.require(self.entry.recorded_at >= last, Code::RecordedBackwards, "recorded_at");
    }

    /// A device's submissions form a chain without gaps, so that one left out shows.
    fn chain(&mut self, state: &State) {
        let submission = &self.entry.submission;
        let (sequence, previous) = state.key(submission.key).map_or((0, None), |key| (key.sequence, key.previous));
        if submission.sequence != sequence + 1 {
            self.refuse(Code::SequenceGap, "sequence", format!("{} expected", sequence + 1));
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
