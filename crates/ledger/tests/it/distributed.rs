//! Recorders of distributed services: several ledgers on one log that a real nats-server orders.

use crate::{assert_behind, snapshots};
use bytes::Bytes;
use futures::StreamExt;
use lika_domain::rejection::Code;
use lika_eventlog::Sequencer;
use lika_eventlog::jetstream::{Config, FAR_BEHIND_ENTRIES, chunks};
use lika_eventlog::verify::{self, Folder};
use lika_ledger::{Clock, Ledger, Receipt, digest, replay};
use lika_proto::convert;
use lika_proto::v1;
use lika_testkit::county::{COUNTY, NOW_MS, VILLAGE, area};
use lika_testkit::device::{Device, admin, device, sign};
use lika_testkit::events::{enrolments, opening, opening_for, profile, village};
use lika_testkit::log::{self, code, key, submit};
use lika_testkit::nats::{Distributed, names};
use lika_tlog::proof::TlogProof;
use prost::Message;
use std::sync::Arc;
use std::time::Duration;

/// An empty log.
async fn county() -> Distributed {
    Distributed::around(log::create(), convert::entry_area).await
}

/// Starts a process; the one named `audit` signs.
async fn process(county: &Distributed, name: &str) -> Arc<Ledger> {
    process_behind(county, name, FAR_BEHIND_ENTRIES).await
}

/// Starts a process that fetches from others if it lacks more than `far_behind` entries.
async fn process_behind(county: &Distributed, name: &str, far_behind: u64) -> Arc<Ledger> {
    let config = Config { far_behind, ..county.config(name).await };
    Ledger::open_distributed(config, Clock::composed()).await.unwrap()
}

/// Answers requests to the audit service, from its ledger and its folder.
async fn answer_as_audit(county: &Distributed, audit: &Arc<Ledger>) {
    let client = county.context().await.client();
    let mut questions = client.subscribe(format!("{}.audit.*", names().service_prefix())).await.unwrap();
    let (audit, dir) = (audit.clone(), county.folder("audit"));
    tokio::spawn(async move {
        while let Some(question) = questions.next().await {
            let answer: Bytes = if question.subject.as_str() == names().snapshot_subject() {
                lika_ledger::snapshot_part(&dir, &question.payload).unwrap()
            } else {
                let tile = async |path| audit.log().tile(path).map(|found| found.map(Bytes::from));
                chunks::answer_tile(&question.payload, tile).await.unwrap()
            };
            client.publish(question.reply.unwrap(), answer).await.unwrap();
        }
    });
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_far_behind_starts_on_a_snapshot_of_the_audit_service() {
    let (dir, live, mut admin) = snapshots::kept().await;
    let county = Distributed::around(dir, convert::entry_area).await;
    let audit = process(&county, "audit").await;
    answer_as_audit(&county, &audit).await;
    let late = process_behind(&county, "late", 100).await;
    let snapshot = |name: &str| std::fs::read(county.folder(name).join("state.snapshot"));
    assert_eq!(snapshot("late").unwrap(), snapshot("audit").unwrap());
    assert_eq!(digest::hex(&late.state()), live);
    submit(&late, &sign(&mut admin, VILLAGE, profile(1_000))).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_secs(2), late.stopped()).await.is_err(), "the check finds nothing");
    // The check after opening finds a false snapshot, as it does a local one.
    let forged = snapshots::forged(&snapshot("audit").unwrap());
    std::fs::write(county.folder("audit").join("state.snapshot"), forged).unwrap();
    let misled = process_behind(&county, "misled", 100).await;
    let stopped = tokio::time::timeout(Duration::from_secs(30), misled.stopped()).await.unwrap();
    assert!(stopped.to_string().contains("does not match the log"), "{stopped}");
}

/// Opens the log; returns the device of its administrator and the first receipt.
async fn opened(ledger: &Ledger) -> (Device, Receipt) {
    let mut admin = admin();
    let opening = opening(&admin);
    let opening = sign(&mut admin, COUNTY, opening);
    let receipt = submit(ledger, &opening).await.unwrap();
    (admin, receipt)
}

/// Enrols officials with a device each.
async fn officials(ledger: &Ledger, admin: &mut Device, count: u32) -> Vec<Device> {
    let mut devices = Vec::new();
    for number in 0..count {
        let device = device(10_000_020 + number);
        for events in enrolments(&device, v1::Role::Administrator, COUNTY) {
            submit(ledger, &sign(admin, COUNTY, events)).await.unwrap();
        }
        devices.push(device);
    }
    devices
}

