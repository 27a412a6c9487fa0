//! Officials of a county who report to a node: an administrator and village clerks, each with a device of their own.

use lika_client::compose::{Composed, Device, Report};
use lika_client::{Api, Random};
use lika_domain::area::Area;
use lika_proto::v1;
use lika_testkit::county::{COUNTY, VILLAGE_OFFICER, area, village_code};
use lika_testkit::device::{admin, device};
use lika_testkit::events;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

pub(crate) use lika_testkit::county::ORIGIN;

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
        Self { admin: admin(), random: Random::seeded(seed) }
    }

    /// Opens the log for testing.
    pub(crate) async fn open(&mut self, api: &Api) {
        let opening = events::opening(&self.admin);
        self.submit(api, area(COUNTY), opening).await;
    }

    /// Registers a village, enrols its clerk and the clerk's key.
    pub(crate) async fn village(&mut self, api: &Api, number: u8) -> Clerk {
        let village = village(number);
        let clerk = device(VILLAGE_OFFICER + u32::from(number));
        self.submit(api, village, events::village(&format!("第{number}村"))).await;
        let [enrolment, key] = events::enrolments(&clerk, v1::Role::VillageOfficer, &village.to_string());
        self.submit(api, area(COUNTY), joined(enrolment, key)).await;
        Clerk { device: clerk, village, random: Random::seeded(CLERK_SEEDS_FROM + u64::from(number)), profiles: 0 }
    }

    async fn submit(&mut self, api: &Api, area: Area, events: v1::submission::Events) {
        let report = Report { area, events, keys: Vec::new(), warned: Vec::new() };
        let composed = self.admin.compose(self.random.submission_id().unwrap(), now_s(), report).unwrap();
        receipt(api, &composed).await;
    }
}

impl Clerk {
    /// The village's profile with another number of persons.
    pub(crate) fn profile(&mut self) -> Composed {
        self.profiles += 1;
        let events = events::profile(300 + self.profiles);
        let report = Report { area: self.village, events, keys: Vec::new(), warned: Vec::new() };
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
    panic!("no service answers");
}

pub(crate) fn village(number: u8) -> Area {
    area(&village_code(number.into()))
}

/// The events of both in one submission.
fn joined(one: v1::submission::Events, other: v1::submission::Events) -> v1::submission::Events {
    use v1::submission::Events::Officials;
    let (Officials(mut all), Officials(more)) = (one, other) else { panic!("events of officials") };
    all.events.extend(more.events);
    Officials(all)
}

fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}
