//! Cards, as the state keeps them.

use crate::facts::date::Date;
use crate::facts::household::{Cause, Facts, MonitoringKind, Status};
use crate::facts::ids::{Index, MemberNo};
use crate::facts::living::{CONDITIONS, DwellingGrade, Met};
use crate::facts::member::Member;
use crate::facts::money::Fen;
use crate::state::aid::Delivery;
use crate::state::official::Assignment;
use crate::state::round::Round;
use borsh::{BorshDeserialize, BorshSerialize};

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Household {
    /// Its own facts.
    pub facts: Facts,
    /// When it was registered.
    pub registered: Date,
    /// Its status.
    pub status: Status,
    /// First day of this status.
    pub since: Date,
    /// Entry that set this status.
    pub decided: Index,
    /// Entry that made the card.
    pub registered_in: Index,
    /// When it last fell back, if it ever did.
    pub fell_back: Option<Date>,
    /// Procedures it went through or is going through, in the order in which they began.
    pub rounds: Vec<Round>,
    /// Facts for an audit of its exit; `None` unless it has exited.
    pub exit: Option<ExitFindings>,
    /// Its monitoring, if it is monitored.
    pub monitoring: Option<Monitoring>,
    /// Living members, by number.
    pub members: Vec<Member>,
    /// Highest member number ever used.
    pub highest_member: MemberNo,
    /// Income by year, in order of years.
    pub incomes: Vec<YearIncome>,
    /// Assurances and guarantees.
    pub conditions: Conditions,
    /// Its responsible officials.
    pub officials: Vec<Assignment>,
    /// Since when it has no responsible official; `None` while it has one.
    pub unassigned: Option<Date>,
    /// A first responsible official has answered for it at some time.
    pub had_first: bool,
    /// How often a first official took it over from another.
    pub handed_over: u16,
    /// Day of the last visit.
    pub visited: Option<Date>,
    /// Day of the visit before that, if known.
    pub visited_before: Option<Date>,
    /// Entry of the last visit; before any, the one that made the card.
    pub visited_in: Index,
    /// Number of visits.
    pub visits: u32,
    /// Aid it got, in order of recording.
    pub deliveries: Vec<Delivery>,
    /// Highest number of a delivery; 0 before the first.
    pub highest_delivery: u32,
    /// Its personal data was erased.
    pub erased: bool,
}

/// Facts for an audit of an exit, from what was recorded when it was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ExitFindings {
    /// The income at the exit is below the line in force.
    pub below_line: bool,
    /// An assurance or guarantee was not established as met.
    pub guarantee_missing: bool,
}

/// The monitoring of a household.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Monitoring {
    /// Kind of monitored household.
    pub kind: MonitoringKind,
    /// Since when.
    pub since: Date,
    /// Entry that began it.
    pub entry: Index,
    /// One to five risks.
    pub risks: Vec<Cause>,
}

impl Household {
    /// The living member with that number.
    pub fn member(&self, number: MemberNo) -> Option<&Member> {
        self.members.iter().find(|member| member.number == number)
    }

    /// The delivery with that number; usually a new one or one of the last.
    pub fn delivery(&self, number: u32) -> Option<&Delivery> {
        if number > self.highest_delivery {
            return None;
        }
        self.deliveries.iter().rev().find(|delivery| delivery.number == number)
    }

    /// Puts it into a status, since a day, by an entry.
    pub(crate) fn set_status(&mut self, status: Status, since: Date, entry: Index) {
        self.status = status;
        self.since = since;
        self.decided = entry;
    }

    /// Its status as a poor household while it is neither listed nor exited.
    pub(crate) fn poor_as(&self) -> Status {
        if self.fell_back.is_some() { Status::FellBack } else { Status::Poor }
    }
}

/// A year's income, as far as the state needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct YearIncome {
    /// Calendar year.
    pub year: u16,
    /// Members it was divided by.
    pub members: u8,
    /// Net income.
    pub net: Fen,
    /// Net income per member.
    pub per_head: Fen,
    /// Entry that assessed it.
    pub entry: Index,
}

/// Assessed conditions of a household.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Conditions {
    /// Food, clothing, education, medical care, housing, water; with the day of the assessment and its entry.
    pub met: [Option<(Met, Date, Index)>; CONDITIONS],
    /// Grade of the dwelling.
    pub dwelling: Option<DwellingGrade>,
}
