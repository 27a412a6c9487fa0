//! Events of villages and households: their list, and a file for the rule of each.

mod area_exits;
mod cards;
mod closing;
mod erasure;
mod exit;
mod facts;
mod fall;
mod income;
mod living;
mod member_facts;
mod members;
mod monitoring;
mod policy;
mod registration;
mod step;
mod step_checks;
mod tags;
mod village;

use super::rule::{Reported, Rule, events};
use crate::facts::envelope::Envelope;

pub use area_exits::{CountyExited, VillageExited};
pub use closing::HouseholdDeregistered;
pub use erasure::PersonalDataErased;
pub use exit::HouseholdExited;
pub use facts::HouseholdUpdated;
pub use fall::HouseholdFellBack;
pub use income::{IncomeAssessed, YEAR_MIN, YEAR_OVER_FROM_MONTH};
pub use living::LivingConditionsAssessed;
pub use members::{MemberAdded, MemberRemoved, MemberUpdated};
pub use monitoring::{MonitoringEnded, MonitoringStarted};
pub use policy::PolicySet;
pub use registration::HouseholdRegistered;
pub use step::ProcedureStepTaken;
pub use step_checks::may_begin;
pub use village::{VillageProfileUpdated, VillageRegistered};

/// One thing that happened to a village or a household.
pub type HouseholdEvent = Reported<Envelope, HouseholdKind>;

events! {
    /// The events of villages and households.
    HouseholdKind in Envelope;
    VillageRegistered,
    VillageProfileUpdated,
    HouseholdRegistered in Box,
    HouseholdUpdated,
    MemberAdded in Box,
    MemberUpdated in Box,
    MemberRemoved,
    IncomeAssessed in Box,
    LivingConditionsAssessed,
    ProcedureStepTaken,
    HouseholdExited,
    HouseholdFellBack,
    HouseholdDeregistered,
    MonitoringStarted,
    MonitoringEnded,
    VillageExited,
    CountyExited,
    PersonalDataErased,
    PolicySet,
}