/// Replays the integrator's folder once it holds `size` entries: every signature, rule and hash. Published entries
/// are there within a second.
async fn replayed(county: &Distributed, size: u64) -> replay::Replayed {
    let folder = Folder(county.folder("audit").join("log"));
    let mut checkpoint = verify::checkpoint(&folder, key().verifier()).unwrap();
    while checkpoint.size < size {
        tokio::time::sleep(Duration::from_millis(50)).await;
        checkpoint = verify::checkpoint(&folder, key().verifier()).unwrap();
    }
    replay::run(&folder, &checkpoint, 2, &mut ()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn distributed_recorders_agree_and_no_entry_is_void() {
    let county = county().await;
    let audit = process(&county, "audit").await;
    let (left, right) = (process(&county, "left").await, process(&county, "right").await);
    let (mut admin, receipt) = opened(&left).await;
    let proof: TlogProof = receipt.proof.parse().unwrap();
    proof.verify(&receipt.entry, key().verifier()).unwrap();
    // The other recorder may not have read the entry yet; it applies it before it decides.
    let registered = sign(&mut admin, VILLAGE, village("村"));
    submit(&right, &registered).await.unwrap();
    let again = submit(&left, &registered).await.unwrap();
    assert_eq!((again.index, again.duplicate), (1, true));
    let twice = sign(&mut admin.clone(), VILLAGE, village("另一村"));
    assert_eq!(code(submit(&left, &twice).await), Code::VillageExists);
    assert_behind(&left, &twice, 2).await;
    let mut devices = officials(&left, &mut admin, 8).await;
    // Eight devices report on one village through both recorders at the same time, each in its own order.
    let reports = devices.iter_mut().enumerate().map(|(number, device)| {
        let (left, right) = (left.clone(), right.clone());
        async move {
            let signed: Vec<_> = (0..20).map(|n| sign(device, VILLAGE, profile(1_000 + n))).collect();
            let sent = signed
                .iter()
                .enumerate()
                .map(|(n, signed)| submit(if (n + number) % 2 == 0 { &left } else { &right }, signed));
            for receipt in futures::future::join_all(sent).await {
                receipt.unwrap();
            }
        }
    });
    futures::future::join_all(reports).await;
    let size = 2 + 16 + 160;
    assert_eq!(left.log().published(size - 1).await.unwrap().size, size);
    audit.log().published(size - 1).await.unwrap();
    let replayed = replayed(&county, size).await;
    assert_eq!(replayed.voids, []);
    assert_eq!(replayed.submissions, size);
    for ledger in [&audit, &left, &right] {
        ledger.log().published(size - 1).await.unwrap();
        ledger.catch_up().await.unwrap();
        assert_eq!(digest::hex(&ledger.state()), digest::hex(&replayed.state));
    }
}

/// An entry of a later program or a forged one changes nothing, and the village goes on after it.
#[tokio::test(flavor = "multi_thread")]
async fn an_unreadable_entry_does_not_hold_up_its_village() {
    let submission = v1::Submission { area: area(VILLAGE).code(), ..Default::default() }.encode_to_vec().into();
    let unreadable = Bytes::from(v1::Entry { submission, ..Default::default() }.encode_to_vec());
    assert!(convert::entry_area(&unreadable).is_some());
    village_goes_on_after(unreadable).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_without_a_readable_area_does_not_hold_up_a_village() {
    let unreadable = Bytes::from_static(b"\xff\xff nothing of ours");
    assert!(convert::entry_area(&unreadable).is_none());
    village_goes_on_after(unreadable).await;
}

async fn village_goes_on_after(unreadable: Bytes) {
    let county = county().await;
    let audit = process(&county, "audit").await;
    let (left, right) = (process(&county, "left").await, process(&county, "right").await);
    let (mut admin, _) = opened(&left).await;
    submit(&left, &sign(&mut admin, VILLAGE, village("村"))).await.unwrap();
    let stranger = county.open("stranger").await;
    let again = unreadable.clone();
    assert_eq!(stranger.append(area(VILLAGE), Some(1), unreadable).await.unwrap(), 2);
    let late = process(&county, "late").await;
    for (number, ledger) in [&left, &right, &late].into_iter().enumerate() {
        let report = sign(&mut admin, VILLAGE, profile(300 + u32::try_from(number).unwrap()));
        let submitted = submit(ledger, &report);
        let receipt = tokio::time::timeout(Duration::from_secs(10), submitted).await.expect("it is answered").unwrap();
        assert_eq!(receipt.index, 3 + number as u64);
    }
    audit.log().published(5).await.unwrap();
    let replayed = replayed(&county, 6).await;
    assert_eq!(replayed.voids.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [2]);
    let mut feed = right.feed(0);
    let mut seen = Vec::new();
    while seen.len() < 6 {
        seen.extend(feed.next(10).await.unwrap().iter().map(|recorded| (recorded.entry.index, recorded.void)));
    }
    assert_eq!(seen, [(0, false), (1, false), (2, true), (3, false), (4, false), (5, false)]);
    // A process that reads it from its folder also takes it for the village's last entry.
    assert_eq!(stranger.append(area(VILLAGE), Some(5), again).await.unwrap(), 6);
    late.log().published(6).await.unwrap();
    tokio::task::spawn_blocking(move || late.close()).await.unwrap();
    let late = process(&county, "late").await;
    let report = sign(&mut admin, VILLAGE, profile(400));
    let last = submit(&late, &report);
    assert_eq!(tokio::time::timeout(Duration::from_secs(10), last).await.unwrap().unwrap().index, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_production_log_ignores_the_time_that_a_submission_states() {
    let county = county().await;
    let recorder = process(&county, "audit").await;
    let mut admin = admin();
    let opening = opening_for(&admin, v1::Mode::Production);
    let opening = sign(&mut admin, COUNTY, opening);
    let receipt = submit(&recorder, &opening).await.unwrap();
    let (entry, _) = convert::entry(0, &receipt.entry).unwrap();
    assert!(entry.recorded_at > NOW_MS + 1_000_000, "{}", entry.recorded_at);
}
