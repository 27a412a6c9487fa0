//! A county for measurements: villages with cards, and officials who report on them.

use anyhow::Context;
use bytes::Bytes;
use lika_client::compose::{Composed, Report};
use lika_client::{Api, Device, Random, Signer};
use lika_domain::area::Area;
use lika_domain::citizen_id::CitizenId;
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, MemberNo, OfficialId};
use lika_proto::seal::{DataKey, Place, seal};
use lika_proto::v1;
use lika_proto::v1::household_event::Kind as HouseholdKind;
use lika_proto::v1::official_event::Kind as OfficialKind;
use lika_proto::v1::submission::Events;

pub(crate) const ORIGIN: &str = "lika.example/130624";
const COUNTY: u64 = 130_624_000_000;
const FIRST_VILLAGE: u64 = 130_624_100_200;
/// Villages of the county when the bench starts its own node.
pub(crate) const VILLAGES: u64 = 64;
/// Cards of a village; a submission of 100 events has one for each.
pub(crate) const CARDS: u64 = 100;
const FIRST_HOUSEHOLD: u64 = 1_000_000_000;
/// Cards registered by one submission.
const CARDS_PER_SUBMISSION: u64 = 25;
/// All households share a data key: the results do not depend on which key opens a box.
const DATA_KEY: [u8; 32] = [42; 32];
/// 2020-09-13, the time at which everything is recorded; reported events happened earlier.
pub(crate) const NOW_MS: u64 = 1_600_000_000_000;
const REGISTERED: u32 = 20_150_901;

/// The county's officials.
pub struct County {
    admin: Device,
    villages: u64,
    /// Village officers with a device each, spread over the villages.
    pub officers: Vec<Officer>,
    random: Random,
}

/// A village officer.
pub struct Officer {
    device: Device,
    village: u64,
    /// Number of submissions composed.
    count: u32,
    random: Random,
}

impl County {
    /// Opens the log, registers villages and cards, and enrols `officers` officers.
    pub async fn begin(api: &Api, villages: u64, officers: u32) -> anyhow::Result<Self> {
        let official = OfficialId::new(10_000_000).context("an official number")?;
        let admin = Device::new(Signer::from_seed([200; 32]), official, ORIGIN);
        let mut county = Self { admin, villages, officers: Vec::new(), random: Random::seeded(1) };
        county.open(api).await?;
        for village in 0..villages {
            county.register(api, village).await?;
        }
        for number in 0..officers {
            county.enrol(number)?;
        }
        county.enrol_all(api).await?;
        Ok(county)
    }

    async fn open(&mut self, api: &Api) -> anyhow::Result<()> {
        let opened = v1::JurisdictionOpened {
            origin: ORIGIN.into(),
            area: COUNTY,
            name: "阜平县".into(),
            mode: v1::Mode::Testing.into(),
            public_key: Bytes::copy_from_slice(self.admin.signer().public()),
            ..Default::default()
        };
        let event = official_event(self.admin.author().get(), OfficialKind::JurisdictionOpened(opened));
        self.submit(api, COUNTY, Events::Officials(v1::OfficialEvents { events: vec![event] }), Vec::new()).await
    }

    async fn register(&mut self, api: &Api, village: u64) -> anyhow::Result<()> {
        let registered = v1::VillageRegistered {
            name: format!("第{village}村"),
            poor: true,
            rural_households: 300,
            rural_persons: 1_000,
        };
        let event = household_event(0, HouseholdKind::VillageRegistered(registered));
        self.submit(api, FIRST_VILLAGE + village, households(vec![event]), Vec::new()).await?;
        for first in (0..CARDS).step_by(usize::try_from(CARDS_PER_SUBMISSION)?) {
            let cards = (first..first + CARDS_PER_SUBMISSION).map(|card| household(village, card));
            let cards: Vec<u64> = cards.collect();
            let events = cards.iter().map(|card| registration(*card)).collect::<anyhow::Result<Vec<_>>>()?;
            let keys = cards.iter().map(|card| data_key(*card)).collect();
            self.submit(api, FIRST_VILLAGE + village, households(events), keys).await?;
        }
        Ok(())
    }

