//! The service with a real log and a real vault: its own checks, and sealed data opened for readers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use lika_client::compose::{Device, Report};
use lika_client::{Random, Signer};
use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, OfficialId};
use lika_domain::rejection::Code;
use lika_eventlog::tiles::TileLog;
use lika_ledger::{Clock, Ledger, Receipt, SubmitError};
use lika_officials::Officials;
use lika_proto::seal::{DataKey, Place, Private, seal};
use lika_proto::v1;
use lika_proto::v1::official_event::Kind;
use lika_vault::Vault;
use std::sync::Arc;
use tempfile::TempDir;

const ORIGIN: &str = "lika.example/130624";
const COUNTY: u64 = 130_624_000_000;
const VILLAGE: u64 = 130_624_100_201;
/// 2020-09-13 12:26:40 UTC.
const NOW_MS: u64 = 1_600_000_000_000;
const ADMINISTRATOR: u32 = 10_000_001;
const OFFICER: u32 = 10_000_002;
const CARD: u64 = 1_234_567_890;

struct World {
    officials: Officials,
    ledger: Arc<Ledger>,
    vault: Arc<Vault>,
    admin: Device,
    random: Random,
    _dir: TempDir,
}

impl World {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = lika_tlog::SigningKey::new(ORIGIN.parse().unwrap(), [9; 32]);
        TileLog::create(dir.path(), &key).unwrap();
        Vault::create(dir.path()).unwrap();
        let ledger = Ledger::open(dir.path(), Clock::driven(NOW_MS), 1).unwrap();
        let vault = Arc::new(Vault::open(dir.path()).unwrap());
        let officials = Officials::new(ledger.clone(), vault.clone());
        let admin = Device::new(Signer::from_seed([1; 32]), id(ADMINISTRATOR), ORIGIN);
        Self { officials, ledger, vault, admin, random: Random::seeded(1), _dir: dir }
    }

    /// A log with its opening entry.
    async fn opened() -> Self {
        let mut world = Self::new();
        let opening = world.opening(&person("李四"));
        world.submit(COUNTY, ADMINISTRATOR, opening, vec![data_key(ADMINISTRATOR.into())]).await.unwrap();
        world
    }

    fn opening(&self, private: &v1::OfficialPrivate) -> Kind {
        Kind::JurisdictionOpened(v1::JurisdictionOpened {
            origin: ORIGIN.into(),
            area: COUNTY,
            name: "阜平县".into(),
            mode: v1::Mode::Testing.into(),
            public_key: self.admin.signer().public().to_vec().into(),
            sealed: sealed(&Place::official(ORIGIN, id(ADMINISTRATOR)), private),
            ..Default::default()
        })
    }

    /// Submits as the administrator; after a refusal the device's chain is unchanged.
    async fn submit(
        &mut self,
        area: u64,
        official: u32,
        kind: Kind,
        keys: Vec<v1::DataKey>,
    ) -> Result<Receipt, SubmitError> {
        let household = if matches!(kind, Kind::HouseholdVisited(_)) { CARD } else { 0 };
        let event =
            v1::OfficialEvent { happened: 20_200_901, official, household, kind: Some(kind), ..Default::default() };
        let events = v1::submission::Events::Officials(v1::OfficialEvents { events: vec![event] });
        let mut admin = self.admin.clone();
        let report = Report { area: Area::from_code(area).unwrap(), events, keys };
        let id = self.random.submission_id().unwrap();
        let signed = admin.compose(id, NOW_MS / 1000, report).unwrap().signed;
        let outcome = match self.officials.prepare(signed.into()).await {
            Ok(prepared) => self.ledger.submit(prepared).await,
            Err(error) => Err(error),
        };
        if outcome.is_ok() {
            self.admin = admin;
        }
        outcome
    }
}

fn id(number: u32) -> OfficialId {
    OfficialId::new(number).unwrap()
}

fn person(name: &str) -> v1::OfficialPrivate {
    v1::OfficialPrivate { name: name.into(), phone: "13900000000".into() }
}

fn enrolled(private: &v1::OfficialPrivate) -> Kind {
    Kind::OfficialEnrolled(v1::OfficialEnrolled {
        role: v1::Role::VillageOfficer.into(),
        area: VILLAGE,
        sealed: sealed(&Place::official(ORIGIN, id(OFFICER)), private),
        ..Default::default()
    })
}

