//! A testing log with two villages and an officer in each.

use lika_client::compose::{Device, Report};
use lika_client::{Random, Signer};
use lika_domain::citizen_id::CitizenId;
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, MemberNo, OfficialId};
use lika_domain::rejection::Code;
use lika_eventlog::tiles::TileLog;
use lika_households::Households;
use lika_ledger::{Clock, Ledger, Receipt, SubmitError, prepare};
use lika_proto::convert::Service;
use lika_proto::seal::{DataKey, Place, Private, seal};
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::official_event::Kind as OfficialKind;
use lika_proto::v1::submission::Events;
use lika_vault::Vault;
use std::sync::Arc;
use tempfile::TempDir;

pub(crate) const ORIGIN: &str = "lika.example/130624";
const COUNTY: u64 = 130_624_000_000;
pub(crate) const VILLAGE: u64 = 130_624_100_201;
pub(crate) const OTHER_VILLAGE: u64 = 130_624_100_202;
/// 2020-09-13 12:26:40 UTC.
const NOW_MS: u64 = 1_600_000_000_000;
pub(crate) const CARD: u64 = 1_234_567_890;

pub(crate) struct World {
    pub(crate) households: Households,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) vault: Arc<Vault>,
    /// Officer of [`VILLAGE`].
    pub(crate) officer: Device,
    /// Officer of [`OTHER_VILLAGE`].
    pub(crate) other: Device,
    random: Random,
    _dir: TempDir,
}

