//! Faults, and how they are made.

use super::clerks::Told;
use super::{INSTANCES, number, state};
use crate::support::distributed::{Distributed, copy, names, send, server};
use crate::support::files;
use lika_client::Random;
use std::fs;
use std::path::PathBuf;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The longest pause of a process and the longest cut of a connection, in milliseconds: longer than the integrator's
/// lease.
const PAUSE_MS_MAX: u64 = 7_000;
/// The longest time that a server is down, in milliseconds.
const AWAY_MS_MAX: u64 = 4_000;
/// Receipts given between copying a store and restoring the copy, so that there is something to lose.
const LOST_RECEIPTS: u64 = 8;
/// How long these may take, in seconds.
const LOST_WITHIN_S: u64 = 60;

/// A fault.
#[derive(Debug)]
pub(super) enum Fault {
    /// A service is killed by SIGKILL and started again.
    Kill(String),
    /// A service is paused by a signal for this many milliseconds.
    Pause(String, u64),
    /// A connection is cut for this many milliseconds.
    Cut((String, String), u64),
    /// A server is killed, and starts again with what it had synced.
    KillServer(usize, u64),
    /// A server is paused by a signal.
    PauseServer(usize, u64),
    /// A server comes back without its last seconds.
    Forget(usize),
    /// A bit of the stream flips on one server's disk; the number selects the file and the position.
    Flip(usize, u64),
    /// All servers are restored from older copies.
    RollBack,
}

impl Fault {
    /// Draws a random fault.
    pub(super) fn draw(chance: &mut Random, distributed: &Distributed) -> Self {
        let (all, cables) = (names(INSTANCES), distributed.network.cables());
        let name = all[place(chance, all.len())].clone();
        let cable = cables[place(chance, cables.len())].clone();
        let among: Vec<_> = cables.into_iter().filter(|(from, _)| from.starts_with('n')).collect();
        let of = place(chance, distributed.servers.len());
        match number(chance, 24) {
            0..=2 => Self::KillServer(of, number(chance, AWAY_MS_MAX)),
            3..=4 => Self::PauseServer(of, number(chance, PAUSE_MS_MAX)),
            5..=7 => Self::Cut(cable, number(chance, PAUSE_MS_MAX)),
            8..=10 => Self::Cut(among[place(chance, among.len())].clone(), number(chance, PAUSE_MS_MAX)),
            11..=14 => Self::Pause(name, number(chance, PAUSE_MS_MAX)),
            15 => Self::Forget(of),
            16 => Self::Flip(of, number(chance, u64::MAX)),
            17 => Self::RollBack,
            _ => Self::Kill(name),
        }
    }

    /// Whether the stream may afterwards lack published entries: then the services must stop, and an operator begins
    /// a new epoch.
    pub(super) fn damages(&self) -> bool {
        matches!(self, Self::Forget(_) | Self::Flip(..) | Self::RollBack)
    }

    /// Makes the fault, and ends it if it has an end.
    pub(super) fn apply(&self, distributed: &mut Distributed, told: &Told) {
        match self {
            Self::Kill(name) => {
                distributed.kill(name);
                // Other faults may still be present when it starts; it waits for them to end, or reports that it
                // cannot start.
                distributed.spawn(name);
            }
            Self::Pause(name, ms) => {
                distributed.signal(name, "STOP");
                sleep(*ms);
                distributed.signal(name, "CONT");
            }
            Self::Cut(cable, ms) => {
                distributed.network.set_cut(cable, true);
                sleep(*ms);
                distributed.network.set_cut(cable, false);
            }
            Self::KillServer(of, ms) => {
                distributed.servers[*of].kill().unwrap();
                sleep(*ms);
                distributed.servers[*of].start_again().unwrap();
            }
            Self::PauseServer(of, ms) => {
                send(distributed.servers[*of].pid(), "STOP");
                sleep(*ms);
                send(distributed.servers[*of].pid(), "CONT");
            }
            Self::Forget(of) => put_back(distributed, &[*of], told),
            Self::Flip(of, which) => flip(distributed, *of, *which),
            Self::RollBack => put_back(distributed, &(0..distributed.servers.len()).collect::<Vec<_>>(), told),
        }
    }
}

fn place(chance: &mut Random, below: usize) -> usize {
    usize::try_from(number(chance, below as u64)).unwrap()
}

fn sleep(ms: u64) {
    std::thread::sleep(Duration::from_millis(ms));
}

fn store(distributed: &Distributed, of: usize) -> PathBuf {
    distributed.servers[of].dir().join("store")
}

/// Copies the servers' folders, lets clerks get receipts, and restores the copies.
fn put_back(distributed: &mut Distributed, which: &[usize], told: &Told) {
    let older = |distributed: &Distributed, of: usize| distributed.data(&format!("older-{}", server(of)));
    which.iter().for_each(|of| distributed.servers[*of].kill().unwrap());
    for of in which {
        copy(&store(distributed, *of), &older(distributed, *of));
    }
    which.iter().for_each(|of| distributed.servers[*of].start_again().unwrap());
    let (before, begun) = (told.receipts.load(Ordering::Relaxed), Instant::now());
    while told.receipts.load(Ordering::Relaxed) < before + LOST_RECEIPTS {
        // Damage of an earlier fault may show just now; then there are no receipts to lose.
        if !distributed.ended().is_empty() {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(LOST_WITHIN_S), "no receipts: {}", state(distributed));
        sleep(20);
    }
    which.iter().for_each(|of| distributed.servers[*of].kill().unwrap());
    for of in which {
        fs::remove_dir_all(store(distributed, *of)).unwrap();
        fs::rename(older(distributed, *of), store(distributed, *of)).unwrap();
    }
    which.iter().for_each(|of| distributed.servers[*of].start_again().unwrap());
}

/// Flips a bit in a file of a server's streams while it is down.
fn flip(distributed: &mut Distributed, of: usize, which: u64) {
    distributed.servers[of].kill().unwrap();
    let found = files(&store(distributed, of));
    let blocks: Vec<_> = found
        .into_iter()
        .filter(|path| path.to_string_lossy().contains("LIKA_LOG") && path.extension().is_some_and(|end| end == "blk"))
        .filter(|path| fs::metadata(path).unwrap().len() > 0)
        .collect();
    if !blocks.is_empty() {
        let block = &blocks[usize::try_from(which % blocks.len() as u64).unwrap()];
        let mut bytes = fs::read(block).unwrap();
        let bits = bytes.len() as u64 * 8;
        let bit = which / 1_000 % bits;
        bytes[usize::try_from(bit / 8).unwrap()] ^= 1 << (bit % 8);
        fs::write(block, bytes).unwrap();
    }
    distributed.servers[of].start_again().unwrap();
}
