//! Persons on a card.

mod rules;

use crate::date::Month;
use crate::ids::{MemberNo, Tag};
use crate::kind::kinds;
use borsh::{BorshDeserialize, BorshSerialize};

pub(crate) use rules::{
    apply_added, apply_removed, apply_updated, check_added, check_facts, check_removed, check_sealed, check_updated,
};

/// Oldest a person on a card may be, in years.
pub const AGE_MAX_YEARS: i32 = 130;
/// Youngest a wife or husband may be, in years. Marriages below the legal age happen and are recorded as they are;
/// below this the birth month or the relation is a slip.
pub const SPOUSE_AGE_MIN_YEARS: i32 = 14;

/// A member's facts as an event states them.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Member {
    /// Number inside the household.
    pub number: MemberNo,
    /// Relation to the head.
    pub relation: Relation,
    /// Sex.
    pub sex: Sex,
    /// Month of birth.
    pub birth_month: Month,
    /// Ethnicity, code of GB/T 3304: 1 to 56, 97, 98.
    pub ethnicity: u8,
    /// Highest education completed.
    pub education: Option<Education>,
    /// School attended now; `None` not at school.
    pub school: Option<SchoolStage>,
    /// State of health.
    pub health: Health,
    /// Ability to work.
    pub labour: Labour,
    /// Where the person works away from home; `None` does not.
    pub work_place: Option<WorkPlace>,
    /// Months worked away from home in the year, 0 to 12.
    pub work_months: u8,
    /// Has basic medical insurance.
    pub medical_insurance: bool,
    /// Has basic pension insurance.
    pub pension_insurance: bool,
    /// Category 1 to 7 and grade 1 to 4 of the disability certificate; `None` without one.
    pub disability: Option<Disability>,
    /// Number of the data key the personal data is sealed under; `None` in an update that leaves it as it was.
    pub sealed: Option<u32>,
    /// Keyed hash of the citizen ID in force. Events carry none: the entry's tags do.
    pub tag: Option<Tag>,
}

/// Category and grade of a disability certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Disability {
    /// 1 to 7.
    pub category: u8,
    /// 1 to 4.
    pub grade: u8,
}

/// A person joins a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberAdded {
    /// The person.
    pub member: Member,
    /// Why.
    pub reason: JoinReason,
}

/// A member's facts as they stand from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberUpdated {
    /// The person, by number.
    pub member: Member,
}

/// A person leaves a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberRemoved {
    /// Who.
    pub member: MemberNo,
    /// Why.
    pub reason: LeaveReason,
    /// Who is head from now on, when the head leaves.
    pub new_head: Option<MemberNo>,
}

kinds! {
    /// Relation to the head of household (与户主关系).
    Relation {
        /// The head (户主).
        Head = 1 "head",
        /// Wife or husband.
        Spouse = 2 "spouse",
        /// Son or daughter.
        Child = 3 "child",
        /// Son- or daughter-in-law.
        ChildInLaw = 4 "child_in_law",
        /// Grandchild.
        Grandchild = 5 "grandchild",
        /// Father or mother.
        Parent = 6 "parent",
        /// Father- or mother-in-law.
        ParentInLaw = 7 "parent_in_law",
        /// Grandparent.
        Grandparent = 8 "grandparent",
        /// Brother or sister.
        Sibling = 9 "sibling",
        /// Anyone else.
        Other = 10 "other",
    }
}

kinds! {
    /// Sex, codes of GB/T 2261.1.
    Sex {
        /// Male.
        Male = 1 "male",
        /// Female.
        Female = 2 "female",
    }
}

kinds! {
    /// Highest education completed (文化程度).
    Education {
        /// None (文盲或半文盲).
        None = 1 "none",
        /// Primary school.
        Primary = 2 "primary",
        /// Junior middle school.
        Junior = 3 "junior",
        /// Senior middle or vocational school.
        Senior = 4 "senior",
        /// College or above.
        College = 5 "college",
    }
}

kinds! {
    /// School attended now (在校生状况).
    SchoolStage {
        /// Before primary school.
        Preschool = 1 "preschool",
        /// Primary school.
        Primary = 2 "primary",
        /// Junior middle school.
        Junior = 3 "junior",
        /// Senior middle school.
        Senior = 4 "senior",
        /// Vocational school.
        Vocational = 5 "vocational",
        /// College or above.
        College = 6 "college",
        /// Of school age and dropped out.
        DroppedOut = 7 "dropped_out",
    }
}

kinds! {
    /// State of health (健康状况).
    Health {
        /// Healthy.
        Healthy = 1 "healthy",
        /// Long-term chronic illness.
        Chronic = 2 "chronic",
        /// Serious illness.
        Serious = 3 "serious",
        /// Disabled.
        Disabled = 4 "disabled",
    }
}

kinds! {
    /// Ability to work (劳动能力).
    Labour {
        /// Ordinary.
        Ordinary = 1 "ordinary",
        /// Skilled.
        Skilled = 2 "skilled",
        /// Weak.
        Weak = 3 "weak",
        /// Lost.
        Lost = 4 "lost",
        /// None, by age.
        None = 5 "none",
    }
}

kinds! {
    /// Where a person works away from home (务工地点).
    WorkPlace {
        /// Inside the township.
        Township = 1 "township",
        /// Inside the county.
        County = 2 "county",
        /// Inside the province.
        Province = 3 "province",
        /// In another province.
        Elsewhere = 4 "elsewhere",
    }
}

kinds! {
    /// Why a person joins a household.
    JoinReason {
        /// Born.
        Birth = 1 "birth",
        /// Married in.
        Marriage = 2 "marriage",
        /// Came back or moved in.
        MovedIn = 3 "moved_in",
        /// Had been left out.
        Omitted = 4 "omitted",
        /// Adopted.
        Adopted = 5 "adopted",
    }
}

kinds! {
    /// Why a person leaves a household.
    LeaveReason {
        /// Died.
        Died = 1 "died",
        /// Married out.
        Marriage = 2 "marriage",
        /// Moved away.
        Moved = 3 "moved",
        /// Household split.
        Split = 4 "split",
        /// Had been entered in error.
        Error = 5 "error",
    }
}
