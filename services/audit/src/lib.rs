//! lika-audit
