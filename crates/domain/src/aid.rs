//! Money from its release to the household's acknowledgement, and help in kind.

mod deliveries;
mod funds;
mod rules;

use crate::date::Date;
use crate::ids::{EventRef, HouseholdId, Index, MemberNo};
use crate::kind::kinds;
use crate::money::Fen;
use crate::submission::Evidence;
use borsh::{BorshDeserialize, BorshSerialize};

pub(crate) use rules::{apply, check};

/// One thing that happened to money or help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AidEvent {
    /// The day it happened.
    pub happened: Date,
    /// The household concerned.
    pub household: Option<HouseholdId>,
    /// Documents it rests on.
    pub evidence: Vec<Evidence>,
    /// The earlier event that this one puts right.
    pub corrects: Option<EventRef>,
    /// What happened.
    pub kind: AidKind,
}

/// What may happen to money or help.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is described by its payload")]
pub enum AidKind {
    FundsReleased(FundsReleased),
    FundsAllocated(FundsAllocated),
    MeasurePlanned(MeasurePlanned),
    AidDelivered(AidDelivered),
    AidAcknowledged(AidAcknowledged),
    AidReversed(AidReversed),
}

/// Money reaches the county.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundsReleased {
    /// Its number, unique in the log.
    pub release: u64,
    /// Where it comes from.
    pub source: FundsSource,
    /// How much.
    pub amount: Fen,
    /// Budget year.
    pub year: u32,
    /// Document number.
    pub document: Box<str>,
}

/// Money is set aside for a village.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FundsAllocated {
    /// Its number, unique in the village.
    pub allocation: u64,
    /// Release it is taken from.
    pub release: u64,
    /// How much.
    pub amount: Fen,
    /// What for.
    pub group: MeasureGroup,
    /// Name of the project.
    pub project: Box<str>,
}

/// A measure is planned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeasurePlanned {
    /// Its number, unique in the village.
    pub measure: u64,
    /// Group it belongs to.
    pub group: MeasureGroup,
    /// Code in the catalogue.
    pub code: Box<str>,
    /// Allocation that pays for it.
    pub allocation: Option<u64>,
    /// How much is foreseen.
    pub amount: Fen,
    /// Last day foreseen.
    pub until: Option<Date>,
}

/// Help reaches a household.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AidDelivered {
    /// Its number, unique in the household.
    pub delivery: u32,
    /// Group it belongs to.
    pub group: MeasureGroup,
    /// Planned measure it carries out.
    pub measure: Option<u64>,
    /// Allocation that pays for it.
    pub allocation: Option<u64>,
    /// How much; for help in kind its value.
    pub amount: Fen,
    /// Member it is for; `None` the household.
    pub member: Option<MemberNo>,
}

/// The household confirms a delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AidAcknowledged {
    /// Which.
    pub delivery: u32,
    /// Member who confirmed it.
    pub member: MemberNo,
}

/// A delivery is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AidReversed {
    /// Which.
    pub delivery: u32,
    /// How much.
    pub amount: Fen,
    /// Why.
    pub reason: ReversalReason,
}

/// A release as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Release {
    /// Where it comes from.
    pub source: FundsSource,
    /// How much.
    pub amount: Fen,
    /// When it reached the county.
    pub happened: Date,
    /// Entry that recorded it.
    pub since: Index,
    /// The amount before each entry that put it right, in order.
    pub put_right: Vec<(Index, Fen)>,
    /// What was set aside from it, with the entry that did so; less than nothing where that was put right.
    pub allocated: Vec<(Index, Fen)>,
}

/// An allocation as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Allocation {
    /// Release it is taken from.
    pub release: u64,
    /// How much.
    pub amount: Fen,
    /// What for.
    pub group: MeasureGroup,
    /// When.
    pub happened: Date,
    /// Entry that set it aside.
    pub entry: Index,
    /// How much was delivered from it, less what was reversed.
    pub delivered: Fen,
}

/// A planned measure as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Measure {
    /// Group it belongs to.
    pub group: MeasureGroup,
    /// Household it is for; `None` the village.
    pub household: Option<HouseholdId>,
    /// How much is foreseen.
    pub amount: Fen,
    /// Last day foreseen.
    pub until: Option<Date>,
    /// Entry that planned it.
    pub entry: Index,
}

/// A delivery as the card shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Delivery {
    /// Its number in the household.
    pub number: u32,
    /// Group it belongs to.
    pub group: MeasureGroup,
    /// Allocation that paid for it.
    pub allocation: Option<u64>,
    /// How much.
    pub amount: Fen,
    /// When.
    pub happened: Date,
    /// When the household confirmed it.
    pub acknowledged: Option<Date>,
    /// How much was taken back.
    pub reversed: Fen,
    /// Entry that recorded it.
    pub entry: Index,
}

kinds! {
    /// Groups of measures.
    MeasureGroup {
        /// Industry (产业).
        Industry = 1 "industry" "产业",
        /// Employment (就业).
        Employment = 2 "employment" "就业",
        /// Public-welfare post (公益岗位).
        PublicPost = 3 "public_post" "公益岗位",
        /// Finance (金融).
        Finance = 4 "finance" "金融",
        /// Housing (住房).
        Housing = 5 "housing" "住房",
        /// Water (饮水).
        Water = 6 "water" "饮水",
        /// Health (健康).
        Health = 7 "health" "健康",
        /// Education (教育).
        Education = 8 "education" "教育",
        /// Relocation (易地搬迁).
        Relocation = 9 "relocation" "易地搬迁",
        /// Ecological (生态).
        Ecological = 10 "ecological" "生态",
        /// Safety net (兜底).
        SafetyNet = 11 "safety_net" "兜底",
        /// Disability (残疾).
        Disability = 12 "disability" "残疾",
        /// Social help (社会帮扶).
        Social = 13 "social" "社会帮扶",
        /// Infrastructure (基础设施).
        Infrastructure = 14 "infrastructure" "基础设施",
    }
}

kinds! {
    /// Where money comes from.
    FundsSource {
        /// Central budget.
        Central = 1 "central" "中央",
        /// Provincial budget.
        Provincial = 2 "provincial" "省级",
        /// Prefecture budget.
        Prefecture = 3 "prefecture" "市级",
        /// County budget.
        County = 4 "county" "县级",
        /// Paired province or enterprise, donations.
        Social = 5 "social" "社会",
    }
}

kinds! {
    /// Why a delivery is taken back.
    ReversalReason {
        /// Recorded in error.
        Error = 1 "error" "误录",
        /// The household was not entitled to it.
        NotEntitled = 2 "not_entitled" "不符合条件",
        /// The payment came back.
        Returned = 3 "returned" "退回",
        /// Misuse.
        Misuse = 4 "misuse" "挪用",
    }
}
