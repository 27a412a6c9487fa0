//! Personal data, encrypted on the device before signing (`sealed.proto`), with its limits.

use super::describe::{Field, Value, fields};

/// Longest name of a person or a bank, in characters.
pub const PERSON_NAME_CHARS_MAX: usize = 64;
/// Longest telephone number, account number or number of a certificate, in characters.
pub const NUMBER_CHARS_MAX: usize = 34;
/// Longest address, in characters.
pub const ADDRESS_CHARS_MAX: usize = 200;
/// Longest remark on a household, in characters.
pub const REMARK_CHARS_MAX: usize = 500;
/// Longest account of a visit, in characters.
pub const SEEN_CHARS_MAX: usize = 1_000;

/// Personal data of a household.
pub const HOUSEHOLD: &[Field] = fields! {
    /// Address below the village.
    address = Value::Text { chars_max: ADDRESS_CHARS_MAX }, "住址", "村以下的详细住址。";
    /// Mobile number, 11 digits.
    phone = Value::Text { chars_max: NUMBER_CHARS_MAX }, "联系电话", "手机号码，11位。";
    /// Name of the bank.
    bank = Value::Text { chars_max: PERSON_NAME_CHARS_MAX }, "开户银行", "开户银行的名称。";
    /// Account that receives aid.
    account = Value::Text { chars_max: NUMBER_CHARS_MAX }, "银行账号", "接收帮扶资金的账号。";
    /// Remarks in free words.
    remark = Value::Text { chars_max: REMARK_CHARS_MAX }, "备注", "其他需要说明的情况。";
};

/// Personal data of a member.
pub const MEMBER: &[Field] = fields! {
    /// Full name.
    name = Value::RequiredText { chars_max: PERSON_NAME_CHARS_MAX }, "姓名", "身份证上的姓名。";
    /// Citizen ID, GB 11643, 18 characters.
    citizen_id = Value::RequiredText { chars_max: NUMBER_CHARS_MAX }, "身份证号", "18位公民身份号码（GB 11643）。";
    /// Disability certificate: citizen ID, category, grade; 20 or 22 characters.
    disability_certificate = Value::Text { chars_max: NUMBER_CHARS_MAX }, "残疾证号", "身份证号加类别和等级，20或22位。";
    /// Mobile number, 11 digits.
    phone = Value::Text { chars_max: NUMBER_CHARS_MAX }, "联系电话", "手机号码，11位。";
};

/// Personal data of an official.
pub const OFFICIAL: &[Field] = fields! {
    /// Full name.
    name = Value::RequiredText { chars_max: PERSON_NAME_CHARS_MAX }, "姓名", "身份证上的姓名。";
    /// Mobile number, 11 digits.
    phone = Value::Text { chars_max: NUMBER_CHARS_MAX }, "联系电话", "手机号码，11位。";
};

/// Personal data of a visit.
pub const VISIT: &[Field] = fields! {
    /// What was seen, in free words.
    seen = Value::Text { chars_max: SEEN_CHARS_MAX }, "走访情况", "走访时所见所谈。";
    /// Latitude in units of 0.00001 degree, north positive; 0 with longitude 0 means not given.
    latitude = Value::Signed, "纬度", "以0.00001度为单位，北纬为正；纬度经度都为0表示未填。";
    /// Longitude in units of 0.00001 degree, east positive.
    longitude = Value::Signed, "经度", "以0.00001度为单位，东经为正。";
};
