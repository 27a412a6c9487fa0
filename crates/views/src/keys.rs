//! Every key of the store, written down once. A key is the number of its kind and then its fields, big-endian, so that
//! the store's order is the order of the records, and the records of a village or the entries of a card are next to
//! each other. A number is never used for anything else; a change of layout is a new [`FORMAT`].

use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, Index, KeyId, OfficialId, Tag};

/// The layout of keys and values in the store. Values are borsh encodings of the domain's records, so a change of
/// those is a change of format too.
pub(crate) const FORMAT: u16 = 2;

/// Rows that the cards of a village are divided into.
const CARD_PARTS: u64 = 8;

macro_rules! keys {
    ($($(#[$meta:meta])* $name:ident = $number:literal $(($($field:ident: $type:ty),+))?),+ $(,)?) => {
        /// A row of the store.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Key { $($(#[$meta])* $name $(($($type),+))?),+ }

        /// The kinds of rows; the prefix of all rows of a kind is its number.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        pub(crate) enum Kind { $($name = $number),+ }

        impl Key {
            /// The bytes it has in the store.
            pub(crate) fn encode(&self) -> Vec<u8> {
                match self {
                    $(Self::$name $(($($field),+))? => {
                        #[allow(unused_mut, reason = "kinds without fields")]
                        let mut bytes = vec![Kind::$name as u8];
                        $($($field.put(&mut bytes);)+)?
                        bytes
                    })+
                }
            }

            /// From the bytes it has in the store; `None` if they are no key of this layout.
            pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
                let (number, mut rest) = bytes.split_first()?;
                let key = match *number {
                    $($number => Self::$name $(($(<$type as Field>::take(&mut rest)?),+))?,)+
                    _ => return None,
                };
                rest.is_empty().then_some(key)
            }
        }
    };
}

keys! {
    /// Which log the store is bound to, and the format.
    Binding = 1,
    /// How far the log was applied.
    Position = 2,
    /// What entry 0 opened.
    Jurisdiction = 3,
    /// All parameters.
    Policy = 4,
    /// An entry that changed nothing.
    Void = 5 (index: Index),
    /// An official.
    Official = 6 (id: OfficialId),
    /// A signing key.
    Signer = 7 (id: KeyId),
    /// Submissions with the entry of each, a batch in pieces, named by the entry of the first. Nothing looks up a
    /// single one.
    Submissions = 8 (first: Index),
    /// The village of a card.
    Home = 9 (id: HouseholdId),
    /// Who holds or held a citizen ID.
    Tag = 10 (tag: Tag),
    /// Money that reached the county.
    Release = 11 (number: u64),
    /// A village with everything but its cards.
    Village = 12 (area: Area),
    /// Cards of a village whose numbers leave that remainder, see [`Key::cards`].
    Cards = 13 (area: Area, part: u8),
    /// Entries that concern cards of a village, from that index on.
    VillageTrail = 14 (area: Area, first: Index),
    /// Entries that concern an official or were signed by them, from that index on.
    OfficialTrail = 15 (id: OfficialId, first: Index),
}

impl Key {
    /// The row that holds a card. About twenty cards of a poor village share one: sled takes large rows far more
    /// quickly than many, and one for each card would cost 20 kB of memory for each while a batch is written.
    pub(crate) fn cards(area: Area, id: HouseholdId) -> Self {
        Self::Cards(area, (id.get() % CARD_PARTS) as u8)
    }
}

impl Kind {
    /// The prefix of the rows of this kind that have `first` as their first field.
    pub(crate) fn prefix(self, first: &impl Field) -> Vec<u8> {
        let mut bytes = vec![self as u8];
        first.put(&mut bytes);
        bytes
    }
}

/// A field of a key, of a fixed length.
pub(crate) trait Field: Sized {
    /// Appends it.
    fn put(&self, bytes: &mut Vec<u8>);
    /// Takes it off the front; `None` if there is too little or no such value.
    fn take(bytes: &mut &[u8]) -> Option<Self>;
}

macro_rules! fields {
    ($($type:ty: $raw:ty, $to:expr, $from:expr;)+) => {$(
        impl Field for $type {
            fn put(&self, bytes: &mut Vec<u8>) {
                let raw: $raw = ($to)(*self);
                bytes.extend_from_slice(&raw.to_be_bytes());
            }
            fn take(bytes: &mut &[u8]) -> Option<Self> {
                let (raw, rest) = bytes.split_first_chunk()?;
                *bytes = rest;
                ($from)(<$raw>::from_be_bytes(*raw))
            }
        }
    )+};
}

fields! {
    u8: u8, |number| number, Some;
    u64: u64, |number| number, Some;
    OfficialId: u32, Self::get, Self::new;
    HouseholdId: u64, Self::get, Self::new;
    KeyId: u64, |id: Self| id.0, |raw| Some(Self(raw));
    Area: u64, Self::code, Self::from_code;
    Tag: u128, |tag: Self| u128::from_be_bytes(tag.0), |raw: u128| Some(Self(raw.to_be_bytes()));
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn official() -> impl Strategy<Value = OfficialId> {
        (10_000_000..=99_999_999u32).prop_map(|number| OfficialId::new(number).unwrap())
    }

    fn household() -> impl Strategy<Value = HouseholdId> {
        (1_000_000_000..=9_999_999_999u64).prop_map(|number| HouseholdId::new(number).unwrap())
    }

    fn area() -> impl Strategy<Value = Area> {
        (11..=99u64, 1..=99u64, 1..=99u64, 1..=999u64, 1..=999u64).prop_map(
            |(province, city, county, town, village)| {
                Area::from_code((((province * 100 + city) * 100 + county) * 1_000 + town) * 1_000 + village).unwrap()
            },
        )
    }

    fn key() -> impl Strategy<Value = Key> {
        prop_oneof![
            prop_oneof![Just(Key::Binding), Just(Key::Position), Just(Key::Jurisdiction), Just(Key::Policy)],
            any::<u64>().prop_map(Key::Void),
            official().prop_map(Key::Official),
            any::<u64>().prop_map(|id| Key::Signer(KeyId(id))),
            any::<u64>().prop_map(Key::Submissions),
            household().prop_map(Key::Home),
            any::<[u8; 16]>().prop_map(|tag| Key::Tag(Tag(tag))),
            any::<u64>().prop_map(Key::Release),
            area().prop_map(Key::Village),
            (area(), any::<u8>()).prop_map(|(area, part)| Key::Cards(area, part)),
            (area(), any::<u64>()).prop_map(|(area, first)| Key::VillageTrail(area, first)),
            (official(), any::<u64>()).prop_map(|(id, first)| Key::OfficialTrail(id, first)),
        ]
    }

    proptest! {
        #[test]
        fn keys_come_back(key in key()) {
            prop_assert_eq!(Key::decode(&key.encode()), Some(key));
        }

        #[test]
        fn bytes_are_in_the_order_of_the_keys(left in key(), right in key()) {
            prop_assert_eq!(left.cmp(&right), left.encode().cmp(&right.encode()));
        }

        #[test]
        fn other_bytes_are_no_key(bytes in prop::collection::vec(any::<u8>(), 0..20)) {
            if let Some(key) = Key::decode(&bytes) {
                prop_assert_eq!(key.encode(), bytes);
            }
        }
    }

    #[test]
    fn numbers_are_fixed() {
        assert_eq!(Key::Binding.encode(), [1]);
        let area = "130624100200".parse().unwrap();
        let card = Key::cards(area, HouseholdId::new(1_234_567_890).unwrap());
        assert_eq!(card.encode(), [13, 0, 0, 0, 30, 105, 205, 151, 104, 2]);
        assert!(card.encode().starts_with(&Kind::Cards.prefix(&area)));
        assert_eq!(Kind::OfficialTrail as u8, 15);
    }
}
