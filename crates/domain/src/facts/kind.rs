//! Closed lists of the field. Each choice is declared once, with its number on the wire, its name in documents and
//! its Chinese label; everything that lists choices is made from that.

use super::language::{Bilingual, Language};
use std::fmt;

/// A closed list without its type, for mappings, prompts and documentation.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// Name of its enum in the proto files, such as `EvidenceKind`.
    pub name: &'static str,
    /// Its choices.
    pub choices: &'static [Choice],
}

/// One choice of a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Choice {
    /// Number on the wire, from 1; 0 is "not given".
    pub number: i32,
    /// Name in documents, in lower snake case.
    pub name: &'static str,
    /// Chinese label.
    pub zh: &'static str,
}

/// A closed list whose choices have numbers on the wire.
pub trait FromWire: Sized {
    /// From the number on the wire; `None` for 0 (not given) and for numbers this version does not know.
    fn from_wire(number: i32) -> Option<Self>;
}

impl List {
    /// The choice of that name in documents.
    pub fn find(&self, name: &str) -> Option<&'static Choice> {
        self.choices.iter().find(|choice| choice.name == name)
    }

    /// The Chinese label of the choice of that name; a name that is not known stays.
    pub fn zh<'n>(&self, name: &'n str) -> &'n str {
        self.find(name).map_or(name, |choice| choice.zh)
    }

    /// The label of the choice of that name in documents; a name that is not known stays.
    pub fn label(&self, name: &str, language: Language) -> String {
        self.find(name).map_or_else(|| name.to_owned(), |choice| language.of(choice.zh.to_owned(), choice.en()))
    }

    /// The choice with that name in the proto files, such as `EVIDENCE_KIND_MINUTES`.
    pub fn find_wire(&self, wire: &str) -> Option<&'static Choice> {
        self.choices.iter().find(|choice| self.wire_name(choice) == wire)
    }

    /// A choice's name in the proto files: the list's name and its own, in upper snake case.
    pub fn wire_name(&self, choice: &Choice) -> String {
        let mut name = String::with_capacity(self.name.len() + choice.name.len() + 4);
        for (place, letter) in self.name.chars().enumerate() {
            if place > 0 && letter.is_ascii_uppercase() {
                name.push('_');
            }
            name.push(letter.to_ascii_uppercase());
        }
        name.push('_');
        name.push_str(&choice.name.to_ascii_uppercase());
        name
    }
}

impl fmt::Debug for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Choice {
    /// The label shown to people.
    pub fn label(&self) -> Bilingual {
        Bilingual::new(self.zh, self.en())
    }

    /// English label: the name, in words.
    pub fn en(&self) -> String {
        self.name.replace('_', " ")
    }
}

/// Declares an enum whose variants carry their wire number, their name and their Chinese label.
macro_rules! kinds {
    ($(#[$meta:meta])* $name:ident {
        $($(#[$variant_meta:meta])* $variant:ident = $number:literal $text:literal $zh:literal),+ $(,)?
    }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, borsh::BorshSerialize, borsh::BorshDeserialize)]
        #[borsh(use_discriminant = true)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_meta])* $variant = $number),+ }

        impl $name {
            /// Every variant, in the order of its numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The list, without its type.
            pub const LIST: $crate::facts::kind::List = $crate::facts::kind::List {
                name: stringify!($name),
                choices: &[$($crate::facts::kind::Choice { number: $number, name: $text, zh: $zh }),+],
            };

            /// Its name in views and command-line output.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }

            /// Its Chinese label.
            pub fn zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }
        }

        impl $crate::facts::kind::FromWire for $name {
            fn from_wire(number: i32) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

pub(crate) use kinds;

#[cfg(test)]
mod tests {
    use super::FromWire;
    use crate::household::Cause;
    use crate::submission::EvidenceKind;

    #[test]
    fn a_list_knows_its_choices_by_every_name() {
        let minutes = EvidenceKind::LIST.find("minutes").unwrap();
        assert_eq!(EvidenceKind::LIST.wire_name(minutes), "EVIDENCE_KIND_MINUTES");
        assert_eq!(EvidenceKind::LIST.find_wire("EVIDENCE_KIND_MINUTES"), Some(minutes));
        assert_eq!(EvidenceKind::from_wire(minutes.number), Some(EvidenceKind::Minutes));
        assert_eq!((Cause::Illness.zh(), Cause::LIST.find_wire("illness")), ("因病", None));
    }
}
