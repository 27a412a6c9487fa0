//! Events of money and aid: their list, and a file for the rule of each.

mod acknowledgement;
mod allocation;
mod card;
mod delivery;
mod measure;
mod release;
mod reversal;

use super::rule::{Reported, Rule, events};
use crate::facts::envelope::Envelope;

pub use acknowledgement::AidAcknowledged;
pub use allocation::FundsAllocated;
pub use delivery::AidDelivered;
pub use measure::MeasurePlanned;
pub use release::FundsReleased;
pub use reversal::AidReversed;

/// One thing that happened to money or help.
pub type AidEvent = Reported<Envelope, AidKind>;

events! {
    /// The events of money and help.
    AidKind in Envelope;
    FundsReleased,
    FundsAllocated,
    MeasurePlanned,
    AidDelivered,
    AidAcknowledged,
    AidReversed,
}
