//! A made-up county on real divisions: its households, seven years of their history, and the reports of its
//! officials. The demonstration shows it; benchmarks and tests load it.
//!
//! It starts no service and prints nothing; it submits to any node.
//!
//! In reading order:
//! * [`County`]: the county's townships and villages, from a table
//! * `dice`, `names`: random numbers and names
//! * `people`, `village`, `household`, `officials`: people and places
//! * `changes`, `assessment`, `catalogue`, `entitlement`, `money`, `exits`, `monitoring`: what happens to them
//! * `mistakes`, `corrections`: wrong records, and their corrections
//! * `procedure`, `courses`: the procedures that decide it; [`planted`]: the rates at which rules are broken
//! * `clerk`, `plan`, [`history`]: how it is reported, and in what order
//! * [`Loader`]: how it is submitted
//!
//! Nobody in it exists: names are random, citizen IDs lie in divisions that are not assigned, and the log is opened
//! for testing, so it accepts no other IDs.

mod assessment;
mod catalogue;
mod changes;
mod clerk;
mod corrections;
mod courses;
mod dice;
mod divisions;
mod entitlement;
mod exits;
pub mod history;
mod household;
mod loader;
mod mistakes;
mod money;
mod monitoring;
mod names;
mod officials;
mod people;
mod plan;
pub mod planted;
mod procedure;
#[cfg(test)]
mod tests;
mod village;

pub use divisions::{County, DIVISIONS_BYTES_MAX, FUPING, Township};
pub use history::{HOUSEHOLDS_MAX, History};
pub use loader::{LoadError, Loaded, Loader};
