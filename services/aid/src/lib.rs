//! The aid service: prepares submissions on funds that are released, allocated, delivered and acknowledged.
//!
//! It does not judge the rules, which the domain does, or keep the log, which the ledger does. Aid has no sealed
//! data, so there is nothing else to check.

use lika_domain::rejection::{Code, Rejection};
use lika_ledger::{Prepared, Received};
use lika_proto::convert::Service;

/// Reads a submission. Submissions prepared in order may be given to the ledger in that order, many at once.
///
/// # Errors
/// Everything that is wrong with its form; `field_invalid` if data keys came with it, since aid has none.
pub fn prepare(received: Received) -> Result<Prepared, Rejection> {
    if !received.signed.keys.is_empty() {
        return Err(Rejection::of(Code::FieldInvalid, "keys", "nothing about aid is sealed"));
    }
    lika_ledger::prepare(received, Service::Aid)
}
