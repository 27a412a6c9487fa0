//! The columns of a table of households.

use super::table::Column;
use lika_domain::describe::{Field, field};
use lika_domain::facts::private;
use lika_domain::household::Facts;
use lika_domain::member::Member;

const CARD: &[Field] = Facts::RECORD.fields;
const CARD_PRIVATE: &[Field] = private::HOUSEHOLD;
const MEMBER: &[Field] = Member::RECORD.fields;
const MEMBER_PRIVATE: &[Field] = private::MEMBER;

/// In the order of the module's documentation.
pub(super) const HOUSEHOLDS: [Column; 28] = [
    Column::new("village", &["行政村代码", "村代码"]),
    Column::new("household", &["户编号", "户号", "household_no"]).required(),
    Column::new("date", &["识别日期", "建档日期", "识别时间"]),
    Column::of(field(CARD, "group"), &["自然村组", "村民小组"]),
    Column::of(field(CARD, "attribute"), &["户属性", "农户属性"]).required(),
    Column::of(field(CARD, "standard"), &[]),
    Column::of(field(CARD, "main_cause"), &[]).required(),
    Column::of(field(CARD, "other_causes"), &[]),
    Column::of(field(CARD, "willing_to_relocate"), &["是否愿意搬迁"]).named("relocate"),
    Column::of(field(CARD_PRIVATE, "address"), &["家庭住址"]),
    Column::of(field(CARD_PRIVATE, "bank"), &["开户银行名称"]),
    Column::of(field(CARD_PRIVATE, "account"), &["银行卡号"]),
    Column::of(field(CARD_PRIVATE, "remark"), &[]),
    Column::of(field(MEMBER, "relation"), &[]).required(),
    Column::of(field(MEMBER_PRIVATE, "name"), &[]).required(),
    Column::of(field(MEMBER_PRIVATE, "citizen_id"), &["身份证号码", "证件号码", "公民身份号码"]).required(),
    Column::of(field(MEMBER_PRIVATE, "phone"), &["手机号码", "手机"]),
    Column::of(field(MEMBER, "sex"), &[]),
    Column::of(field(MEMBER, "ethnicity"), &[]),
    Column::of(field(MEMBER, "education"), &[]),
    Column::of(field(MEMBER, "school"), &["在校状况"]),
    Column::of(field(MEMBER, "health"), &[]).required(),
    Column::of(field(MEMBER, "labour"), &["劳动技能", "labor"]).required(),
    Column::of(field(MEMBER, "work_place"), &["务工区域", "务工状况"]),
    Column::of(field(MEMBER, "work_months"), &["务工时间"]),
    Column::of(field(MEMBER, "medical_insurance"), &["是否参加城乡居民基本医疗保险", "是否参加医疗保险"]),
    Column::of(field(MEMBER, "pension_insurance"), &["是否参加城乡居民基本养老保险", "是否参加养老保险"]),
    Column::of(field(MEMBER_PRIVATE, "disability_certificate"), &["残疾人证号"]).named("certificate"),
];
