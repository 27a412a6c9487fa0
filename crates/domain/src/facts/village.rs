//! Facts and limits of villages and of the county.

use crate::facts::kind::kinds;

/// Longest name of a village, project, unit, post or device, in characters.
pub const NAME_CHARS_MAX: usize = 64;

/// Most rural persons a village may state.
pub const RURAL_PERSONS_MAX: u32 = 1_000_000;

/// A county may exit if fewer than this many of 10,000 sampled households had exited wrongly, and fewer had been
/// missed (2016 rules on exit: below two percent each).
pub const COUNTY_ERRORS_BELOW: u32 = 200;

/// A county may exit if more than this many of 10,000 persons asked are satisfied (2016 rules on exit: above ninety
/// percent).
pub const COUNTY_SATISFACTION_ABOVE: u32 = 9_000;

kinds! {
    /// Infrastructure and services of a village.
    Service {
        /// Hardened road.
        Road = 1 "road" "道路",
        /// Safe drinking water.
        Water = 2 "water" "饮水",
        /// Electricity for production.
        Electricity = 3 "electricity" "用电",
        /// Clinic.
        Clinic = 4 "clinic" "卫生室",
        /// Broadband.
        Broadband = 5 "broadband" "宽带",
        /// School or kindergarten.
        School = 6 "school" "学校",
        /// Place for culture and meetings.
        Culture = 7 "culture" "文化场所",
    }
}
