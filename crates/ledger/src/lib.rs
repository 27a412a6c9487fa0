//! lika-ledger
