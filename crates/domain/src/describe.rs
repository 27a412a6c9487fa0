//! How events are described: each once, beside its rule, as data.
//!
//! From a description come the wire mapping and its checks, the text in which `lika submit` repeats a report, prompts,
//! forms, help and documentation. `crates/domain/ADDING.md` walks through adding an event.

use crate::kind::List;

/// What an event of the log is.
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
    /// One English sentence: what has happened when it is reported.
    pub meaning: &'static str,
    /// Whom or what it concerns.
    pub concerns: Concerns,
    /// Which officials may report it, in words; the rule decides.
    pub reporters: Reporters,
    /// The procedure whose steps lead to it, by its name; `None` if it needs no procedure.
    pub procedure: Option<&'static str>,
    /// Where its rule comes from: a regulation, a standard, a section of one, or a decision of this project.
    pub source: &'static str,
    /// What it says, in the order of a form.
    pub fields: &'static [Field],
}

/// Whom or what an event concerns: which of its envelope's numbers it names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Concerns {
    /// The submission's village.
    Village,
    /// A card of the village.
    Household,
    /// A card of the village, or the village itself when none is named.
    HouseholdOrVillage,
    /// The whole area that the log covers.
    Jurisdiction,
    /// An official.
    Official,
    /// An official and a card.
    OfficialAndHousehold,
    /// An official and the submission's village.
    OfficialAndVillage,
}

/// Which officials may report an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reporters {
    /// Officials with one of these roles, by name.
    Roles(&'static [crate::official::Role]),
    /// The tables of procedures say it for each step.
    ByStep,
}

/// One field of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Its name in the proto files.
    pub name: &'static str,
    /// Chinese label.
    pub zh: &'static str,
    /// One English phrase: what it holds, with its unit.
    pub meaning: &'static str,
    /// What may stand in it.
    pub value: Value,
}

/// What may stand in a field, with the limits that the wire mapping checks. What a value may be in the light of other
/// values is a rule and no part of a description.
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
        /// Most of them.
        max: usize,
    },
    /// A day, yyyymmdd.
    Day,
    /// A day, yyyymmdd; 0 is none.
    DayOrNone,
    /// A month, yyyymm.
    Month,
    /// A calendar year.
    Year,
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
    /// Yes or no.
    Flag,
    /// A household's number, 10 digits; 0 is none.
    HouseholdOrNone,
    /// A member's number, 1 to 99.
    Member,
    /// A member's number, 1 to 99; 0 is none.
    MemberOrNone,
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
    /// Personal data, encrypted before it is signed; a report states these fields in the clear under `private`.
    Sealed(&'static [Field]),
    /// Fields of its own.
    Part(&'static [Field]),
    /// Several parts with the same fields.
    Parts {
        /// The fields of each.
        fields: &'static [Field],
        /// Most of them.
        max: usize,
    },
    /// A value with its own reader in the wire mapping; the text says what it looks like.
    Special(&'static str),
}
