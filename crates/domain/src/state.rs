//! The state folded from the log: cards, villages, officials, funds, parameters. It contains no rules.

pub mod aid;
pub mod authority;
pub mod draft;
pub mod fold;
pub mod household;
pub mod official;
pub mod policy;
pub mod policy_in_force;
pub mod policy_listing;
pub mod round;
pub mod store;
pub mod village;

pub use draft::Draft;
pub use fold::{Holding, Jurisdiction, State};
pub use store::Store;
