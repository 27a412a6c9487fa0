//! Messages as JSON.
