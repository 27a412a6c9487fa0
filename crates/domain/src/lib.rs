//! The rules of the register: which entries a log of poverty-household records admits, and what they change.
//!
//! Pure: no input or output, no clock, no randomness, no encoding for the wire. Time and numbers come in with the
//! entry, so a replay decides exactly as the recorder did. [`admit::admit`] may refuse; [`evolve::evolve`] never
//! does.
//!
//! The crate has layers. Each uses only those before it, and no two files use each other:
//! * [`facts`]: reported facts as plain values, and descriptions of events
//! * [`state`]: the state folded from the log, and who may sign
//! * [`rules`]: the rule and the description of each event, in a file of its own; [`admit`], [`evolve`]
//! * [`progress`]: figures, and the contributions to them
//!
//! Other crates import by noun: [`household`], [`official`], [`aid`] and so on collect what all layers have on it.
//!
#![doc = include_str!("correcting.md")]

pub mod facts;
pub mod progress;
pub mod rules;
pub mod state;

pub use facts::{area, citizen_id, date, describe, ids, kind, language, money, reason, rejection, text};
pub use progress::entitlement;
pub use rules::{admit, catalogue, detail, evolve};

/// Households: facts, cards and events.
pub mod household {
    pub use crate::facts::household::*;
    pub use crate::rules::households::*;
    pub use crate::state::household::{ExitFindings, Household, Monitoring};
}

/// Persons on a card.
pub mod member {
    pub use crate::facts::ethnicity::ETHNICITIES;
    pub use crate::facts::member::*;
    pub use crate::rules::households::{MemberAdded, MemberRemoved, MemberUpdated};
}

/// Incomes of households.
pub mod income {
    pub use crate::rules::households::{IncomeAssessed, YEAR_MIN, YEAR_OVER_FROM_MONTH};
    pub use crate::state::household::YearIncome;
}

/// Assurances, guarantees and dwellings.
pub mod living {
    pub use crate::facts::living::*;
    pub use crate::rules::households::LivingConditionsAssessed;
    pub use crate::state::household::Conditions;
}

/// Villages and the county.
pub mod village {
    pub use crate::facts::village::*;
    pub use crate::rules::households::{CountyExited, VillageExited, VillageProfileUpdated, VillageRegistered};
    pub use crate::state::village::*;
}

/// Officials, their keys and duties.
pub mod official {
    pub use crate::facts::official::*;
    pub use crate::rules::officials::*;
    pub use crate::state::authority::{Authority, Opening, Signer};
    pub use crate::state::official::*;
}

/// Money and aid.
pub mod aid {
    pub use crate::facts::aid::*;
    pub use crate::rules::aid::*;
    pub use crate::state::aid::*;
}

/// Parameters of the rules.
pub mod policy {
    pub use crate::facts::policy::*;
    pub use crate::facts::policy_defaults::*;
    pub use crate::rules::households::PolicySet;
    pub use crate::state::policy::*;
    pub use crate::state::policy_in_force::InForce;
    pub use crate::state::policy_listing::{Listed, Set};
}

/// Procedures, their steps and rounds.
pub mod procedure {
    pub use crate::facts::procedure::*;
    pub use crate::rules::households::{ProcedureStepTaken, may_begin};
    pub use crate::rules::procedure::machine;
    pub use crate::state::round::*;
}

/// Submissions and entries.
pub mod submission {
    pub use crate::facts::envelope::{Envelope, OfficialEnvelope};
    pub use crate::facts::evidence::*;
    pub use crate::facts::header::*;
    pub use crate::rules::Reported;
    pub use crate::rules::submission::*;
}
