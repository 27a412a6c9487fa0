//! Why something cannot be started or done, with a stable code and what to do about it.

use std::borrow::Cow;

/// A failure that a person can do something about. Its message says what is wrong, where, and what to do.
#[derive(Clone, Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// Stable code, in lower case with underscores.
    pub code: Cow<'static, str>,
    /// For people.
    pub message: String,
    /// Something else stands in its place already.
    pub conflict: bool,
}

impl Failure {
    /// A failure.
    pub fn new(code: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), conflict: false }
    }

    /// The same, because something else stands in its place already.
    pub fn conflict(self) -> Self {
        Self { conflict: true, ..self }
    }
}
