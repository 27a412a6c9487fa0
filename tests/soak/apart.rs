//! Faults of services apart, drawn by a seed: processes killed and paused, the nats-server killed, while clerks report
//! through two gateways. At the end a history checker compares what the clerks know with what the log says: every receipt
//! names an entry that is there, no submission is in force twice, and all copies are the same.

use super::{rounds, seed};
use crate::support::apart::{Apart, names};
use crate::support::county::{Clerk, County};
use crate::support::run;
use lika_client::compose::Composed;
use lika_client::{Api, Random};
use lika_eventlog::verify::{self, Folder};
use lika_ledger::replay;
use lika_proto::v1::Receipt;
use lika_tlog::key::VerifierKey;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// Devices that report at the same time.
const CLERKS: u8 = 8;
/// Instances of each service.
const INSTANCES: u8 = 2;
/// The longest time between two faults, in milliseconds.
const CALM_MS_MAX: u64 = 1_500;
/// The longest pause of a process, in milliseconds: longer than the integrator's lease.
const PAUSE_MS_MAX: u64 = 7_000;
/// How long the clerks may need for their last receipts once nothing is broken any more, in seconds.
const HEALED_WITHIN_S: u64 = 60;

/// What goes wrong.
#[derive(Debug)]
enum Fault {
    /// kill -9, and started again.
    Kill(String),
    /// Stopped by a signal for so many milliseconds, and then let go.
    Pause(String, u64),
    /// The nats-server is killed and starts again on what it has synced.
    KillServer,
}

/// What a clerk knows at the end.
struct Known {
    clerk: Clerk,
    receipts: Vec<Receipt>,
}

