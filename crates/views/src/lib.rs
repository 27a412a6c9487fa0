//! lika-views
