//! Officials: who may sign, who answers for which household, who visited it.

mod authority;
mod duties;
mod rules;

use crate::area::Area;
use crate::date::Date;
use crate::ids::{EventRef, HouseholdId, Index, KeyId, OfficialId};
use crate::kind::kinds;
use crate::submission::Evidence;
use borsh::{BorshDeserialize, BorshSerialize};

pub(crate) use rules::{apply, check};

/// Most officials who accompany a visit.
pub const COMPANIONS_MAX: usize = 5;
/// Most keys of one official, revoked ones included.
pub const KEYS_MAX: usize = 100;
/// Most second responsible officials of a household; it has one first.
pub const SECONDS_MAX: usize = 4;
/// Minutes of a day.
pub const DAY_MINUTES: u16 = 1_440;

/// One thing that happened to an official or by one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialEvent {
    /// The day it happened.
    pub happened: Date,
    /// The official it concerns.
    pub official: OfficialId,
    /// The household concerned.
    pub household: Option<HouseholdId>,
    /// Documents it rests on.
    pub evidence: Vec<Evidence>,
    /// The earlier event that this one puts right.
    pub corrects: Option<EventRef>,
    /// What happened.
    pub kind: OfficialKind,
}

/// What may happen to an official or by one.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "each variant is described by its payload")]
pub enum OfficialKind {
    JurisdictionOpened(Box<JurisdictionOpened>),
    OfficialEnrolled(OfficialEnrolled),
    KeyEnrolled(KeyEnrolled),
    KeyRevoked(KeyRevoked),
    RoleChanged(RoleChanged),
    OfficialAssigned(OfficialAssigned),
    AssignmentEnded(AssignmentEnded),
    VillageTeamPosted(VillageTeamPosted),
    VillagePostEnded(VillagePostEnded),
    HouseholdVisited(HouseholdVisited),
}

/// The log begins; the official concerned is the first administrator.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JurisdictionOpened {
    /// Name of the log.
    pub origin: Box<str>,
    /// Area it covers.
    pub area: Area,
    /// Name of the area.
    pub name: Box<str>,
    /// What it is for.
    pub mode: Mode,
    /// The first administrator's key.
    pub key: PublicKey,
    /// Unit.
    pub unit: Box<str>,
    /// Post.
    pub post: Box<str>,
    /// Number of the data key the personal data is sealed under.
    pub sealed: Option<u32>,
}

/// A key and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// First 8 bytes, big-endian, of SHA-256 over the bytes.
    pub id: KeyId,
    /// Ed25519.
    pub bytes: [u8; 32],
}

/// An official is enrolled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialEnrolled {
    /// What they may do.
    pub role: Role,
    /// Where.
    pub area: Area,
    /// Unit.
    pub unit: Box<str>,
    /// Post.
    pub post: Box<str>,
    /// Number of the data key the personal data is sealed under.
    pub sealed: Option<u32>,
}

/// A key may sign from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyEnrolled {
    /// The key.
    pub key: PublicKey,
    /// Name of the device.
    pub device: Box<str>,
}

/// A key may not sign any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRevoked {
    /// Which.
    pub key: KeyId,
    /// Why.
    pub reason: RevokeReason,
}

/// The official's role or area changes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RoleChanged {
    /// What they may do from now on and where; `None`: nothing.
    pub role: Option<(Role, Area)>,
    /// Unit.
    pub unit: Box<str>,
    /// Post.
    pub post: Box<str>,
}

/// The official answers for the household from now on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficialAssigned {
    /// First or second.
    pub capacity: Capacity,
}

/// The official answers for the household no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AssignmentEnded {
    /// Why.
    pub reason: AssignmentEnd,
}

/// The official is posted to the village.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VillageTeamPosted {
    /// As what.
    pub post: VillagePost,
    /// Last day foreseen.
    pub until: Option<Date>,
}

/// The posting ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VillagePostEnded {
    /// The post that ends.
    pub post: VillagePost,
}

/// The official visited the household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HouseholdVisited {
    /// Where they met.
    pub place: VisitPlace,
    /// Minute of the day it began.
    pub minute: Option<u16>,
    /// Other officials who were there.
    pub companions: Vec<OfficialId>,
}

/// An official as the state knows them.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Official {
    /// Entry that enrolled them.
    pub since: Index,
    /// Roles and areas with the entry each was given by; the last is in force; `None` is no role any more.
    pub roles: Vec<(Index, Option<(Role, Area)>)>,
    /// Unit.
    pub unit: Box<str>,
    /// Post.
    pub post: Box<str>,
    /// Keys.
    pub keys: Vec<KeyId>,
    /// Households they answer or answered for, in order of recording.
    pub caseload: Vec<Charge>,
    /// Visits they made, companions not counted.
    pub visits: u32,
    /// Number of the data key the personal data is sealed under.
    pub sealed: Option<u32>,
    /// Their personal data was erased.
    pub erased: bool,
}