fn data_key(subject: u64) -> v1::DataKey {
    v1::DataKey { subject, number: 1, key: vec![1; 32].into() }
}

fn sealed<M: Private>(place: &Place<'_, M>, message: &M) -> Option<v1::Sealed> {
    Some(v1::Sealed { key: 1, r#box: seal(&DataKey::new([1; 32]), [7; 12], place, message).unwrap() })
}

fn problem(outcome: Result<Receipt, SubmitError>) -> (Code, Option<u32>, &'static str) {
    match outcome {
        Err(SubmitError::Rejected(rejection)) => {
            let first = &rejection.problems[0];
            let std::borrow::Cow::Borrowed(field) = first.field else { panic!("{first:?}") };
            (first.code, first.event, field)
        }
        other => panic!("a refusal expected, got {other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_the_log_leaves_the_first_key_and_is_shown_by_it() {
    let mut world = World::new();
    let opening = world.opening(&person("李四"));
    let missing = world.submit(COUNTY, ADMINISTRATOR, opening.clone(), vec![]).await;
    assert_eq!(problem(missing), (Code::DataKeyMissing, Some(0), "sealed"));
    world.submit(COUNTY, ADMINISTRATOR, opening, vec![data_key(ADMINISTRATOR.into())]).await.unwrap();
    let shown = world.officials.personal(id(ADMINISTRATOR)).unwrap().unwrap();
    assert_eq!((shown.name.as_str(), shown.phone.as_str()), ("李四", "13900000000"));
    assert_eq!(world.officials.personal(id(OFFICER)).unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officials_data_is_refused_for_each_fault() {
    let mut world = World::opened().await;
    let keys = vec![data_key(OFFICER.into())];
    let nameless = world.submit(COUNTY, OFFICER, enrolled(&person(" ")), keys.clone()).await;
    assert_eq!(problem(nameless), (Code::FieldMissing, Some(0), "name"));
    let landline = v1::OfficialPrivate { phone: "0312-7222222".into(), ..person("王五") };
    let landline = world.submit(COUNTY, OFFICER, enrolled(&landline), keys.clone()).await;
    assert_eq!(problem(landline), (Code::PhoneInvalid, Some(0), "phone"));
    let moved =
        world.submit(COUNTY, OFFICER + 1, enrolled(&person("王五")), vec![data_key(u64::from(OFFICER) + 1)]).await;
    assert_eq!(problem(moved), (Code::SealedUnreadable, Some(0), "sealed"), "sealed for another official");
    assert_eq!(world.vault.key(OFFICER.into(), 1), None, "nothing of what was refused is kept");
    world.submit(COUNTY, OFFICER, enrolled(&person("王五")), keys).await.unwrap();
    assert_eq!(world.officials.personal(id(OFFICER)).unwrap().unwrap().name, "王五");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_on_a_visit_is_sealed_under_the_households_key() {
    let mut world = World::opened().await;
    let seen = v1::VisitPrivate { seen: "屋顶漏雨".into(), ..Default::default() };
    let visit = |card| {
        let place = Place::visit(ORIGIN, HouseholdId::new(card).unwrap());
        Kind::HouseholdVisited(v1::HouseholdVisited { place: 1, sealed: sealed(&place, &seen), ..Default::default() })
    };
    let missing = world.submit(VILLAGE, ADMINISTRATOR, visit(CARD), vec![]).await;
    assert_eq!(problem(missing), (Code::DataKeyMissing, Some(0), "sealed"));
    world.vault.store(&[(CARD, 1, DataKey::new([1; 32]))]).await.unwrap();
    let moved = world.submit(VILLAGE, ADMINISTRATOR, visit(CARD + 1), vec![]).await;
    assert_eq!(problem(moved), (Code::SealedUnreadable, Some(0), "sealed"));
    // It opens; only the rules refuse it, since there is no such village.
    let unknown = world.submit(VILLAGE, ADMINISTRATOR, visit(CARD), vec![]).await;
    assert!(!["sealed", "keys"].contains(&problem(unknown).2));
}
