//! The columns of a table of households.

use super::table::Column;

/// In the order of the module's documentation.
pub(super) const HOUSEHOLDS: [Column; 28] = [
    Column::optional("village", &["行政村代码", "村代码"]),
    Column::required("household", &["户编号", "户号", "household_no"]),
    Column::optional("date", &["识别日期", "建档日期", "识别时间"]),
    Column::optional("group", &["组", "自然村组", "村民小组"]),
    Column::required("attribute", &["贫困户属性", "户属性", "农户属性"]),
    Column::optional("standard", &["识别标准"]),
    Column::required("main_cause", &["主要致贫原因"]),
    Column::optional("other_causes", &["其他致贫原因"]),
    Column::optional("relocate", &["易地搬迁意愿", "是否愿意搬迁"]),
    Column::optional("address", &["住址", "家庭住址"]),
    Column::optional("bank", &["开户银行", "开户银行名称"]),
    Column::optional("account", &["银行账号", "银行卡号"]),
    Column::optional("remark", &["备注"]),
    Column::required("relation", &["与户主关系"]),
    Column::required("name", &["姓名"]),
    Column::required("citizen_id", &["身份证号", "身份证号码", "证件号码", "公民身份号码"]),
    Column::optional("phone", &["联系电话", "手机号码", "手机"]),
    Column::optional("sex", &["性别"]),
    Column::optional("ethnicity", &["民族"]),
    Column::optional("education", &["文化程度"]),
    Column::optional("school", &["在校生状况", "在校状况"]),
    Column::required("health", &["健康状况"]),
    Column::required("labour", &["劳动能力", "劳动技能", "labor"]),
    Column::optional("work_place", &["务工地点", "务工区域", "务工状况"]),
    Column::optional("work_months", &["务工时间", "务工月数"]),
    Column::optional("medical_insurance", &["医疗保险", "是否参加城乡居民基本医疗保险", "是否参加医疗保险"]),
    Column::optional("pension_insurance", &["养老保险", "是否参加城乡居民基本养老保险", "是否参加养老保险"]),
    Column::optional("certificate", &["残疾证号", "残疾人证号", "disability_certificate"]),
];
