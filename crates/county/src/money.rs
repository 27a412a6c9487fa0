//! Funds of a year: released to the county, allocated to villages, planned for households, delivered, confirmed.

use super::catalogue::{CATALOGUE, Entry, Measure};
use super::clerk::Clerk;
use super::entitlement;
use super::household::Home;
use super::mistakes::{Fix, Fixes, Right};
use super::plan::Event;
use super::planted::{self, FORGOTTEN_PER_MILLE, OVERDRAFT_PER_MILLE};
use super::village::{Budget, Village};
use lika_domain::area::Area;
use lika_proto::v1;
use lika_proto::v1::FundsSource;
use lika_proto::v1::aid_event::Kind;
use std::collections::BTreeMap;

/// Share of deliveries that are reversed, per mille.
const REVERSED_PER_MILLE: u32 = 80;
/// Share of deliveries that the household confirms, per mille.
const CONFIRMED_PER_MILLE: u32 = 930;
/// Share of planned deliveries that take place, per mille.
const DELIVERED_PER_MILLE: u32 = 950;
/// Number of a delivery that is attempted and refused: no household gets this many.
const OVERDRAFT: u32 = 9_999;
/// Releases are multiples of this, in fen: 10,000 yuan.
const RELEASE_STEP: u64 = 1_000_000;
/// Sources of funds, the leading one last.
const SOURCES: [FundsSource; 3] = [FundsSource::County, FundsSource::Provincial, FundsSource::Central];

/// Decides the measures of the year, allocates funds to them, and releases the funds to the county.
pub(crate) fn release(clerk: &mut Clerk, author: usize, homes: &mut [Home], villages: &mut [Village]) {
    let (today, year) = (clerk.today, clerk.today.year());
    let mut needed: BTreeMap<(usize, i32), u64> = BTreeMap::new();
    for home in homes.iter_mut().filter(|home| home.is_open()) {
        let due = entitlement::due(home, &mut clerk.dice, today);
        let measure = |(entry, amount, member)| Measure { number: 0, entry, amount, member };
        home.measures.clear();
        for one in due {
            if clerk.dice.per_mille(FORGOTTEN_PER_MILLE) {
                clerk.planted.note(planted::Kind::Forgotten);
            } else {
                home.measures.push(measure(one));
            }
        }
        for measure in &home.measures {
            let times = measure.entry.months.len() as u64;
            *needed.entry((home.village, measure.entry.group.into())).or_default() += measure.amount * times;
        }
    }
    villages.iter_mut().for_each(|village| village.budgets.clear());
    let mut released = [0; SOURCES.len()];
    for ((village, group), fen) in needed {
        let source = (village + usize::try_from(group).unwrap_or(0)) % SOURCES.len();
        let amount = fen * u64::from(clerk.dice.between(100, 108)) / 100;
        released[source] += amount;
        villages[village].budgets.push(Budget {
            number: u64::from(year) * 100 + u64::from(group.unsigned_abs()),
            release: release_number(year, source),
            group: v1::MeasureGroup::try_from(group).unwrap_or_default(),
            amount,
            left: amount,
        });
    }
    for (source, amount) in released.into_iter().enumerate().filter(|(_, amount)| *amount > 0) {
        record_release(clerk, author, year, source, amount);
    }
}

fn record_release(clerk: &mut Clerk, author: usize, year: u32, source: usize, needed: u64) {
    let amount = (needed * 103 / 100).div_ceil(RELEASE_STEP) * RELEASE_STEP;
    let released = v1::FundsReleased {
        release: release_number(year, source),
        source: SOURCES[source].into(),
        amount,
        year,
        document: format!("{year}年财农{}号", clerk.dice.between(1, 200)),
    };
    let (area, day) = (clerk.county, clerk.recently());
    clerk.aid_event(author, area, 0, day, Kind::FundsReleased(released), None);
}

fn release_number(year: u32, source: usize) -> u64 {
    u64::from(year) * 10 + source as u64 + 1
}

/// The finance officer allocates funds to a village.
pub(crate) fn allocate(clerk: &mut Clerk, village: &Village) {
    for budget in &village.budgets {
        let day = clerk.recently();
        let allocated = v1::FundsAllocated {
            allocation: budget.number,
            release: budget.release,
            amount: budget.amount,
            group: budget.group.into(),
            project: String::new(),
        };
        clerk.aid_event(village.finance, village.area, 0, day, Kind::FundsAllocated(allocated), None);
    }
}

