//! A log in memory, judged by the rules alone, and tables of cases that are run against it.
//!
//! The log of [`World::open`] has an official of every role, each with a key, a poor village and a household of
//! three.

mod case;
mod report;
mod world;

pub use case::{Case, Expected, check, check_on, expected, run};
pub use report::{Report, opening, opening_of, policy, steps_required};
pub use world::World;
