//! What may be recorded and what it changes: a file for the rule of each event, and the judge around them.

pub mod admit;
pub mod aid;
pub mod catalogue;
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
