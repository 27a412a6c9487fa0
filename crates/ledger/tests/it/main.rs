//! A ledger as its recorders use it: submissions in, receipts out, and the same state however it was reached.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod distributed;
mod snapshots;

use bytes::Bytes;
use ed25519_zebra::{SigningKey, VerificationKey};
use lika_domain::rejection::Code;
use lika_eventlog::tiles::TileLog;
use lika_eventlog::verify::{self, Folder};
use lika_ledger::{Clock, Ledger, Receipt, SubmitError, digest, prepare, replay};
use lika_proto::convert::{self, Service, signing_bytes};
use lika_proto::v1;
use lika_tlog::proof::TlogProof;
use prost::Message;
use sha2::{Digest, Sha256};
use std::path::Path;
use std::sync::Arc;
use tempfile::TempDir;

const ORIGIN: &str = "lika.example/130624";
const COUNTY: u64 = 130_624_000_000;
const VILLAGE: u64 = 130_624_100_201;
/// 2020-09-13 12:26:40 UTC.
const NOW_MS: u64 = 1_600_000_000_000;

/// A device: a key and its chain of submissions.
struct Device {
    key: SigningKey,
    official: u32,
    sequence: u64,
    previous: Bytes,
}

impl Device {
    fn new(seed: u8, official: u32) -> Self {
        Self { key: SigningKey::from([seed; 32]), official, sequence: 0, previous: Bytes::new() }
    }

    fn public(&self) -> [u8; 32] {
        VerificationKey::from(&self.key).into()
    }

    /// Composes and signs the device's next submission.
    fn sign(&mut self, area: u64, events: v1::submission::Events) -> (Bytes, [u8; 64]) {
        self.sequence += 1;
        let id = Sha256::digest([self.public().as_slice(), &self.sequence.to_be_bytes()].concat());
        let submission = v1::Submission {
            id: Bytes::copy_from_slice(&id[..16]),
            origin: ORIGIN.into(),
            area,
            author: self.official,
            key: convert::key_id(&self.public()).0,
            sequence: self.sequence,
            previous: self.previous.clone(),
            composed_at: NOW_MS / 1000,
            events: Some(events),
        };
        let bytes = Bytes::from(submission.encode_to_vec());
        self.previous = Bytes::copy_from_slice(&Sha256::digest(&bytes));
        let signature = self.key.sign(&signing_bytes(&bytes)).into();
        (bytes, signature)
    }
}

fn official(number: u32, kind: v1::official_event::Kind) -> v1::submission::Events {
    let event = v1::OfficialEvent { happened: 20_200_901, official: number, kind: Some(kind), ..Default::default() };
    v1::submission::Events::Officials(v1::OfficialEvents { events: vec![event] })
}

fn opened(device: &Device, mode: v1::Mode) -> v1::submission::Events {
    let opened = v1::JurisdictionOpened {
        origin: ORIGIN.into(),
        area: COUNTY,
        name: "阜平县".into(),
        mode: mode.into(),
        public_key: Bytes::copy_from_slice(&device.public()),
        sealed: Some(sealed()),
        ..Default::default()
    };
    official(device.official, v1::official_event::Kind::JurisdictionOpened(opened))
}

