//! Long tests. Each has a small number of rounds for every run of the tests and a large one for `cargo xtask soak`.

mod distributed;
mod flips;
mod full_disk;
mod kills;
mod sending;
mod tables;

/// How many rounds to run: the number requested, or the case's own for the share.
fn rounds(ci: u32, full: u32) -> u32 {
    let asked = std::env::var("LIKA_SOAK_COUNT").ok().and_then(|count| count.parse().ok());
    let share = std::env::var("LIKA_SOAK_SHARE").is_ok_and(|share| share == "full");
    asked.unwrap_or(if share { full } else { ci })
}

/// Seed of the random numbers.
fn seed() -> u64 {
    let asked = std::env::var("LIKA_SOAK_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = asked.unwrap_or(1);
    println!("LIKA_SOAK_SEED={seed}");
    seed
}
