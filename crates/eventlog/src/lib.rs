//! lika-eventlog
