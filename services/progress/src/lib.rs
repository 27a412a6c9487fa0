//! lika-progress
