//! Descriptions of events, as data: each event is described once, next to its rule.
//!
//! The wire mapping and its checks, the summary that `lika submit` shows before signing, help and documentation are
//! made from the descriptions. `CONTRIBUTING.md` explains how to add an event.

use super::kind::List;
use super::language::{Bilingual, Sentence};
use super::official::Role;
use super::procedure::Procedure;

/// An event with a description.
pub trait Described {
    /// Its description.
    const EVENT: Event;
}

/// The description of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    /// Name of its field in the proto files' `oneof kind`, such as `household_exited`.
    pub name: &'static str,
    /// Name of its message in the proto files and of its type here, such as `HouseholdExited`.
    pub message: &'static str,
    /// Chinese label.
    pub zh: &'static str,
    /// English label.
    pub en: &'static str,
    /// What has happened.
    pub meaning: Sentence,
    /// Its subject.
    pub concerns: Concerns,
    /// Which officials may report it.
    pub reporters: Reporters,
    /// The procedure that leads to it; `None` if it needs none.
    pub procedure: Option<Procedure>,
    /// Source of its rule: a regulation, a standard, or a decision of this project.
    pub source: &'static str,
    /// Whether figures as of an earlier day count it too, because no other event can be read without it: villages,
    /// authority, policy.
    pub ground: bool,
    /// Its fields, in the order of a form.
    pub fields: &'static [Field],
}

/// The subject of an event: which numbers its envelope names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concerns {
    /// The submission's village.
    Village,
    /// A card of the village.
    Household,
    /// A card of the village, or the village itself when no card is named.
    HouseholdOrVillage,
    /// The whole area that the log covers.
    Jurisdiction,
    /// Named in the event itself.
    Named,
    /// An official.
    Official,
    /// An official and a card.
    OfficialAndHousehold,
    /// An official and the submission's village.
    OfficialAndVillage,
}

/// Which officials may report an event, each inside their own area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporters {
    /// Officials with one of these roles.
    Roles(&'static [Role]),
    /// Depends on the content of the event; the words explain how.
    ByContent(Sentence),
}

/// One field of an event or a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the proto files.
    pub name: &'static str,
    /// Chinese label.
    pub zh: &'static str,
    /// What it contains, with the unit.
    pub meaning: Sentence,
    /// Its allowed values.
    pub value: Value,
    /// The answer on which it hangs; `None` if it is always asked for.
    pub when: Option<When>,
}

/// A field is asked for only if another field of the same form has one of certain values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct When {
    /// Name of the other field.
    pub field: &'static str,
    /// Names of choices; `*` stands for any value but none and 0.
    pub is: &'static [&'static str],
}

impl When {
    /// Whether it holds for the other field's answer, as it is written in a report; empty if it has none.
    pub fn holds(&self, answer: &str) -> bool {
        let given = !matches!(answer, "" | "0");
        self.is.iter().any(|value| if *value == "*" { given } else { *value == answer })
    }
}

/// Fields that several events have in common: facts of a card, a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Name of its type, and of its message in the proto files if it has one of its own.
    pub name: &'static str,
    /// Its fields.
    pub fields: &'static [Field],
    /// Fields of the type that are not in events, each with its initial value.
    pub besides: &'static [(&'static str, &'static str)],
}

