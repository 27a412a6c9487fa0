//! Measures how much a node on this machine records and replays, compared with what the machine could do at best.
//!
//! Nothing is printed: each measurement returns its figures and reports its progress to a callback.
//!
//! Every figure comes with references from the same run: the same bytes appended to a plain file with a sync for
//! every batch of the log, their SHA-256, and their signatures checked, each alone.
//!
//! In reading order:
//! * [`append`]: submissions over HTTP; [`distributed`]: the same to distributed services, compared with raw
//!   JetStream
//! * [`replay`]: the whole log judged again; [`rules`]: the cost of the rules by kind of event
//! * `county`, `load`, `reference`: senders, load, and references

pub mod append;
mod county;
pub mod distributed;
mod load;
mod reference;
pub mod replay;
pub mod rules;

/// Receives a line about the step that comes next.
pub type Note<'n> = &'n (dyn Fn(&str) + Sync);

/// The load.
#[derive(Clone, Debug)]
pub struct Append {
    /// Clients that send single events at the same time, each waiting for its receipt.
    pub clients: u32,
    /// Submissions of one event.
    pub singles: u32,
    /// Submissions of 100 events.
    pub hundreds: u32,
    /// For distributed services the URLs of NATS servers, or an empty name for the bench's own servers, first one and
    /// then three; `None` measures the embedded log.
    pub nats: Option<Vec<String>>,
    /// Monitoring addresses of these servers.
    pub monitor: Vec<String>,
    /// Replicas of each message on these servers.
    pub replicas: u8,
}
