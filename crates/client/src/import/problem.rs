//! Problems of rows.

use lika_domain::codes;
use lika_proto::v1;
use std::borrow::Cow;

/// One problem of a row. Never contains sealed data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowProblem {
    /// Row number as in the spreadsheet, from 1.
    pub row: usize,
    /// English name of the column; empty if the problem concerns no column.
    pub column: Cow<'static, str>,
    /// Stable code.
    pub code: Cow<'static, str>,
    /// What would have been right, or what prevents it; may be empty.
    pub detail: String,
    /// The message in Chinese.
    pub zh: Cow<'static, str>,
    /// The message in English.
    pub en: Cow<'static, str>,
}

codes! {
    /// Problems found in a row before it is sent.
    pub enum RowCode;
    Missing "cell_missing" "缺少必填项" "a required cell is blank";
    NotKnown "cell_not_known" "填写的内容不在选项之内" "the text is not one of the choices";
    NotADate "cell_not_a_date" "日期无效" "there is no such date";
    NotANumber "cell_not_a_number" "应填写数字" "the cell must hold a number within the limits";
    NotAnAmount "cell_not_an_amount" "金额应以元为单位，最多两位小数"
        "the amount must be in yuan, with at most two decimals";
    TooLong "cell_too_long" "文字过长" "the text is too long";
    TextInvalid "cell_text_invalid" "文字中有不可见字符" "the text contains invisible characters";
    VillageInvalid "village_invalid" "行政村代码应为12位" "the division code of a village has 12 digits";
    NumberTruncated "number_truncated" "编号被电子表格改写为科学计数法，请将该列设为文本后重新填写"
        "the spreadsheet cut the number; format the column as text and enter it again";
    HouseholdInvalid "household_number_invalid" "户编号应为10位数字" "a household number has 10 digits";
    OfficialInvalid "official_number_invalid" "干部编号应为8位数字" "an official number has 8 digits";
    CitizenIdTruncated "citizen_id_truncated"
        "身份证号被电子表格截断（末三位变为000或成为科学计数法），请将该列设为文本后重新填写"
        "the spreadsheet cut the citizen ID; format the column as text and enter it again";
    CitizenIdInvalid "citizen_id_invalid" "公民身份号码校验不通过" "the citizen ID fails its check";
    CitizenIdTwice "citizen_id_twice" "表中另有一行为同一身份证号" "another row has the same citizen ID";
    CitizenIdSynthetic "citizen_id_synthetic" "正式日志不接受虚构身份号码" "a production log takes no made-up citizen IDs";
    CitizenIdReal "citizen_id_real" "测试日志只接受虚构身份号码（以90开头）"
        "a testing log takes only made-up citizen IDs, which begin with 90";
    SexContradicts "sex_contradicts" "性别与身份证号不符" "the sex contradicts the citizen ID";
    CertificateInvalid "certificate_invalid" "残疾证号无效或与身份证号不符"
        "the disability certificate is not valid or contradicts the citizen ID";
    PhoneInvalid "phone_invalid" "手机号码无效" "the telephone number is not a mobile number";
    NotOneHead "not_one_head" "每户须有且仅有一名户主" "a household has exactly one head";
    TooManyMembers "too_many_members" "家庭成员过多" "a household has at most 30 members";
    HouseholdTwice "household_twice" "表中两户使用同一户编号" "two households of the table have the same number";
    TooLargeToSend "household_too_large" "该户内容过多，无法报送" "the household is too large for one submission";
}

impl RowProblem {
    /// A problem found before anything is sent.
    pub(super) fn new(row: usize, column: &'static str, code: RowCode, detail: impl Into<String>) -> Self {
        Self {
            row,
            column: column.into(),
            code: code.name().into(),
            detail: detail.into(),
            zh: code.zh().into(),
            en: code.en().into(),
        }
    }

    /// A problem found by the log.
    pub(super) fn of_log(row: usize, problem: &v1::Problem) -> Self {
        Self {
            row,
            column: problem.field.clone().into(),
            code: problem.code.clone().into(),
            detail: problem.detail.clone(),
            zh: problem.zh.clone().into(),
            en: problem.en.clone().into(),
        }
    }
}
