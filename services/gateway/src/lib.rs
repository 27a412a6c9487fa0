//! The gateway: all requests over HTTP come in here. It checks their form and limits, asks the services, and answers.
//!
//! What it is not: it decides nothing about a submission and keeps nothing.
//!
//! In reading order:
//! * [`Backend`]: its calls to other services; [`limits`]: every limit
//! * [`Gateway`]: the parts that every handler uses; `paths`, `routes`: every route
//! * `submissions`, `stream` with `frames`, `media`, `body`: receive submissions
//! * [`sessions`]: tokens for reads that are not public; `reads`, `policy` with `parameters`: reads as JSON
//! * `files`: checkpoint, tiles and proofs; `node`, `openapi`: health, metrics, the API's description
//! * [`pages`] and `html`: the same reads as pages for people
//! * `problem`: every error as problem details; `metrics`: counters
//! * [`serve`]: the socket

mod areas;
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
mod paths;
mod policy;
mod problem;
mod reads;
mod replica;
mod routes;
mod server;
pub mod sessions;
mod stream;
mod submissions;

pub use backend::Backend;
pub use gateway::{Gateway, StartError};
pub use paths::ROUTES;
pub use problem::CODES;
pub use server::serve;
