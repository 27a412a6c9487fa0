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
    address = Value::Text { chars_max: ADDRESS_CHARS_MAX }, "住址";
    /// Mobile number, 11 digits.
    phone = Value::Text { chars_max: NUMBER_CHARS_MAX }, "联系电话";
    /// Name of the bank.
    bank = Value::Text { chars_max: PERSON_NAME_CHARS_MAX }, "开户银行";
    /// Account that receives aid.
    account = Value::Text { chars_max: NUMBER_CHARS_MAX }, "银行账号";
    /// Remarks in free words.
    remark = Value::Text { chars_max: REMARK_CHARS_MAX }, "备注";
};

/// Personal data of a member.
pub const MEMBER: &[Field] = fields! {
    /// Full name.
    name = Value::RequiredText { chars_max: PERSON_NAME_CHARS_MAX }, "姓名";
    /// Citizen ID, GB 11643, 18 characters.
    citizen_id = Value::RequiredText { chars_max: NUMBER_CHARS_MAX }, "身份证号";
    /// Disability certificate: citizen ID, category, grade; 20 or 22 characters.
    disability_certificate = Value::Text { chars_max: NUMBER_CHARS_MAX }, "残疾证号";
    /// Mobile number, 11 digits.
    phone = Value::Text { chars_max: NUMBER_CHARS_MAX }, "联系电话";
};

/// Personal data of an official.
pub const OFFICIAL: &[Field] = fields! {
    /// Full name.
    name = Value::RequiredText { chars_max: PERSON_NAME_CHARS_MAX }, "姓名";
    /// Mobile number, 11 digits.
    phone = Value::Text { chars_max: NUMBER_CHARS_MAX }, "联系电话";
};

/// Personal data of a visit.
pub const VISIT: &[Field] = fields! {
    /// What was seen, in free words.
    seen = Value::Text { chars_max: SEEN_CHARS_MAX }, "走访情况";
    /// Latitude in units of 0.00001 degree, north positive; 0 with longitude 0 means not given.
    latitude = Value::Signed, "纬度";
    /// Longitude in units of 0.00001 degree, east positive.
    longitude = Value::Signed, "经度";
};
