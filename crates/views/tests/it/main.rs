//! Views that follow a real log while it grows.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use bytes::Bytes;
use ed25519_zebra::{SigningKey, VerificationKey};
use lika_domain::area::Area;
use lika_eventlog::tiles::TileLog;
use lika_ledger::{Clock, Ledger, digest, prepare};
use lika_proto::convert::{self, Service, signing_bytes};
use lika_proto::v1;
use lika_views::{FollowError, LogIdentity, ViewError, Views, follow};
use prost::Message;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

const ORIGIN: &str = "lika.example/130624";
const COUNTY: u64 = 130_624_000_000;
const TOWNSHIP: u64 = 130_624_100_000;
const ADMINISTRATOR: u32 = 10_000_001;
/// 2020-09-13 12:26:40 UTC.
const NOW_MS: u64 = 1_600_000_000_000;
/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// The administrator's device: a key and its chain of submissions.
struct Device {
    key: SigningKey,
    sequence: u64,
    previous: Bytes,
}

impl Device {
    fn new() -> Self {
        Self { key: SigningKey::from([1; 32]), sequence: 0, previous: Bytes::new() }
    }

    fn public(&self) -> [u8; 32] {
        VerificationKey::from(&self.key).into()
    }

    /// Signs, submits and waits for the receipt.
    async fn submit(&mut self, ledger: &Ledger, area: u64, service: Service, events: v1::submission::Events) {
        self.sequence += 1;
        let submission = v1::Submission {
            id: Bytes::copy_from_slice(&Sha256::digest(self.sequence.to_be_bytes())[..16]),
            origin: ORIGIN.into(),
            area,
            author: ADMINISTRATOR,
            key: convert::key_id(&self.public()).0,
            sequence: self.sequence,
            previous: self.previous.clone(),
            composed_at: NOW_MS / 1000,
            events: Some(events),
        };
        let bytes = Bytes::from(submission.encode_to_vec());
        self.previous = Bytes::copy_from_slice(&Sha256::digest(&bytes));
        let signature: [u8; 64] = self.key.sign(&signing_bytes(&bytes)).into();
        let signature = Bytes::copy_from_slice(&signature);
        let signed = v1::SignedSubmission { submission: bytes, signature, ..Default::default() };
        ledger.submit(prepare(signed.into(), service).unwrap()).await.unwrap();
    }

    async fn open_log(&mut self, ledger: &Ledger) {
        let opened = v1::JurisdictionOpened {
            origin: ORIGIN.into(),
            area: COUNTY,
            name: "阜平县".into(),
            mode: v1::Mode::Testing.into(),
            public_key: Bytes::copy_from_slice(&self.public()),
            sealed: Some(v1::Sealed { key: 1, r#box: Bytes::from(vec![0; 64]) }),
            ..Default::default()
        };
        let kind = Some(v1::official_event::Kind::JurisdictionOpened(opened));
        let event = v1::OfficialEvent { happened: 20_200_901, official: ADMINISTRATOR, kind, ..Default::default() };
        let events = v1::submission::Events::Officials(v1::OfficialEvents { events: vec![event] });
        self.submit(ledger, COUNTY, Service::Officials, events).await;
    }

    async fn register_village(&mut self, ledger: &Ledger, number: u64) {
        let registered = v1::VillageRegistered {
            name: format!("{number}村"),
            poor: true,
            rural_households: 100,
            rural_persons: 300,
        };
        let kind = Some(v1::household_event::Kind::VillageRegistered(registered));
        let event = v1::HouseholdEvent { happened: 20_200_901, kind, ..Default::default() };
        let events = v1::submission::Events::Households(v1::HouseholdEvents { events: vec![event] });
        self.submit(ledger, TOWNSHIP + number, Service::Households, events).await;
    }
}

fn new_log() -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let key = lika_tlog::SigningKey::new(ORIGIN.parse().unwrap(), [9; 32]);
    TileLog::create(dir.path(), &key).unwrap();
    dir
}

fn open(dir: &Path, ledger: &Ledger) -> Arc<Views> {
    let log = LogIdentity { origin: ORIGIN.into(), opening: None, size: ledger.log().checkpoint().size };
    Arc::new(Views::open(&dir.join("views"), &log).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn views_follow_a_log_and_go_on_where_they_were() {
    let dir = new_log();
    let ledger = Ledger::open(dir.path(), Clock::driven(NOW_MS), 2).unwrap();
    let mut device = Device::new();
    device.open_log(&ledger).await;
    for round in 0..3 {
        let views = open(dir.path(), &ledger);
        assert_eq!(views.applied(), round * 10);
        let follower = follow(views.clone(), ledger.feed(views.resume()));
        for number in round * 10 + 1..=round * 10 + 10 - u64::from(round == 0) {
            device.register_village(&ledger, number).await;
        }
        let last = ledger.log().checkpoint().size - 1;
        views.wait_for(last, PATIENCE).await.unwrap();
        let county: Area = "130624".parse().unwrap();
        let progress = views.progress(county, None).unwrap().unwrap();
        assert_eq!((progress.index, progress.name.as_deref()), (Some(last), Some("阜平县")));
        assert_eq!(progress.as_of.happened, "2020-09-13");
        follower.stop().await.unwrap();
        assert_eq!(views.digest().unwrap(), (last + 1, digest::of(&ledger.state())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn views_stop_when_the_log_closes_and_say_why_when_they_fail() {
    let dir = new_log();
    let ledger = Ledger::open(dir.path(), Clock::driven(NOW_MS), 2).unwrap();
    let mut device = Device::new();
    device.open_log(&ledger).await;
    device.register_village(&ledger, 1).await;
    let views = open(dir.path(), &ledger);
    let mut gap = follow(views.clone(), ledger.feed(1));
    let failed = tokio::time::timeout(PATIENCE, gap.stopped()).await.unwrap();
    assert!(matches!(failed, Err(FollowError::View(ViewError::Gap { expected: 0, found: 1 }))), "{failed:?}");
    let mut follower = follow(views.clone(), ledger.feed(views.resume()));
    views.wait_for(1, PATIENCE).await.unwrap();
    ledger.close();
    drop(ledger);
    tokio::time::timeout(PATIENCE, follower.stopped()).await.unwrap().unwrap();
}