impl World {
    pub(crate) async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let key = lika_tlog::SigningKey::new(ORIGIN.parse().unwrap(), [9; 32]);
        TileLog::create(dir.path(), &key).unwrap();
        Vault::create(dir.path()).unwrap();
        let ledger = Ledger::open(dir.path(), Clock::driven(NOW_MS), 1).unwrap();
        let vault = Arc::new(Vault::open(dir.path()).unwrap());
        let households = Households::new(ledger.clone(), vault.clone());
        let (officer, other) = (device(2), device(3));
        let mut world = Self { households, ledger, vault, officer, other, random: Random::seeded(1), _dir: dir };
        let mut admin = device(1);
        world.begin(&mut admin).await;
        world
    }

    async fn begin(&mut self, admin: &mut Device) {
        let opened = v1::JurisdictionOpened {
            origin: ORIGIN.into(),
            area: COUNTY,
            name: "阜平县".into(),
            mode: v1::Mode::Testing.into(),
            public_key: admin.signer().public().to_vec().into(),
            sealed: Some(v1::Sealed { key: 1, r#box: vec![0; 64].into() }),
            ..Default::default()
        };
        self.by_ledger(admin, COUNTY, official(admin, OfficialKind::JurisdictionOpened(opened))).await;
        let officers = [(self.officer.clone(), VILLAGE), (self.other.clone(), OTHER_VILLAGE)];
        for (officer, area) in officers {
            let enrolled = v1::OfficialEnrolled {
                role: v1::Role::VillageOfficer.into(),
                area,
                sealed: Some(v1::Sealed { key: 1, r#box: vec![0; 64].into() }),
                ..Default::default()
            };
            let key = v1::KeyEnrolled { public_key: officer.signer().public().to_vec().into(), device: "a".into() };
            for kind in [OfficialKind::OfficialEnrolled(enrolled), OfficialKind::KeyEnrolled(key)] {
                self.by_ledger(admin, COUNTY, official(&officer, kind)).await;
            }
            let village = v1::VillageRegistered { name: "村".into(), rural_persons: 300, ..Default::default() };
            let events = event(0, Kind::VillageRegistered(village));
            let signed = self.sign(admin, area, events, vec![]);
            self.record(signed).await.unwrap();
        }
    }

    /// Prepares a submission and records it.
    pub(crate) async fn record(&self, signed: v1::SignedSubmission) -> Result<Receipt, SubmitError> {
        self.ledger.submit(self.households.prepare(signed.into()).await?).await
    }

    /// Bypasses the officials service, which is not tested here.
    async fn by_ledger(&mut self, device: &mut Device, area: u64, events: Events) {
        let signed = self.sign(device, area, events, vec![]);
        let prepared = prepare(signed.into(), Service::Officials).unwrap();
        self.ledger.submit(prepared).await.unwrap();
    }

    pub(crate) fn sign(
        &mut self,
        device: &mut Device,
        area: u64,
        events: Events,
        keys: Vec<v1::DataKey>,
    ) -> v1::SignedSubmission {
        let area = lika_domain::area::Area::from_code(area).unwrap();
        let id = self.random.submission_id().unwrap();
        device.compose(id, NOW_MS / 1000, Report { area, events, keys }).unwrap().signed
    }

    /// Submits as the officer of [`VILLAGE`]; after a refusal the device's chain is unchanged.
    pub(crate) async fn submit(&mut self, events: Events, keys: Vec<v1::DataKey>) -> Result<Receipt, SubmitError> {
        let mut officer = self.officer.clone();
        let signed = self.sign(&mut officer, VILLAGE, events, keys);
        let outcome = self.record(signed).await;
        if outcome.is_ok() {
            self.officer = officer;
        }
        outcome
    }

    /// Every problem of a refusal: code, event and field.
    pub(crate) async fn refusal(&mut self, events: Events, keys: Vec<v1::DataKey>) -> Vec<(Code, Option<u32>, &str)> {
        problems(self.submit(events, keys).await)
    }
}

pub(crate) fn problems<'a>(outcome: Result<Receipt, SubmitError>) -> Vec<(Code, Option<u32>, &'a str)> {
    match outcome {
        Err(SubmitError::Rejected(rejection)) => {
            rejection.problems.into_iter().map(|problem| (problem.code, problem.event, name(problem.field))).collect()
        }
        other => panic!("a refusal expected, got {other:?}"),
    }
}

fn device(seed: u8) -> Device {
    let official = OfficialId::new(10_000_000 + u32::from(seed)).unwrap();
    Device::new(Signer::from_seed([seed; 32]), official, ORIGIN)
}

fn official(device: &Device, kind: OfficialKind) -> Events {
    let official = device.author().get();
    let event = v1::OfficialEvent { happened: 20_200_901, official, kind: Some(kind), ..Default::default() };
    Events::Officials(v1::OfficialEvents { events: vec![event] })
}

pub(crate) fn event(household: u64, kind: Kind) -> Events {
    let event = v1::HouseholdEvent { happened: 20_200_901, household, kind: Some(kind), ..Default::default() };
    Events::Households(v1::HouseholdEvents { events: vec![event] })
}

pub(crate) fn id(card: u64) -> HouseholdId {
    HouseholdId::new(card).unwrap()
}

/// The data key with that number; its bytes are the number.
pub(crate) fn data_key(card: u64, number: u8) -> v1::DataKey {
    v1::DataKey { subject: card, number: number.into(), key: vec![number; 32].into() }
}

/// Seals under the data key with that number.
pub(crate) fn sealed<M: Private>(number: u8, place: &Place<'_, M>, message: &M) -> Option<v1::Sealed> {
    let r#box = seal(&DataKey::new([number; 32]), [7; 12], place, message).unwrap();
    Some(v1::Sealed { key: number.into(), r#box })
}

/// A made-up citizen ID of a man born in January 1965.
pub(crate) fn citizen(sequence: u32) -> String {
    let birth = Date::from_yyyymmdd(19_650_115).unwrap();
    CitizenId::synthetic(900_000, birth, 2 * sequence + 1).unwrap().as_str().to_owned()
}

pub(crate) fn person(citizen_id: &str) -> v1::MemberPrivate {
    v1::MemberPrivate {
        name: "张三".into(),
        citizen_id: citizen_id.into(),
        phone: "13900000000".into(),
        ..Default::default()
    }
}

/// The head of a card: a man born in January 1965.
pub(crate) fn head(card: u64, private: &v1::MemberPrivate) -> v1::Member {
    let place = Place::member(ORIGIN, id(card), MemberNo::new(1).unwrap());
    v1::Member {
        number: 1,
        relation: 1,
        sex: 1,
        birth_month: 196_501,
        ethnicity: 1,
        health: 1,
        labour: 1,
        sealed: sealed(1, &place, private),
        ..Default::default()
    }
}

/// A card of one person.
pub(crate) fn card(card: u64, head: v1::Member) -> Events {
    let own = v1::HouseholdPrivate {
        address: "3组12号".into(),
        phone: "13900000000".into(),
        account: "6222021234567890".into(),
        ..Default::default()
    };
    card_with(card, head, &own)
}

pub(crate) fn card_with(card: u64, head: v1::Member, own: &v1::HouseholdPrivate) -> Events {
    let registered = v1::HouseholdRegistered {
        attribute: 1,
        standard: 1,
        main_cause: 1,
        members: vec![head],
        sealed: sealed(1, &Place::household(ORIGIN, id(card)), own),
        ..Default::default()
    };
    event(card, Kind::HouseholdRegistered(registered))
}

/// The rules name fields by constants.
fn name(field: std::borrow::Cow<'static, str>) -> &'static str {
    match field {
        std::borrow::Cow::Borrowed(name) => name,
        std::borrow::Cow::Owned(other) => unreachable!("{other}"),
    }
}
