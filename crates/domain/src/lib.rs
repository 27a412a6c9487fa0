//! lika-domain
