//! A process that is killed while it writes views. The test runs itself as the process to be killed.

use super::world::World;
use super::{assert_agrees, catch_up, open};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Set for the process that is to be killed: the folder of its views.
const CHILD: &str = "LIKA_VIEWS_CHILD";
/// How many kills, in place of [`KILLS`].
const COUNT: &str = "LIKA_SOAK_COUNT";
const KILLS: u64 = 12;
const NAME: &str = "tests::killed::views_of_a_killed_process_open_and_catch_up";
const ENTRIES: usize = 3_000;

#[test]
fn views_of_a_killed_process_open_and_catch_up() {
    let world = world();
    if let Some(folder) = std::env::var_os(CHILD) {
        return follow(Path::new(&folder), &world);
    }
    let kills = std::env::var(COUNT).ok().and_then(|count| count.parse().ok()).unwrap_or(KILLS);
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("views");
    let mut chance = World::open(kills, 1);
    for kill in 1..=kills {
        run_and_kill(&dir, Duration::from_micros(chance.pick(120_000)));
        let views = open(&dir, &world);
        assert!(views.applied() <= world.log.len() as u64);
        // The next process goes on from here, most of the time; now and then everything is compared and begun again.
        if kill % 4 == 0 || kill == kills {
            catch_up(&views, &world, 500);
            assert_agrees(&views, &world);
            drop(views);
            std::fs::remove_dir_all(&dir).unwrap();
        }
    }
}

fn world() -> World {
    let mut world = World::open(30, 3);
    world.grow(ENTRIES);
    world
}

/// Runs until it is killed: writes all entries in small batches, and so again from an empty folder beside.
fn follow(dir: &Path, world: &World) {
    println!("ready");
    for round in 0.. {
        let views = if round == 0 { open(dir, world) } else { open(&dir.with_extension(round.to_string()), world) };
        catch_up(&views, world, 9);
    }
}

fn run_and_kill(dir: &Path, after: Duration) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", NAME, "--nocapture"]).env(CHILD, dir).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut said = Vec::new();
    let mut output = child.stdout.take().unwrap();
    while !said.ends_with(b"ready\n") {
        let mut byte = [0];
        assert_eq!(output.read(&mut byte).unwrap(), 1, "the process ended before it began");
        said.push(byte[0]);
    }
    std::thread::sleep(after);
    child.kill().unwrap();
    let ended = child.wait().unwrap();
    assert_eq!(ended.code(), None, "killed, and not ended by itself");
}
