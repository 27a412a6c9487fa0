//! Recorders of distributed services: several ledgers on one log that a real nats-server orders.

use super::*;
use futures::StreamExt;
use lika_domain::area::Area;
use lika_eventlog::jetstream::chunks;
use lika_eventlog::jetstream::{Checkpoints, Config, FAR_BEHIND_ENTRIES, Names, Position, settings};
use lika_eventlog::tiles::TileLog;
use lika_local_nats::Server;
use std::time::Duration;

/// A server and a folder for each process.
struct County {
    server: Server,
    dir: TempDir,
}

impl County {
    async fn new() -> Self {
        Self::around(new_log()).await
    }

    /// Creates the streams for a log that was kept in a folder.
    async fn around(dir: TempDir) -> Self {
        let log = TileLog::open(dir.path(), 1, |_| None).unwrap();
        let checkpoint = log.published().checkpoint().as_ref().clone();
        drop(log);
        let county = Self { server: Server::start(&dir.path().join("nats")).unwrap(), dir };
        let base = checkpoint.size;
        let position = Position { checkpoint, epoch: 0, base, integrator: String::new(), sequence: 0 };
        let context = county.context().await;
        let checkpoints = Checkpoints::new(context.clone(), names(), key().verifier().clone());
        settings::create(&context, &names(), &checkpoints, &position, 1).await.unwrap();
        county
    }

    async fn context(&self) -> async_nats::jetstream::Context {
        async_nats::jetstream::new(async_nats::connect(self.server.url()).await.unwrap())
    }

    /// Starts a process; the one named `audit` signs.
    async fn process(&self, name: &str) -> Arc<Ledger> {
        self.process_behind(name, FAR_BEHIND_ENTRIES).await
    }

    /// Starts a process that fetches from others if it lacks more than `far_behind` entries.
    async fn process_behind(&self, name: &str, far_behind: u64) -> Arc<Ledger> {
        let dir = if name == "audit" { self.dir.path().to_owned() } else { self.dir.path().join(name) };
        if !dir.exists() {
            std::fs::create_dir_all(&dir).unwrap();
            std::fs::copy(self.dir.path().join("log.vkey"), dir.join("log.vkey")).unwrap();
        }
        let config = Config {
            context: self.context().await,
            names: names(),
            dir,
            threads: 2,
            area_of: convert::entry_area,
            instance: name.into(),
            far_behind,
        };
        Ledger::open_distributed(config, Clock::composed()).await.unwrap()
    }
}

fn names() -> Names {
    Names::new("130624".parse().unwrap())
}

fn key() -> lika_tlog::SigningKey {
    lika_tlog::SigningKey::new(ORIGIN.parse().unwrap(), [9; 32])
}

fn profile(number: u32) -> v1::submission::Events {
    let updated = v1::VillageProfileUpdated { rural_households: 300, rural_persons: number, ..Default::default() };
    let kind = Some(v1::household_event::Kind::VillageProfileUpdated(updated));
    let event = v1::HouseholdEvent { happened: 20_200_901, kind, ..Default::default() };
    v1::submission::Events::Households(v1::HouseholdEvents { events: vec![event] })
}

/// Answers requests to the audit service, from its ledger and its folder.
async fn answer_as_audit(county: &County, audit: &Arc<Ledger>) {
    let client = county.context().await.client();
    let mut questions = client.subscribe(format!("{}.audit.*", names().service_prefix())).await.unwrap();
    let (audit, dir) = (audit.clone(), county.dir.path().to_owned());
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
async fn a_process_far_behind_begins_on_the_snapshot_of_another() {
    let (dir, live, mut admin) = snapshots::kept().await;
    let county = County::around(dir).await;
    let audit = county.process("audit").await;
    answer_as_audit(&county, &audit).await;
    let late = county.process_behind("late", 100).await;
    let snapshot = |name: &str| std::fs::read(county.dir.path().join(name).join("state.snapshot"));
    assert_eq!(snapshot("late").unwrap(), snapshot("").unwrap());
    assert_eq!(digest::hex(&late.state()), live);
    submit(&late, &admin.sign(VILLAGE, profile(1_000)), Service::Households).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_secs(2), late.stopped()).await.is_err(), "the check finds nothing");
    // A false one is found by the check after opening, like a local one.
    let forged = snapshots::forged(&snapshot("").unwrap());
    std::fs::write(county.dir.path().join("state.snapshot"), forged).unwrap();
    let misled = county.process_behind("misled", 100).await;
    let stopped = tokio::time::timeout(Duration::from_secs(30), misled.stopped()).await.unwrap();
    assert!(stopped.to_string().contains("does not match the log"), "{stopped}");
}

/// Enrols officials with a device each.
async fn officials(ledger: &Ledger, admin: &mut Device, count: u8) -> Vec<Device> {
    let mut devices = Vec::new();
    for number in 0..count {
        let device = Device::new(20 + number, 10_000_020 + u32::from(number));
        let enrolled = v1::OfficialEnrolled {
            role: v1::Role::Administrator.into(),
            area: COUNTY,
            sealed: Some(sealed()),
            ..Default::default()
        };
        let key = v1::KeyEnrolled { public_key: Bytes::copy_from_slice(&device.public()), device: String::new() };
        for kind in [v1::official_event::Kind::OfficialEnrolled(enrolled), v1::official_event::Kind::KeyEnrolled(key)]
        {
            let signed = admin.sign(COUNTY, official(device.official, kind));
            submit(ledger, &signed, Service::Officials).await.unwrap();
        }
        devices.push(device);
    }
    devices
}