#[tokio::test(flavor = "multi_thread")]
async fn apart_faults_lose_and_repeat_nothing_that_was_receipted() {
    let dir = tempfile::tempdir().unwrap();
    let mut chance = Random::seeded(seed());
    let mut apart = Apart::make(dir.path(), INSTANCES);
    apart.start(&names(INSTANCES));
    let mut county = County::new(1);
    county.open(&apart.api("gateway-1")).await;
    let mut clerks = Vec::new();
    for number in 1..=CLERKS {
        clerks.push(county.village(&apart.api("gateway-2"), number).await);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let urls = [apart.url("gateway-1"), apart.url("gateway-2")];
    let reports: Vec<_> =
        clerks.into_iter().map(|clerk| tokio::spawn(report(clerk, urls.clone(), stop.clone()))).collect();
    for round in 0..rounds(12, 500) {
        tokio::time::sleep(Duration::from_millis(number(&mut chance, CALM_MS_MAX))).await;
        let fault = draw(&mut chance);
        println!("round {round}: {fault:?}");
        apply(&mut apart, &fault);
        // Nothing of this may stop anything for good: every fault here heals.
        assert_eq!(apart.ended(), []);
    }
    stop.store(true, Ordering::Relaxed);
    let healed = Instant::now();
    let mut known = Vec::new();
    for report in reports {
        known.push(tokio::time::timeout(Duration::from_secs(HEALED_WITHIN_S), report).await.unwrap().unwrap());
    }
    println!("the last receipt came {:?} after the last fault", healed.elapsed());
    last_words(&apart, &mut known).await;
    apart.stop();
    check(&apart, &known);
}

fn number(chance: &mut Random, below: u64) -> u64 {
    u64::from_be_bytes(chance.bytes::<8>().unwrap()) % below
}

fn draw(chance: &mut Random) -> Fault {
    let all = names(INSTANCES);
    let name = all[usize::try_from(number(chance, all.len() as u64)).unwrap()].clone();
    match number(chance, 10) {
        0 => Fault::KillServer,
        1..=3 => Fault::Pause(name, number(chance, PAUSE_MS_MAX)),
        _ => Fault::Kill(name),
    }
}

fn apply(apart: &mut Apart, fault: &Fault) {
    match fault {
        Fault::Kill(name) => {
            apart.kill(name);
            // What it starts into may itself be broken just now; it waits for that.
            apart.start(std::slice::from_ref(name));
        }
        Fault::Pause(name, ms) => {
            apart.signal(name, "STOP");
            std::thread::sleep(Duration::from_millis(*ms));
            apart.signal(name, "CONT");
        }
        Fault::KillServer => {
            apart.server.kill().unwrap();
            std::thread::sleep(Duration::from_millis(200));
            apart.server.start_again().unwrap();
        }
    }
}

/// Reports until it is told to stop. What got no answer is sent again unchanged, through the other gateway, until there is
/// a receipt.
async fn report(mut clerk: Clerk, urls: [String; 2], stop: Arc<AtomicBool>) -> Known {
    let apis = urls.map(|url| Api::new(&url).unwrap());
    let (mut receipts, mut turn) = (Vec::new(), 0);
    while !stop.load(Ordering::Relaxed) {
        let composed = clerk.profile();
        receipts.push(receipt(&apis, &mut turn, &composed).await);
        // A person does not report without a break.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Known { clerk, receipts }
}

async fn receipt(apis: &[Api; 2], turn: &mut usize, composed: &Composed) -> Receipt {
    loop {
        match apis[*turn % 2].submit(&composed.signed).await {
            Ok(receipt) => return receipt,
            Err(error) if error.is_worth_retrying() => {
                *turn += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("refused: {error}"),
        }
    }
}

/// Every clerk can still report, and gets the same receipt for the same submission at either gateway.
async fn last_words(apart: &Apart, known: &mut [Known]) {
    let apis = [apart.api("gateway-1"), apart.api("gateway-2")];
    for known in known {
        let composed = known.clerk.profile();
        let first = receipt(&apis, &mut 0, &composed).await;
        let again = receipt(&apis, &mut 1, &composed).await;
        assert_eq!((again.index, &again.entry, again.duplicate), (first.index, &first.entry, true));
        known.receipts.push(first);
    }
}

/// What an auditor finds, beside what the clerks know.
fn check(apart: &Apart, known: &[Known]) {
    let (entries, digest) = judged(&apart.data("audit-1"));
    let receipts: Vec<&Receipt> = known.iter().flat_map(|known| &known.receipts).collect();
    assert!(receipts.len() > 50, "the load was too small to show anything: {}", receipts.len());
    for receipt in &receipts {
        assert_eq!(entries.get(&receipt.index), Some(&receipt.entry), "entry {} was receipted", receipt.index);
    }
    let mut ids = BTreeMap::new();
    for (index, entry) in &entries {
        let (entry, _) = lika_proto::convert::entry(*index, entry).unwrap();
        let before = ids.insert(entry.submission.id, index);
        assert_eq!(before, None, "a submission is in the log twice");
    }
    println!("{} receipts, {} entries", receipts.len(), entries.len());
    for name in names(INSTANCES).iter().filter(|name| *name != "audit-1") {
        // A copy may end earlier: it was stopped before the others. What it has is the same.
        let verified = run(&["audit", "verify", crate::support::path(&apart.data(name))]);
        assert!(verified.status.success(), "{name}: {}", crate::support::told(&verified));
        let (copied, other) = judged(&apart.data(name));
        assert!(copied.iter().all(|(index, entry)| entries.get(index) == Some(entry)), "{name}");
        assert!(copied.len() < entries.len() || other == digest, "{name}");
    }
}

/// Entries of a copy by index, all of them judged again: none may be void; and the digest of the state they give.
fn judged(data: &Path) -> (BTreeMap<u64, bytes::Bytes>, String) {
    let folder = Folder(data.join("log"));
    let key: VerifierKey = std::fs::read_to_string(data.join("log.vkey")).unwrap().trim().parse().unwrap();
    let seal = verify::checkpoint(&folder, &key).unwrap();
    let mut found = BTreeMap::new();
    let entries = |bundle: &verify::Bundle| {
        let entries = bundle.entries.iter().map(|range| bundle.bytes.slice(range.clone()));
        (bundle.first..).zip(entries).collect::<Vec<_>>()
    };
    verify::log(&folder, &seal, 2, entries, |entries| found.extend(entries)).unwrap();
    let replayed = replay::run(&folder, &seal, 2, &mut ()).unwrap();
    assert_eq!(replayed.voids, [], "{}", data.display());
    (found, lika_ledger::digest::hex(&replayed.state))
}