    fn enrol(&mut self, number: u32) -> anyhow::Result<()> {
        let official = OfficialId::new(10_000_001 + number).context("an official number")?;
        let signer = Signer::generate(&mut self.random)?;
        let device = Device::new(signer, official, ORIGIN);
        let village = u64::from(number) % self.villages;
        self.officers.push(Officer { device, village, count: 0, random: Random::seeded(u64::from(number) + 2) });
        Ok(())
    }

    async fn enrol_all(&mut self, api: &Api) -> anyhow::Result<()> {
        let mut events = Vec::new();
        for officer in &self.officers {
            let number = officer.device.author().get();
            let enrolled = v1::OfficialEnrolled {
                role: v1::Role::VillageOfficer.into(),
                area: FIRST_VILLAGE + officer.village,
                ..Default::default()
            };
            let public_key = Bytes::copy_from_slice(officer.device.signer().public());
            let key = v1::KeyEnrolled { public_key, device: String::new() };
            events.push(official_event(number, OfficialKind::OfficialEnrolled(enrolled)));
            events.push(official_event(number, OfficialKind::KeyEnrolled(key)));
        }
        for part in events.chunks(400) {
            let events = Events::Officials(v1::OfficialEvents { events: part.to_vec() });
            self.submit(api, COUNTY, events, Vec::new()).await?;
        }
        Ok(())
    }

    async fn submit(&mut self, api: &Api, area: u64, events: Events, keys: Vec<v1::DataKey>) -> anyhow::Result<()> {
        let composed = compose(&mut self.admin, &mut self.random, area, events, keys)?;
        api.submit(&composed.signed).await?;
        Ok(())
    }
}

impl Officer {
    /// One visit.
    pub fn single(&mut self) -> anyhow::Result<Composed> {
        let card = household(self.village, u64::from(self.count) % CARDS);
        let visit = self.visit(card)?;
        self.next(Events::Officials(v1::OfficialEvents { events: vec![visit] }))
    }

    /// A hundred events of one kind: visits, then conditions, then visits, then aid.
    pub fn hundred(&mut self) -> anyhow::Result<Composed> {
        let cards: Vec<u64> = (0..CARDS).map(|card| household(self.village, card)).collect();
        let events = match self.count % 4 {
            0 | 2 => {
                let events = cards.iter().map(|card| self.visit(*card)).collect::<anyhow::Result<Vec<_>>>()?;
                Events::Officials(v1::OfficialEvents { events })
            }
            1 => households(cards.iter().map(|card| household_event(*card, conditions())).collect()),
            _ => Events::Aid(v1::AidEvents { events: cards.iter().map(|card| self.aid(*card)).collect() }),
        };
        self.next(events)
    }

    fn next(&mut self, events: Events) -> anyhow::Result<Composed> {
        self.count += 1;
        compose(&mut self.device, &mut self.random, FIRST_VILLAGE + self.village, events, Vec::new())
    }

