//! A small log with an administrator and two villages, and ways to spoil it that only its keeper has.

use bytes::Bytes;
use ed25519_zebra::{SigningKey, VerificationKey};
use lika_domain::area::Area;
use lika_eventlog::tiles::TileLog;
use lika_eventlog::verify::Folder;
use lika_ledger::{Clock, Ledger, prepare};
use lika_proto::convert::{self, Service, encode_entry, signing_bytes};
use lika_proto::v1;
use lika_tlog::key::VerifierKey;
use prost::Message;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const ORIGIN: &str = "lika.example/130624";
const COUNTY: u64 = 130_624_000_000;
const OFFICIAL: u32 = 10_000_001;
/// 2020-09-13 12:26:40 UTC.
const NOW_MS: u64 = 1_600_000_000_000;

/// A log that is being written.
pub(crate) struct World {
    _dir: TempDir,
    pub(crate) ledger: Arc<Ledger>,
    signer: SigningKey,
    sequence: u64,
    previous: Bytes,
}

impl World {
    /// A log with an administrator and two villages in two townships; the same bytes each time.
    pub(crate) async fn begun() -> Self {
        let dir = tempfile::tempdir().unwrap();
        TileLog::create(dir.path(), &lika_tlog::SigningKey::new(ORIGIN.parse().unwrap(), [9; 32])).unwrap();
        let ledger = Ledger::open(dir.path(), Clock::driven(NOW_MS), 2).unwrap();
        let signer = SigningKey::from([1; 32]);
        let mut world = Self { _dir: dir, ledger, signer, sequence: 0, previous: Bytes::new() };
        world.open().await;
        world.register(130_624_100_201).await;
        world.register(130_624_101_201).await;
        world
    }

    /// The log's folder.
    pub(crate) fn folder(&self) -> Folder {
        self.ledger.log().folder()
    }

    /// The key of its checkpoints.
    pub(crate) fn key(&self) -> VerifierKey {
        self.ledger.verifier_key().clone()
    }

    /// A copy of the log's folder.
    pub(crate) fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        let words = ["-r", &format!("{}/.", self.folder().0.display()), copy.path().to_str().unwrap()];
        assert!(std::process::Command::new("cp").args(words).status().unwrap().success());
        copy
    }

    /// Registers a village.
    pub(crate) async fn register(&mut self, area: u64) {
        let (submission, signature) = self.sign(area, village());
        let prepared = prepare(signed(submission, &signature).into(), Service::Households).unwrap();
        self.ledger.submit(prepared).await.unwrap();
    }

    /// Appends an entry with an invalid signature, bypassing the ledger.
    pub(crate) async fn forge(&mut self) {
        let (submission, mut signature) = self.sign(130_624_100_202, village());
        signature[5] ^= 1;
        self.append(130_624_100_202, None, &submission, &signature).await;
    }

    /// Appends a village that exists already, bypassing the ledger.
    pub(crate) async fn append_refused(&mut self) {
        let (submission, signature) = self.sign(130_624_100_201, village());
        self.append(130_624_100_201, Some(1), &submission, &signature).await;
    }

    async fn append(&self, area: u64, last: Option<u64>, submission: &Bytes, signature: &[u8; 64]) {
        let log = self.ledger.log();
        let size = log.checkpoint().size;
        let entry = encode_entry(submission, signature, NOW_MS, size, &[]);
        let index = self.ledger.sequencer().append(Area::from_code(area).unwrap(), last, entry.into()).await.unwrap();
        log.published(index).await.unwrap();
    }

    async fn open(&mut self) {
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
        let event = v1::OfficialEvent { happened: 20_200_901, official: OFFICIAL, kind, ..Default::default() };
        let events = v1::submission::Events::Officials(v1::OfficialEvents { events: vec![event] });
        let (submission, signature) = self.sign(COUNTY, events);
        let prepared = prepare(signed(submission, &signature).into(), Service::Officials).unwrap();
        self.ledger.submit(prepared).await.unwrap();
    }

    fn public(&self) -> [u8; 32] {
        VerificationKey::from(&self.signer).into()
    }

    fn sign(&mut self, area: u64, events: v1::submission::Events) -> (Bytes, [u8; 64]) {
        self.sequence += 1;
        let id = Sha256::digest([area.to_be_bytes(), self.sequence.to_be_bytes()].concat());
        let submission = v1::Submission {
            id: Bytes::copy_from_slice(&id[..16]),
            origin: ORIGIN.into(),
            area,
            author: OFFICIAL,
            key: convert::key_id(&self.public()).0,
            sequence: self.sequence,
            previous: self.previous.clone(),
            composed_at: NOW_MS / 1000,
            events: Some(events),
        };
        let bytes = Bytes::from(submission.encode_to_vec());
        self.previous = Bytes::copy_from_slice(&Sha256::digest(&bytes));
        let signature = self.signer.sign(&signing_bytes(&bytes)).into();
        (bytes, signature)
    }
}

fn village() -> v1::submission::Events {
    let registered =
        v1::VillageRegistered { name: "第一山村".into(), poor: true, rural_households: 100, rural_persons: 300 };
    let kind = Some(v1::household_event::Kind::VillageRegistered(registered));
    let event = v1::HouseholdEvent { happened: 20_200_901, kind, ..Default::default() };
    v1::submission::Events::Households(v1::HouseholdEvents { events: vec![event] })
}

fn signed(submission: Bytes, signature: &[u8]) -> v1::SignedSubmission {
    v1::SignedSubmission { submission, signature: Bytes::copy_from_slice(signature), ..Default::default() }
}
