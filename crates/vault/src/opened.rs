//! Personal data as authorised readers see it: only the last characters of identifying numbers are shown.

use lika_domain::ids::{HouseholdId, Index, MemberNo, OfficialId};
use lika_proto::v1;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Number of last characters shown.
const SHOWN_CHARS: usize = 4;

/// Most visits of a card whose accounts are opened.
pub const VISITS_MAX: usize = 20;

/// Asks for the personal data of a card: an [`OpenedCard`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenHousehold {
    /// The household.
    pub id: HouseholdId,
    /// Entries that concern its card, in order.
    pub entries: Vec<Index>,
    /// Its members.
    pub members: Vec<MemberNo>,
}

/// Asks for the personal data of an official: an [`OpenedOfficial`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpenOfficial {
    /// The official.
    pub id: OfficialId,
}

/// Personal data of a card, as far as it could be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CardPersonal")]
pub struct OpenedCard {
    /// The household's own data; `None` if it has none, or its key is gone.
    pub household: Option<OpenedHousehold>,
    /// Members ordered by number, without those who have no data or whose key is gone.
    pub members: Vec<OpenedMember>,
    /// The latest visits with an account that could be opened, the last one first; at most [`VISITS_MAX`].
    #[serde(default)]
    pub visits: Vec<OpenedVisit>,
}

/// Personal data of a household. Fields that were not given are empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HouseholdPersonal")]
pub struct OpenedHousehold {
    /// Address below the village.
    pub address: String,
    /// Mobile number.
    pub phone: String,
    /// Name of the bank.
    pub bank: String,
    /// Account that receives aid; only its end is shown.
    pub account: String,
    /// Remarks, free text.
    pub remark: String,
}

/// Personal data of a member. Fields that were not given are empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MemberPersonal")]
pub struct OpenedMember {
    /// Person number, 12 digits.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Citizen ID; only its end is shown.
    pub citizen_id: String,
    /// Mobile number.
    pub phone: String,
}

/// The account of a visit.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "VisitPersonal")]
pub struct OpenedVisit {
    /// Entry that recorded the visit.
    pub entry: Index,
    /// Official number of the visitor.
    pub official: String,
    /// The day.
    pub happened: String,
    /// What was seen, in free words.
    pub seen: String,
}

/// Personal data of an official. Fields that were not given are empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OfficialPersonal")]
pub struct OpenedOfficial {
    /// Full name.
    pub name: String,
    /// Mobile number.
    pub phone: String,
}

impl From<v1::HouseholdPrivate> for OpenedHousehold {
    fn from(private: v1::HouseholdPrivate) -> Self {
        let v1::HouseholdPrivate { address, phone, bank, account, remark } = private;
        Self { address, phone, bank, account: masked(&account), remark }
    }
}

impl OpenedMember {
    /// Data of the person with that number.
    pub fn new(person: lika_domain::ids::PersonId, private: v1::MemberPrivate) -> Self {
        let v1::MemberPrivate { name, citizen_id, phone, .. } = private;
        Self { id: person.to_string(), name, citizen_id: masked(&citizen_id), phone }
    }
}

impl From<v1::OfficialPrivate> for OpenedOfficial {
    fn from(private: v1::OfficialPrivate) -> Self {
        Self { name: private.name, phone: private.phone }
    }
}

/// Keeps personal data out of logs and messages that use `{:?}`.
macro_rules! hide {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

hide!(OpenedHousehold, OpenedMember, OpenedVisit, OpenedOfficial);

fn masked(number: &str) -> String {
    let hidden = number.chars().count().saturating_sub(SHOWN_CHARS);
    "*".repeat(hidden).chars().chain(number.chars().skip(hidden)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_end_of_a_number_is_shown() {
        assert_eq!(masked("901624195803071228"), "**************1228");
        assert_eq!((masked("123").as_str(), masked("").as_str()), ("123", ""));
    }

    #[test]
    fn debug_output_shows_no_personal_data() {
        let official = OpenedOfficial { name: "张三".into(), phone: "13900000000".into() };
        assert_eq!(format!("{official:?}"), "OpenedOfficial(..)");
    }
}
