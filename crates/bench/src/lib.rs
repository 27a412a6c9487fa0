//! What a node of this machine takes and replays, beside what the machine could do at best.
//!
//! What it is not: it prints nothing. Each measurement gives its figures, and tells on the way what it is doing.
//!
//! Every figure stands beside references measured in the same run: the same bytes appended to a plain file with a sync
//! for every batch the log made, their SHA-256, and their signatures checked, each alone.
//!
//! In reading order:
//! * [`append`]: submissions over HTTP; [`distributed`]: the same to distributed services, beside raw JetStream
//! * [`replay`]: the whole log judged again; [`rules`]: what the rules cost, by event
//! * `county`, `load`, `reference`: who sends, how, and what it is compared with

pub mod append;
mod county;
pub mod distributed;
mod load;
mod reference;
pub mod replay;
pub mod rules;

/// Is told what is done next.
pub type Note<'n> = &'n (dyn Fn(&str) + Sync);

/// What is sent, by how many.
#[derive(Clone, Debug)]
pub struct Append {
    /// Clients that send single events at the same time, each waiting for its receipt.
    pub clients: u32,
    /// Submissions of one event.
    pub singles: u32,
    /// Submissions of 100 events.
    pub hundreds: u32,
    /// Distributed services: the servers named, or an empty name for one and then three of its own; `None` is embedded.
    pub nats: Option<Vec<String>>,
    /// Monitoring addresses of the servers named.
    pub monitor: Vec<String>,
    /// Copies of each message on the servers named.
    pub replicas: u8,
}
