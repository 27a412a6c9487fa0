//! A made-up county on real divisions: who lives there, what happens to them in seven years, and how its officials
//! report it. The demonstration shows it, benchmarks and tests load it.
//!
//! What it is not: it starts no service and prints nothing; it submits to whatever node it is given.
//!
//! In reading order:
//! * [`County`]: the county's townships and villages, from a table
//! * `dice`, `names`: chance, and words
//! * `people`, `household`, `village`, `officials`: who there is
//! * `changes`, `assessment`, `catalogue`, `money`, `exits`, `monitoring`, `mistakes`: what happens
//! * `procedure`, `courses`: in what order it is decided; [`planted`]: at which rates that order and other rules are broken
//! * `clerk`, `plan`, [`history`]: how it is written down, in what order
//! * [`Loader`]: how it is submitted
//!
//! Nobody in it exists: names are put together by chance, citizen IDs lie in divisions that are not assigned, and the
//! log is opened for testing, so that it takes no other.

mod assessment;
mod catalogue;
mod changes;
mod clerk;
mod courses;
mod dice;
mod divisions;
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
