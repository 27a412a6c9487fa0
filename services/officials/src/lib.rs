//! lika-officials
