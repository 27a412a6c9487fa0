//! Read models: the figures and cards of a log, kept ready for reading.
//!
//! A view is a fold of published entries, by the same functions as everywhere, with the lists of entries behind each
//! card and each official. It can always be rebuilt from the log, so it lives in sled, whose files survive a killed
//! process but not a power cut. Nothing here decides, and nothing here is the only copy of anything.
//!
//! In reading order:
//! * documents: [`document`] (areas), [`card`] (households), [`procedures`], [`official`], [`policy`], [`explain`]
//!   (what figures rest on), [`forecast`] (what poor villages lack), [`money`] (its way)
//! * questions: [`query`]
//! * how documents are described to clients: `schema`
//! * storage: `keys` (its layout, written down once), `rows` (sled), `clean_shutdown` (whether the machine stopped
//!   meanwhile), `fold` (the working set), `tracked` (which rows an entry changes), `trail` (which entries concern
//!   whom), `digest`
//! * [`views`]: open, apply, read; `sums` (figures of areas, cached); [`follower`] (a thread that keeps up with a
//!   log)
//! * [`past`]: the same figures as of an earlier day, on either clock, and for any state at hand
//! * [`error`]: errors, and what to do about them

pub mod card;
mod clean_shutdown;
mod digest;
pub mod document;
pub mod error;
pub mod explain;
mod fold;
pub mod follower;
pub mod forecast;
mod keys;
pub mod money;
pub mod official;
pub mod past;
pub mod policy;
pub mod procedures;
pub mod query;
mod rows;
mod schema;
mod sums;
mod trail;
pub mod views;

pub use card::HouseholdView;
pub use document::{Progress, Standing};
pub use error::ViewError;
pub use explain::Explanation;
pub use follower::{FollowError, Follower, follow};
pub use official::OfficialView;
pub use past::{Past, as_of, month};
pub use policy::PolicyView;
pub use query::{FigureQuery, HouseholdQuery, OfficialQuery, PolicyQuery, ProgressQuery};
pub use rows::LogIdentity;
pub use views::Views;

#[cfg(test)]
mod tests;