/// Replays the integrator's folder once it holds `size` entries: every signature, rule and hash. Published entries
/// are there within a second.
async fn replayed(county: &County, size: u64) -> replay::Replayed {
    let folder = Folder(county.dir.path().join("log"));
    let mut checkpoint = verify::checkpoint(&folder, key().verifier()).unwrap();
    while checkpoint.size < size {
        tokio::time::sleep(Duration::from_millis(50)).await;
        checkpoint = verify::checkpoint(&folder, key().verifier()).unwrap();
    }
    replay::run(&folder, &checkpoint, 2, &mut ()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn distributed_recorders_agree_and_no_entry_is_void() {
    let county = County::new().await;
    let audit = county.process("audit").await;
    let (left, right) = (county.process("left").await, county.process("right").await);
    let mut admin = Device::new(1, 10_000_001);
    let opening = admin.sign(COUNTY, opened(&admin, v1::Mode::Testing));
    let receipt = submit(&left, &opening, Service::Officials).await.unwrap();
    let proof: TlogProof = receipt.proof.parse().unwrap();
    proof.verify(&receipt.entry, key().verifier()).unwrap();
    // The other recorder applies the entry before it decides, although it may not have read it yet.
    let registered = admin.sign(VILLAGE, village(300));
    submit(&right, &registered, Service::Households).await.unwrap();
    let again = submit(&left, &registered, Service::Households).await.unwrap();
    assert_eq!((again.index, again.duplicate), (1, true));
    let twice = admin.sign(VILLAGE, village(301));
    assert_eq!(code(submit(&left, &twice, Service::Households).await), Code::VillageExists);
    assert_behind(&left, &twice, 2).await;
    admin.sequence -= 1;
    admin.previous = Bytes::copy_from_slice(&Sha256::digest(&registered.0));
    let mut devices = officials(&left, &mut admin, 8).await;
    // Eight devices report on one village through both recorders at the same time, each in its own order.
    let reports = devices.iter_mut().enumerate().map(|(number, device)| {
        let (left, right) = (left.clone(), right.clone());
        async move {
            let signed: Vec<_> = (0..20).map(|n| device.sign(VILLAGE, profile(1_000 + n))).collect();
            let sent = signed.iter().enumerate().map(|(n, signed)| {
                submit(if (n + number) % 2 == 0 { &left } else { &right }, signed, Service::Households)
            });
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

/// Such as one by a later program, or a forged one: it changes nothing, and the village goes on after it.
#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_cannot_be_read_holds_up_nobody() {
    let submission = v1::Submission { area: VILLAGE, ..Default::default() }.encode_to_vec().into();
    let unreadable = Bytes::from(v1::Entry { submission, ..Default::default() }.encode_to_vec());
    assert!(convert::entry_area(&unreadable).is_some());
    goes_on_behind(unreadable).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_tells_nothing_of_its_area_holds_up_nobody() {
    let unreadable = Bytes::from_static(b"\xff\xff nothing of ours");
    assert!(convert::entry_area(&unreadable).is_none());
    goes_on_behind(unreadable).await;
}

async fn goes_on_behind(unreadable: Bytes) {
    let county = County::new().await;
    let audit = county.process("audit").await;
    let (left, right) = (county.process("left").await, county.process("right").await);
    let mut admin = Device::new(1, 10_000_001);
    let opening = admin.sign(COUNTY, opened(&admin, v1::Mode::Testing));
    submit(&left, &opening, Service::Officials).await.unwrap();
    submit(&left, &admin.sign(VILLAGE, village(300)), Service::Households).await.unwrap();
    let area = Area::from_code(VILLAGE).unwrap();
    let again = unreadable.clone();
    assert_eq!(left.sequencer().append(area, Some(1), unreadable).await.unwrap(), 2);
    let late = county.process("late").await;
    for (number, ledger) in [&left, &right, &late].into_iter().enumerate() {
        let report = admin.sign(VILLAGE, profile(300 + u32::try_from(number).unwrap()));
        let submitted = submit(ledger, &report, Service::Households);
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
    // Read from the local folder it is the village's last entry as well.
    assert_eq!(left.sequencer().append(area, Some(5), again).await.unwrap(), 6);
    late.log().published(6).await.unwrap();
    tokio::task::spawn_blocking(move || late.close()).await.unwrap();
    let late = county.process("late").await;
    let report = admin.sign(VILLAGE, profile(400));
    let last = submit(&late, &report, Service::Households);
    assert_eq!(tokio::time::timeout(Duration::from_secs(10), last).await.unwrap().unwrap().index, 7);
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_log_for_real_use_nobody_composes_their_own_time() {
    let county = County::new().await;
    let recorder = county.process("audit").await;
    let mut admin = Device::new(1, 10_000_001);
    let opening = admin.sign(COUNTY, opened(&admin, v1::Mode::Production));
    let receipt = submit(&recorder, &opening, Service::Officials).await.unwrap();
    let (entry, _) = convert::entry(0, &receipt.entry).unwrap();
    assert!(entry.recorded_at > NOW_MS + 1_000_000, "{}", entry.recorded_at);
}
