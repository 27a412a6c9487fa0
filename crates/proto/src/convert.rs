//! From the wire to the rules.
