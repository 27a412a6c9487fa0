//! What holds for every log, whatever it holds.
