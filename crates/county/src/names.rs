//! Made-up names and texts. Names combine common characters at random and refer to nobody.

use super::dice::Dice;

const SURNAMES: [&str; 32] = [
    "王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马",
    "罗", "梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹",
];
const GIVEN_MALE: [&str; 24] = [
    "伟", "强", "军", "勇", "杰", "涛", "明", "超", "平", "刚", "建", "国", "福", "贵", "宝", "山", "海", "林", "生",
    "财", "德", "成", "文", "志",
];
const GIVEN_FEMALE: [&str; 24] = [
    "芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "秀", "英", "华", "玉", "兰", "凤", "梅", "桂", "珍", "红", "燕",
    "云", "莲", "琴", "春", "花",
];
const SEEN: [&str; 16] = [
    "家中平安，口粮充足。",
    "老人身体尚可，按时服药。",
    "讲解医保报销办法。",
    "孩子在校，学费已减免。",
    "房屋漏雨，已报镇里。",
    "核对收入账目，户主签字。",
    "饮水已通到户。",
    "送去鸡苗，说明养法。",
    "外出务工，电话联系。",
    "商量今年种植打算。",
    "介绍公益岗位。",
    "帮助办理低保手续。",
    "慢性病证已办好。",
    "屋顶已修好。",
    "核对帮扶措施落实情况。",
    "宣讲政策，留下联系卡。",
];
const BANKS: [&str; 3] = ["农村信用社", "邮政储蓄银行", "农业银行"];

/// Index of a surname.
pub(crate) type Surname = u32;

/// A random surname.
pub(crate) fn surname(dice: &mut Dice) -> Surname {
    dice.below(u32::try_from(SURNAMES.len()).unwrap_or(1))
}

/// A full name of one or two given characters.
pub(crate) fn person(dice: &mut Dice, surname: Surname, male: bool) -> String {
    let given: &[&str] = if male { &GIVEN_MALE } else { &GIVEN_FEMALE };
    let family = SURNAMES.get(surname as usize).copied().unwrap_or(SURNAMES[0]);
    let second = if dice.per_mille(750) { dice.pick(given) } else { "" };
    format!("{family}{}{second}", dice.pick(given))
}

/// A mobile number in a valid form.
pub(crate) fn phone(dice: &mut Dice) -> String {
    let (range, rest) = (dice.between(3, 9), dice.below(1_000_000_000));
    format!("1{range}{rest:09}")
}

/// A bank, and an account number under a prefix that no bank issues.
pub(crate) fn account(dice: &mut Dice) -> (String, String) {
    (dice.pick(&BANKS).to_owned(), format!("9000{:08}{:07}", dice.below(100_000_000), dice.below(10_000_000)))
}

/// An address below the village.
pub(crate) fn address(dice: &mut Dice, group: u32) -> String {
    format!("{group}组{}号", dice.between(1, 180))
}

/// A remark about a visit.
pub(crate) fn seen(dice: &mut Dice) -> String {
    dice.pick(&SEEN).to_owned()
}