/// The village officer plans a household's measures of the year.
pub(crate) fn plan(clerk: &mut Clerk, home: &mut Home, village: &mut Village) {
    let until = clerk.today.year() * 10_000 + 1_231;
    for measure in &mut home.measures {
        village.measures += 1;
        measure.number = village.measures;
        let planned = v1::MeasurePlanned {
            measure: measure.number,
            group: measure.entry.group.into(),
            code: measure.entry.code.to_owned(),
            allocation: village.budgets.iter().find(|b| b.group == measure.entry.group).map_or(0, |b| b.number),
            amount: measure.amount * measure.entry.months.len() as u64,
            until,
        };
        let day = clerk.recently();
        clerk.aid_event(village.officer, village.area, home.card.id.get(), day, Kind::MeasurePlanned(planned), None);
    }
}

/// Delivers a household's measures of the month, as far as there are funds.
pub(crate) fn deliver(clerk: &mut Clerk, home: &mut Home, number: usize, village: &mut Village, fixes: &mut Fixes) {
    let (_, month, _) = clerk.today.ymd();
    for measure in home.measures.iter().filter(|m| m.number > 0 && m.entry.months.contains(&month)) {
        let budget = village.budgets.iter_mut().find(|b| b.group == measure.entry.group && b.left >= measure.amount);
        let (Some(budget), true) = (budget, clerk.dice.per_mille(DELIVERED_PER_MILLE)) else { continue };
        budget.left -= measure.amount;
        home.deliveries += 1;
        let delivered = v1::AidDelivered {
            delivery: home.deliveries,
            group: measure.entry.group.into(),
            measure: measure.number,
            allocation: budget.number,
            amount: measure.amount,
            member: if home.persons.iter().any(|p| p.number == measure.member) { measure.member } else { 0 },
        };
        let (day, household) = (clerk.recently(), home.card.id.get());
        let kind = Kind::AidDelivered(delivered);
        let target = clerk.aid_event(village.officer, village.area, household, day, kind, None);
        if clerk.dice.per_mille(OVERDRAFT_PER_MILLE) {
            let delivered =
                v1::AidDelivered { delivery: OVERDRAFT, measure: 0, amount: budget.amount + 1, ..delivered };
            let (happened, kind) = (day.yyyymmdd(), Some(Kind::AidDelivered(delivered)));
            let event = v1::AidEvent { happened, household, kind, ..Default::default() };
            clerk.probe(village.officer, village.area, Event::Aid(event), planted::Kind::AllocationExceeded);
        }
        if clerk.dice.per_mille(REVERSED_PER_MILLE) {
            let amount = if clerk.dice.per_mille(700) { measure.amount } else { measure.amount / 2 };
            let right = Right::Reversed { delivery: home.deliveries, amount };
            fixes.add(clerk, Fix { home: number, target, right }, 1, 5);
        } else if clerk.dice.per_mille(CONFIRMED_PER_MILLE) {
            home.unconfirmed.push((home.deliveries, day));
        }
    }
}

/// The household confirms earlier deliveries.
pub(crate) fn confirm(clerk: &mut Clerk, home: &mut Home, village: &Village) {
    let (household, member) = (home.card.id.get(), home.speaker());
    for (delivery, delivered) in std::mem::take(&mut home.unconfirmed) {
        let day = clerk.days_ago(0).max(delivered);
        let day = day.plus_days(-i32::try_from(clerk.dice.below(20)).unwrap_or(0)).max(delivered);
        let kind = Kind::AidAcknowledged(v1::AidAcknowledged { delivery, member });
        clerk.aid_event(village.officer, village.area, household, day, kind, None);
    }
}

/// The catalogue as a policy parameter of the county.
pub(crate) fn catalogue_policy(county: Area) -> Vec<v1::PolicyItem> {
    let item = |entry: &&Entry| {
        let measure = v1::CatalogueMeasure {
            group: entry.group.into(),
            code: entry.code.to_owned(),
            name: entry.name.to_owned(),
        };
        v1::PolicyItem {
            area: county.code(),
            source: "演示用措施目录".to_owned(),
            unconfirmed: true,
            value: Some(v1::policy_item::Value::Measure(measure)),
        }
    };
    CATALOGUE.iter().map(item).collect()
}
