//! lika-proto
