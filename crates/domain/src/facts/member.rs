//! Facts of persons on a card.

use crate::facts::date::Month;
use crate::facts::describe::{Field, Value, fields, record};
use crate::facts::ids::{MemberNo, Tag};
use crate::facts::kind::kinds;
use crate::facts::private;
use borsh::{BorshDeserialize, BorshSerialize};

/// Highest age of a person on a card, in years.
pub const AGE_MAX_YEARS: i32 = 130;

/// Most months of work in a year.
pub const WORK_MONTHS_MAX: u32 = 12;
/// Categories of disability certificates are 1 to 7.
pub const DISABILITY_CATEGORY_MAX: u32 = 7;
/// Grades of disability certificates are 1 to 4.
pub const DISABILITY_GRADE_MAX: u32 = 4;
/// Lowest age of a wife or husband, in years. Marriages below the legal age happen and are recorded as they are; below
/// this age the birth month or the relation must be a mistake.
pub const SPOUSE_AGE_MIN_YEARS: i32 = 14;

record! {
    /// A member's facts as an event states them.
    Member
    /// Number inside the household, 1 to 99, never used again.
    number: MemberNo = Value::Member, "编号", "户内编号，1至99，用过的不再使用。";
    /// Relation to the head.
    relation: Relation = Value::Choice(&Relation::LIST), "与户主关系", "与户主的关系；每户恰有一名户主。";
    /// Sex.
    sex: Sex = Value::Choice(&Sex::LIST), "性别", "";
    /// Month of birth.
    birth_month: Month = Value::Month, "出生年月", "出生的年和月。";
    /// Ethnicity, code of GB/T 3304: 1 to 56, 97, 98.
    ethnicity: u8 = Value::Special { wire: &[], inside: &[] }, "民族", "国家标准 GB/T 3304 的民族代码：1至56、97、98。";
    /// Highest education completed.
    education: Option<Education> = Value::ChoiceOrNone(&Education::LIST), "文化程度", "已完成的最高学历。";
    /// School attended now; none for a person who is not at school.
    school: Option<SchoolStage> = Value::ChoiceOrNone(&SchoolStage::LIST), "在校生状况", "目前就读的阶段；不在校的不填。";
    /// State of health.
    health: Health = Value::Choice(&Health::LIST), "健康状况", "目前的健康状况。";
    /// Ability to work.
    labour: Labour = Value::Choice(&Labour::LIST), "劳动能力", "从事劳动的能力。";
    /// Where the person works away from home; none for a person who does not.
    work_place: Option<WorkPlace> = Value::ChoiceOrNone(&WorkPlace::LIST), "务工地点", "外出务工的地点；不外出务工的不填。";
    /// Months worked away from home in the year, 0 to 12.
    work_months: u8 = Value::Count { max: WORK_MONTHS_MAX }, "务工月数", "当年外出务工的月数，0至12。", when work_place is ["*"];
    /// Has basic medical insurance.
    medical_insurance: bool = Value::Flag, "医疗保险", "是否参加基本医疗保险。";
    /// Has basic pension insurance.
    pension_insurance: bool = Value::Flag, "养老保险", "是否参加基本养老保险。";
    /// Category 1 to 7 and grade 1 to 4 of the disability certificate; `None` without one.
    disability: Option<Disability> = Value::Special { wire: DISABILITY, inside: &[] },
        "残疾", "残疾证上的类别（1至7）和等级（1至4）；无证的不填。";
    /// Number of the data key the personal data is sealed under; `None` in an update that leaves it as it was.
    sealed: Option<u32> = Value::Sealed(private::MEMBER), "加密", "加密个人信息所用数据密钥的编号；更新时不填则保持不变。";
    besides
    /// Keyed hash of the citizen ID in force. Events carry none: the entry's tags do.
    tag: Option<Tag> = "None";
}

/// The fields of a disability in the proto files.
const DISABILITY: &[Field] = fields! {
    /// Category 1 to 7 of the disability certificate; 0 none.
    disability_category = Value::Count { max: DISABILITY_CATEGORY_MAX }, "残疾类别", "残疾证上的类别，1至7；无证填0。";
    /// Grade 1 to 4 of the disability certificate; 0 none.
    disability_grade = Value::Count { max: DISABILITY_GRADE_MAX },
        "残疾等级", "残疾证上的等级，1至4；无证填0。", when disability_category is ["*"];
};

