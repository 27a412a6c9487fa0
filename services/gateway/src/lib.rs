//! The gateway: the one door over HTTP. It checks form and limits, asks the services, and answers.
//!
//! What it is not: it decides nothing about a submission and keeps nothing.
//!
//! In reading order:
//! * [`Backend`]: what it asks of other services; [`limits`]: how much of anything it takes
//! * [`Gateway`]: what every handler has at hand; `routes`: every route
//! * `submissions`, `stream` with `frames`, `media`, `body`: the way of a submission
//! * [`sessions`]: who may read what is not for everyone; `reads`, `policy` with `parameters`: what is read as
//!   JSON
//! * `files`: checkpoint, tiles and proofs; `node`: health, metrics, the API's description
//! * [`pages`] and `html`: the same for people
//! * `problem`: every error as problem details; `metrics`: what is counted
//! * [`serve`]: the socket

pub mod backend;
mod body;
mod files;
mod frames;
mod gateway;
mod html;
pub mod limits;
mod media;
mod metrics;
mod node;
mod openapi;
pub mod pages;
mod parameters;
mod policy;
mod problem;
mod reads;
mod routes;
mod server;
pub mod sessions;
mod stalled;
mod stream;
mod submissions;

pub use backend::Backend;
pub use gateway::{Gateway, StartError};
pub use problem::CODES;
pub use routes::ROUTES;
pub use server::serve;
