//! The procedures: a household gets its card, leaves poverty, falls back, or is monitored; a village or the county
//! leaves its list. They are state machines. Their tables are in [`machine`], and the drawings below are made from
//! them.
//!
//! A *round* is one run of a procedure. It begins with its first step, and each step follows one that its rule names.
//! It ends with the decision it leads to (the card is made, the household has exited, …), or with a step that was not
//! passed. The refusal of a step out of order names the missing steps; that of a step too early names the day from
//! which it is allowed. A late step is admitted and shown as late. A wrong step is corrected by the same step again,
//! which names the first one in `corrects`; a round begun in error ends with a step that is not passed.
//!
#![doc = include_str!("procedure/transitions.md")]

pub(crate) mod course;
#[cfg(test)]
mod drawing;
pub mod machine;
pub(crate) mod subject;
