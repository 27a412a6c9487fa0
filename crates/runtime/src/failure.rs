//! Why something cannot be started or done, with a stable code and what to do about it.

use std::borrow::Cow;

/// A failure that a person can do something about. Its message says what is wrong, where, and what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Stable code, in lower case with underscores.
    pub code: Cow<'static, str>,
    /// The text for people.
    pub message: String,
    /// Whether the reason is that something else is there already.
    pub conflict: bool,
}

impl Failure {
    /// A failure.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), conflict: false }
    }

    /// Marks the failure: the reason is that something else is there already.
    pub fn conflict(self) -> Self {
        Self { conflict: true, ..self }
    }
}
