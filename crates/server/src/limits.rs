//! Every limit of a connection.

/// Most header lines.
pub const HEADERS_MAX: usize = 64;
/// Most bytes of a request that a connection holds before they are parsed. More than a
/// server's own limits, so that a request that goes over these gets an answer and is not merely disconnected.
pub const READ_BUFFER_BYTES_MAX: usize = 64 * 1024;
/// Longest time until the head of the next request has arrived, in seconds; it also closes idle connections.
pub const HEAD_TIMEOUT_S: u64 = 20;
/// Longest time that a client may read nothing of an answer, in seconds.
pub const WRITE_TIMEOUT_S: u64 = 30;
/// How long requests under way may take once the server is to stop, in seconds.
pub const STOP_TIMEOUT_S: u64 = 10;
/// After an answer that did not wait for the whole request, the rest is read and dropped for this long, in
/// milliseconds. If the connection were closed at once, the system would throw the answer away.
pub const LINGER_MS: u64 = 2_000;
/// Most bytes of it that are read and dropped.
pub const LINGER_BYTES_MAX: usize = 64 * 1024 * 1024;
