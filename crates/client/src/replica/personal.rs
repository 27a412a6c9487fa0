//! Names, numbers and telephones of a replica's households and of the officials who answer for them, as the node
//! opened them: of citizen IDs and accounts only the end is known.

use lika_domain::ids::{HouseholdId, Index, MemberNo, OfficialId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Fewest last characters of a number that are searched for.
const END_CHARS_MIN: usize = 4;

/// Personal data by household and official.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// Entries of the log that it is known for.
    fetched: Index,
    households: BTreeMap<u64, Card>,
    officials: BTreeMap<u32, Person>,
    /// Households by the names of their members without spaces, made of the rest.
    #[serde(skip)]
    named: BTreeMap<String, Vec<u64>>,
}

/// Personal data of a household. What was not given or cannot be opened is empty.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// The household's own data.
    #[serde(default)]
    pub household: Option<Contact>,
    /// Its members.
    #[serde(default)]
    pub members: Vec<Member>,
    /// Its latest visits, the last one first.
    #[serde(default)]
    pub visits: Vec<Visit>,
}

/// Where a household lives and how it is reached and paid.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Contact {
    /// Address below the village.
    pub address: String,
    /// Mobile number.
    pub phone: String,
    /// Name of the bank.
    pub bank: String,
    /// Account; only its end is shown.
    pub account: String,
    /// Remarks.
    pub remark: String,
}

/// A member's personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Member {
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
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Visit {
    /// Entry that recorded it.
    pub entry: Index,
    /// Official number of the visitor.
    pub official: String,
    /// The day.
    pub happened: String,
    /// What was seen.
    pub seen: String,
}

/// An official's personal data.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Full name.
    pub name: String,
    /// Mobile number.
    pub phone: String,
}

/// A part of it, as the node gives it.
#[derive(Deserialize)]
pub(crate) struct Page {
    households: Vec<HouseholdOfPage>,
    officials: Vec<OfficialOfPage>,
    #[serde(deserialize_with = "number")]
    pub(super) next: Option<HouseholdId>,
}

#[derive(Deserialize)]
struct HouseholdOfPage {
    id: String,
    personal: Card,
}

#[derive(Deserialize)]
struct OfficialOfPage {
    id: String,
    personal: Person,
}

impl Personal {
    /// A household's personal data.
    pub fn household(&self, id: HouseholdId) -> Option<&Card> {
        self.households.get(&id.get())
    }

    /// An official's name and telephone.
    pub fn official(&self, id: OfficialId) -> Option<&Person> {
        self.officials.get(&id.get())
    }

    /// A member's name; empty if it is not known.
    pub fn name(&self, household: HouseholdId, member: MemberNo) -> &str {
        let id = household.person(member).to_string();
        let members = self.household(household).map_or(&[][..], |card| &card.members);
        members.iter().find(|member| member.id == id).map_or("", |member| &member.name)
    }

    /// Households that a text finds: a part of a member's name, the household's or a member's number or its beginning,
    /// or the end of a citizen ID or telephone of at least four characters.
    pub fn search(&self, text: &str) -> Vec<HouseholdId> {
        let text = text.trim();
        if text.is_empty() {
            return Vec::new();
        }
        let member = |member: &Member| {
            member.name.contains(text)
                || member.id.starts_with(text)
                || ends(&member.citizen_id, text)
                || ends(&member.phone, text)
        };
        let found = |(id, card): (&u64, &Card)| {
            let contact = card.household.as_ref().is_some_and(|contact| ends(&contact.phone, text));
            let found = id.to_string().starts_with(text) || contact || card.members.iter().any(member);
            found.then(|| HouseholdId::new(*id)).flatten()
        };
        self.households.iter().filter_map(found).collect()
    }

    /// Members with that name, whatever spaces it is written with.
    pub fn named(&self, name: &str) -> impl Iterator<Item = (HouseholdId, &Member)> {
        let name = plain(name);
        let households = self.named.get(&name).into_iter().flatten().filter_map(|id| HouseholdId::new(*id));
        let members = move |id| {
            let name = name.clone();
            let members = self.household(id).into_iter().flat_map(|card| &card.members);
            members.filter(move |member| plain(&member.name) == name).map(move |member| (id, member))
        };
        households.flat_map(members)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.households.is_empty()
    }

    pub(super) fn fetched(&self) -> Index {
        self.fetched
    }

    pub(super) fn set_fetched(&mut self, upto: Index) {
        self.fetched = upto;
    }

    /// Takes a page over; of households only those that are `known`.
    pub(super) fn take(&mut self, page: Page, known: impl Fn(HouseholdId) -> bool) {
        for HouseholdOfPage { id, personal } in page.households {
            if let Some(id) = id.parse().ok().and_then(HouseholdId::new).filter(|id| known(*id)) {
                self.forget(id);
                self.note_names(id, &personal);
                self.households.insert(id.get(), personal);
            }
        }
        for OfficialOfPage { id, personal } in page.officials {
            if let Some(id) = id.parse().ok().and_then(OfficialId::new) {
                self.officials.insert(id.get(), personal);
            }
        }
    }

    pub(super) fn forget(&mut self, household: HouseholdId) {
        let Some(card) = self.households.remove(&household.get()) else { return };
        for member in &card.members {
            if let Some(named) = self.named.get_mut(&plain(&member.name)) {
                named.retain(|id| *id != household.get());
            }
        }
    }

    /// Reads what was stored.
    pub(super) fn from_json(bytes: &[u8]) -> serde_json::Result<Self> {
        let mut read: Self = serde_json::from_slice(bytes)?;
        let households = std::mem::take(&mut read.households);
        for (id, card) in &households {
            if let Some(id) = HouseholdId::new(*id) {
                read.note_names(id, card);
            }
        }
        read.households = households;
        Ok(read)
    }

    fn note_names(&mut self, household: HouseholdId, card: &Card) {
        for name in card.members.iter().map(|member| plain(&member.name)).filter(|name| !name.is_empty()) {
            let named = self.named.entry(name).or_default();
            if named.last() != Some(&household.get()) {
                named.push(household.get());
            }
        }
    }
}

/// A name without spaces.
fn plain(name: &str) -> String {
    name.split_whitespace().collect()
}

/// Whether a number ends with a text, or is that text as far as it is known: of some numbers only the end is.
fn ends(shown: &str, text: &str) -> bool {
    let (known, text) = (shown.trim_start_matches('*').to_uppercase(), text.to_uppercase());
    let whole = !known.is_empty() && text.len() == shown.len() && text.ends_with(&known);
    text.len() >= END_CHARS_MIN && (known.ends_with(&text) || whole)
}

/// A household number that may be null.
fn number<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<HouseholdId>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    let read = |text: String| text.parse().ok().and_then(HouseholdId::new);
    match text {
        Some(text) => read(text).map(Some).ok_or_else(|| serde::de::Error::custom("not a household number")),
        None => Ok(None),
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

hide!(Personal, Card, Contact, Member, Visit, Person);
