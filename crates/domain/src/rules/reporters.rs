//! Which officials may report which events: the sets of roles that descriptions name.

use crate::facts::describe::Reporters;
use crate::facts::official::Role::{
    self, Administrator, CountyOfficer, Finance, Responsible, TownshipOfficer, VillageOfficer,
};

/// Only administrators.
pub(crate) const ADMINISTRATOR: Reporters = Reporters::Roles(&[Administrator]);
/// The county's office.
pub(crate) const COUNTY: Reporters = Reporters::Roles(&[CountyOfficer, Administrator]);
/// Offices of townships and of the county.
pub(crate) const OFFICES: Reporters = Reporters::Roles(&[Administrator, CountyOfficer, TownshipOfficer]);
/// Officers of every level.
pub(crate) const OFFICERS: Reporters =
    Reporters::Roles(&[VillageOfficer, TownshipOfficer, CountyOfficer, Administrator]);
/// Officers, and the responsible official of the household.
pub(crate) const ASSESSORS: Reporters =
    Reporters::Roles(&[VillageOfficer, Responsible, TownshipOfficer, CountyOfficer, Administrator]);
/// Officials who release and allocate funds.
pub(crate) const TREASURY: Reporters = Reporters::Roles(&[Administrator, CountyOfficer, Finance]);
/// Officers and finance officials.
pub(crate) const PAYERS: &[Role] = &[Administrator, CountyOfficer, TownshipOfficer, VillageOfficer, Finance];
/// Officers, finance officials, and the responsible official of the household.
pub(crate) const GIVERS: &[Role] =
    &[Administrator, CountyOfficer, TownshipOfficer, VillageOfficer, Finance, Responsible];
