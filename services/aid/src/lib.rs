//! The service of funds and aid: what it takes about money that is released, allocated, delivered and acknowledged.
//!
//! What it is not: it does not judge the rules, which are the domain's, or keep the log, which the ledger does. Nothing
//! about aid is sealed, so there is nothing to add to them yet.

use lika_domain::rejection::{Code, Rejection};
use lika_ledger::Prepared;
use lika_proto::convert::Service;
use lika_proto::v1;

/// Reads a submission. What is prepared in order may be handed to the ledger in order, many at once.
///
/// # Errors
/// Everything that is wrong with its form; `field_invalid` if data keys came with it, since aid has none.
pub fn prepare(signed: &v1::SignedSubmission) -> Result<Prepared, Rejection> {
    if !signed.keys.is_empty() {
        return Err(Rejection::of(Code::FieldInvalid, "keys", "nothing about aid is sealed"));
    }
    lika_ledger::prepare(signed, Service::Aid)
}
