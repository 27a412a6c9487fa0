//! Facts of officials: roles, posts, and reasons for the end of keys and assignments.

use crate::facts::ids::KeyId;
use crate::facts::kind::kinds;

/// Longest name of a log, in characters.
pub const ORIGIN_CHARS_MAX: usize = 128;

/// Most officials who accompany a visit.
pub const COMPANIONS_MAX: usize = 5;

/// Most keys of one official, revoked ones included.
pub const KEYS_MAX: usize = 100;

/// Most second responsible officials of a household. It has only one first responsible official.
pub const SECONDS_MAX: usize = 4;

/// Minutes of a day.
pub const DAY_MINUTES: u16 = 1_440;

/// A key and its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// First 8 bytes, big-endian, of SHA-256 over the bytes.
    pub id: KeyId,
    /// The Ed25519 public key.
    pub bytes: [u8; 32],
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
