//! Random faults of distributed services on a cluster of three servers: services and servers killed and paused,
//! connections cut, stores restored from older copies, bits flipped, while clerks report through two gateways.
//! Recoverable faults must heal by themselves; others must stop the services with a message that says what to do, and
//! doing that must repair them. At the end the clerks' receipts are compared with the log.

mod clerks;
mod faults;
mod history;

use super::{rounds, seed};
use crate::support::county::{Clerk, County};
use crate::support::distributed::{Distributed, names};
use crate::support::{path, told as told_by};
use clerks::Told;
use faults::Fault;
use lika_client::Random;
use lika_local_nats::Server;
use lika_proto::v1::Receipt;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// Devices that report at the same time.
const CLERKS: u8 = 8;
/// Instances of each service.
const INSTANCES: u8 = 2;
/// The longest time between two faults, in milliseconds.
const CALM_MS_MAX: u64 = 1_500;
/// How long the clerks may need for their next receipts once all faults have ended, in seconds.
const HEALED_WITHIN_S: u64 = 90;
/// Faults come faster than servers elect leaders, but a single fault never stops receipts for this long, in seconds.
const STANDSTILL_S: u64 = 120;
/// Exit code of a service that finds damage.
const DAMAGE_EXIT: Option<i32> = Some(4);

/// What a clerk knows at the end.
struct Known {
    clerk: Clerk,
    receipts: Vec<Receipt>,
}

#[tokio::test(flavor = "multi_thread")]
async fn distributed_faults_lose_and_repeat_nothing_that_was_receipted() {
    let mut dir = tempfile::tempdir().unwrap();
    println!("kept if it fails: {}", dir.path().display());
    dir.disable_cleanup(true);
    let mut chance = Random::seeded(seed());
    let mut distributed = Distributed::make_on_three(dir.path(), INSTANCES);
    distributed.start(&names(INSTANCES));
    let mut county = County::new(1);
    county.open(&distributed.api("gateway-1")).await;
    let mut clerks = Vec::new();
    for number in 1..=CLERKS {
        clerks.push(county.village(&distributed.api("gateway-2"), number).await);
    }
    let told = Arc::new(Told::default());
    let urls = [distributed.url("gateway-1"), distributed.url("gateway-2")];
    let reports: Vec<_> =
        clerks.into_iter().map(|clerk| tokio::spawn(clerks::report(clerk, urls.clone(), told.clone()))).collect();
    let told_faults = told.clone();
    let distributed = tokio::task::spawn_blocking(move || {
        break_things(&mut distributed, &mut chance, &told_faults);
        distributed
    });
    let mut distributed = distributed.await.unwrap();
    told.stop.store(true, Ordering::Relaxed);
    let mut known = Vec::new();
    for report in reports {
        known.push(tokio::time::timeout(Duration::from_secs(HEALED_WITHIN_S), report).await.unwrap().unwrap());
    }
    history::last_words(&distributed, &mut known).await;
    distributed.stop();
    history::check(&distributed, &known);
    dir.disable_cleanup(false);
}

/// Makes all faults, one after the other; after the last everything works again.
fn break_things(distributed: &mut Distributed, chance: &mut Random, told: &Told) {
    // Damage may show late: when a server other than the damaged one is asked.
    let mut damaged = false;
    let mut going = (0, Instant::now());
    for round in 0..rounds(12, 500) {
        std::thread::sleep(Duration::from_millis(number(chance, CALM_MS_MAX)));
        let fault = Fault::draw(chance, distributed);
        println!("round {round}: {fault:?}, {} receipts", told.receipts.load(Ordering::Relaxed));
        fault.apply(distributed, told);
        damaged |= fault.damages();
        if mend(distributed, damaged) {
            damaged = false;
        }
        let receipts = told.receipts.load(Ordering::Relaxed);
        if receipts > going.0 {
            going = (receipts, Instant::now());
        }
        assert!(going.1.elapsed() < Duration::from_secs(STANDSTILL_S), "nothing goes on: {}", state(distributed));
    }
    let healed = Instant::now();
    let before = told.receipts.load(Ordering::Relaxed);
    while told.receipts.load(Ordering::Relaxed) < before + u64::from(CLERKS) {
        mend(distributed, damaged);
        assert!(healed.elapsed() < Duration::from_secs(HEALED_WITHIN_S), "nothing goes on: {}", state(distributed));
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("{CLERKS} more receipts came {:?} after the last fault", healed.elapsed());
}

/// Follows the instructions of a service that has stopped by itself; returns whether one had.
fn mend(distributed: &mut Distributed, damaged: bool) -> bool {
    let said = distributed.ended();
    let ended = distributed.take_ended();
    if ended.is_empty() {
        return false;
    }
    for ((name, said), (_, code)) in said.iter().zip(&ended) {
        assert!(damaged && *code == DAMAGE_EXIT, "{name} ended with {code:?} by itself: {said}");
        assert!(said.contains("lika log recover"), "{name} does not say what to do: {said}");
    }
    println!("  {} stopped; a new epoch", ended.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(", "));
    distributed.end();
    let audits = ["audit-1", "audit-2"].map(|name| distributed.data(name));
    let most = audits.iter().max_by_key(|data| history::signed(data)).unwrap();
    let begun = Instant::now();
    loop {
        let recovered = distributed.run(&["log", "recover", "--data", path(most)]);
        if recovered.status.success() {
            break;
        }
        // Servers that have just come back may still be electing a leader.
        assert!(begun.elapsed() < Duration::from_secs(HEALED_WITHIN_S), "{}", told_by(&recovered));
        std::thread::sleep(Duration::from_millis(500));
    }
    distributed.start(&names(INSTANCES));
    true
}

fn number(chance: &mut Random, below: u64) -> u64 {
    u64::from_be_bytes(chance.bytes::<8>().unwrap()) % below
}

/// The last output of every instance, and the servers' reports on their streams.
fn state(distributed: &Distributed) -> String {
    let last = |name: &String| format!("{name}: {}\n", distributed.said(name).lines().last().unwrap_or_default());
    let streams = |server: &Server| {
        let told = server.told("/jsz?streams=true&raft=true").unwrap_or_else(|error| error.to_string());
        format!("{}: {told}\n", server.url())
    };
    names(INSTANCES).iter().map(last).chain(distributed.servers.iter().map(streams)).collect()
}
