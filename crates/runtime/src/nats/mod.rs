//! What is NATS alone: distributed services talk by requests over it, ordered by JetStream.
//!
//! In reading order:
//! * [`connection`]: how NATS is reached, and what is checked of its servers before anything rests on them
//! * [`streams`]: a log's streams are made, begun again after damage, or fed from an embedded log
//! * `question`: reads as they travel; `wire`: submissions, and answers to both
//! * [`directory`]: which instances of a service there are
//! * `responder`: a service answers; `log_server`: what the audit service answers
//! * `client`: the backend of a gateway that asks over NATS
//!
//! A request is answered at most once and may be lost on the way; so every submission carries its id and may be sent
//! again as it is. Submissions of one area go to the same instance of a service as long as that is there, so that
//! instances seldom stand in each other's way.

pub(crate) mod client;
pub mod connection;
pub mod directory;
pub(crate) mod log_server;
pub(crate) mod question;
pub(crate) mod responder;
pub mod streams;
pub(crate) mod wire;
