//! Seven years of a made-up county, tick by tick.
//!
//! Each month has three ticks. At the first, errors are corrected and families change; at the second, funds and
//! assessments are recorded; at the third, visits. Reports of one tick do not depend on other officials' reports of
//! the same tick: cards are closed at first ticks, before anything else is reported of them, and each kind of report
//! has its own tick. Procedures advance by a leg at every tick, after everything else.

use super::clerk::Clerk;
use super::courses::{self, Courses, Fate, Subject};
use super::divisions::County;
use super::household::{self, Home, Standing};
use super::mistakes::Fixes;
use super::officials::{self, ADMINISTRATOR, Handover, Responsible};
use super::plan::Tick;
use super::planted::{Kind, PROBE_PER_MILLE, Planted, TAKEN_OVER_MONTH};
use super::village::Village;
use super::{assessment, changes, exits, money, monitoring};
use anyhow::{Context, ensure};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_proto::v1::Procedure;
use std::collections::BTreeMap;

/// Most households in a made-up county.
pub const HOUSEHOLDS_MAX: u32 = 500_000;
/// First year of the history.
pub const FIRST_YEAR: u32 = 2014;
/// Last year of the history.
pub const LAST_YEAR: u32 = 2020;

/// Most responsible households of one official.
const CASELOAD: usize = 5;
/// Fewest households per village with cards; the remaining villages have none.
const HOUSEHOLDS_PER_VILLAGE_MIN: usize = 12;
/// Days of the ticks before the first month, in January of the first year.
const SETUP_DAYS: [u32; 4] = [2, 3, 6, 8];
/// Days of a month on which reports are recorded.
const TICK_DAYS: [u32; 3] = [6, 16, 26];
/// Year and month in which the households missed at first are registered.
const LOOK_BACK: (u32, u32) = (2016, 6);
/// Months in which aid is delivered.
const AID_MONTHS: [u32; 5] = [3, 5, 7, 9, 11];

/// A county and its history.
pub struct History {
    county: County,
    clerk: Clerk,
    homes: Vec<Home>,
    villages: Vec<Village>,
    responsible: Vec<Responsible>,
    handovers: BTreeMap<usize, Handover>,
    fixes: Fixes,
    courses: Courses,
    /// Households registered at the previous tick.
    fresh: Vec<usize>,
    households: usize,
    ticks: usize,
}

impl History {
    /// A county at the start; `origin` is the name of its log.
    ///
    /// # Errors
    /// If `households` is 0 or above [`HOUSEHOLDS_MAX`].
    pub fn new(county: County, origin: &str, households: u32, seed: u64) -> anyhow::Result<Self> {
        ensure!((1..=HOUSEHOLDS_MAX).contains(&households), "1 to {HOUSEHOLDS_MAX} households can be made up");
        let clerk = Clerk::new(origin, county.area, seed, day(FIRST_YEAR, 1, SETUP_DAYS[0])?);
        Ok(Self {
            county,
            clerk,
            homes: Vec::new(),
            villages: Vec::new(),
            responsible: Vec::new(),
            handovers: BTreeMap::new(),
            fixes: Fixes::default(),
            courses: Courses::default(),
            fresh: Vec::new(),
            households: households as usize,
            ticks: 0,
        })
    }

    /// The county.
    pub fn area(&self) -> Area {
        self.county.area
    }

    /// Name of a township.
    pub fn township(&self, area: Area) -> Option<&str> {
        let township = self.county.townships.iter().find(|township| township.area == area);
        township.map(|township| township.name.as_str())
    }

    /// Number of villages.
    pub fn villages(&self) -> usize {
        self.county.villages()
    }

    /// Number of households.
    pub fn households(&self) -> usize {
        self.households
    }

    /// Counts of what was planted so far.
    pub fn planted(&self) -> &Planted {
        &self.clerk.planted
    }

