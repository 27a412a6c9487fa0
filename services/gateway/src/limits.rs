//! Every limit of the gateway, besides those of its connections ([`lika_server::limits`]). A request that goes over
//! one gets the error of that limit.

/// Largest signed submission, in bytes: an entry of the log, its keys, and room for fields to come.
pub const SUBMISSION_BYTES_MAX: usize = 128 * 1024;
/// Largest submission as JSON, in bytes.
pub const SUBMISSION_JSON_BYTES_MAX: usize = 256 * 1024;
/// Largest request for a session, in bytes.
pub const SESSION_BYTES_MAX: usize = 4 * 1024;
/// Longest path and query, in bytes.
pub const URI_BYTES_MAX: usize = 2 * 1024;
/// Most bytes of all header lines together.
pub const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Longest time until a whole body has arrived, in seconds.
pub const BODY_TIMEOUT_S: u64 = 10;
/// Longest time until more of a stream of submissions comes, in seconds.
pub const STREAM_TIMEOUT_S: u64 = 60;
/// Most open connections; others wait to be accepted. Well below the 1,024 files that most systems let a process have
/// open, so that the log can always open a tile.
pub const CONNECTIONS_MAX: u32 = 768;
/// Most submissions under way, over all connections.
pub const SUBMISSIONS_MAX: usize = 4_096;
/// Most submissions of one stream under way.
pub const STREAM_SUBMISSIONS_MAX: usize = 256;
/// How long a challenge may be answered, in seconds.
pub const CHALLENGE_S: u64 = 60;
/// How long a session is good, in seconds.
pub const SESSION_S: u64 = 900;
/// A read waits for an entry that is at most this many entries beyond the checkpoint known here.
pub const PUBLISH_WAIT_ENTRIES: u64 = 65_536;
/// How long a read waits for such an entry, in milliseconds.
pub const PUBLISH_WAIT_MS: u64 = 1_000;
/// Most entries in a part of a replica.
pub const REPLICA_ENTRIES_MAX: usize = 1_000;
/// Most bytes of entries in a part of a replica, except that one entry is always given.
pub const REPLICA_BYTES_MAX: usize = 1024 * 1024;
/// Most households in a part of the personal data of a replica.
pub const REPLICA_HOUSEHOLDS_MAX: usize = 200;
/// Most of them that are opened at the same time.
pub const REPLICA_OPEN_MAX: usize = 8;
/// Most reads that fold the log as of an earlier day at the same time.
pub const FOLDS_MAX: usize = 2;
/// How long such a read waits for its turn, in milliseconds.
pub const FOLD_WAIT_MS: u64 = 5_000;
