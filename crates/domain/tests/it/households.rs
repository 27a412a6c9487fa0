//! Villages, households, members, what is assessed of them and how they leave poverty.

use crate::world::Case;

/// Every case of this file.
pub(crate) fn tables() -> Vec<Case> {
    Vec::new()
}