    fn visit(&mut self, household: u64) -> anyhow::Result<v1::OfficialEvent> {
        let id = HouseholdId::new(household).context("a household number")?;
        let seen =
            v1::VisitPrivate { seen: "已入户，房屋安全，饮水正常".into(), latitude: 0, longitude: 0 };
        let sealed = seal(&DataKey::new(DATA_KEY), self.random.nonce()?, &Place::visit(ORIGIN, id), &seen)?;
        let visited = v1::HouseholdVisited {
            place: v1::VisitPlace::Home.into(),
            minute: 600,
            companions: Vec::new(),
            sealed: Some(v1::Sealed { key: 1, r#box: sealed }),
        };
        let kind = Some(OfficialKind::HouseholdVisited(visited));
        let (happened, official) = (self.day(), self.device.author().get());
        Ok(v1::OfficialEvent { happened, official, household, kind, ..Default::default() })
    }

    fn aid(&self, household: u64) -> v1::AidEvent {
        let delivered = v1::AidDelivered {
            // Officers of one village share its cards but need different delivery numbers.
            delivery: self.device.author().get() % 10_000_000 * 100_000 % 4_000_000_000 + self.count,
            group: v1::MeasureGroup::Industry.into(),
            amount: 50_000,
            ..Default::default()
        };
        let kind = Some(v1::aid_event::Kind::AidDelivered(delivered));
        v1::AidEvent { happened: self.day(), household, kind, ..Default::default() }
    }

    /// Reports move forward through the years.
    fn day(&self) -> u32 {
        let first = Date::from_yyyymmdd(REGISTERED).unwrap_or_else(|| Date::of_unix_ms(NOW_MS));
        first.plus_days(i32::try_from(1 + self.count % 1_800).unwrap_or(1)).yyyymmdd()
    }
}

fn compose(
    device: &mut Device,
    random: &mut Random,
    area: u64,
    events: Events,
    keys: Vec<v1::DataKey>,
) -> anyhow::Result<Composed> {
    let area = Area::from_code(area).context("a division code")?;
    Ok(device.compose(random.submission_id()?, NOW_MS / 1000, Report { area, events, keys, warned: Vec::new() })?)
}

fn household(village: u64, card: u64) -> u64 {
    FIRST_HOUSEHOLD + village * CARDS + card
}

fn households(events: Vec<v1::HouseholdEvent>) -> Events {
    Events::Households(v1::HouseholdEvents { events })
}

fn household_event(household: u64, kind: HouseholdKind) -> v1::HouseholdEvent {
    v1::HouseholdEvent { happened: REGISTERED, household, kind: Some(kind), ..Default::default() }
}

fn official_event(official: u32, kind: OfficialKind) -> v1::OfficialEvent {
    v1::OfficialEvent { happened: REGISTERED, official, kind: Some(kind), ..Default::default() }
}

fn conditions() -> HouseholdKind {
    let (yes, no) = (v1::Met::Yes.into(), v1::Met::No.into());
    HouseholdKind::LivingConditionsAssessed(v1::LivingConditionsAssessed {
        food: yes,
        clothing: yes,
        education: yes,
        medical: yes,
        housing: no,
        water: yes,
        dwelling: v1::DwellingGrade::C.into(),
    })
}

/// A card with three members.
fn registration(household: u64) -> anyhow::Result<v1::HouseholdEvent> {
    let members = (1..=3).map(|number| member(household, number)).collect::<anyhow::Result<Vec<_>>>()?;
    let registered = v1::HouseholdRegistered {
        group: 1,
        attribute: v1::Attribute::General.into(),
        standard: v1::Standard::National.into(),
        main_cause: v1::Cause::Illness.into(),
        members,
        ..Default::default()
    };
    Ok(household_event(household, HouseholdKind::HouseholdRegistered(registered)))
}

fn member(household: u64, number: u32) -> anyhow::Result<v1::Member> {
    let id = HouseholdId::new(household).context("a household number")?;
    let person = household - FIRST_HOUSEHOLD;
    // An even sequence number means female; each household has a made-up division and each member a year.
    let division = 900_000 + u32::try_from(person / 400)?;
    let sequence = u32::try_from(person % 400 * 2)?;
    let birth = Date::new(1960 + number, 1, 1).context("a date")?;
    let citizen = CitizenId::synthetic(division, birth, sequence).context("a made-up citizen ID")?;
    let private =
        v1::MemberPrivate { name: "张某".into(), citizen_id: citizen.as_str().to_owned(), ..Default::default() };
    let place = Place::member(ORIGIN, id, MemberNo::new(number).context("a member number")?);
    let mut nonce = [0; 12];
    nonce[..8].copy_from_slice(&(household * 100 + u64::from(number)).to_be_bytes());
    let sealed = seal(&DataKey::new(DATA_KEY), nonce, &place, &private)?;
    Ok(v1::Member {
        number,
        relation: if number == 1 { v1::Relation::Head } else { v1::Relation::Other }.into(),
        sex: v1::Sex::Female.into(),
        birth_month: birth.month().yyyymm(),
        ethnicity: 1,
        education: v1::Education::Primary.into(),
        health: v1::Health::Healthy.into(),
        labour: v1::Labour::Ordinary.into(),
        sealed: Some(v1::Sealed { key: 1, r#box: sealed }),
        ..Default::default()
    })
}

fn data_key(subject: u64) -> v1::DataKey {
    v1::DataKey { subject, number: 1, key: Bytes::copy_from_slice(&DATA_KEY) }
}
