//! Villages: their officers, population, and exit from the list of poor villages.

use super::clerk::Clerk;
use super::planted;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_proto::v1;
use lika_proto::v1::Service;
use lika_proto::v1::household_event::Kind;

/// Average size of a household, in persons per hundred households: a sample village had 464 persons in 152
/// households.
const PERSONS_PER_HUNDRED_HOUSEHOLDS: u32 = 305;
/// Incidence, in persons per 10,000, below which a village leaves the list.
const EXIT_BELOW: u64 = 200;
/// Order in which infrastructure reaches a village.
const SERVICES: [Service; 7] = [
    Service::Electricity,
    Service::School,
    Service::Clinic,
    Service::Road,
    Service::Water,
    Service::Broadband,
    Service::Culture,
];

/// A village.
#[derive(Debug)]
pub(crate) struct Village {
    /// Its code.
    pub area: Area,
    /// Its name.
    pub name: String,
    /// Device of the village officer.
    pub officer: usize,
    /// Device of the township officer.
    pub township_officer: usize,
    /// Device of the county officer.
    pub county_officer: usize,
    /// Device of the finance officer.
    pub finance: usize,
    /// On the list of poor villages.
    pub poor: bool,
    /// It has left the list.
    pub exited: bool,
    /// Rural registered persons.
    pub rural_persons: u32,
    /// Funds of the year.
    pub budgets: Vec<Budget>,
    /// Number of its last measure.
    pub measures: u64,
    services: u32,
    collective_income: u64,
}

/// Funds allocated to a group of measures in a village.
#[derive(Debug)]
pub(crate) struct Budget {
    /// Number of the allocation.
    pub number: u64,
    /// Release they come from.
    pub release: u64,
    /// Measures they are for.
    pub group: v1::MeasureGroup,
    /// Fen allocated.
    pub amount: u64,
    /// Fen not yet delivered.
    pub left: u64,
}

/// Devices of the officers who report for a village.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Staff {
    /// Village officer.
    pub officer: usize,
    /// Township officer.
    pub township_officer: usize,
    /// Officer of the county office.
    pub county_officer: usize,
    /// Officer of the finance office.
    pub finance: usize,
}

impl Village {
    /// A village whose population is not known yet.
    pub(crate) fn new(clerk: &mut Clerk, area: Area, name: &str, staff: Staff) -> Self {
        Self {
            area,
            name: name.to_owned(),
            officer: staff.officer,
            township_officer: staff.township_officer,
            county_officer: staff.county_officer,
            finance: staff.finance,
            poor: false,
            exited: false,
            rural_persons: 0,
            budgets: Vec::new(),
            measures: 0,
            services: clerk.dice.between(1, 4),
            collective_income: u64::from(clerk.dice.between(0, 20)) * 1_000,
        }
    }

    /// Sets the population so that the share of poor persons is plausible: 20 to 40 percent in villages on the list,
    /// 10 to 20 in others. A village without poor persons gets the usual size.
    pub(crate) fn populate(&mut self, clerk: &mut Clerk, poor_persons: u32) {
        self.poor = poor_persons > 0 && clerk.dice.per_mille(650);
        let (low, high) = if self.poor { (20, 38) } else { (10, 19) };
        let percent = clerk.dice.between(low, high);
        self.rural_persons =
            if poor_persons == 0 { clerk.dice.between(300, 900) } else { (poor_persons * 100).div_ceil(percent) };
    }

    /// The administrator registers it.
    pub(crate) fn register(&self, clerk: &mut Clerk, administrator: usize) {
        let day = clerk.recently();
        let registered = v1::VillageRegistered {
            name: self.name.clone(),
            poor: self.poor,
            rural_households: self.rural_households(),
            rural_persons: self.rural_persons,
        };
        clerk.area_event(administrator, self.area, day, Kind::VillageRegistered(registered));
    }

    /// The township posts the village officer to it, and a team to most villages on the list.
    pub(crate) fn post(&self, clerk: &mut Clerk, helper: Option<usize>) {
        if clerk.dice.per_mille(planted::NOBODY_POSTED_PER_MILLE) {
            if self.poor {
                clerk.planted.note(planted::Kind::NobodyPosted);
            }
            return;
        }
        self.post_one(clerk, self.officer, v1::VillagePost::FirstSecretary);
        if let Some(helper) = helper.filter(|_| self.poor && clerk.dice.per_mille(planted::TEAM_PER_MILLE)) {
            self.post_one(clerk, helper, v1::VillagePost::TeamLeader);
        }
    }

    fn post_one(&self, clerk: &mut Clerk, device: usize, post: v1::VillagePost) {
        let (official, day) = (clerk.official(device), clerk.recently());
        let posted = v1::VillageTeamPosted { post: post.into(), until: 0 };
        let kind = v1::official_event::Kind::VillageTeamPosted(posted);
        clerk.official_event(self.township_officer, self.area, (official, 0), day, kind, None);
    }

    /// Reports its facts at the end of a year.
    pub(crate) fn update(&mut self, clerk: &mut Clerk) {
        self.rural_persons += clerk.dice.below(self.rural_persons / 200 + 1);
        self.collective_income = self.collective_income * 5 / 4 + u64::from(clerk.dice.below(30)) * 1_000;
        if clerk.dice.per_mille(600) {
            self.services += 1;
        }
        let (day, count) = (clerk.recently(), self.services as usize);
        let profile = v1::VillageProfileUpdated {
            rural_households: self.rural_households(),
            rural_persons: self.rural_persons,
            collective_income: self.collective_income * 100,
            services: SERVICES.iter().take(count).map(|service| i32::from(*service)).collect(),
        };
        clerk.area_event(self.officer, self.area, day, Kind::VillageProfileUpdated(profile));
    }

    /// Whether few enough persons are poor for it to leave the list.
    pub(crate) fn is_ready(&self, poor_persons: u32) -> bool {
        let few = u64::from(poor_persons) * 10_000 < EXIT_BELOW * u64::from(self.rural_persons);
        self.poor && !self.exited && few
    }

    /// The county records that it has left the list.
    pub(crate) fn leave(&mut self, clerk: &mut Clerk, author: usize, day: Date, poor_persons: u32) {
        let exited = v1::VillageExited { poor_persons, rural_persons: self.rural_persons };
        clerk.area_event(author, self.area, day, Kind::VillageExited(exited));
        self.exited = true;
    }

    fn rural_households(&self) -> u32 {
        self.rural_persons * 100 / PERSONS_PER_HUNDRED_HOUSEHOLDS
    }
}

/// The county leaves the list of poor counties.
pub(crate) fn county_exit(clerk: &mut Clerk, author: usize, day: Date, villages: &[Village], poor_persons: u32) {
    let exited = v1::CountyExited {
        poor_persons,
        rural_persons: villages.iter().map(|village| village.rural_persons).sum(),
        wrong_exit: clerk.dice.between(20, 120),
        missed: clerk.dice.between(10, 90),
        satisfaction: clerk.dice.between(9_300, 9_900),
    };
    let county = clerk.county;
    clerk.area_event(author, county, day, Kind::CountyExited(exited));
}
