//! The rules: which events may be recorded, and what they change. Each event's rule has its own file; the judge is
//! common to all.

pub mod admit;
pub mod aid;
pub mod catalogue;
pub mod detail;
pub mod evolve;
pub mod households;
pub mod judge;
pub mod officials;
pub mod procedure;
pub(crate) mod reporters;
pub(crate) mod rule;
pub mod submission;

pub use crate::facts::describe::Described;
pub use rule::Reported;