/// A household an official answers or answered for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Charge {
    /// Which.
    pub household: HouseholdId,
    /// The village it lies in.
    pub village: Area,
    /// In which capacity.
    pub capacity: Capacity,
    /// First day.
    pub from: Date,
    /// Entry that began it.
    pub since: Index,
    /// Entry that ended it.
    pub until: Option<Index>,
}

/// An official who answers for a household, as the card shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Assignment {
    /// Who.
    pub official: OfficialId,
    /// In which capacity.
    pub capacity: Capacity,
    /// First day.
    pub from: Date,
    /// Entry that began it.
    pub entry: Index,
}

/// A signing key as the state knows it.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Key {
    /// Whose.
    pub official: OfficialId,
    /// Ed25519.
    pub bytes: [u8; 32],
    /// Entry that enrolled it.
    pub since: Index,
    /// Entry that revoked it.
    pub until: Option<Index>,
    /// Number of its last submission; 0 before the first.
    pub sequence: u64,
    /// SHA-256 of its last submission.
    pub previous: Option<[u8; 32]>,
}

kinds! {
    /// What a log is for.
    Mode {
        /// Real households: made-up citizen IDs are refused.
        Production = 1 "production" "正式",
        /// Tests and demonstrations: only made-up citizen IDs (division prefix 90) are taken.
        Testing = 2 "testing" "测试",
    }
}

kinds! {
    /// What an official may do in their area.
    Role {
        /// Enrols officials and keys, sets policy, opens villages.
        Administrator = 1 "administrator" "管理员",
        /// Decides for the county poverty-alleviation office.
        CountyOfficer = 2 "county_officer" "县级干部",
        /// Decides for the township.
        TownshipOfficer = 3 "township_officer" "乡镇干部",
        /// Reports for the village: village committee, first secretary, resident team.
        VillageOfficer = 4 "village_officer" "村级干部",
        /// Answers for households paired with them (帮扶责任人).
        Responsible = 5 "responsible" "帮扶责任人",
        /// Releases, allocates and pays funds.
        Finance = 6 "finance" "财务",
        /// Reads everything, records nothing.
        Auditor = 7 "auditor" "审计",
    }
}

kinds! {
    /// Why a key is revoked.
    RevokeReason {
        /// The device was lost.
        Lost = 1 "lost" "遗失",
        /// Somebody else may have it.
        Compromised = 2 "compromised" "泄露",
        /// Replaced by another.
        Replaced = 3 "replaced" "更换",
        /// The official left.
        Left = 4 "left" "离岗",
    }
}

kinds! {
    /// Capacity of a responsible official.
    Capacity {
        /// First responsible official.
        First = 1 "first" "第一责任人",
        /// Second responsible official.
        Second = 2 "second" "第二责任人",
    }
}

kinds! {
    /// Why an assignment ends.
    AssignmentEnd {
        /// Handed over to another official.
        HandedOver = 1 "handed_over" "移交",
        /// The official left.
        Left = 2 "left" "离岗",
        /// The card was closed.
        Closed = 3 "closed" "户卡注销",
        /// Had been recorded in error.
        Error = 4 "error" "误录",
    }
}

kinds! {
    /// Posts in a village.
    VillagePost {
        /// First secretary (第一书记).
        FirstSecretary = 1 "first_secretary" "第一书记",
        /// Leader of the resident team (驻村工作队队长).
        TeamLeader = 2 "team_leader" "工作队长",
        /// Member of the resident team (驻村工作队员).
        TeamMember = 3 "team_member" "工作队员",
    }
}

kinds! {
    /// Where a visit took place.
    VisitPlace {
        /// At the household.
        Home = 1 "home" "家中",
        /// In the village.
        Village = 2 "village" "村内",
        /// At work.
        Work = 3 "work" "务工地",
        /// By telephone or video.
        Remote = 4 "remote" "远程",
    }
}

impl Official {
    /// Role and area in force when `entry` is judged; `None` without one.
    pub fn role(&self, entry: &crate::submission::Entry) -> Option<(Role, Area)> {
        self.roles.iter().rev().find(|(since, _)| entry.sees(*since)).and_then(|(_, role)| *role)
    }

    /// Role and area as last recorded.
    pub fn current_role(&self) -> Option<(Role, Area)> {
        self.roles.last().and_then(|(_, role)| *role)
    }

    /// Households they answer for now.
    pub fn charges(&self) -> impl Iterator<Item = &Charge> {
        self.caseload.iter().filter(|charge| charge.until.is_none())
    }

    /// Households they answered for as the recorder of `entry` knew it.
    pub fn charges_seen_by(&self, entry: &crate::submission::Entry) -> impl Iterator<Item = &Charge> {
        self.caseload.iter().filter(|charge| entry.sees(charge.since) && !charge.until.is_some_and(|u| entry.sees(u)))
    }
}

impl Key {
    /// Whether it may sign `entry`: enrolled and not revoked when that was judged.
    pub fn is_good_for(&self, entry: &crate::submission::Entry) -> bool {
        entry.sees(self.since) && !self.until.is_some_and(|until| entry.sees(until))
    }
}