fn sealed() -> v1::Sealed {
    v1::Sealed { key: 1, r#box: Bytes::from(vec![0; 64]) }
}

fn village(rural_persons: u32) -> v1::submission::Events {
    let registered =
        v1::VillageRegistered { name: "第一山村".into(), poor: true, rural_households: 100, rural_persons };
    let kind = Some(v1::household_event::Kind::VillageRegistered(registered));
    let event = v1::HouseholdEvent { happened: 20_200_901, kind, ..Default::default() };
    v1::submission::Events::Households(v1::HouseholdEvents { events: vec![event] })
}

fn new_log() -> TempDir {
    let dir = tempfile::tempdir().unwrap();
    let key = lika_tlog::SigningKey::new(ORIGIN.parse().unwrap(), [9; 32]);
    TileLog::create(dir.path(), &key).unwrap();
    dir
}

fn open(dir: &Path) -> Arc<Ledger> {
    Ledger::open(dir, Clock::driven(NOW_MS), 2).unwrap()
}

async fn submit(ledger: &Ledger, signed: &(Bytes, [u8; 64]), service: Service) -> Result<Receipt, SubmitError> {
    submit_knowing(ledger, signed, service, 0).await
}

/// From a device that has seen this many entries published.
async fn submit_knowing(
    ledger: &Ledger,
    signed: &(Bytes, [u8; 64]),
    service: Service,
    known: u64,
) -> Result<Receipt, SubmitError> {
    let (submission, signature) = (signed.0.clone(), Bytes::copy_from_slice(&signed.1));
    let signed = v1::SignedSubmission { submission, signature, known, ..Default::default() };
    ledger.submit(prepare(signed.into(), service)?).await
}

fn code(result: Result<Receipt, SubmitError>) -> Code {
    match result {
        Err(SubmitError::Rejected(rejection)) => rejection.code(),
        other => panic!("a refusal expected, got {other:?}"),
    }
}

/// A log with an administrator and a village.
async fn begun(dir: &Path) -> (Arc<Ledger>, Device) {
    let (ledger, mut admin) = (open(dir), Device::new(1, 10_000_001));
    let opening = admin.sign(COUNTY, opened(&admin, v1::Mode::Testing));
    submit(&ledger, &opening, Service::Officials).await.unwrap();
    let village = admin.sign(VILLAGE, village(300));
    submit(&ledger, &village, Service::Households).await.unwrap();
    (ledger, admin)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_verifies_off_line_and_a_retry_gives_the_first_one() {
    let dir = new_log();
    let (ledger, mut admin) = (open(dir.path()), Device::new(1, 10_000_001));
    let opening = admin.sign(COUNTY, opened(&admin, v1::Mode::Testing));
    let receipt = submit(&ledger, &opening, Service::Officials).await.unwrap();
    assert_eq!((receipt.index, receipt.duplicate), (0, false));
    let proof: TlogProof = receipt.proof.parse().unwrap();
    proof.verify(&receipt.entry, ledger.verifier_key()).unwrap();
    let again = submit(&ledger, &opening, Service::Officials).await.unwrap();
    assert_eq!((again.index, again.entry, again.duplicate), (0, receipt.entry, true));
}

/// The device has seen one entry more than there is: the answer says so, and does not refuse its report.
async fn assert_behind(ledger: &Ledger, signed: &(Bytes, [u8; 64]), size: u64) {
    let behind = submit_knowing(ledger, signed, Service::Households, size + 1).await;
    assert!(matches!(behind, Err(SubmitError::Behind { known, found }) if (known, found) == (size + 1, size)));
    assert_eq!(ledger.log().checkpoint().size, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_decided_on_less_than_the_device_has_seen() {
    let dir = new_log();
    let (ledger, mut admin) = begun(dir.path()).await;
    assert_behind(&ledger, &admin.sign(VILLAGE, village(300)), 2).await;
    let skipped = admin.sign(VILLAGE, village(301));
    assert_behind(&ledger, &skipped, 2).await;
    let refused = submit_knowing(&ledger, &skipped, Service::Households, 2).await;
    assert_eq!(code(refused), Code::SequenceGap);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_must_not_be_recorded_is_refused_by_its_code() {
    let dir = new_log();
    let (ledger, mut admin) = begun(dir.path()).await;
    let (bytes, mut signature) = admin.sign(VILLAGE, village(300));
    assert_eq!(code(submit(&ledger, &(bytes.clone(), signature), Service::Aid).await), Code::WrongService);
    assert_eq!(code(submit(&ledger, &(bytes.clone(), signature), Service::Households).await), Code::VillageExists);
    signature[0] ^= 1;
    assert_eq!(code(submit(&ledger, &(bytes, signature), Service::Households).await), Code::SignatureInvalid);
    let mut stranger = Device::new(2, 10_000_001);
    let unknown = stranger.sign(VILLAGE, village(300));
    assert_eq!(code(submit(&ledger, &unknown, Service::Households).await), Code::KeyUnknown);
    let mut rewound = Device { sequence: 1, ..Device::new(1, 10_000_001) };
    let reused = rewound.sign(VILLAGE, village(301));
    assert_eq!(code(submit(&ledger, &reused, Service::Households).await), Code::SubmissionIdReused);
    assert_eq!(ledger.log().checkpoint().size, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_again_and_replaying_give_the_same_state() {
    let dir = new_log();
    let (ledger, _) = begun(dir.path()).await;
    let live = digest::hex(&ledger.state());
    ledger.close();
    drop(ledger);
    let ledger = open(dir.path());
    assert_eq!(digest::hex(&ledger.state()), live);
    let folder = Folder(dir.path().join("log"));
    let checkpoint = verify::checkpoint(&folder, ledger.verifier_key()).unwrap();
    let replayed = replay::run(&folder, &checkpoint, 2, &mut ()).unwrap();
    assert_eq!(digest::hex(&replayed.state), live);
    assert_eq!((replayed.submissions, replayed.events, replayed.voids.len()), (2, 2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_feed_gives_sealed_entries_from_memory_and_from_the_log() {
    let dir = new_log();
    let (ledger, mut admin) = begun(dir.path()).await;
    let mut feed = ledger.feed(0);
    let mut seen = feed.next(1).await.unwrap();
    seen.extend(feed.next(10).await.unwrap());
    assert_eq!(seen.iter().map(|recorded| recorded.entry.index).collect::<Vec<_>>(), [0, 1]);
    let other = admin.sign(VILLAGE + 1, village(200));
    submit(&ledger, &other, Service::Households).await.unwrap();
    assert_eq!(feed.next(10).await.unwrap()[0].entry.index, 2);
    ledger.close();
    assert!(feed.next(10).await.is_err());
    drop((feed, ledger));
    let ledger = open(dir.path());
    assert_eq!(ledger.feed(1).next(10).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driven_clock_is_refused_in_production() {
    let dir = new_log();
    let ledger = Ledger::open(dir.path(), Clock::system(), 1).unwrap();
    let mut admin = Device::new(1, 10_000_001);
    let opening = admin.sign(COUNTY, opened(&admin, v1::Mode::Production));
    submit(&ledger, &opening, Service::Officials).await.unwrap();
    ledger.close();
    drop(ledger);
    assert!(Ledger::open(dir.path(), Clock::driven(NOW_MS), 1).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_enrolled_in_the_same_batch_may_sign_the_next_submission() {
    let dir = new_log();
    let (ledger, mut admin) = begun(dir.path()).await;
    let mut clerk = Device::new(3, 10_000_002);
    let enrolled = v1::OfficialEnrolled {
        role: v1::Role::Administrator.into(),
        area: COUNTY,
        sealed: Some(sealed()),
        ..Default::default()
    };
    let enrolled = admin.sign(COUNTY, official(10_000_002, v1::official_event::Kind::OfficialEnrolled(enrolled)));
    let key = v1::KeyEnrolled { public_key: Bytes::copy_from_slice(&clerk.public()), device: String::new() };
    let key = admin.sign(COUNTY, official(10_000_002, v1::official_event::Kind::KeyEnrolled(key)));
    let village = clerk.sign(VILLAGE + 1, village(200));
    let (a, b, c) = tokio::join!(
        submit(&ledger, &enrolled, Service::Officials),
        submit(&ledger, &key, Service::Officials),
        submit(&ledger, &village, Service::Households)
    );
    assert_eq!((a.unwrap().index, b.unwrap().index, c.unwrap().index), (2, 3, 4));
}

/// Whoever checked a signature before the recorder says with which key; another key's check counts for nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_checked_with_another_key_is_checked_again() {
    let dir = new_log();
    let (ledger, mut admin) = begun(dir.path()).await;
    let (submission, mut signature) = admin.sign(VILLAGE, village(300));
    signature[0] ^= 1;
    let signed = v1::SignedSubmission { submission, signature: signature.to_vec().into(), ..Default::default() };
    for verified in [None, Some(Device::new(2, 10_000_001).public()), Some([0; 32])] {
        let prepared = lika_ledger::Prepared {
            verified,
            ..lika_ledger::prepare(signed.clone().into(), Service::Households).unwrap()
        };
        assert_eq!(code(ledger.submit(prepared).await), Code::SignatureInvalid, "{verified:?}");
    }
}