/// Category and grade of a disability certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Disability {
    /// 1 to 7.
    pub category: u8,
    /// 1 to 4.
    pub grade: u8,
}

kinds! {
    /// Relation to the head of household (与户主关系).
    Relation {
        /// The head (户主).
        Head = 1 "head" "户主",
        /// Wife or husband.
        Spouse = 2 "spouse" "配偶",
        /// Son or daughter.
        Child = 3 "child" "子女",
        /// Son- or daughter-in-law.
        ChildInLaw = 4 "child_in_law" "儿媳女婿",
        /// Grandchild.
        Grandchild = 5 "grandchild" "孙子女",
        /// Father or mother.
        Parent = 6 "parent" "父母",
        /// Father- or mother-in-law.
        ParentInLaw = 7 "parent_in_law" "岳父母公婆",
        /// Grandparent.
        Grandparent = 8 "grandparent" "祖父母",
        /// Brother or sister.
        Sibling = 9 "sibling" "兄弟姐妹",
        /// Anyone else.
        Other = 10 "other" "其他",
    }
}

kinds! {
    /// Sex, codes of GB/T 2261.1.
    Sex {
        /// Male.
        Male = 1 "male" "男",
        /// Female.
        Female = 2 "female" "女",
    }
}

kinds! {
    /// Highest education completed (文化程度).
    Education {
        /// None (文盲或半文盲).
        None = 1 "none" "文盲或半文盲",
        /// Primary school.
        Primary = 2 "primary" "小学",
        /// Junior middle school.
        Junior = 3 "junior" "初中",
        /// Senior middle or vocational school.
        Senior = 4 "senior" "高中",
        /// College or above.
        College = 5 "college" "大专及以上",
    }
}

kinds! {
    /// School attended now (在校生状况).
    SchoolStage {
        /// Before primary school.
        Preschool = 1 "preschool" "学前",
        /// Primary school.
        Primary = 2 "primary" "小学",
        /// Junior middle school.
        Junior = 3 "junior" "初中",
        /// Senior middle school.
        Senior = 4 "senior" "高中",
        /// Vocational school.
        Vocational = 5 "vocational" "中职",
        /// College or above.
        College = 6 "college" "大专及以上",
        /// Of school age and dropped out.
        DroppedOut = 7 "dropped_out" "失学辍学",
    }
}

kinds! {
    /// State of health (健康状况).
    Health {
        /// Healthy.
        Healthy = 1 "healthy" "健康",
        /// Long-term chronic illness.
        Chronic = 2 "chronic" "长期慢性病",
        /// Serious illness.
        Serious = 3 "serious" "大病",
        /// Disabled.
        Disabled = 4 "disabled" "残疾",
    }
}

kinds! {
    /// Ability to work (劳动能力).
    Labour {
        /// Ordinary.
        Ordinary = 1 "ordinary" "普通劳动力",
        /// Skilled.
        Skilled = 2 "skilled" "技能劳动力",
        /// Weak.
        Weak = 3 "weak" "弱劳动力",
        /// Lost.
        Lost = 4 "lost" "丧失劳动力",
        /// None, by age.
        None = 5 "none" "无劳动力",
    }
}

kinds! {
    /// Where a person works away from home (务工地点).
    WorkPlace {
        /// Inside the township.
        Township = 1 "township" "乡镇内",
        /// Inside the county.
        County = 2 "county" "县内",
        /// Inside the province.
        Province = 3 "province" "省内",
        /// In another province.
        Elsewhere = 4 "elsewhere" "省外",
    }
}

kinds! {
    /// Why a person joins a household.
    JoinReason {
        /// Born.
        Birth = 1 "birth" "新生",
        /// Married in.
        Marriage = 2 "marriage" "嫁入",
        /// Came back or moved in.
        MovedIn = 3 "moved_in" "迁入",
        /// Had been left out.
        Omitted = 4 "omitted" "漏登",
        /// Adopted.
        Adopted = 5 "adopted" "收养",
    }
}

kinds! {
    /// Why a person leaves a household.
    LeaveReason {
        /// Died.
        Died = 1 "died" "死亡",
        /// Married out.
        Marriage = 2 "marriage" "嫁出",
        /// Moved away.
        Moved = 3 "moved" "迁出",
        /// Household split.
        Split = 4 "split" "分户",
        /// Had been entered in error.
        Error = 5 "error" "误录",
    }
}
