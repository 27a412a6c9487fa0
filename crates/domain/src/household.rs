//! Cards: what is reported of a household and what the state keeps of it.

mod card;
mod registration;
mod rules;
mod status;
pub(crate) mod tags;

use crate::aid::Delivery;
use crate::date::Date;
use crate::ids::{EventRef, HouseholdId, Index, MemberNo};
use crate::income::{IncomeAssessed, YearIncome};
use crate::kind::kinds;
use crate::living::{Conditions, LivingConditionsAssessed};
use crate::member::{Member, MemberAdded, MemberRemoved, MemberUpdated};
use crate::official::Assignment;
use crate::policy::PolicySet;
use crate::procedure::{ProcedureStepTaken, Round};
use crate::submission::Evidence;
use crate::village::{CountyExited, VillageExited, VillageProfileUpdated, VillageRegistered};
use borsh::{BorshDeserialize, BorshSerialize};

pub(crate) use rules::{apply, check};

/// Most living members of a card.
pub const MEMBERS_MAX: usize = 30;
/// Most causes besides the main one.
pub const OTHER_CAUSES_MAX: usize = 2;
/// Most risks of a monitored household.
pub const RISKS_MAX: usize = 5;
/// Highest number of a group inside a village.
pub const GROUP_MAX: u32 = 999;

/// One thing that happened to a village or a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdEvent {
    /// The day it happened.
    pub happened: Date,
    /// The household; `None` for what concerns the village or the jurisdiction.
    pub household: Option<HouseholdId>,
    /// Documents it rests on.
    pub evidence: Vec<Evidence>,
    /// The earlier event that this one puts right.
    pub corrects: Option<EventRef>,
    /// What happened.
    pub kind: HouseholdKind,
}

/// What may happen to a village or a household.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is described by its payload")]
pub enum HouseholdKind {
    VillageRegistered(VillageRegistered),
    VillageProfileUpdated(VillageProfileUpdated),
    HouseholdRegistered(Box<HouseholdRegistered>),
    HouseholdUpdated(HouseholdUpdated),
    MemberAdded(Box<MemberAdded>),
    MemberUpdated(Box<MemberUpdated>),
    MemberRemoved(MemberRemoved),
    IncomeAssessed(Box<IncomeAssessed>),
    LivingConditionsAssessed(LivingConditionsAssessed),
    ProcedureStepTaken(ProcedureStepTaken),
    HouseholdExited(HouseholdExited),
    HouseholdFellBack(HouseholdFellBack),
    HouseholdDeregistered(HouseholdDeregistered),
    MonitoringStarted(MonitoringStarted),
    MonitoringEnded(MonitoringEnded),
    VillageExited(VillageExited),
    CountyExited(CountyExited),
    PersonalDataErased(PersonalDataErased),
    PolicySet(PolicySet),
}

/// A card's own facts.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Facts {
    /// Group inside the village, from 1; 0 not known.
    pub group: u16,
    /// Kind of household.
    pub attribute: Attribute,
    /// Standard it was identified by.
    pub standard: Standard,
    /// The main cause of its poverty.
    pub main_cause: Cause,
    /// At most two further causes.
    pub other_causes: Vec<Cause>,
    /// Willing to be relocated.
    pub willing_to_relocate: bool,
    /// Number of the data key the personal data is sealed under; `None` in an update that leaves it as it was.
    pub sealed: Option<u32>,
}

/// A household gets its card, with everyone who lives on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdRegistered {
    /// The card's own facts.
    pub facts: Facts,
    /// Everyone.
    pub members: Vec<Member>,
}

/// A card's own facts as they stand from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdUpdated {
    /// All of them.
    pub facts: Facts,
}

/// The household leaves poverty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseholdExited {
    /// Year whose income the exit rests on.
    pub income_year: u32,
    /// The household has accepted it.
    pub accepted: bool,
}

/// An exited household is poor again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseholdFellBack {
    /// Main cause.
    pub cause: Cause,
    /// The exit had been recorded in error.
    pub exit_in_error: bool,
}

/// The card is closed for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HouseholdDeregistered {
    /// Why.
    pub reason: DeregisterReason,
    /// Household it was merged into.
    pub merged_into: Option<HouseholdId>,
}

/// The household is watched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MonitoringStarted {
    /// As what.
    pub kind: MonitoringKind,
    /// One to five risks.
    pub risks: Vec<Cause>,
}

/// The watch ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MonitoringEnded {
    /// How.
    pub outcome: MonitoringOutcome,
}

/// Data keys were destroyed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PersonalDataErased {
    /// Whose.
    pub subject: Subject,
    /// On what ground.
    pub reason: ErasureReason,
}

/// Whose personal data is sealed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A household's and its members'.
    Household(HouseholdId),
    /// An official's.
    Official(crate::ids::OfficialId),
}

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Household {
    /// Its own facts.
    pub facts: Facts,
    /// When it was registered.
    pub registered: Date,
    /// Where it stands.
    pub status: Status,
    /// Since when.
    pub since: Date,
    /// Entry that brought it there.
    pub decided: Index,
    /// Entry that made the card.
    pub registered_in: Index,
    /// When it last fell back, if it ever did.
    pub fell_back: Option<Date>,
    /// Procedures it went through or is going through, in the order in which they began.
    pub rounds: Vec<Round>,
    /// What an audit would look at in its exit; `None` unless it has exited.
    pub exit: Option<ExitStanding>,
    /// The watch it is under.
    pub monitoring: Option<Monitoring>,
    /// Who lives on it, by number.
    pub members: Vec<Member>,
    /// Highest member number ever used.
    pub highest_member: MemberNo,
    /// Income by year, in order of years.
    pub incomes: Vec<YearIncome>,
    /// Assurances and guarantees.
    pub conditions: Conditions,
    /// Officials who answer for it.
    pub officials: Vec<Assignment>,
    /// Since when nobody answers for it; `None` while somebody does.
    pub unassigned: Option<Date>,
    /// A first responsible official has answered for it at some time.
    pub had_first: bool,
    /// How often a first official took it over from another.
    pub handed_over: u16,
    /// Day of the last visit.
    pub visited: Option<Date>,
    /// Day of the visit before that, as far as it is known.
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

/// What an audit would look at in an exit, by what was recorded when it was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct ExitStanding {
    /// The income it rests on lies below the line in force.
    pub below_line: bool,
    /// An assurance or guarantee was not established as met.
    pub guarantee_missing: bool,
}

