//! Whether an entry may be recorded. Pure: the same answer when recording and at every replay.

use super::households::HouseholdKind;
use super::judge::Judge;
use super::rule::{Kind, Reported};
use super::submission::{EVENTS_MAX, Entry, Events};
use crate::facts::area::Area;
use crate::facts::date::Date;
use crate::facts::envelope::Around;
use crate::facts::ids::PersonId;
use crate::facts::official::Role;
use crate::facts::rejection::{Code, Rejection, outside};
use crate::state::authority::Authority;
use crate::state::draft::Draft;
use crate::state::fold::State;
use crate::state::store::Store;

/// How far a device's clock may be ahead of the recorder's, in seconds.
pub const CLOCK_AHEAD_S: u64 = 600;

/// Judges an entry against the state before it. The signature is not judged here: the caller has checked it with the
/// key from [`Authority::public_key`].
///
/// # Errors
/// Everything that is wrong with it.
pub fn admit(state: &State, entry: &Entry) -> Result<(), Rejection> {
    let (role, role_area) = if state.jurisdiction.is_some() { author(state, entry)? } else { opening(entry)? };
    let today = Date::of_unix_ms(entry.recorded_at);
    let mut judge = Judge { entry: &entry.header, today, role, role_area, event: None, problems: Vec::new() };
    judge.header(state, entry.events.len());
    judge.tags(&entry.events);
    let mut draft = Draft::new(state, entry.submission.area);
    match &entry.events {
        // A list that is too long is refused for its length alone: judging its events would be unbounded work.
        events if events.len() > EVENTS_MAX => {}
        Events::Households(events) => judge.each(&mut draft, events),
        Events::Officials(events) => judge.each(&mut draft, events),
        Events::Aid(events) => judge.each(&mut draft, events),
    }
    if judge.problems.is_empty() { Ok(()) } else { Err(Rejection { problems: judge.problems }) }
}

/// Role and area of the author, if they may sign.
fn author(state: &State, entry: &Entry) -> Result<(Role, Area), Rejection> {
    let submission = &entry.submission;
    if state.jurisdiction.as_ref().is_some_and(|jurisdiction| jurisdiction.origin != submission.origin) {
        return Err(Rejection::of(Code::OriginMismatch, "origin", submission.origin.as_ref()));
    }
    let signer = Authority::recorded(state, &entry.header).author(submission.key, submission.author)?;
    Ok((signer.role, signer.area))
}

/// Entry 0: its author becomes the first administrator.
fn opening(entry: &Entry) -> Result<(Role, Area), Rejection> {
    let submission = &entry.submission;
    let Some(opening) = entry.events.opening() else {
        return Err(Rejection::of(Code::NotOpened, "events", ""));
    };
    if entry.index != 0 {
        return Err(Rejection::of(Code::NotOpened, "events", "only entry 0 opens a log"));
    }
    if entry.events.len() > 1 {
        return Err(Rejection::of(Code::OpenedNotAlone, "events", ""));
    }
    if opening.origin != submission.origin.as_ref() {
        return Err(Rejection::of(Code::OriginMismatch, "origin", submission.origin.as_ref()));
    }
    if opening.key.id != submission.key || opening.official != submission.author {
        return Err(Rejection::of(Code::OpeningKeyMismatch, "key", submission.key.to_string()));
    }
    Ok((Role::Administrator, opening.area))
}

impl Judge<'_> {
    fn header(&mut self, state: &State, events: usize) {
        let submission = &self.entry.submission;
        if let Some(index) = state.submissions.get(&submission.id) {
            self.refuse(Code::SubmissionIdReused, "id", format!("entry {index}"));
        }
        self.chain(state);
        self.require(events > 0, Code::NoEvents, "events");
        if events > EVENTS_MAX {
            self.refuse(Code::TooManyEvents, "events", format!("{events}, at most {EVENTS_MAX}"));
        }
        self.place(state);
        let now_s = self.entry.recorded_at / 1000;
        self.require(submission.composed_at <= now_s + CLOCK_AHEAD_S, Code::ComposedInFuture, "composed_at");
        self.moment(state);
    }

    /// The area must lie in the jurisdiction and in the author's own area.
    fn place(&mut self, state: &State) {
        let area = self.entry.submission.area;
        if state.jurisdiction.as_ref().is_some_and(|jurisdiction| !jurisdiction.area.contains(area)) {
            self.refuse(Code::AreaUnknown, "area", area.to_string());
        } else if !self.role_area.contains(area) {
            self.refuse(Code::AreaForbids, "area", outside(self.role_area, Some(area)));
        }
    }

    /// Checks the time and the basis of the entry: it cannot depend on later entries, nor leave out earlier ones of
    /// its own village. So a recorder cannot return to an old state in which more was allowed.
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

    /// A device's submissions form a chain without gaps, so that a missing one shows.
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

    /// Judges the tags of the citizen IDs that the recorder added: each is for a person whose facts the entry states,
    /// and no person has two.
    fn tags(&mut self, events: &Events) {
        let tags = &self.entry.tags;
        for (position, tagged) in tags.iter().enumerate() {
            let twice = tags.iter().take(position).any(|earlier| earlier.person == tagged.person);
            if twice || !states(events, tagged.person) {
                // The first wrong tag shows a fault of the recorder; checking the rest would be unbounded work.
                return self.refuse(Code::FieldInvalid, "tags", tagged.person.to_string());
            }
        }
    }

    /// Judges events in order. A later event sees the changes of earlier ones.
    fn each<E: Around, K: Kind<E>>(&mut self, draft: &mut Draft<'_>, events: &[Reported<E, K>]) {
        for (number, event) in events.iter().enumerate() {
            self.event = u32::try_from(number).ok();
            let found = self.problems.len();
            self.envelope(&event.envelope);
            self.allow(event.kind.reporters());
            event.kind.check(self, draft, &event.envelope);
            // Later events are judged as if a bad one were not there, so that their own faults still show.
            if self.problems.len() == found && number + 1 < events.len() {
                event.kind.apply(draft, self.entry, &event.envelope);
            }
        }
        self.event = None;
    }
}

/// Whether an event states the facts of a person.
fn states(events: &Events, person: PersonId) -> bool {
    let Events::Households(events) = events else { return false };
    let number = person.member();
    events.iter().filter(|event| event.household == Some(person.household())).any(|event| match &event.kind {
        HouseholdKind::HouseholdRegistered(new) => new.members.iter().any(|member| member.number == number),
        HouseholdKind::MemberAdded(added) => added.member.number == number,
        HouseholdKind::MemberUpdated(updated) => updated.member.number == number,
        _ => false,
    })
}
