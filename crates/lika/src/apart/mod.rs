//! Services apart: each its own process, ordered by JetStream, talking by requests over NATS.
//!
//! In reading order:
//! * [`connection`]: how NATS is reached, and what is checked of its servers before anything rests on them
//! * [`wire`]: questions and answers as they travel
//! * [`answer`]: a service answers
//! * [`ask`]: the gateway asks
//! * `audit`: what the audit service answers
//! * [`role`]: each of the six services, started
//!
//! A request is answered at most once and may be lost on the way; so every submission carries its id and may be sent again
//! as it is. Submissions of one area go to the same instance of a service as long as that is there: then instances
//! seldom stand in each other's way.

pub(crate) mod answer;
pub(crate) mod ask;
mod audit;
pub(crate) mod connection;
pub(crate) mod directory;
pub(crate) mod role;
pub(crate) mod wire;
