//! Officials: opening the log, enrolment, visits, and hand-overs.

use super::clerk::Clerk;
use super::divisions::County;
use super::household::{Home, Standing};
use super::money;
use super::names;
use super::planted::LAST_CASELOAD;
use super::village::{Staff, Village};
use lika_domain::area::Area;
use lika_domain::ids::KeyId;
use lika_domain::village::NAME_CHARS_MAX;
use lika_proto::seal::Place;
use lika_proto::v1;
use lika_proto::v1::Role;
use lika_proto::v1::household_event::Kind as HouseholdKind;
use lika_proto::v1::official_event::Kind;
use std::collections::BTreeMap;

/// The first administrator's device.
pub(crate) const ADMINISTRATOR: usize = 0;

/// Most households of one responsible official.
const CASELOAD: u32 = 5;
/// From this day on a card requires the steps of identification; earlier cards are taken over.
const STEPS_REQUIRED_FROM: u32 = 20_140_501;
/// Share of responsible officials that leave in a year, per mille.
const LEAVING_PER_MILLE: u32 = 30;
/// Each report covers the visits of this many days.
const REPORTED_DAYS: u32 = 58;
/// Share of visits with a description, per mille.
const SEEN_PER_MILLE: u32 = 250;
/// Share of visits in which the village officer takes part, per mille.
const ACCOMPANIED_PER_MILLE: u32 = 80;

/// An official responsible for households of one village.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Responsible {
    /// Device.
    pub device: usize,
    /// Index of the village.
    pub village: usize,
    key: KeyId,
}

/// The hand-over of one official's households to another.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Handover {
    from: Responsible,
    to: Responsible,
}

/// Opens the log with its first entry.
///
/// # Errors
/// If there are no more official numbers.
pub(crate) fn open(clerk: &mut Clerk, county: &County) -> anyhow::Result<()> {
    let (device, official, signer) = clerk.new_official()?;
    let (sealed, key) = clerk.seal_official(official);
    let opened = v1::JurisdictionOpened {
        origin: clerk.origin.clone(),
        area: county.area.code(),
        name: county.name.clone(),
        mode: v1::Mode::Testing.into(),
        public_key: signer.public().to_vec().into(),
        unit: fit(&county.name, "扶贫开发办公室"),
        post: "系统管理员".to_owned(),
        sealed,
    };
    let (area, day) = (county.area, clerk.today);
    let kind = Kind::JurisdictionOpened(opened);
    clerk.official_event(device, area, (official.get(), 0), day, kind, Some(key));
    Ok(())
}

/// Sets the county's policy: the caseload of an official, and the catalogue of measures.
pub(crate) fn set_policy(clerk: &mut Clerk) {
    let (area, day) = (clerk.county, clerk.today);
    let limit = v1::CaseloadLimit { capacity: v1::Capacity::First.into(), households: CASELOAD };
    let mut items = money::catalogue_policy(area);
    items.push(v1::PolicyItem {
        area: area.code(),
        source: "演示用结对规则".to_owned(),
        unconfirmed: true,
        value: Some(v1::policy_item::Value::CaseloadLimit(limit)),
    });
    let set = v1::PolicySet { effective: day.yyyymmdd(), items };
    clerk.area_event(ADMINISTRATOR, area, day, HouseholdKind::PolicySet(set));
    let procedure = v1::Procedure::Identification.into();
    let value = v1::policy_item::Value::StepsRequired(v1::StepsRequired { procedure, required: true });
    set_one(clerk, area, STEPS_REQUIRED_FROM, value);
}

/// At the end the county lowers the caseload of officials in one township.
pub(crate) fn lower_caseload(clerk: &mut Clerk, township: Area) {
    let limit = v1::CaseloadLimit { capacity: v1::Capacity::First.into(), households: LAST_CASELOAD };
    let effective = clerk.today.yyyymmdd();
    set_one(clerk, township, effective, v1::policy_item::Value::CaseloadLimit(limit));
}

fn set_one(clerk: &mut Clerk, area: Area, effective: u32, value: v1::policy_item::Value) {
    let (county, day, source) = (clerk.county, clerk.today, "演示用规则".to_owned());
    let item = v1::PolicyItem { area: area.code(), source, unconfirmed: true, value: Some(value) };
    let set = v1::PolicySet { effective, items: vec![item] };
    clerk.area_event(ADMINISTRATOR, county, day, HouseholdKind::PolicySet(set));
}

/// Enrols officers of the county, townships and villages; returns the villages.
///
/// # Errors
/// If there are no more official numbers.
pub(crate) fn staff(clerk: &mut Clerk, county: &County) -> anyhow::Result<Vec<Village>> {
    let mut villages = Vec::with_capacity(county.villages());
    for township in &county.townships {
        // The county's offices have one official for each township.
        let office = fit(&county.name, "扶贫开发办公室");
        let (county_officer, _) = enrol(clerk, Role::CountyOfficer, county.area, &office, "股长")?;
        let (finance, _) = enrol(clerk, Role::Finance, county.area, &fit(&county.name, "财政局"), "科员")?;
        let government = fit(&township.name, "人民政府");
        let (township_officer, _) = enrol(clerk, Role::TownshipOfficer, township.area, &government, "扶贫专干")?;
        for (area, name) in &township.villages {
            let (officer, _) = enrol(clerk, Role::VillageOfficer, *area, &fit(name, "村委会"), "第一书记")?;
            let staff = Staff { officer, township_officer, county_officer, finance };
            villages.push(Village::new(clerk, *area, name, staff));
        }
    }
    Ok(villages)
}

