//! lika-aid
