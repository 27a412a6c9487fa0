//! A small log with an administrator and two villages, and forgeries that only the holder of its key can make.

use lika_eventlog::verify::Folder;
use lika_ledger::Ledger;
use lika_proto::convert::encode_entry;
use lika_proto::v1;
use lika_testkit::county::{NOW_MS, VILLAGE};
use lika_testkit::device::{Device, sign};
use lika_testkit::events::village;
use lika_testkit::log::{append, begin, create, submit};
use std::sync::Arc;
use tempfile::TempDir;

/// A village of another township.
pub(crate) const DISTANT_VILLAGE: &str = "130624101201";
const NEW_VILLAGE: &str = "130624100202";

/// A log that is being written.
pub(crate) struct World {
    dir: TempDir,
    pub(crate) ledger: Arc<Ledger>,
    admin: Device,
}

impl World {
    /// A log with an administrator and two villages in two townships; the same bytes each time.
    pub(crate) async fn begun() -> Self {
        let dir = create();
        let (ledger, admin) = begin(dir.path()).await;
        let mut world = Self { dir, ledger, admin };
        world.register(DISTANT_VILLAGE).await;
        world
    }

    /// The log's folder.
    pub(crate) fn folder(&self) -> Folder {
        self.ledger.log().folder()
    }

    /// A copy of the log's folder.
    pub(crate) fn copy(&self) -> TempDir {
        let copy = tempfile::tempdir().unwrap();
        let words = ["-r", &format!("{}/.", self.folder().0.display()), copy.path().to_str().unwrap()];
        assert!(std::process::Command::new("cp").args(words).status().unwrap().success());
        copy
    }

    /// Registers a village.
    pub(crate) async fn register(&mut self, place: &str) {
        let signed = sign(&mut self.admin, place, village("第一山村"));
        submit(&self.ledger, &signed).await.unwrap();
    }

    /// Closes the ledger and appends an entry with an invalid signature.
    pub(crate) async fn forge(mut self) -> TempDir {
        let mut signed = sign(&mut self.admin, NEW_VILLAGE, village("第一山村"));
        let mut signature = signed.signature.to_vec();
        signature[5] ^= 1;
        signed.signature = signature.into();
        self.append(NEW_VILLAGE, signed).await
    }

    /// Closes the ledger and appends a village that exists already.
    pub(crate) async fn append_refused(mut self) -> TempDir {
        let signed = sign(&mut self.admin, VILLAGE, village("第一山村"));
        self.append(VILLAGE, signed).await
    }

    async fn append(self, place: &str, signed: v1::SignedSubmission) -> TempDir {
        let Self { dir, ledger, .. } = self;
        let size = ledger.log().checkpoint().size;
        ledger.close();
        drop(ledger);
        let signature = signed.signature.as_ref().try_into().unwrap();
        let entry = encode_entry(&signed.submission, signature, NOW_MS, size, &[]);
        assert_eq!(append(dir.path(), place, entry.into()).await, size);
        dir
    }
}

/// The log in a folder.
pub(crate) fn folder(dir: &TempDir) -> Folder {
    Folder(dir.path().join("log"))
}
