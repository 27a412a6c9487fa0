//! The procedures by which households enter and leave the cards and villages and the county leave their lists: state
//! machines whose tables are in [`machine`], drawn below from those very tables.
//!
//! A *round* is one run of a procedure: it begins with its first step, each step follows one that its rule names, and
//! it ends with the decision it leads to (the card is made, the household has exited, …), or with a step that was not
//! passed. A step out of order is refused with what is missing, one that comes too early with the day from which it
//! is allowed. What comes late is admitted and shown as late. A step recorded wrong is put right by the same step
//! again that names the first one in `corrects`; a round begun in error ends with a step that is not passed.
//!
#![doc = include_str!("procedure/transitions.md")]

pub(crate) mod course;
#[cfg(test)]
mod drawing;
pub mod machine;
pub(crate) mod subject;
