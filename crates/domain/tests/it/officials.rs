//! Officials, keys, roles, assignments, postings and visits.

use crate::world::Case;

/// Every case of this file.
pub(crate) fn tables() -> Vec<Case> {
    Vec::new()
}
