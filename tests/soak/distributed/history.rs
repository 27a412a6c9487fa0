//! Compares the clerks' knowledge with the log: every receipt names an existing entry, no submission is in the log
//! twice, nothing is void, all copies are the same, and so are the views at the same index.

use super::Known;
use super::clerks::receipt;
use crate::support::county::village;
use crate::support::distributed::{Distributed, names};
use crate::support::run;
use lika_client::api::ProgressQuery;
use lika_eventlog::verify::{self, Folder};
use lika_ledger::replay;
use lika_proto::v1::Receipt;
use lika_tlog::key::VerifierKey;
use std::collections::BTreeMap;
use std::path::Path;

/// How often each gateway is asked for a view; any instance may answer.
const VIEWS_ASKED: usize = 4;

/// Every clerk can still report, and gets the same receipt for the same submission at either gateway.
pub(super) async fn last_words(distributed: &Distributed, known: &mut [Known]) {
    let apis = [distributed.api("gateway-1"), distributed.api("gateway-2")];
    for known in known.iter_mut() {
        let composed = known.clerk.profile();
        let first = receipt(&apis, &mut 0, &composed).await;
        let again = receipt(&apis, &mut 1, &composed).await;
        assert_eq!((again.index, &again.entry, again.duplicate), (first.index, &first.entry, true));
        known.receipts.push(first);
    }
    let last = known.iter().flat_map(|known| &known.receipts).map(|receipt| receipt.index).max();
    views(distributed, last.unwrap()).await;
}

/// Views of a village are the same at the same index, whichever instance answers.
async fn views(distributed: &Distributed, last: u64) {
    let mut seen = BTreeMap::new();
    let query = ProgressQuery { index: Some(last), ..Default::default() };
    for gateway in ["gateway-1", "gateway-2"] {
        for _ in 0..VIEWS_ASKED {
            let view = distributed.api(gateway).progress(village(1), &query).await.unwrap();
            let index = view["index"].as_u64().unwrap();
            assert!(index >= last, "{view}");
            let first = seen.entry(index).or_insert_with(|| view.clone());
            assert_eq!(*first, view, "two views at index {index}");
        }
    }
}

/// An audit, compared with the clerks' knowledge.
pub(super) fn check(distributed: &Distributed, known: &[Known]) {
    let (entries, digest) = judged(&distributed.data("audit-1"));
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
    for name in names(super::INSTANCES).iter().filter(|name| *name != "audit-1") {
        // A copy that was stopped before the others may be shorter, but what it has is the same.
        let verified = run(&["audit", "verify", crate::support::path(&distributed.data(name))]);
        assert!(verified.status.success(), "{name}: {}", crate::support::told(&verified));
        let (copied, other) = judged(&distributed.data(name));
        assert!(copied.iter().all(|(index, entry)| entries.get(index) == Some(entry)), "{name}");
        assert!(copied.len() < entries.len() || other == digest, "{name}");
    }
}

/// Size of a folder's last signed checkpoint, from one of the two notes in its `signed`.
pub(super) fn signed(data: &Path) -> u64 {
    let record = std::fs::read(data.join("signed")).unwrap_or_default();
    // Before the note are its number and length, ten arbitrary bytes.
    let size =
        |slot: &[u8]| String::from_utf8_lossy(slot.get(10..)?).lines().nth(1).and_then(|size| size.parse().ok());
    record.chunks(record.len().div_ceil(2).max(1)).filter_map(size).max().unwrap_or(0)
}

/// Entries of a copy by index, all judged again: none may be void; and the digest of the resulting state.
fn judged(data: &Path) -> (BTreeMap<u64, bytes::Bytes>, String) {
    let folder = Folder(data.join("log"));
    let key: VerifierKey = std::fs::read_to_string(data.join("log.vkey")).unwrap().trim().parse().unwrap();
    let checkpoint = verify::checkpoint(&folder, &key).unwrap();
    let mut found = BTreeMap::new();
    let entries = |bundle: &verify::Bundle| {
        let entries = bundle.entries.iter().map(|range| bundle.bytes.slice(range.clone()));
        (bundle.first..).zip(entries).collect::<Vec<_>>()
    };
    verify::log(&folder, &checkpoint, 2, entries, |entries| found.extend(entries)).unwrap();
    let replayed = replay::run(&folder, &checkpoint, 2, &mut ()).unwrap();
    assert_eq!(replayed.voids, [], "{}", data.display());
    (found, lika_ledger::digest::hex(&replayed.state))
}
