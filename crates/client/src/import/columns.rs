//! The columns of a table of households.

use super::table::Column;

const fn column(name: &'static str, headings: &'static [&'static str]) -> Column {
    Column { name, headings, required: false }
}

const fn required(name: &'static str, headings: &'static [&'static str]) -> Column {
    Column { name, headings, required: true }
}

/// In the order of the documentation.
pub(super) const HOUSEHOLDS: [Column; 28] = [
    column("village", &["行政村代码", "村代码"]),
    required("household", &["户编号", "户号", "household_no"]),
    column("date", &["识别日期", "建档日期", "识别时间"]),
    column("group", &["组", "自然村组", "村民小组"]),
    required("attribute", &["贫困户属性", "户属性", "农户属性"]),
    column("standard", &["识别标准"]),
    required("main_cause", &["主要致贫原因"]),
    column("other_causes", &["其他致贫原因"]),
    column("relocate", &["易地搬迁意愿", "是否愿意搬迁"]),
    column("address", &["住址", "家庭住址"]),
    column("bank", &["开户银行", "开户银行名称"]),
    column("account", &["银行账号", "银行卡号"]),
    column("remark", &["备注"]),
    required("relation", &["与户主关系"]),
    required("name", &["姓名"]),
    required("citizen_id", &["身份证号", "身份证号码", "证件号码", "公民身份号码"]),
    column("phone", &["联系电话", "手机号码", "手机"]),
    column("sex", &["性别"]),
    column("ethnicity", &["民族"]),
    column("education", &["文化程度"]),
    column("school", &["在校生状况", "在校状况"]),
    required("health", &["健康状况"]),
    required("labour", &["劳动能力", "劳动技能", "labor"]),
    column("work_place", &["务工地点", "务工区域", "务工状况"]),
    column("work_months", &["务工时间", "务工月数"]),
    column("medical_insurance", &["医疗保险", "是否参加城乡居民基本医疗保险", "是否参加医疗保险"]),
    column("pension_insurance", &["养老保险", "是否参加城乡居民基本养老保险", "是否参加养老保险"]),
    column("certificate", &["残疾证号", "残疾人证号", "disability_certificate"]),
];
