//! lika-tlog