/// The watch a household is under.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Monitoring {
    /// As what.
    pub kind: MonitoringKind,
    /// Since when.
    pub since: Date,
    /// Entry that began it.
    pub entry: Index,
    /// One to five risks.
    pub risks: Vec<Cause>,
}

kinds! {
    /// Where a card stands.
    Status {
        /// Poor (未脱贫).
        Poor = 1 "poor" "未脱贫",
        /// Listed for exit (预脱贫).
        PreExit = 2 "pre_exit" "预脱贫",
        /// Out of poverty (脱贫).
        Exited = 3 "exited" "脱贫",
        /// Poor again (返贫).
        FellBack = 4 "fallen_back" "返贫",
        /// Closed for good.
        Deregistered = 5 "deregistered" "注销",
    }
}

kinds! {
    /// Kind of household (贫困户属性).
    Attribute {
        /// General poor household (一般贫困户).
        General = 1 "general" "一般",
        /// Minimum living allowance (低保).
        Dibao = 2 "dibao" "低保",
        /// Five guarantees (五保).
        Wubao = 3 "wubao" "五保",
    }
}

kinds! {
    /// Standard of identification (识别标准).
    Standard {
        /// National line.
        National = 1 "national" "国家标准",
        /// Provincial line.
        Provincial = 2 "provincial" "省定标准",
    }
}

kinds! {
    /// Causes of poverty (致贫原因).
    Cause {
        /// Illness (因病).
        Illness = 1 "illness" "因病",
        /// Disability (因残).
        Disability = 2 "disability" "因残",
        /// Schooling (因学).
        Schooling = 3 "schooling" "因学",
        /// Disaster (因灾).
        Disaster = 4 "disaster" "因灾",
        /// Lack of land (缺土地).
        Land = 5 "land" "缺土地",
        /// Lack of water (缺水).
        Water = 6 "water" "缺水",
        /// Lack of skills (缺技术).
        Skills = 7 "skills" "缺技术",
        /// Lack of labour (缺劳力).
        Labour = 8 "labour" "缺劳力",
        /// Lack of capital (缺资金).
        Capital = 9 "capital" "缺资金",
        /// Poor transport (交通条件落后).
        Transport = 10 "transport" "交通条件落后",
        /// Lack of motivation (自身发展动力不足).
        Motivation = 11 "motivation" "自身发展动力不足",
        /// Anything else.
        Other = 12 "other" "其他",
    }
}

kinds! {
    /// Why a card is closed.
    DeregisterReason {
        /// Identified in error.
        Error = 1 "error" "错误识别",
        /// Moved away.
        Moved = 2 "moved" "整户迁出",
        /// Merged into another household.
        Merged = 3 "merged" "并户",
        /// Died out.
        DiedOut = 4 "died_out" "整户死亡",
    }
}

kinds! {
    /// Kinds of monitored household (监测对象类别).
    MonitoringKind {
        /// Unstable exit (脱贫不稳定户).
        Unstable = 1 "unstable" "脱贫不稳定户",
        /// Near-poor (边缘易致贫户).
        Marginal = 2 "marginal" "边缘易致贫户",
        /// Sudden hardship (突发严重困难户).
        Hardship = 3 "hardship" "突发严重困难户",
    }
}

kinds! {
    /// How a risk ended.
    MonitoringOutcome {
        /// Eliminated by help (帮扶消除).
        Helped = 1 "helped" "帮扶消除",
        /// Eliminated naturally (自然消除).
        Natural = 2 "natural" "自然消除",
        /// Had been started in error.
        Error = 3 "error" "误纳",
    }
}

kinds! {
    /// Grounds of an erasure.
    ErasureReason {
        /// The person asked for it.
        Request = 1 "request" "本人申请",
        /// The time to keep it is over.
        Retention = 2 "retention" "保存期满",
        /// Order of an authority.
        Order = 3 "order" "主管机关决定",
    }
}

impl Status {
    /// Counted as poor: not out of poverty, or poor again.
    pub fn is_poor(self) -> bool {
        matches!(self, Self::Poor | Self::PreExit | Self::FellBack)
    }

    /// Whether the card is open.
    pub fn is_live(self) -> bool {
        self != Self::Deregistered
    }
}

impl Household {
    /// The member of that number who lives on the card.
    pub fn member(&self, number: MemberNo) -> Option<&Member> {
        self.members.iter().find(|member| member.number == number)
    }

    /// The delivery of that number. Mostly it is asked for a new one or one of the last.
    pub fn delivery(&self, number: u32) -> Option<&Delivery> {
        if number > self.highest_delivery {
            return None;
        }
        self.deliveries.iter().rev().find(|delivery| delivery.number == number)
    }
}
