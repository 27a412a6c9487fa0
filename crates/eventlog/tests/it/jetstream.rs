//! The distributed log, on a real nats-server.

use crate::{entry, village};
use futures::StreamExt;
use lika_eventlog::error::LogError;
use lika_eventlog::jetstream::chunks;
use lika_eventlog::jetstream::error::StreamError;
use lika_eventlog::jetstream::{FAR_BEHIND_ENTRIES, JetStreamLog, Position, settings};
use lika_eventlog::tiles::TileLog;
use lika_eventlog::verify::{self, Folder};
use lika_eventlog::{Checkpoint, PublishedLog, Sequencer};
use lika_testkit::conformance::{self, Fixture, area_of};
use lika_testkit::log::{create, key};
use lika_testkit::nats::{Distributed, INTEGRATOR, names};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tokio::runtime::Handle;
use tokio::task::block_in_place;

/// An empty log.
async fn new() -> Distributed {
    Distributed::around(create(), area_of).await
}

/// The log of the integrator.
struct InStream(Distributed);

impl Fixture for InStream {
    type Log = JetStreamLog;
    fn published(log: &Self::Log) -> &PublishedLog {
        log.published()
    }
    fn open(&mut self) -> JetStreamLog {
        block_in_place(|| Handle::current().block_on(self.0.open(INTEGRATOR)))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_of_distributed_services_keeps_the_contract() {
    conformance::check(InStream(new().await)).await;
}

/// Appends entries of one village and waits until they are published; returns their indexes.
async fn append(log: &JetStreamLog, numbers: std::ops::Range<u64>) -> Vec<u64> {
    let mut indexes: Vec<u64> = Vec::new();
    let mut last = None;
    for number in numbers {
        let index = match log.append(village(), last, named(number)).await {
            Err(lika_eventlog::error::AppendError::Conflict { last: found }) => {
                last = found;
                log.append(village(), last, named(number)).await.unwrap()
            }
            appended => appended.unwrap(),
        };
        last = Some(index);
        indexes.push(index);
    }
    if let Some(last) = last {
        log.published().published(last).await.unwrap();
    }
    indexes
}

/// An entry that names its area.
fn named(number: u64) -> bytes::Bytes {
    bytes::Bytes::from([village().code().to_be_bytes().as_slice(), &entry(number)].concat())
}

/// Closes logs and unlocks their folders.
async fn close<const N: usize>(logs: [JetStreamLog; N]) {
    tokio::task::spawn_blocking(move || logs.iter().for_each(Sequencer::close)).await.unwrap();
}

/// Resolves with the reason once a log has stopped.
async fn reason(log: &JetStreamLog) -> LogError {
    tokio::time::timeout(Duration::from_secs(30), log.published().stopped()).await.expect("it stops")
}

fn sealed_in(distributed: &Distributed, name: &str) -> Checkpoint {
    let folder = Folder(distributed.folder(name).join("log"));
    let checkpoint = verify::checkpoint(&folder, key().verifier()).unwrap();
    verify::log(&folder, &checkpoint, 2, |_| (), |()| ()).unwrap();
    checkpoint
}

/// Checkpoint of the folder after opening it as `lika log recover` does: an integrator may have been stopped before
/// it knew that its last checkpoint was published.
fn taken_up(distributed: &Distributed, name: &str) -> Checkpoint {
    for _ in 0..100 {
        match TileLog::open(&distributed.folder(name), 2, area_of) {
            // The last holder may take a moment to unlock it.
            Err(LogError::Locked(_)) => std::thread::sleep(Duration::from_millis(20)),
            opened => {
                drop(opened.unwrap());
                return sealed_in(distributed, name);
            }
        }
    }
    panic!("the folder stays locked");
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for item in std::fs::read_dir(from).unwrap() {
        let item = item.unwrap();
        if item.path().is_dir() {
            copy(&item.path(), &to.join(item.file_name()));
        } else {
            std::fs::copy(item.path(), to.join(item.file_name())).unwrap();
        }
    }
}

/// A second folder with the signing key.
fn standby(distributed: &Distributed) {
    let standby = distributed.folder("standby");
    copy(&distributed.folder("audit").join("keys"), &standby.join("keys"));
    std::fs::copy(distributed.folder("audit").join("log.vkey"), standby.join("log.vkey")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_holder_of_the_key_takes_over_and_all_copies_are_the_same() {
    let distributed = new().await;
    standby(&distributed);
    let first = distributed.open("audit").await;
    first.leads().wait_for(|leads| *leads).await.unwrap();
    let (second, recorder) = (distributed.open("standby").await, distributed.open("recorder").await);
    append(&recorder, 0..300).await;
    assert!(!*second.leads().borrow());
    close([first]).await;
    // No process publishes until the lease has run out; then the entries sequenced meanwhile are published.
    let indexes = append(&recorder, 300..320).await;
    assert_eq!(indexes, (300..320).collect::<Vec<_>>());
    assert!(*second.leads().borrow());
    let first = distributed.open("audit").await;
    append(&recorder, 320..330).await;
    first.published().published(329).await.unwrap();
    assert!(*second.leads().borrow() && !*first.leads().borrow(), "a process that comes back waits for its turn");
    second.published().published(329).await.unwrap();
    close([first, second, recorder]).await;
    let checkpoints = ["audit", "standby", "recorder"].map(|name| sealed_in(&distributed, name));
    assert!(checkpoints.iter().all(|checkpoint| checkpoint.size == 330 && checkpoint.root == checkpoints[0].root));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_killed_and_comes_back_loses_and_repeats_nothing() {
    let mut distributed = new().await;
    let (audit, recorder) = (distributed.open("audit").await, distributed.open("recorder").await);
    append(&recorder, 0..20).await;
    for round in 1..4 {
        distributed.server.kill().unwrap();
        let waiting = append(&recorder, round * 20..round * 20 + 20);
        let back = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            block_in_place(|| distributed.server.start_again().unwrap());
        };
        let (indexes, ()) = tokio::join!(waiting, back);
        assert_eq!(indexes, (round * 20..round * 20 + 20).collect::<Vec<_>>());
    }
    audit.published().published(79).await.unwrap();
    let entries = audit.published().read(0, 100).unwrap();
    assert_eq!(entries, (0..80).map(named).collect::<Vec<_>>());
}

/// The integrator publishes each second and retries until it is answered; that must not keep it from stopping.
#[tokio::test(flavor = "multi_thread")]
async fn the_signer_can_be_closed_while_the_server_is_gone() {
    let mut distributed = new().await;
    let (audit, recorder) = (distributed.open("audit").await, distributed.open("recorder").await);
    append(&recorder, 0..20).await;
    distributed.server.kill().unwrap();
    tokio::time::sleep(Duration::from_millis(2_500)).await;
    tokio::time::timeout(Duration::from_secs(5), close([audit, recorder])).await.expect("it closes");
    distributed.server.start_again().unwrap();
    assert_eq!(taken_up(&distributed, "audit").size, 20);
    append(&distributed.open("audit").await, 20..22).await;
}

/// Its folder matches the older streams, and the streams match each other: only the other processes know that more
/// was signed.
#[tokio::test(flavor = "multi_thread")]
async fn an_integrator_that_was_away_does_not_sign_for_streams_rolled_back_meanwhile() {
    let mut distributed = new().await;
    standby(&distributed);
    let (audit, recorder, away) =
        (distributed.open("audit").await, distributed.open("recorder").await, distributed.open("standby").await);
    append(&recorder, 0..20).await;
    away.published().published(19).await.unwrap();
    close([away]).await;
    let (store, older) = (distributed.server.dir().join("store"), distributed.folder("older"));
    distributed.server.kill().unwrap();
    copy(&store, &older);
    distributed.server.start_again().unwrap();
    append(&recorder, 20..40).await;
    close([audit]).await;
    distributed.server.kill().unwrap();
    std::fs::remove_dir_all(&store).unwrap();
    std::fs::rename(&older, &store).unwrap();
    distributed.server.start_again().unwrap();
    let away = distributed.open("standby").await;
    let (left, right) = tokio::join!(reason(&away), reason(&recorder));
    assert!(left.to_string().contains("of 20 entries, but one of 40 was seen"), "{left}");
    assert!(right.to_string().contains("rolled back"), "{right}");
    assert!(!*away.leads().borrow());
    close([away, recorder]).await;
    assert_eq!(sealed_in(&distributed, "standby").size, 20);
}

/// Only the checkpoints are rolled back: the entries are complete, so nothing else shows it, and no process could
/// publish the next checkpoint.
#[tokio::test(flavor = "multi_thread")]
async fn checkpoints_rolled_back_to_an_older_copy_stop_every_process() {
    let mut distributed = new().await;
    let (audit, recorder) = (distributed.open("audit").await, distributed.open("recorder").await);
    append(&recorder, 0..20).await;
    let checkpoints = distributed.server.dir().join("store/jetstream/$G/streams").join(names().checkpoint_stream());
    let older = distributed.folder("older");
    distributed.server.kill().unwrap();
    copy(&checkpoints, &older);
    distributed.server.start_again().unwrap();
    append(&recorder, 20..40).await;
    let roll_back = |distributed: &mut Distributed| {
        distributed.server.kill().unwrap();
        std::fs::remove_dir_all(&checkpoints).unwrap();
        copy(&older, &checkpoints);
        distributed.server.start_again().unwrap();
    };
    roll_back(&mut distributed);
    let (left, right) = tokio::join!(reason(&audit), reason(&recorder));
    for told in [left, right] {
        assert!(matches!(&told, LogError::Stopped(_) | LogError::Stream(_)), "{told}");
        assert!(told.to_string().contains("the stream of checkpoints was rolled back"), "{told}");
    }
    close([audit, recorder]).await;
    // An interrupted start of an epoch is completed; an epoch that no checkpoint names any more is left unchanged.
    assert_eq!(begin_epoch(&distributed, taken_up(&distributed, "audit")).await, 1);
    roll_back(&mut distributed);
    assert_eq!(begin_epoch(&distributed, taken_up(&distributed, "audit")).await, 1);
    let (audit, recorder) = (distributed.open("audit").await, distributed.open("recorder").await);
    append(&recorder, 40..45).await;
    audit.published().published(44).await.unwrap();
    close([audit, recorder]).await;
    roll_back(&mut distributed);
    assert_eq!(begin_epoch(&distributed, taken_up(&distributed, "audit")).await, 2);
    let (audit, recorder) = (distributed.open("audit").await, distributed.open("recorder").await);
    append(&recorder, 45..50).await;
    audit.published().published(49).await.unwrap();
    assert_eq!(audit.published().read(0, 100).unwrap(), (0..50).map(named).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_rolled_back_to_an_older_copy_stops_every_process_and_a_new_epoch_goes_on() {
    let mut distributed = new().await;
    let (audit, recorder) = (distributed.open("audit").await, distributed.open("recorder").await);
    append(&recorder, 0..20).await;
    let (store, older) = (distributed.server.dir().join("store"), distributed.folder("older"));
    distributed.server.kill().unwrap();
    copy(&store, &older);
    distributed.server.start_again().unwrap();
    append(&recorder, 20..40).await;
    distributed.server.kill().unwrap();
    std::fs::remove_dir_all(&store).unwrap();
    copy(&older, &store);
    distributed.server.start_again().unwrap();
    let (left, right) = tokio::join!(reason(&audit), reason(&recorder));
    let told = |error: LogError| error.to_string().contains("rolled back");
    assert!(told(left.clone()) && told(right.clone()), "{left} / {right}");
    close([audit, recorder]).await;
    // A process that starts again on the older streams is refused: its copy is ahead of what is published.
    let refused = distributed.try_open("recorder", FAR_BEHIND_ENTRIES).await;
    assert!(told(refused.err().unwrap()));
    let checkpoint = taken_up(&distributed, "audit");
    assert_eq!(checkpoint.size, 40);
    begin_epoch(&distributed, checkpoint).await;
    let (audit, recorder) = (Arc::new(distributed.open("audit").await), distributed.open("recorder").await);
    assert_eq!(append(&recorder, 40..45).await, (40..45).collect::<Vec<_>>());
    audit.published().published(44).await.unwrap();
    assert_eq!(audit.published().read(0, 100).unwrap(), (0..45).map(named).collect::<Vec<_>>());
    // A new process waits until an audit service provides the entries from before the stream.
    let opening = distributed.open("fresh");
    let answering = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        answer_tiles(&distributed, &audit).await
    };
    let (late, asked) = tokio::join!(opening, answering);
    assert!(asked.load(Relaxed) > 0);
    assert_eq!(read_all(&late), (0..45).map(named).collect::<Vec<_>>());
}

/// Answers with tiles of a log as the audit service does; returns a counter of requests.
async fn answer_tiles(distributed: &Distributed, log: &Arc<JetStreamLog>) -> Arc<AtomicUsize> {
    let client = distributed.context().await.client();
    let mut questions = client.subscribe(names().tile_subject()).await.unwrap();
    let (log, asked) = (log.clone(), Arc::new(AtomicUsize::new(0)));
    let count = asked.clone();
    tokio::spawn(async move {
        while let Some(question) = questions.next().await {
            count.fetch_add(1, Relaxed);
            let tile = async |path| log.published().tile(path).map(|found| found.map(Into::into));
            let part = chunks::answer_tile(&question.payload, tile).await.unwrap();
            client.publish(question.reply.unwrap(), part).await.unwrap();
        }
    });
    asked
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_far_behind_fetches_bundles_or_reads_the_stream() {
    let distributed = new().await;
    let (audit, recorder) = (Arc::new(distributed.open("audit").await), distributed.open("recorder").await);
    append(&recorder, 0..600).await;
    audit.published().published(599).await.unwrap();
    let alone = distributed.open_behind("alone", 500).await;
    let asked = answer_tiles(&distributed, &audit).await;
    let late = distributed.open_behind("late", 500).await;
    // Three bundles, three tiles of level 0, one of level 1; growing tiles are not in the audit service's folder yet.
    assert_eq!(asked.load(Relaxed), 7);
    append(&recorder, 600..610).await;
    for log in [&alone, &late] {
        log.published().published(609).await.unwrap();
        assert_eq!((0..610).map(named).collect::<Vec<_>>(), read_all(log));
    }
    close([alone, late, recorder]).await;
    assert_eq!((sealed_in(&distributed, "alone").size, sealed_in(&distributed, "late").size), (610, 610));
}

/// A bundle of large entries does not fit into one message.
#[tokio::test(flavor = "multi_thread")]
async fn bundles_of_large_entries_are_fetched_in_parts() {
    let distributed = new().await;
    let audit = Arc::new(distributed.open("audit").await);
    let entry = |number: u64| bytes::Bytes::from([named(number).as_ref(), &[7; 60_000]].concat());
    let mut last = None;
    for number in 0..256 {
        last = Some(audit.append(village(), last, entry(number)).await.unwrap());
    }
    audit.published().published(255).await.unwrap();
    let asked = answer_tiles(&distributed, &audit).await;
    let log = distributed.open_behind("late", 100).await;
    // Five chunks of the bundle and two tiles.
    assert_eq!(asked.load(Relaxed), 7);
    assert_eq!(read_all(&log), (0..256).map(entry).collect::<Vec<_>>());
}

fn read_all(log: &JetStreamLog) -> Vec<bytes::Bytes> {
    let mut entries = Vec::new();
    while (entries.len() as u64) < log.published().checkpoint().size {
        entries.extend(log.published().read(entries.len() as u64, 256).unwrap());
    }
    entries
}

async fn begin_epoch(distributed: &Distributed, checkpoint: Checkpoint) -> u32 {
    let last = distributed.checkpoints().await.last().await.unwrap();
    let position = Position {
        base: checkpoint.size,
        checkpoint,
        epoch: last.epoch + 1,
        integrator: String::new(),
        sequence: last.sequence,
    };
    let begun =
        settings::begin_epoch(&distributed.context().await, &names(), &distributed.checkpoints().await, &position, 1)
            .await;
    begun.unwrap().epoch
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_epoch_stops_the_processes_of_the_one_before() {
    let distributed = new().await;
    let (audit, recorder) = (distributed.open("audit").await, distributed.open("recorder").await);
    append(&recorder, 0..5).await;
    close([audit]).await;
    begin_epoch(&distributed, taken_up(&distributed, "audit")).await;
    let stopped = reason(&recorder).await.to_string();
    assert!(stopped.contains("epoch 1, after epoch 0: restart this service"), "{stopped}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_in_the_stream_stops_every_process_that_reads_it() {
    let mut distributed = new().await;
    let (audit, recorder) = (distributed.open("audit").await, distributed.open("recorder").await);
    append(&recorder, 0..50).await;
    close([audit, recorder]).await;
    distributed.server.kill().unwrap();
    let wanted = named(20);
    let block =
        std::fs::read_dir(distributed.server.dir().join("store/jetstream/$G/streams/LIKA_LOG_130624_0/msgs")).unwrap();
    let block = block.map(|item| item.unwrap().path()).find(|path| path.extension().is_some_and(|end| end == "blk"));
    let block = block.unwrap();
    let mut bytes = std::fs::read(&block).unwrap();
    let at = bytes.windows(wanted.len()).position(|window| window == wanted).unwrap();
    bytes[at + 10] ^= 4;
    std::fs::write(&block, bytes).unwrap();
    distributed.server.start_again().unwrap();
    let stopped = match distributed.try_open("new", FAR_BEHIND_ENTRIES).await {
        Ok(log) => reason(&log).await,
        Err(error) => error,
    };
    let stopped = stopped.to_string();
    assert!(stopped.contains("stream is damaged") || stopped.contains("rolled back"), "{stopped}");
}

#[tokio::test(flavor = "multi_thread")]
async fn other_settings_are_refused_by_name_and_left_as_they_are() {
    let distributed = new().await;
    let context = distributed.context().await;
    let wanted = settings::log_stream(&names(), 0, 1);
    for (change, name) in [
        (wanted.clone(), None),
        (
            async_nats::jetstream::stream::Config { max_messages: 3, ..wanted.clone() },
            Some("max_msgs is 3 and must be -1"),
        ),
        (
            async_nats::jetstream::stream::Config { max_age: Duration::from_secs(9), ..wanted.clone() },
            Some("max_age is 9s and must be 0ns"),
        ),
    ] {
        context.update_stream(change.clone()).await.unwrap();
        let refused = settings::check(&context, &wanted).await.err().map(|error| error.to_string());
        assert_eq!(refused.is_some(), name.is_some(), "{refused:?}");
        assert!(refused.unwrap_or_default().contains(name.unwrap_or_default()));
    }
    let missing = settings::check(&context, &settings::log_stream(&names(), 7, 1)).await.unwrap_err();
    assert!(matches!(missing, StreamError::Missing(ref stream) if stream == "LIKA_LOG_130624_7"));
    let checkpoints = distributed.checkpoints().await;
    let position = checkpoints.last().await.unwrap();
    let again = settings::create(&context, &names(), &checkpoints, &position, 1).await;
    assert!(matches!(again, Err(StreamError::Exists(_))));
}