    /// Number of all ticks.
    fn length() -> usize {
        SETUP_DAYS.len() + ((LAST_YEAR - FIRST_YEAR) as usize * 12 + 11) * TICK_DAYS.len()
    }

    /// The next tick; `None` when the history is over.
    ///
    /// # Errors
    /// If there are more officials than numbers for them.
    pub fn next_tick(&mut self) -> anyhow::Result<Option<Tick>> {
        if self.ticks >= Self::length() {
            return Ok(None);
        }
        let tick = self.ticks;
        self.ticks += 1;
        if let Some(january) = SETUP_DAYS.get(tick) {
            self.clerk.today = day(FIRST_YEAR, 1, *january)?;
            self.set_up(tick)?;
        } else {
            let tick = tick - SETUP_DAYS.len();
            let (months, phase) = (u32::try_from(tick / TICK_DAYS.len())? + 1, tick % TICK_DAYS.len());
            let (year, month) = (FIRST_YEAR + months / 12, months % 12 + 1);
            self.clerk.today = day(year, month, TICK_DAYS[phase])?;
            match phase {
                0 => self.first(year, month)?,
                1 => self.second(year, month),
                _ => self.third(month),
            }
            self.courses.go_on(&mut courses::County {
                clerk: &mut self.clerk,
                homes: &mut self.homes,
                villages: &mut self.villages,
                fixes: &mut self.fixes,
            });
        }
        Ok(Some(self.clerk.tick()))
    }

    fn set_up(&mut self, tick: usize) -> anyhow::Result<()> {
        let clerk = &mut self.clerk;
        match tick {
            0 => officials::open(clerk, &self.county)?,
            1 => {
                officials::set_policy(clerk);
                self.villages = officials::staff(clerk, &self.county)?;
                self.settle()?;
            }
            2 => self.villages.iter().for_each(|village| village.register(clerk, ADMINISTRATOR)),
            _ => {
                for (number, village) in self.villages.iter().enumerate() {
                    let helper = self.responsible.iter().find(|one| one.village == number);
                    village.post(clerk, helper.map(|one| one.device));
                }
            }
        }
        Ok(())
    }

    /// Distributes the households over the villages and enrols their responsible officials.
    fn settle(&mut self) -> anyhow::Result<()> {
        let clerk = &mut self.clerk;
        let settled = (self.households / HOUSEHOLDS_PER_VILLAGE_MIN).clamp(1, self.villages.len());
        let weights: Vec<usize> = (0..settled).map(|_| clerk.dice.between(60, 140) as usize).collect();
        let total: usize = weights.iter().sum();
        let mut passed = 0;
        for (number, weight) in weights.into_iter().enumerate() {
            let village = number * self.villages.len() / settled;
            let (from, to) = (self.households * passed / total, self.households * (passed + weight) / total);
            passed += weight;
            for household in from..to {
                if (household - from).is_multiple_of(CASELOAD) {
                    self.responsible.push(officials::responsible(clerk, village, self.villages[village].area)?);
                }
                let responsible = self.responsible.last().map_or(ADMINISTRATOR, |one| one.device);
                self.homes.push(Home::new(clerk, village, &self.villages[village], responsible)?);
            }
        }
        let mut persons = vec![0; self.villages.len()];
        self.homes.iter().for_each(|home| persons[home.village] += home.size());
        self.villages.iter_mut().zip(persons).for_each(|(village, persons)| village.populate(clerk, persons));
        Ok(())
    }

