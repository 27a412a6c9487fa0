//! Personal data as a reader sees it who may: numbers that identify somebody are hidden but for their end.

use lika_proto::v1;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Last characters of a number that are shown.
const SHOWN_CHARS: usize = 4;

/// Personal data of a card, as far as it could be opened.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CardPersonal")]
pub struct OpenedCard {
    /// The household's own; `None` if it has none, or no key for it any more.
    pub household: Option<OpenedHousehold>,
    /// Members in the order of their numbers; who has none, or no key for it any more, is left out.
    pub members: Vec<OpenedMember>,
}

/// Personal data of a household. What was not given is empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HouseholdPersonal")]
pub struct OpenedHousehold {
    /// Address below the village.
    pub address: String,
    /// Mobile number.
    pub phone: String,
    /// Name of the bank.
    pub bank: String,
    /// Account that receives aid, all but its end hidden.
    pub account: String,
    /// Remarks in free words.
    pub remark: String,
}

/// Personal data of a member. What was not given is empty.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "MemberPersonal")]
pub struct OpenedMember {
    /// Person number, 12 digits.
    pub id: String,
    /// Full name.
    pub name: String,
    /// Citizen ID, all but its end hidden.
    pub citizen_id: String,
    /// Mobile number.
    pub phone: String,
}

/// Personal data of an official. What was not given is empty.
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
    /// Of the person of that number.
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

/// Nobody's data gets into a log or a message by way of `{:?}`.
macro_rules! hide {
    ($($name:ident),+) => {$(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    )+};
}

hide!(OpenedHousehold, OpenedMember, OpenedOfficial);

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
    fn nothing_is_shown_to_a_debugger() {
        let official = OpenedOfficial { name: "张三".into(), phone: "13900000000".into() };
        assert_eq!(format!("{official:?}"), "OpenedOfficial(..)");
    }
}
