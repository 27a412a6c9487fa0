//! Running the services of a county: all in one process on a folder, or each in a process of its own over NATS.
//!
//! What it is not: it decides nothing and shows nothing; it starts services, gives the gateway its backend, and stops
//! them in order.
//!
//! In reading order:
//! * [`create`](log::create): a new log in a folder; [`Embedded`]: all services on it
//! * [`backend`]: the services of one process, called by the gateway; `reads`: their answers
//! * [`Distributed`]: one service in a process of its own
//! * [`nats`]: everything that needs NATS
//! * [`Failure`]: an error that a person can do something about

pub mod backend;
mod distributed;
mod embedded;
mod failure;
mod listening;
pub mod log;
pub mod nats;
mod reads;
mod service_kind;

pub use distributed::{Config as DistributedConfig, Distributed};
pub use embedded::{Config as EmbeddedConfig, Embedded, Failed};
pub use failure::Failure;
pub use listening::listen;
pub use service_kind::ServiceKind;
