//! Views that follow a real log while it grows.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

use lika_ledger::{Ledger, digest};
use lika_testkit::county::{COUNTY, COUNTY_NAME, ORIGIN, area, village_code};
use lika_testkit::device::sign;
use lika_testkit::events::village;
use lika_testkit::log::{begin, create, submit};
use lika_views::{FollowError, LogIdentity, ViewError, Views, follow};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Long enough for any machine.
const PATIENCE: Duration = Duration::from_secs(60);

fn open(dir: &Path, ledger: &Ledger) -> Arc<Views> {
    let log = LogIdentity { origin: ORIGIN.into(), opening: None, size: ledger.log().checkpoint().size };
    Arc::new(Views::open(&dir.join("views"), &log).unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn views_follow_a_log_and_continue_where_they_stopped() {
    let dir = create();
    let (ledger, mut admin) = begin(dir.path()).await;
    for round in 0..3 {
        let views = open(dir.path(), &ledger);
        assert_eq!(views.applied(), round * 10);
        let follower = follow(views.clone(), ledger.feed(views.resume()));
        // The first two entries are there.
        for number in round * 10 + if round == 0 { 2 } else { 0 }..round * 10 + 10 {
            let signed = sign(&mut admin, &village_code(number), village(&format!("{number}村")));
            submit(&ledger, &signed).await.unwrap();
        }
        let last = ledger.log().checkpoint().size - 1;
        views.wait_for(last, PATIENCE).await.unwrap();
        let progress = views.progress(area(COUNTY), None).unwrap().unwrap();
        assert_eq!((progress.index, progress.name.as_deref()), (Some(last), Some(COUNTY_NAME)));
        assert_eq!(progress.as_of.happened, "2020-09-13");
        follower.stop().await.unwrap();
        assert_eq!(views.digest().unwrap(), (last + 1, digest::of(&ledger.state())));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn views_stop_when_the_log_closes_and_say_why_when_they_fail() {
    let dir = create();
    let (ledger, _) = begin(dir.path()).await;
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
