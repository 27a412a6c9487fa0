//! Events of officials: their list, and a file for the rule of each.

mod administrators;
mod assignment;
mod enrolment;
mod keys;
mod known;
mod opening;
mod posting;
mod visit;

use super::rule::{Reported, Rule, events};
use crate::facts::envelope::OfficialEnvelope;

pub use assignment::{AssignmentEnded, OfficialAssigned};
pub use enrolment::{OfficialEnrolled, RoleChanged};
pub use keys::{KeyEnrolled, KeyRevoked};
pub use opening::JurisdictionOpened;
pub use posting::{VillagePostEnded, VillageTeamPosted};
pub use visit::HouseholdVisited;

/// One thing that happened to an official or by one.
pub type OfficialEvent = Reported<OfficialEnvelope, OfficialKind>;

events! {
    /// The events of officials.
    OfficialKind in OfficialEnvelope;
    JurisdictionOpened in Box,
    OfficialEnrolled,
    KeyEnrolled,
    KeyRevoked,
    RoleChanged,
    OfficialAssigned,
    AssignmentEnded,
    VillageTeamPosted,
    VillagePostEnded,
    HouseholdVisited,
}
