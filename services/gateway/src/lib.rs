//! lika-gateway
