//! Everything that needs NATS: distributed services send requests over it, and JetStream orders the log.
//!
//! In reading order:
//! * [`connection`]: connects to NATS, and checks its servers first
//! * [`streams`]: creates a log's streams, begins them again after damage, or fills them from an embedded log
//! * `question`: reads as messages; `wire`: answers as messages
//! * [`directory`]: the running instances of a service
//! * `responder`: answers for a service; `log_server`: answers for the audit service
//! * `client`: the backend of a gateway that asks over NATS
//!
//! A request is answered at most once and may be lost on the way, so every submission carries its id and may be sent
//! again unchanged. Submissions of one area go to the same instance of a service as long as that instance runs, so
//! that instances seldom conflict.

pub(crate) mod client;
pub mod connection;
pub mod directory;
pub(crate) mod log_server;
pub(crate) mod question;
pub(crate) mod responder;
pub mod streams;
pub(crate) mod wire;
