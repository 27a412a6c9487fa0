//! lika-client