    fn first(&mut self, year: u32, month: u32) -> anyhow::Result<()> {
        for fix in self.fixes.due(self.clerk.today) {
            let home = &mut self.homes[fix.home];
            let village = &self.villages[home.village];
            fix.apply(&mut self.clerk, home, village);
        }
        if month.is_multiple_of(3) {
            self.each_open(|clerk, home, _, village, _| changes::pass_quarter(home, clerk, village));
        }
        if month.is_multiple_of(3) && month != 12 && (2015..LAST_YEAR).contains(&year) {
            self.begin(Procedure::FallBack, |clerk, home| exits::falls(clerk, home).then_some(Fate::Kept));
        }
        self.identify(year, month);
        self.register(year, month);
        if month == budget_month(year) {
            let finance = self.villages.first().map_or(ADMINISTRATOR, |village| village.finance);
            money::release(&mut self.clerk, finance, &mut self.homes, &mut self.villages);
        }
        if month == budget_month(year) + 1 {
            self.each_open(|clerk, home, _, village, _| money::plan(clerk, home, village));
        }
        match month {
            1 => self.handovers = officials::replace(&mut self.clerk, &mut self.responsible, &self.villages)?,
            10 => exits::choose(&mut self.clerk, &mut self.homes),
            11 => {
                let last_year = year == LAST_YEAR;
                let fate =
                    |clerk: &mut Clerk, home: &Home| home.leaving.then(|| courses::fate_of_exit(clerk, last_year));
                self.begin(Procedure::HouseholdExit, fate);
            }
            12 if year == LAST_YEAR => self.lower_caseload(),
            _ => {}
        }
        Ok(())
    }

    fn second(&mut self, year: u32, month: u32) {
        for number in std::mem::take(&mut self.fresh) {
            let home = &mut self.homes[number];
            let village = &self.villages[home.village];
            if home.is_open() {
                home.plan_help(&mut self.clerk, village);
            }
        }
        if month == budget_month(year) {
            self.villages.iter().for_each(|village| money::allocate(&mut self.clerk, village));
        }
        if AID_MONTHS.contains(&month) || month == 12 {
            self.each_open(|clerk, home, _, village, _| money::confirm(clerk, home, village));
        }
        if AID_MONTHS.contains(&month) {
            self.each_open(money::deliver);
        }
        if year == LAST_YEAR && (3..=11).contains(&month) {
            self.begin(Procedure::MonitoringEnd, |clerk, home| monitoring::is_gone(clerk, home).then_some(Fate::Kept));
            let clue = |clerk: &mut Clerk, home: &Home| {
                monitoring::has_clue(clerk, home).then(|| courses::fate_of_watch(clerk))
            };
            self.begin(Procedure::Monitoring, clue);
        }
        match month {
            1 => self.hand_over(),
            10 => self.each_open(|clerk, home, number, village, fixes| {
                assessment::pass_year(home, &mut clerk.dice, year);
                assessment::assess(home, number, clerk, village, year, fixes);
            }),
            11 => {
                self.villages.iter_mut().for_each(|village| village.update(&mut self.clerk));
                if year == LAST_YEAR {
                    self.courses.begin(Subject::County, Procedure::CountyExit, Fate::Kept, self.clerk.days_ago(2));
                }
                self.probe_decisions(year);
            }
            _ => {}
        }
    }

    fn third(&mut self, month: u32) {
        if month.is_multiple_of(2) {
            self.each_open(|clerk, home, _, village, _| officials::visit(clerk, home, village));
        }
        match month {
            1 => std::mem::take(&mut self.handovers).values().for_each(|one| one.dismiss(&mut self.clerk)),
            11 => self.ask_to_leave(),
            _ => {}
        }
    }

    /// Registers households in the first spring; those that were missed, at the look-back.
    fn register(&mut self, year: u32, month: u32) {
        for (number, home) in self.homes.iter_mut().enumerate() {
            if home.standing == Standing::Waiting && is_turn(number, home, (year, month)) {
                home.register(&mut self.clerk, &self.villages[home.village], number, &mut self.fixes);
                self.fresh.push(number);
            }
        }
    }

    fn hand_over(&mut self) {
        for home in &mut self.homes {
            if let Some(handover) = self.handovers.get(&home.responsible).copied() {
                handover.hand_over(&mut self.clerk, home, &self.villages[home.village]);
            }
        }
    }

