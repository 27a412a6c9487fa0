//! Officials of a county who report to a node: an administrator and village clerks, each with a device of their own.

use lika_client::compose::{Composed, Device, Report};
use lika_client::{Api, Random, Signer};
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::OfficialId;
use lika_proto::v1;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) const ORIGIN: &str = "lika.example/130624";
const COUNTY: &str = "130624";
/// Clerks use other seeds than counties, since ids must be unique.
const CLERK_SEEDS_FROM: u64 = 1 << 32;

/// The administrator, and random numbers for ids.
pub(crate) struct County {
    admin: Device,
    random: Random,
}

/// A village clerk's device, with its own random numbers for ids.
pub(crate) struct Clerk {
    device: Device,
    village: Area,
    random: Random,
    /// Number of profiles composed.
    profiles: u32,
}

impl County {
    pub(crate) fn new(seed: u64) -> Self {
        let admin = Device::new(Signer::from_seed([200; 32]), official(0), ORIGIN);
        Self { admin, random: Random::seeded(seed) }
    }

    /// Opens the log for testing.
    pub(crate) async fn open(&mut self, api: &Api) {
        let opened = v1::JurisdictionOpened {
            origin: ORIGIN.into(),
            area: COUNTY.parse::<Area>().unwrap().code(),
            name: "阜平县".into(),
            mode: v1::Mode::Testing.into(),
            public_key: self.admin.signer().public().to_vec().into(),
            ..Default::default()
        };
        self.submit(api, COUNTY, officials(vec![event(0, v1::official_event::Kind::JurisdictionOpened(opened))]))
            .await;
    }

    /// Registers a village, enrols its clerk and the clerk's key.
    pub(crate) async fn village(&mut self, api: &Api, number: u8) -> Clerk {
        let village = village(number);
        let clerk = Device::new(Signer::from_seed([number; 32]), official(u32::from(number)), ORIGIN);
        let registered = v1::VillageRegistered {
            name: format!("第{number}村"),
            poor: true,
            rural_households: 100,
            rural_persons: 300,
        };
        let kind = v1::household_event::Kind::VillageRegistered(registered);
        self.submit(api, &village.to_string(), households(vec![kind])).await;
        let enrolled =
            v1::OfficialEnrolled { role: v1::Role::VillageOfficer.into(), area: village.code(), ..Default::default() };
        let key = v1::KeyEnrolled { public_key: clerk.signer().public().to_vec().into(), device: String::new() };
        let events = vec![
            event(u32::from(number), v1::official_event::Kind::OfficialEnrolled(enrolled)),
            event(u32::from(number), v1::official_event::Kind::KeyEnrolled(key)),
        ];
        self.submit(api, COUNTY, officials(events)).await;
        Clerk { device: clerk, village, random: Random::seeded(CLERK_SEEDS_FROM + u64::from(number)), profiles: 0 }
    }

    async fn submit(&mut self, api: &Api, area: &str, events: v1::submission::Events) {
        let report = Report { area: area.parse().unwrap(), events, keys: Vec::new() };
        let composed = self.admin.compose(self.random.submission_id().unwrap(), now_s(), report).unwrap();
        receipt(api, &composed).await;
    }
}

impl Clerk {
    /// The village's profile with another number of persons.
    pub(crate) fn profile(&mut self) -> Composed {
        self.profiles += 1;
        let updated = v1::VillageProfileUpdated {
            rural_households: 100,
            rural_persons: 300 + self.profiles,
            ..Default::default()
        };
        let events = households(vec![v1::household_event::Kind::VillageProfileUpdated(updated)]);
        let report = Report { area: self.village, events, keys: Vec::new() };
        self.device.compose(self.random.submission_id().unwrap(), now_s(), report).unwrap()
    }
}

/// Sends a submission until there is a receipt: services that have lost NATS for a moment do not answer.
pub(crate) async fn receipt(api: &Api, composed: &Composed) -> v1::Receipt {
    for _ in 0..100 {
        match api.submit(&composed.signed).await {
            Ok(receipt) => return receipt,
            Err(error) if error.is_worth_retrying() => tokio::time::sleep(Duration::from_millis(100)).await,
            Err(error) => panic!("refused: {error}"),
        }
    }
    panic!("nobody answers");
}

pub(crate) fn village(number: u8) -> Area {
    Area::from_code(130_624_100_200 + u64::from(number)).unwrap()
}

fn official(number: u32) -> OfficialId {
    OfficialId::new(10_000_001 + number).unwrap()
}

fn event(number: u32, kind: v1::official_event::Kind) -> v1::OfficialEvent {
    v1::OfficialEvent { happened: today(), official: official(number).get(), kind: Some(kind), ..Default::default() }
}

fn officials(events: Vec<v1::OfficialEvent>) -> v1::submission::Events {
    v1::submission::Events::Officials(v1::OfficialEvents { events })
}

fn households(kinds: Vec<v1::household_event::Kind>) -> v1::submission::Events {
    let event = |kind| v1::HouseholdEvent { happened: today(), kind: Some(kind), ..Default::default() };
    v1::submission::Events::Households(v1::HouseholdEvents { events: kinds.into_iter().map(event).collect() })
}

fn today() -> u32 {
    Date::of_unix_ms(now_s() * 1000).yyyymmdd()
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
