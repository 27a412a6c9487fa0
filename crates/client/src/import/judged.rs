//! What is new in a table, judged by the rules on the copy of the area before anything of it is signed.

use super::apply::Run;
use super::checked::Checked;
use super::draft::State;
use super::error::ApplyError;
use super::pack::{Planned, pack};
use super::problem::{Code, Finding};
use crate::home::{Home, KeyFile};
use crate::random::Random;
use crate::replica::{self, Ahead, Warned};
use lika_proto::convert;
use std::collections::{BTreeMap, BTreeSet};

/// With what a table is judged.
#[derive(Clone, Copy, Debug)]
pub struct Judge<'a> {
    /// The copy of an area that covers the table's villages.
    pub known: &'a replica::Known,
    /// What the device has reported since.
    pub ahead: &'a Ahead,
    /// The folder with the data keys.
    pub home: &'a Home,
    /// The key that will sign.
    pub key: &'a KeyFile,
    /// The device's clock, in seconds since 1970-01-01 UTC.
    pub now_s: u64,
    /// Why to go on where an audit would find something; recorded with each such row.
    pub reason: Option<&'a str>,
}

impl Checked {
    /// Judges everything that is new, in the order in which it would be sent, and refuses the rows that the log would
    /// refuse. Rows in which an audit would find something are sent only with a reason. Rows of villages that the copy
    /// does not cover are not judged. Nothing is stored or signed.
    ///
    /// # Errors
    /// If a row cannot be made into an event, or the data keys cannot be read.
    pub fn judge(&mut self, with: &Judge<'_>, random: &mut Random) -> Result<(), ApplyError> {
        let covered = |draft: usize| with.known.covers(self.drafts[draft].village);
        let new = |draft: &usize| self.drafts[*draft].state == State::New && covered(*draft);
        let new: Vec<usize> = (0..self.drafts.len()).filter(new).collect();
        let drawn: BTreeSet<usize> = new.iter().copied().filter(|at| self.drafts[*at].household.is_none()).collect();
        let mut run = Run::of(with.home, with.key, self, random, with.now_s);
        let mut items = Vec::with_capacity(new.len());
        for draft in new {
            items.extend(run.item(draft)?);
        }
        let mut judging = with.known.judging(with.ahead, with.now_s * 1_000);
        let mut outcome = Outcome::default();
        for planned in pack(items) {
            outcome.judge(&run, &mut judging, planned, with);
        }
        self.drafts = run.into_drafts();
        outcome.note(self, with.reason);
        // Numbers that were drawn to judge by are drawn anew when the table is sent.
        for draft in drawn {
            self.drafts[draft].household = None;
        }
        self.sort();
        Ok(())
    }
}

/// What the rules say, by draft.
#[derive(Default)]
struct Outcome {
    refused: BTreeMap<usize, Vec<Finding>>,
    warned: BTreeMap<usize, Vec<Warned>>,
}

impl Outcome {
    /// Judges a submission; if events of it are refused, the rest again without them, as it would be sent.
    fn judge(&mut self, run: &Run<'_>, judging: &mut replica::Judging<'_>, mut planned: Planned, with: &Judge<'_>) {
        loop {
            let written = run.written(&planned.drafts);
            let (author, key, now_ms) = (with.key.official, with.key.id(), with.now_s * 1_000);
            let draft = replica::Draft { report: &planned.report, written: &written, author, key, now_ms };
            let judged = judging.judge(&draft);
            for warned in judged.warnings {
                let draft = usize::try_from(warned.event).ok().and_then(|event| planned.drafts.get(event));
                self.warned.entry(*draft.unwrap_or(&0)).or_default().push(warned);
            }
            let Some(refused) = judged.refused else { return };
            let refusal = convert::refusal(&refused, 422);
            let mut bad = BTreeSet::new();
            for problem in &refusal.problems {
                let Some(event) = problem.event.and_then(|event| usize::try_from(event).ok()) else { continue };
                let Some(draft) = planned.drafts.get(event).copied() else { continue };
                bad.insert(event);
                self.refused.entry(draft).or_default().push(run.at_row(draft, problem));
            }
            if bad.is_empty() {
                // Of the submission as a whole: the author's key, role or area. It is told once.
                let first = planned.drafts.first().copied().unwrap_or(0);
                let found = refusal.problems.iter().map(|problem| run.at_row(first, problem));
                self.refused.entry(first).or_default().extend(found);
                for draft in planned.drafts {
                    self.refused.entry(draft).or_default();
                }
                return;
            }
            planned = planned.without(&bad);
            if planned.drafts.is_empty() {
                return;
            }
        }
    }

    fn note(self, checked: &mut Checked, reason: Option<&str>) {
        for (draft, found) in self.refused {
            checked.drafts[draft].state = State::Refused;
            checked.problems.extend(found);
        }
        for (draft, warned) in self.warned {
            let draft = &mut checked.drafts[draft];
            for one in warned {
                let finding = Finding::of_warning(draft.rows[0], &one);
                match reason {
                    Some(reason) => {
                        draft.warned.push((one.warning.code(), reason.to_owned()));
                        checked.warnings.push(finding);
                    }
                    None => {
                        draft.state = State::Refused;
                        let told = Finding::of_row(Code::ReasonMissing, draft.rows[0]).says(one.warning.code());
                        checked.problems.extend([finding, told]);
                    }
                }
            }
        }
    }
}
