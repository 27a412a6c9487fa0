//! Fuping county in tests: its areas, an official of every role, and the time.

use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, MemberNo, OfficialId};

/// Name of the log.
pub const ORIGIN: &str = "lika.example/130624";
/// The county.
pub const COUNTY: &str = "130624";
/// Its name.
pub const COUNTY_NAME: &str = "阜平县";
/// The township of both villages.
pub const TOWNSHIP: &str = "130624100";
/// The village that most reports concern.
pub const VILLAGE: &str = "130624100200";
/// Another village of the township.
pub const OTHER_VILLAGE: &str = "130624100201";

/// The household of [`VILLAGE`].
pub const HOUSEHOLD: u64 = 1_000_000_001;
/// A household number that is not in use.
pub const NEW_HOUSEHOLD: u64 = 1_000_000_002;

/// Role: administrator of the county, who opens the log.
pub const ADMINISTRATOR: u32 = 10_000_001;
/// Role: county officer.
pub const COUNTY_OFFICER: u32 = 10_000_002;
/// Role: officer of [`TOWNSHIP`].
pub const TOWNSHIP_OFFICER: u32 = 10_000_003;
/// Role: officer of [`VILLAGE`].
pub const VILLAGE_OFFICER: u32 = 10_000_004;
/// Role: responsible official in [`VILLAGE`].
pub const RESPONSIBLE: u32 = 10_000_005;
/// Role: finance, of the county.
pub const FINANCE: u32 = 10_000_006;
/// Role: auditor, of the county.
pub const AUDITOR: u32 = 10_000_007;
/// Role: county officer, besides [`COUNTY_OFFICER`].
pub const COUNTY_DEPUTY: u32 = 10_000_008;
/// An official number that is not in use.
pub const NOBODY: u32 = 10_000_099;

/// The day on which the reports of `rules` are recorded unless they name another.
pub const TODAY: u32 = 20_210_601;
/// The time at which signed submissions are composed and recorded: 2020-09-13 12:26:40 UTC.
pub const NOW_MS: u64 = 1_600_000_000_000;
/// The day on which the events of signed submissions happened.
pub const HAPPENED: u32 = 20_200_901;

/// A date from yyyymmdd.
pub fn date(yyyymmdd: u32) -> Date {
    Date::from_yyyymmdd(yyyymmdd).unwrap()
}

/// An area from its digits.
pub fn area(text: &str) -> Area {
    text.parse().unwrap()
}

/// A village of [`TOWNSHIP`] by its number; [`VILLAGE`] is number 0.
pub fn village_code(number: u64) -> String {
    format!("{TOWNSHIP}{:03}", 200 + number)
}

/// A household number.
pub fn household(number: u64) -> HouseholdId {
    HouseholdId::new(number).unwrap()
}

/// An official number.
pub fn official(number: u32) -> OfficialId {
    OfficialId::new(number).unwrap()
}

/// A member's number.
pub fn member_no(number: u32) -> MemberNo {
    MemberNo::new(number).unwrap()
}
