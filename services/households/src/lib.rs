//! lika-households
