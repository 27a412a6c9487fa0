//! kill -9 at random moments of a load. After each: the log matches its checkpoint, every receipt given names an
//! existing entry, the node opens again and its views catch up.

use super::{rounds, seed};
use crate::support::county::{Clerk, County, village};
use crate::support::create_log;
use crate::support::node::Node;
use lika_client::compose::Composed;
use lika_client::{Api, ApiError, Random};
use lika_eventlog::verify::{self, Folder};
use lika_proto::v1::Receipt;
use lika_tlog::key::VerifierKey;
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// Devices that report at the same time.
const CLERKS: u8 = 8;
/// The longest time between the node's start and its kill, in milliseconds.
const KILL_AFTER_MS_MAX: u64 = 600;

/// A clerk who reports until the node is killed, and the submission without an answer.
struct Reporter {
    clerk: Clerk,
    waiting: Option<Composed>,
    receipts: Vec<Receipt>,
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_lose_nothing_that_was_receipted() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    create_log(&data);
    let mut chance = Random::seeded(seed());
    let mut reporters = begin(&data).await;
    let mut receipted = BTreeMap::new();
    for round in 0..rounds(12, 200) {
        let node = Node::start(&data);
        catch_up(&node.api(), &receipted).await;
        let (url, at) = (node.url(), kill_after(&mut chance));
        let reports = reporters.into_iter().map(|reporter| tokio::spawn(report(url.clone(), reporter)));
        let reports: Vec<_> = reports.collect();
        tokio::time::sleep(at).await;
        node.kill();
        reporters = Vec::new();
        for reporter in reports {
            let mut reporter = reporter.await.unwrap();
            receipted.extend(reporter.receipts.drain(..).map(|receipt| (receipt.index, receipt.entry)));
            reporters.push(reporter);
        }
        let size = check(&data, &receipted);
        println!("round {round}: killed after {at:?}, {} receipts, {size} entries", receipted.len());
    }
    assert!(receipted.len() > 100, "the load was too small to show anything: {}", receipted.len());
    last_words(&data, reporters).await;
}

fn kill_after(chance: &mut Random) -> Duration {
    let drawn = u64::from_be_bytes(chance.bytes::<8>().unwrap());
    Duration::from_millis(drawn % KILL_AFTER_MS_MAX)
}

async fn begin(data: &Path) -> Vec<Reporter> {
    let node = Node::start(data);
    let api = node.api();
    let mut county = County::new(1);
    county.open(&api).await;
    let mut reporters = Vec::new();
    for number in 1..=CLERKS {
        let clerk = county.village(&api, number).await;
        reporters.push(Reporter { clerk, waiting: None, receipts: Vec::new() });
    }
    assert!(node.stop().success());
    reporters
}

/// Reports until the node no longer answers. Submissions without an answer are sent again unchanged in the next
/// round.
async fn report(url: String, mut reporter: Reporter) -> Reporter {
    let api = Api::new(&url).unwrap();
    loop {
        let composed = match reporter.waiting.take() {
            Some(waiting) => waiting,
            None => reporter.clerk.profile(),
        };
        match api.submit(&composed.signed).await {
            Ok(receipt) => reporter.receipts.push(receipt),
            Err(error) if error.is_worth_retrying() => {
                reporter.waiting = Some(composed);
                return reporter;
            }
            Err(error) => panic!("refused: {error}"),
        }
    }
}

/// The served figures include everything with a receipt.
async fn catch_up(api: &Api, receipted: &BTreeMap<u64, impl Sized>) {
    let Some(last) = receipted.keys().next_back() else { return };
    let query = lika_client::api::ProgressQuery { index: Some(*last), ..Default::default() };
    let progress = api.progress(village(1), &query).await.unwrap();
    assert!(progress["index"].as_u64().unwrap() >= *last, "{progress}");
}

/// Audits the folder of a node that is not running.
fn check(data: &Path, receipted: &BTreeMap<u64, bytes::Bytes>) -> u64 {
    let folder = Folder(data.join("log"));
    let key: VerifierKey = std::fs::read_to_string(data.join("log.vkey")).unwrap().trim().parse().unwrap();
    let checkpoint = verify::checkpoint(&folder, &key).unwrap();
    let mut found = BTreeMap::new();
    let entries = |bundle: &verify::Bundle| {
        let entries = bundle.entries.iter().map(|range| bundle.bytes.slice(range.clone()));
        (bundle.first..).zip(entries).collect::<Vec<_>>()
    };
    let checked = verify::log(&folder, &checkpoint, 2, entries, |entries| found.extend(entries)).unwrap();
    for (index, entry) in receipted {
        assert_eq!(found.get(index), Some(entry), "entry {index} was receipted");
    }
    checked.entries
}

/// Everything without an answer can still be sent, and everything with a receipt gets the same receipt again.
async fn last_words(data: &Path, reporters: Vec<Reporter>) {
    let node = Node::start(data);
    let api = node.api();
    for mut reporter in reporters {
        let composed = reporter.waiting.take().unwrap_or_else(|| reporter.clerk.profile());
        let first = api.submit(&composed.signed).await.unwrap();
        let again: Result<Receipt, ApiError> = api.submit(&composed.signed).await;
        let again = again.unwrap();
        assert_eq!((again.index, again.entry, again.duplicate), (first.index, first.entry, true));
    }
    assert!(node.stop().success());
}