/// Enrols an official who will be responsible for households of a village.
///
/// # Errors
/// If there are no more official numbers.
pub(crate) fn responsible(clerk: &mut Clerk, village: usize, area: Area) -> anyhow::Result<Responsible> {
    let unit = clerk.dice.pick(&["县教育局", "县卫生局", "县农业局", "县水利局", "县交通局", "县民政局", "镇政府"]);
    let (device, key) = enrol(clerk, Role::Responsible, area, unit, "帮扶责任人")?;
    Ok(Responsible { device, village, key })
}

/// In January some officials leave and others are enrolled in their place; the result is keyed by the leaving
/// official's device.
///
/// # Errors
/// If there are no more official numbers.
pub(crate) fn replace(
    clerk: &mut Clerk,
    all: &mut [Responsible],
    villages: &[Village],
) -> anyhow::Result<BTreeMap<usize, Handover>> {
    let mut handovers = BTreeMap::new();
    for one in all {
        if clerk.dice.per_mille(LEAVING_PER_MILLE) {
            let to = responsible(clerk, one.village, villages[one.village].area)?;
            handovers.insert(one.device, Handover { from: *one, to });
            *one = to;
        }
    }
    Ok(handovers)
}

impl Handover {
    /// The village officer records that a household is handed over.
    pub(crate) fn hand_over(&self, clerk: &mut Clerk, home: &mut Home, village: &Village) {
        if home.is_open() && home.assigned {
            let day = clerk.recently();
            let reason = v1::AssignmentEnd::HandedOver.into();
            let kind = Kind::AssignmentEnded(v1::AssignmentEnded { reason });
            let whom = (clerk.official(self.from.device), home.card.id.get());
            clerk.official_event(village.officer, village.area, whom, day, kind, None);
        }
        home.responsible = self.to.device;
        if home.is_open() {
            home.assign(clerk, village);
        }
    }

    /// The administrator revokes the key and the role of the official who left.
    pub(crate) fn dismiss(&self, clerk: &mut Clerk) {
        let (area, day, official) = (clerk.county, clerk.recently(), clerk.official(self.from.device));
        let revoked = v1::KeyRevoked { key: self.from.key.0, reason: v1::RevokeReason::Left.into() };
        clerk.official_event(ADMINISTRATOR, area, (official, 0), day, Kind::KeyRevoked(revoked), None);
        let changed = Kind::RoleChanged(v1::RoleChanged::default());
        clerk.official_event(ADMINISTRATOR, area, (official, 0), day, changed, None);
    }
}

/// Visits to a household in the last two months, reported by its responsible official.
pub(crate) fn visit(clerk: &mut Clerk, home: &Home, village: &Village) {
    let visits = match home.standing {
        Standing::Poor => clerk.dice.weigh(&[(0, 6), (1, 26), (2, 52), (3, 16)]),
        Standing::Exited => clerk.dice.weigh(&[(0, 25), (1, 40), (2, 30), (3, 5)]),
        Standing::Waiting | Standing::Closed => 0,
    };
    let official = clerk.official(home.responsible);
    for _ in 0..visits {
        let back = clerk.dice.below(REPORTED_DAYS);
        let (day, visited) = (clerk.days_ago(back).max(home.registered), visited(clerk, home, village));
        let kind = Kind::HouseholdVisited(visited);
        let whom = (official, home.card.id.get());
        clerk.official_event(home.responsible, village.area, whom, day, kind, None);
    }
}

fn visited(clerk: &mut Clerk, home: &Home, village: &Village) -> v1::HouseholdVisited {
    use v1::VisitPlace::{Home as AtHome, Remote, Village as InVillage, Work};
    let accompanied = clerk.dice.per_mille(ACCOMPANIED_PER_MILLE);
    let companions = if accompanied { vec![clerk.official(village.officer)] } else { Vec::new() };
    let sealed = if clerk.dice.per_mille(SEEN_PER_MILLE) {
        let message = v1::VisitPrivate { seen: names::seen(&mut clerk.dice), latitude: 0, longitude: 0 };
        let card = home.card;
        clerk.seal(card.key, |origin| Place::visit(origin, card.id), &message)
    } else {
        None
    };
    v1::HouseholdVisited {
        place: clerk.dice.weigh(&[(AtHome, 78), (InVillage, 14), (Work, 3), (Remote, 5)]).into(),
        minute: clerk.dice.between(8 * 60, 19 * 60),
        companions,
        sealed,
    }
}

/// Enrols an official with a key; returns the device and the key's id.
fn enrol(clerk: &mut Clerk, role: Role, area: Area, unit: &str, post: &str) -> anyhow::Result<(usize, KeyId)> {
    let (device, official, signer) = clerk.new_official()?;
    let (sealed, key) = clerk.seal_official(official);
    let (county, day, whom) = (clerk.county, clerk.today, (official.get(), 0));
    let (unit, post) = (unit.to_owned(), post.to_owned());
    let enrolled = v1::OfficialEnrolled { role: role.into(), area: area.code(), unit, post, sealed };
    clerk.official_event(ADMINISTRATOR, county, whom, day, Kind::OfficialEnrolled(enrolled), Some(key));
    let public_key = signer.public().to_vec().into();
    let enrolled = v1::KeyEnrolled { public_key, device: format!("设备{device}") };
    clerk.official_event(ADMINISTRATOR, county, whom, day, Kind::KeyEnrolled(enrolled), None);
    Ok((device, signer.id()))
}

/// A name with a suffix, cut to the length allowed for a unit.
fn fit(name: &str, ending: &str) -> String {
    let room = NAME_CHARS_MAX.saturating_sub(ending.chars().count());
    name.chars().take(room).chain(ending.chars()).collect()
}