    /// Begins a procedure for every open card that calls for it.
    fn begin(&mut self, procedure: Procedure, fate: impl Fn(&mut Clerk, &Home) -> Option<Fate>) {
        for (number, home) in self.homes.iter().enumerate().filter(|(_, home)| home.is_open()) {
            if let Some(fate) = fate(&mut self.clerk, home) {
                let from = self.clerk.days_ago(4).max(home.since);
                self.courses.begin(Subject::Home(number), procedure, fate, from);
            }
        }
    }

    /// Identification begins a month before the card is made; the first cards are taken over without steps.
    fn identify(&mut self, year: u32, month: u32) {
        let next = if month == 12 { (year + 1, 1) } else { (year, month + 1) };
        for (number, home) in self.homes.iter().enumerate() {
            let taken_over = next == (FIRST_YEAR, TAKEN_OVER_MONTH);
            if home.standing == Standing::Waiting && is_turn(number, home, next) && !taken_over {
                let from = self.clerk.days_ago(3);
                self.courses.begin(Subject::Home(number), Procedure::Identification, Fate::Kept, from);
            }
        }
    }

    /// Villages apply to leave the list if few enough persons will be poor after the chosen exits.
    fn ask_to_leave(&mut self) {
        let mut poor = household::poor_persons(self.villages.len(), &self.homes);
        let leaving = self.homes.iter().filter(|home| home.leaving && home.standing == Standing::Poor);
        leaving.for_each(|home| poor[home.village] -= home.size());
        for (number, village) in self.villages.iter().enumerate() {
            if village.is_ready(poor[number]) {
                let from = self.clerk.days_ago(3);
                self.courses.begin(Subject::Village(number), Procedure::VillageExit, Fate::Kept, from);
            }
        }
    }

    fn lower_caseload(&mut self) {
        let Some(township) = self.villages.first().map(|village| village.area.at(Level::Township)) else { return };
        officials::lower_caseload(&mut self.clerk, township);
        let concerned = self.homes.iter().filter(|home| home.is_open() && home.assigned);
        let mut caseloads: BTreeMap<usize, u64> = BTreeMap::new();
        for home in concerned.filter(|home| township.contains(self.villages[home.village].area)) {
            *caseloads.entry(home.responsible).or_default() += 1;
        }
        let over = caseloads.values().filter(|households| **households > u64::from(super::planted::LAST_CASELOAD));
        self.clerk.planted.add(Kind::CaseloadLowered, over.sum());
    }

    /// Attempts to record the exits of some households without an appraisal.
    fn probe_decisions(&mut self, year: u32) {
        for home in self.homes.iter().filter(|home| home.standing == Standing::Poor && !home.leaving) {
            if self.clerk.dice.per_mille(PROBE_PER_MILLE) {
                courses::probe_decision(&mut self.clerk, home, &self.villages[home.village], year);
            }
        }
    }

    fn each_open(&mut self, act: impl Fn(&mut Clerk, &mut Home, usize, &mut Village, &mut Fixes)) {
        for (number, home) in self.homes.iter_mut().enumerate().filter(|(_, home)| home.is_open()) {
            let village = &mut self.villages[home.village];
            act(&mut self.clerk, home, number, village, &mut self.fixes);
        }
    }
}

/// Whether a household gets its card in a month.
fn is_turn(number: usize, home: &Home, month: (u32, u32)) -> bool {
    match month {
        (FIRST_YEAR, 2..=4) => !home.late && number % 3 == month.1 as usize - 2,
        LOOK_BACK => home.late,
        _ => false,
    }
}

/// Month in which the year's funds are released. In the first year there are no cards earlier.
fn budget_month(year: u32) -> u32 {
    if year == FIRST_YEAR { 5 } else { 1 }
}

fn day(year: u32, month: u32, day: u32) -> anyhow::Result<Date> {
    Date::new(year, month, day).context("the calendar has no such day")
}
