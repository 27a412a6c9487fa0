//! Distributed services, each a process, on a real nats-server.

use crate::support::county::{County, ORIGIN, receipt, village};
use crate::support::distributed::{Distributed, copy, names};
use crate::support::node::Node;
use crate::support::{create_log, path, run, told};
use lika_client::api::ProgressQuery;
use lika_eventlog::Sequencer;
use lika_eventlog::jetstream::{Names, settings};
use lika_eventlog::tiles::TileLog;
use lika_local_nats::Server;
use std::sync::LazyLock;

/// Names at NATS of the log, the same for every test county.
static LOG: LazyLock<Names> = LazyLock::new(|| Names::new("130624".parse().unwrap()));

/// Entries, void entries and digest that an auditor finds in a folder.
fn replayed(data: &std::path::Path) -> (u64, u64, String) {
    let output = run(&["--json", "audit", "replay", path(data)]);
    assert!(output.status.success(), "{}", told(&output));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let number = |name: &str| json[name].as_u64().unwrap_or_else(|| panic!("{json}"));
    (number("entries"), number("voids"), json["state_digest"].as_str().unwrap().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn six_distributed_services_take_reports_and_any_may_be_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let mut distributed = Distributed::make(dir.path(), 1);
    distributed.start(&names(1));
    let (api, mut county) = (distributed.api("gateway-1"), County::new(1));
    county.open(&api).await;
    let mut clerk = county.village(&api, 1).await;
    let first = clerk.profile();
    let receipt = api.submit(&first.signed).await.unwrap();
    let again = api.submit(&first.signed).await.unwrap();
    assert_eq!((again.index, &again.entry, again.duplicate), (receipt.index, &receipt.entry, true));
    let query = ProgressQuery { index: Some(receipt.index), ..Default::default() };
    let progress = api.progress(village(1), &query).await.unwrap();
    assert_eq!(progress["index"].as_u64(), Some(receipt.index));
    // No instance of the service answers: the client gets an error, and the same submission succeeds later.
    distributed.kill("households-1");
    let second = clerk.profile();
    let unanswered = api.submit(&second.signed).await.unwrap_err();
    assert!(unanswered.is_worth_retrying() && unanswered.to_string().contains("service_unanswered"), "{unanswered}");
    distributed.start(&["households-1".to_owned()]);
    let receipt = api.submit(&second.signed).await.unwrap();
    assert!(!receipt.duplicate);
    let mut unnoticed = false;
    while !unnoticed {
        // A client that sends while the only instance restarts waits a little longer; on a slow machine perhaps too
        // long.
        distributed.kill("households-1");
        let (waiting, sent) = (distributed.api("gateway-1"), clerk.profile().signed);
        let answer = tokio::spawn({
            let sent = sent.clone();
            async move { waiting.submit(&sent).await }
        });
        distributed.start(&["households-1".to_owned()]);
        unnoticed = answer.await.unwrap().is_ok();
        assert!(unnoticed || api.submit(&sent).await.is_ok());
    }
    // New instances with empty folders know everything recorded before.
    distributed.add(2);
    distributed.start(&names(2)[6..]);
    for name in &names(2)[..6] {
        distributed.kill(name);
    }
    let api = distributed.api("gateway-2");
    let third = clerk.profile();
    let receipt = api.submit(&third.signed).await.unwrap();
    let again = api.submit(&second.signed).await.unwrap();
    assert!(again.duplicate && again.index < receipt.index);
    assert_eq!(distributed.ended(), []);
    distributed.stop();
    let copies: Vec<_> =
        ["audit-2", "households-2", "progress-2"].map(|name| replayed(&distributed.data(name))).to_vec();
    assert_eq!((copies[0].0, copies[0].1), (receipt.index + 1, 0));
    assert!(copies.iter().all(|copy| *copy == copies[0]), "{copies:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_embedded_log_moves_to_distributed_services_and_its_receipts_stay_valid() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("audit-1");
    create_log(&data);
    let (node, mut county) = (Node::start(&data), County::new(1));
    county.open(&node.api()).await;
    let mut clerk = county.village(&node.api(), 1).await;
    let early = clerk.profile();
    let before = node.api().submit(&early.signed).await.unwrap();
    assert!(node.stop().success());
    let mut distributed = Distributed::around(dir.path());
    let moved = distributed.run(&["log", "migrate", path(&data)]);
    assert!(moved.status.success(), "{}", told(&moved));
    // Running it again does no harm; another log of the same area is refused.
    assert!(distributed.run(&["log", "migrate", path(&data)]).status.success());
    let other = dir.path().join("other");
    create_log(&other);
    let keys = data_keys(&distributed).await;
    let refused = distributed.run(&["log", "migrate", path(&other)]);
    assert!(!refused.status.success(), "{}", told(&refused));
    assert_eq!(data_keys(&distributed).await, keys);
    distributed.add(1);
    distributed.start(&names(1));
    let api = distributed.api("gateway-1");
    let same = api.submit(&early.signed).await.unwrap();
    assert_eq!((same.index, &same.entry, same.duplicate), (before.index, &before.entry, true));
    let later = clerk.profile();
    let after = api.submit(&later.signed).await.unwrap();
    assert_eq!(after.index, before.index + 1);
    // The stream is damaged beyond repair: a new epoch continues after the last published entry.
    distributed.stop();
    let begun = distributed.run(&["--json", "log", "recover", "--data", path(&data)]);
    assert!(begun.status.success(), "{}", told(&begun));
    let json: serde_json::Value = serde_json::from_slice(&begun.stdout).unwrap();
    assert_eq!((json["epoch"].as_u64(), json["entries"].as_u64()), (Some(1), Some(after.index + 1)));
    distributed.start(&names(1));
    let last = api.submit(&clerk.profile().signed).await.unwrap();
    assert_eq!(last.index, after.index + 1);
    assert!(api.submit(&later.signed).await.unwrap().duplicate);
    distributed.stop();
    assert_eq!(replayed(&data).0, last.index + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_restored_from_an_older_copy_stops_every_service_and_each_says_what_to_do() {
    let dir = tempfile::tempdir().unwrap();
    let mut distributed = Distributed::make(dir.path(), 1);
    distributed.start(&names(1));
    let (api, mut county) = (distributed.api("gateway-1"), County::new(1));
    county.open(&api).await;
    let mut clerk = county.village(&api, 1).await;
    let (store, older) = (distributed.servers[0].dir().join("store"), dir.path().join("older"));
    distributed.servers[0].kill().unwrap();
    copy(&store, &older);
    distributed.servers[0].start_again().unwrap();
    // With a new official's device, whose data key must be migrated too.
    county.village(&api, 2).await;
    let keys = data_keys(&distributed).await;
    let receipted = clerk.profile();
    let before = receipt(&api, &receipted).await;
    distributed.servers[0].kill().unwrap();
    std::fs::remove_dir_all(&store).unwrap();
    copy(&older, &store);
    distributed.servers[0].start_again().unwrap();
    for name in names(1) {
        let (code, said) = distributed.wait(&name);
        assert_eq!(code, Some(4), "{name}: {said}");
        assert!(said.contains("was rolled back") && said.contains("lika log recover"), "{name}: {said}");
    }
    let data = distributed.data("audit-1");
    let begun = distributed.run(&["log", "recover", "--data", path(&data)]);
    assert!(begun.status.success(), "{}", told(&begun));
    assert_eq!(data_keys(&distributed).await, keys, "the services that ended have stored their data keys again");
    distributed.start(&names(1));
    let again = receipt(&api, &receipted).await;
    assert_eq!((again.index, &again.entry, again.duplicate), (before.index, &before.entry, true));
    let next = api.submit(&clerk.profile().signed).await.unwrap();
    assert_eq!(next.index, before.index + 1);
    distributed.stop();
    assert_eq!(replayed(&data).0, next.index + 1);
}

/// Number of data keys on the servers.
async fn data_keys(distributed: &Distributed) -> u64 {
    let context = async_nats::jetstream::new(async_nats::connect(distributed.servers[0].url()).await.unwrap());
    context.get_stream(format!("LIKA_VAULT_{}", LOG.area())).await.unwrap().cached_info().state.messages
}

/// An audit service may have signed entries that no other process has seen. If the log has gone on without them, its
/// folder belongs to another history.
#[tokio::test(flavor = "multi_thread")]
async fn no_epoch_begins_on_a_folder_whose_entries_are_not_those_published() {
    let dir = tempfile::tempdir().unwrap();
    let mut distributed = Distributed::make(dir.path(), 1);
    distributed.start(&names(1));
    let (api, mut county) = (distributed.api("gateway-1"), County::new(1));
    county.open(&api).await;
    let mut clerk = county.village(&api, 1).await;
    distributed.stop();
    let (data, fork) = (distributed.data("audit-1"), dir.path().join("fork"));
    copy(&data, &fork);
    let other = TileLog::open(&fork, 1, lika_proto::convert::entry_area).unwrap();
    for number in 0..5u8 {
        let index = other.append(village(100 + number), None, vec![number; 100].into()).await.unwrap();
        other.published().published(index).await.unwrap();
    }
    drop(other);
    distributed.start(&names(1));
    let receipted = receipt(&api, &clerk.profile()).await;
    distributed.stop();
    let refused = distributed.run(&["log", "recover", "--data", path(&fork)]);
    assert!(!refused.status.success() && told(&refused).contains("holds other entries than"), "{}", told(&refused));
    let begun = distributed.run(&["log", "recover", "--data", path(&data)]);
    assert!(begun.status.success(), "{}", told(&begun));
    distributed.start(&names(1));
    assert_eq!(receipt(&api, &clerk.profile()).await.index, receipted.index + 1);
    distributed.stop();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupted_creation_of_a_log_is_completed() {
    let dir = tempfile::tempdir().unwrap();
    let distributed = Distributed::around(dir.path());
    let context = async_nats::jetstream::new(async_nats::connect(distributed.servers[0].url()).await.unwrap());
    let data = distributed.data("audit-1");
    let create = || distributed.run(&["log", "create", "--origin", ORIGIN, "--data", path(&data)]);
    context.create_stream(settings::checkpoint_stream(&LOG, 1)).await.unwrap();
    assert!(create().status.success(), "one stream was there");
    let again = create();
    assert!(!again.status.success() && told(&again).contains("already"), "{}", told(&again));
    for name in [LOG.checkpoint_stream(), LOG.log_stream(0)] {
        context.delete_stream(name).await.unwrap();
    }
    let made = create();
    assert!(made.status.success(), "the folder and one stream were there: {}", told(&made));
}

#[test]
fn an_invalid_name_or_server_is_refused_before_anything_is_created() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path().join("data");
    let server = Server::start(&dir.path().join("nats")).unwrap();
    let create = |origin: &str, nats: &str, monitor: &str| {
        let words = ["log", "create", "--data", path(&data), "--origin", origin, "--nats", nats, "--monitor", monitor];
        let output = run(&words);
        assert!(!output.status.success());
        told(&output)
    };
    let (nats, monitor) = (server.url(), server.monitor());
    assert!(create("lika.example/fuping", &nats, &monitor).contains("must end with its division code"));
    assert!(!data.exists());
    let silent = create("lika.example/130624", &nats, "http://127.0.0.1:9");
    assert!(silent.contains("does not show the settings of the server"), "{silent}");
    let words = ["run", "aid", "--data", path(&data), "--nats", &nats, "--monitor", &monitor];
    let missing = told(&run(&words));
    assert!(missing.contains("log.vkey is missing"), "{missing}");
}
