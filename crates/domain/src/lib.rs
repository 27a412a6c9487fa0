//! The rules of the cards: what a log of poverty-household records admits and what it means.
//!
//! Pure: no input or output, no clock, no randomness, no encoding for the wire. Time and numbers come in with the
//! entry, so a replay decides exactly as the recorder did. [`admit::admit`] may refuse; [`evolve::evolve`] never does.
//!
//! In reading order:
//! * words: [`date`], [`money`], [`area`], [`ids`], [`citizen_id`]
//! * how events are described: [`describe`], with [`kind`] for closed lists
//! * what is reported: [`submission`], [`household`], [`member`], [`income`], [`living`], [`procedure`], [`village`],
//!   [`official`], [`aid`], [`policy`]
//! * what is known: [`state`], and [`draft`] while a submission is judged
//! * the decision: [`admit`], [`evolve`], [`rejection`]
//! * what it amounts to: [`entitlement`], [`progress`]
//!
#![doc = include_str!("correcting.md")]

pub mod admit;
pub mod aid;
pub mod area;
pub mod citizen_id;
pub mod date;
pub mod describe;
pub mod draft;
pub mod entitlement;
pub mod evolve;
pub mod household;
pub mod ids;
pub mod income;
pub mod kind;
pub mod living;
pub mod member;
pub mod money;
pub mod official;
pub mod policy;
pub mod procedure;
pub mod progress;
pub mod rejection;
pub mod state;
pub mod submission;
pub mod village;
