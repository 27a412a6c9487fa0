//! What came of a submission so far, in a file beside it.

use crate::problem::{OutboxCode, Problem};
use serde::{Deserialize, Deserializer, Serialize};
use std::time::{SystemTime, UNIX_EPOCH};

/// Tries, errors, and why it was set aside. It is for people, and nothing that the log decides rests on it. Times are
/// in seconds since 1970-01-01 UTC, by this device's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Note {
    /// How often it was sent.
    pub tries: u32,
    /// When it was last sent.
    pub last_tried_s: Option<u64>,
    /// It is being sent, or was when a process ended.
    pub sending: bool,
    /// It was sent, and no answer said whether it is in the log.
    pub undecided: bool,
    /// When it was last written to a file for another machine, which may have sent it.
    pub exported_at_s: Option<u64>,
    /// When it was set aside.
    pub set_aside_at_s: Option<u64>,
    /// Stable code of the last error; empty if there is none.
    pub code: String,
    /// HTTP status of a refusal, otherwise 0.
    pub status: u32,
    /// Everything that was wrong.
    #[serde(deserialize_with = "problems")]
    pub problems: Vec<Problem>,
    /// Why it was discarded.
    pub reason: Option<String>,
}

impl Note {
    /// Whether it may be in the log although there is no receipt.
    pub fn may_be_recorded(&self) -> bool {
        self.undecided || self.exported_at_s.is_some()
    }

    /// Reads a note. Of a damaged one only the damage is known.
    pub(super) fn read(bytes: Option<&[u8]>) -> Self {
        let Some(bytes) = bytes else { return Self::default() };
        let damaged = |error: serde_json::Error| {
            let problem = Problem::new(OutboxCode::FileDamaged, format!("its note: {error}"));
            Self { undecided: true, ..Self::default().with_problems(vec![problem], 0) }
        };
        serde_json::from_slice(bytes).unwrap_or_else(damaged)
    }

    /// The same with an error.
    pub(crate) fn with_problems(self, problems: Vec<Problem>, status: u32) -> Self {
        let code = problems.first().map(|problem| problem.code.clone()).unwrap_or_default();
        Self { code, status, problems, ..self }
    }
}

/// The device's clock, in seconds since 1970-01-01 UTC.
pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Problems; in notes of refusals written by version 0.1.0 each is a line of English.
fn problems<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Problem>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Stored {
        Line(String),
        Whole(Problem),
    }
    let stored = Vec::<Stored>::deserialize(deserializer)?;
    let whole = |stored| match stored {
        Stored::Whole(problem) => problem,
        Stored::Line(line) => {
            // It ends in its code, in brackets.
            let code = line.rsplit_once('[').map_or("", |(_, code)| code.trim_end_matches(']'));
            Problem { detail: line.clone(), ..Problem::of_code(code) }
        }
    };
    Ok(stored.into_iter().map(whole).collect())
}