/// Allowed values of a field, with the limits checked by the wire mapping. Conditions that involve other values are
/// rules and not part of a description.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value {
    /// One of a closed list.
    Choice(&'static List),
    /// One of a closed list, or none.
    ChoiceOrNone(&'static List),
    /// Several of a closed list.
    Choices {
        /// The list.
        list: &'static List,
        /// The most that are read; a rule may allow fewer.
        max: usize,
    },
    /// A day, yyyymmdd.
    Day,
    /// A day, yyyymmdd; 0 is none.
    DayOrNone,
    /// A month, yyyymm.
    Month,
    /// A calendar year, 1900 to 2199.
    Year,
    /// A calendar year; which ones are allowed is a rule.
    YearByRule,
    /// Fen, 0 or more.
    Amount,
    /// Fen, also below zero.
    Balance,
    /// A text that may be empty.
    Text {
        /// Longest, in characters.
        chars_max: usize,
    },
    /// A text that must be given.
    RequiredText {
        /// Longest, in characters.
        chars_max: usize,
    },
    /// A number that the author chooses, not 0.
    Number,
    /// A number that the author chose before; 0 is none.
    NumberOrNone,
    /// A count, from 0.
    Count {
        /// Highest; `u32::MAX` where only a rule limits it.
        max: u32,
    },
    /// A count that may be below zero.
    Signed,
    /// Yes or no.
    Flag,
    /// A household's number, 10 digits; 0 is none.
    HouseholdOrNone,
    /// A member's number, 1 to 99.
    Member,
    /// A member's number, 1 to 99; 0 is none.
    MemberOrNone,
    /// An official's number, 8 digits.
    Official,
    /// Officials' numbers, 8 digits each.
    Officials {
        /// Most of them.
        max: usize,
    },
    /// A division code, 12 digits.
    Area,
    /// The name of a key.
    Key,
    /// An Ed25519 public key, 32 bytes.
    PublicKey,
    /// Number of a household (10 digits) or an official (8 digits).
    Subject,
    /// Personal data, encrypted before signing; a report has these fields as plain text under `private`.
    Sealed(&'static [Field]),
    /// A record of its own.
    Record(&'static Record),
    /// At least one record.
    Records {
        /// The description of one.
        record: &'static Record,
        /// The most that are read; a rule may allow fewer.
        max: usize,
    },
    /// The fields of a record that the proto files place among the surrounding fields.
    Flat(&'static Record),
    /// A value for which the wire mapping has its own reader, named like the field.
    Special {
        /// The fields of the proto files that it is read from; empty for the one of the same name.
        wire: &'static [Field],
        /// Fields inside it, for displaying it.
        inside: &'static [Field],
    },
}

/// The field of that name. Where it is a constant, a name that the description does not have fails the build.
///
/// # Panics
/// If there is none.
#[allow(clippy::panic, reason = "evaluated by the build, for constants")]
pub const fn field(fields: &'static [Field], name: &str) -> &'static Field {
    let mut place = 0;
    while place < fields.len() {
        if same(fields[place].name, name) {
            return &fields[place];
        }
        place += 1;
    }
    panic!("the description has no field of that name")
}

const fn same(left: &str, right: &str) -> bool {
    let (left, right) = (left.as_bytes(), right.as_bytes());
    let mut place = 0;
    while place < left.len() && place < right.len() && left[place] == right[place] {
        place += 1;
    }
    place == left.len() && place == right.len()
}

impl Field {
    /// Every field as in the proto files, with those of flat records and special values expanded.
    pub fn on_the_wire(&'static self) -> Vec<&'static Self> {
        match self.value {
            Value::Flat(record) => record.fields.iter().flat_map(Self::on_the_wire).collect(),
            Value::Special { wire, .. } if !wire.is_empty() => wire.iter().collect(),
            _ => vec![self],
        }
    }

    /// Nested fields, which have this field's name before theirs.
    pub fn inside(&self) -> &'static [Self] {
        match self.value {
            Value::Record(record) | Value::Records { record, .. } => record.fields,
            Value::Sealed(fields) | Value::Special { inside: fields, .. } => fields,
            _ => &[],
        }
    }

    /// Whether a form may leave it without an answer. A count and an amount are given even if they are zero.
    pub fn may_be_empty(&self) -> bool {
        match self.value {
            Value::Text { .. } | Value::DayOrNone | Value::NumberOrNone | Value::Signed => true,
            Value::MemberOrNone | Value::HouseholdOrNone | Value::ChoiceOrNone(_) => true,
            Value::Choices { .. } | Value::Officials { .. } => true,
            // Everyone has an ethnicity; a time, a code or a certificate may not be known.
            Value::Special { inside, .. } => inside.is_empty() && self.name != "ethnicity",
            _ => false,
        }
    }

    /// Whether a form must have an answer to it. One that hangs on another's answer must be given if it is asked for,
    /// and only then; `beside` is the answer to the field of that name in the same form.
    pub fn must_be_answered(&self, beside: impl FnOnce(&str) -> String) -> bool {
        match self.when {
            Some(when) => when.holds(&beside(when.field)),
            None => !self.may_be_empty(),
        }
    }

    /// The label shown to people: in Chinese, and the name in words.
    pub fn label(&self) -> Bilingual {
        Bilingual::new(self.zh, self.name.replace('_', " "))
    }
}

impl Event {
    /// The label shown to people.
    pub fn label(&self) -> Bilingual {
        Bilingual::new(self.zh, self.en)
    }

    /// Every field as in the proto files.
    pub fn fields_on_the_wire(&self) -> Vec<&'static Field> {
        self.fields.iter().flat_map(Field::on_the_wire).collect()
    }
}

/// Describes fields: `/// Meaning.` and `name = value, "标签", "含义";`, the last in Chinese like the label. A field that
/// hangs on another's answer ends with `, when other is ["value"]`.
macro_rules! fields {
    ($(
        $(#[doc = $meaning:literal])+
        $field:ident = $value:expr, $zh:literal, $about:literal $(, when $on:ident is $is:expr)?;
    )*) => {
        &[$($crate::facts::describe::Field {
            name: stringify!($field),
            zh: $zh,
            meaning: $crate::facts::language::Sentence { zh: $about, en: concat!($($meaning),+) },
            value: $value,
            when: $crate::facts::describe::when!($($on $is)?),
        }),*]
    };
}

/// The condition of a field, if it has one.
macro_rules! when {
    () => {
        None
    };
    ($on:ident $is:expr) => {
        Some($crate::facts::describe::When { field: stringify!($on), is: &$is })
    };
}

/// Declares an event: its type and its description at once. Every field has one line with its name, its type, its
/// allowed values, and its label and meaning in Chinese; its doc comment is its meaning in English.
macro_rules! event {
    (
        $(#[doc = $about:literal])+
        $(#[derive($($derive:ident),+)])?
        $name:ident $snake:literal, $zh:literal, $en:literal {
            about: $event_about:literal,
            concerns: $concerns:ident,
            reporters: $reporters:expr,
            procedure: $procedure:expr,
            source: $source:literal,
            $(ground: $ground:literal,)?
        }
        $(
            $(#[doc = $meaning:literal])+
            $field:ident: $ty:ty = $value:expr, $fzh:literal, $fabout:literal $(, when $on:ident is $is:expr)?;
        )*
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq, $($($derive),+)?)]
        pub struct $name { $($(#[doc = $meaning])+ pub $field: $ty),* }

        impl $crate::facts::describe::Described for $name {
            const EVENT: $crate::facts::describe::Event = $crate::facts::describe::Event {
                name: $snake,
                message: stringify!($name),
                zh: $zh,
                en: $en,
                meaning: $crate::facts::language::Sentence { zh: $event_about, en: concat!($($about),+) },
                concerns: $crate::facts::describe::Concerns::$concerns,
                reporters: $reporters,
                procedure: $procedure,
                source: $source,
                ground: false $(|| $ground)?,
                fields: $crate::facts::describe::fields! {
                    $($(#[doc = $meaning])+ $field = $value, $fzh, $fabout $(, when $on is $is)?;)*
                },
            };
        }
    };
}

/// Declares a record that the state keeps as events state it: its type and its description at once.
macro_rules! record {
    (
        $(#[doc = $about:literal])+
        $name:ident
        $(
            $(#[doc = $meaning:literal])+
            $field:ident: $ty:ty = $value:expr, $fzh:literal, $fabout:literal $(, when $on:ident is $is:expr)?;
        )*
        $(besides $($(#[doc = $besides:literal])+ $more:ident: $more_ty:ty = $begins:literal;)+)?
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq, borsh::BorshSerialize, borsh::BorshDeserialize)]
        pub struct $name {
            $($(#[doc = $meaning])+ pub $field: $ty,)*
            $($($(#[doc = $besides])+ pub $more: $more_ty,)+)?
        }

        impl $name {
            /// The description of its fields.
            pub const RECORD: $crate::facts::describe::Record = $crate::facts::describe::Record {
                name: stringify!($name),
                fields: $crate::facts::describe::fields! {
                    $($(#[doc = $meaning])+ $field = $value, $fzh, $fabout $(, when $on is $is)?;)*
                },
                besides: &[$($((stringify!($more), $begins)),+)?],
            };
        }
    };
}

pub(crate) use {event, fields, record, when};
