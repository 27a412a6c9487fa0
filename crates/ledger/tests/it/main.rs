//! A ledger as its recorders use it: submissions in, receipts out, and the same state however it was reached.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod distributed;
mod snapshots;

use lika_domain::rejection::Code;
use lika_eventlog::verify::{self, Folder};
use lika_ledger::{Clock, Ledger, Prepared, SubmitError, digest, prepare, replay};
use lika_proto::convert::Service;
use lika_proto::v1;
use lika_testkit::county::{ADMINISTRATOR, COUNTY, COUNTY_OFFICER, NOW_MS, OTHER_VILLAGE, VILLAGE};
use lika_testkit::device::{Chain, admin, device, device_with_key, sign};
use lika_testkit::events::{enrolments, opening, opening_for, village};
use lika_testkit::log::{begin, code, create, open, submit};
use lika_tlog::proof::TlogProof;

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_verifies_off_line_and_a_retry_gives_the_first_one() {
    let dir = create();
    let (ledger, mut admin) = (open(dir.path()), admin());
    let opening = opening(&admin);
    let opening = sign(&mut admin, COUNTY, opening);
    let receipt = submit(&ledger, &opening).await.unwrap();
    assert_eq!((receipt.index, receipt.duplicate), (0, false));
    let proof: TlogProof = receipt.proof.parse().unwrap();
    proof.verify(&receipt.entry, ledger.verifier_key()).unwrap();
    let again = submit(&ledger, &opening).await.unwrap();
    assert_eq!((again.index, again.entry, again.duplicate), (0, receipt.entry, true));
}

/// The device has seen one entry more than the log has. The answer says so and does not refuse the submission.
async fn assert_behind(ledger: &Ledger, signed: &v1::SignedSubmission, size: u64) {
    let behind = submit(ledger, &v1::SignedSubmission { known: size + 1, ..signed.clone() }).await;
    assert!(matches!(behind, Err(SubmitError::Behind { known, found }) if (known, found) == (size + 1, size)));
    assert_eq!(ledger.log().checkpoint().size, size);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_submission_is_decided_on_fewer_entries_than_its_device_has_seen() {
    let dir = create();
    let (ledger, mut admin) = begin(dir.path()).await;
    assert_behind(&ledger, &sign(&mut admin, VILLAGE, village("村")), 2).await;
    let skipped = sign(&mut admin, VILLAGE, village("村"));
    assert_behind(&ledger, &skipped, 2).await;
    let refused = submit(&ledger, &v1::SignedSubmission { known: 2, ..skipped }).await;
    assert_eq!(code(refused), Code::SequenceGap);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_fault_of_a_submission_is_refused_with_its_code() {
    let dir = create();
    let (ledger, mut admin) = begin(dir.path()).await;
    let mut again = sign(&mut admin, VILLAGE, village("村"));
    assert_eq!(prepare(again.clone().into(), Service::Aid).unwrap_err().code(), Code::WrongService);
    assert_eq!(code(submit(&ledger, &again).await), Code::VillageExists);
    forge(&mut again);
    assert_eq!(code(submit(&ledger, &again).await), Code::SignatureInvalid);
    let unknown = sign(&mut device_with_key(ADMINISTRATOR, 2), VILLAGE, village("村"));
    assert_eq!(code(submit(&ledger, &unknown).await), Code::KeyUnknown);
    let mut rewound = lika_testkit::device::admin();
    rewound.set_chain(Chain { sequence: 1, previous: None });
    let reused = sign(&mut rewound, VILLAGE, village("村"));
    assert_eq!(code(submit(&ledger, &reused).await), Code::SubmissionIdReused);
    assert_eq!(ledger.log().checkpoint().size, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn opening_again_and_replaying_give_the_same_state() {
    let dir = create();
    let (ledger, _) = begin(dir.path()).await;
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
async fn a_feed_gives_published_entries_from_memory_and_from_the_log() {
    let dir = create();
    let (ledger, mut admin) = begin(dir.path()).await;
    let mut feed = ledger.feed(0);
    let mut seen = feed.next(1).await.unwrap();
    seen.extend(feed.next(10).await.unwrap());
    assert_eq!(seen.iter().map(|recorded| recorded.entry.index).collect::<Vec<_>>(), [0, 1]);
    let other = sign(&mut admin, OTHER_VILLAGE, village("村"));
    submit(&ledger, &other).await.unwrap();
    assert_eq!(feed.next(10).await.unwrap()[0].entry.index, 2);
    ledger.close();
    assert!(feed.next(10).await.is_err());
    drop((feed, ledger));
    let ledger = open(dir.path());
    assert_eq!(ledger.feed(1).next(10).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_driven_clock_is_refused_in_production() {
    let dir = create();
    let ledger = Ledger::open(dir.path(), Clock::system(), 1).unwrap();
    let mut admin = admin();
    let opening = opening_for(&admin, v1::Mode::Production);
    submit(&ledger, &sign(&mut admin, COUNTY, opening)).await.unwrap();
    ledger.close();
    drop(ledger);
    assert!(Ledger::open(dir.path(), Clock::driven(NOW_MS), 1).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_enrolled_in_the_same_batch_may_sign_the_next_submission() {
    let dir = create();
    let (ledger, mut admin) = begin(dir.path()).await;
    let mut clerk = device(COUNTY_OFFICER);
    let [enrolled, key] =
        enrolments(&clerk, v1::Role::Administrator, COUNTY).map(|events| sign(&mut admin, COUNTY, events));
    let village = sign(&mut clerk, OTHER_VILLAGE, village("村"));
    let (a, b, c) = tokio::join!(submit(&ledger, &enrolled), submit(&ledger, &key), submit(&ledger, &village));
    assert_eq!((a.unwrap().index, b.unwrap().index, c.unwrap().index), (2, 3, 4));
}

/// A signature that was checked before names the key it was checked with. The check counts only with the author's key.
#[tokio::test(flavor = "multi_thread")]
async fn a_signature_checked_with_another_key_is_checked_again() {
    let dir = create();
    let (ledger, mut admin) = begin(dir.path()).await;
    let mut signed = sign(&mut admin, VILLAGE, village("村"));
    forge(&mut signed);
    let other = *device_with_key(ADMINISTRATOR, 2).signer().public();
    for verified in [None, Some(other), Some([0; 32])] {
        let prepared = Prepared { verified, ..prepare(signed.clone().into(), Service::Households).unwrap() };
        assert_eq!(code(ledger.submit(prepared).await), Code::SignatureInvalid, "{verified:?}");
    }
}

/// Spoils the signature.
fn forge(signed: &mut v1::SignedSubmission) {
    let mut bytes = signed.signature.to_vec();
    bytes[0] ^= 1;
    signed.signature = bytes.into();
}
