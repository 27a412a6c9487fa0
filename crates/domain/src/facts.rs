//! Reported facts as plain values: days, amounts, numbers, areas, closed lists, and the descriptions of events.
//! Nothing here depends on the state or a rule.

pub mod aid;
pub mod area;
pub mod citizen_id;
pub mod codes;
pub mod date;
pub mod describe;
#[cfg(test)]
pub(crate) mod drawn;
pub mod envelope;
pub mod ethnicity;
pub mod evidence;
pub mod header;
pub mod household;
pub mod ids;
pub mod kind;
pub mod language;
pub mod living;
pub mod member;
pub mod money;
pub mod official;
pub mod policy;
pub mod policy_defaults;
pub mod private;
pub mod procedure;
pub mod reason;
pub mod rejection;
pub mod text;
pub mod village;
