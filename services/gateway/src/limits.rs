//! Every limit of the gateway. Going over one has an error of its own.

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
/// Most header lines.
pub const HEADERS_MAX: usize = 64;
/// What a connection may hold of a request that is not parsed yet, in bytes. More than the limits above, so that
/// going over these is answered and not merely hung up on.
pub const READ_BUFFER_BYTES_MAX: usize = 64 * 1024;
/// Longest time until the head of the next request is there, in seconds; idle connections are closed by it.
pub const HEAD_TIMEOUT_S: u64 = 20;
/// Longest time until a body is there as a whole, in seconds.
pub const BODY_TIMEOUT_S: u64 = 10;
/// Longest time until more of a stream of submissions comes, in seconds.
pub const STREAM_TIMEOUT_S: u64 = 60;
/// Longest time that a client may take nothing of an answer, in seconds.
pub const WRITE_TIMEOUT_S: u64 = 30;
/// Most open connections; others wait to be taken up. Well below the 1,024 files that most systems let a process have
/// open: the log must never find none left for a tile.
pub const CONNECTIONS_MAX: usize = 768;
/// Most submissions under way, over all connections.
pub const SUBMISSIONS_MAX: usize = 4_096;
/// Most submissions of one stream under way.
pub const STREAM_SUBMISSIONS_MAX: usize = 256;
/// How long requests under way may take once the gateway is to stop, in seconds.
pub const STOP_TIMEOUT_S: u64 = 10;
/// How long what a client still sends is read and dropped after an answer that did not wait for it, in milliseconds.
/// If the connection were closed at once, the system would throw the answer away.
pub const LINGER_MS: u64 = 2_000;
/// How many bytes of that, at most.
pub const LINGER_BYTES_MAX: usize = 64 * 1024 * 1024;
/// How long a challenge may be answered, in seconds.
pub const CHALLENGE_S: u64 = 60;
/// How long a session is good, in seconds.
pub const SESSION_S: u64 = 900;
/// How far beyond the checkpoint known here an entry may be that is waited for.
pub const PUBLISH_WAIT_ENTRIES: u64 = 65_536;
/// How long it is waited for, in milliseconds.
pub const PUBLISH_WAIT_MS: u64 = 1_000;
/// Most reads at the same time that fold the log as of an earlier day.
pub const FOLDS_MAX: usize = 2;
/// How long such a read waits for its turn, in milliseconds.
pub const FOLD_WAIT_MS: u64 = 5_000;
