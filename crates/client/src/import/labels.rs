//! Words of the registers for the choices of closed lists, besides the lists' own labels and names.

use lika_domain::kind::{Choice, List};
use lika_domain::member::ETHNICITIES;

/// For a list: words that mean one of its choices, separated by spaces. A choice without a name means none of them.
type Spoken = &'static [(&'static str, &'static str)];

/// The relations to the head are those of GB/T 4761, and of the registers, which write 之 before them.
const RELATION: Spoken = &[
    ("head", "本人 本人或户主 户主本人"),
    ("spouse", "夫 妻 丈夫 妻子 爱人 老婆 老公"),
    (
        "child",
        "子 女 儿子 女儿 独生子 长子 次子 二子 三子 四子 五子 六子 独生女 长女 次女 二女 三女 四女 五女 六女 养子 养女 继子 \
         继女 养子或继子 养女或继女 其他儿子 其他女儿 大儿子 二儿子 小儿子 大女儿 二女儿 小女儿 子或女",
    ),
    ("child_in_law", "儿媳 女婿 媳妇 儿媳妇 上门女婿"),
    (
        "grandchild",
        "孙子 孙女 外孙子 外孙女 外孙 孙子或孙女 孙子女或外孙子女 曾孙子 曾孙女 外曾孙子 外曾孙女 曾孙子或外曾孙子 \
         曾孙女或外曾孙女 重孙子 重孙女 \
         其他孙子、孙女或外孙子、外孙女",
    ),
    ("parent", "父 母 父亲 母亲 继父 继母 养父 养母 继父或养父 继母或养母 其他父母关系 爸爸 妈妈"),
    ("parent_in_law", "公公 婆婆 岳父 岳母 公婆 岳父母"),
    (
        "grandparent",
        "祖父 祖母 外祖父 外祖母 曾祖父 曾祖母 祖父母或外祖父母 配偶的祖父母或外祖父母 配偶的曾祖父母或外曾祖父母 爷爷 奶奶 \
         外公 外婆 姥爷 姥姥",
    ),
    ("sibling", "兄 弟 姐 妹 兄弟 姐妹 哥哥 弟弟 姐姐 妹妹 其他兄弟姐妹"),
    (
        "other",
        "孙媳妇 外孙媳妇 孙媳妇或外孙媳妇 孙女婿 外孙女婿 孙女婿或外孙女婿 嫂 嫂子 弟媳 姐夫 妹夫 伯父 伯母 叔父 婶母 \
         舅父 舅母 姨父 姨母 姑父 姑母 叔叔 堂兄弟 堂姐妹 表兄弟 表姐妹 侄子 侄女 侄儿 外甥 外甥女 其他亲属 非亲属",
    ),
];

const ATTRIBUTE: Spoken = &[
    ("general", "一般贫困户 一般农户"),
    ("dibao", "低保户 低保贫困户"),
    ("wubao", "五保户 五保贫困户 特困供养户 特困供养人员"),
];
const STANDARD: Spoken = &[("national", "国家 国定 国定标准"), ("provincial", "省定 省级标准")];
const CAUSE: Spoken = &[("labour", "缺劳动力"), ("motivation", "自身发展力不足")];
const EDUCATION: Spoken = &[
    ("", "学龄前儿童 学前"),
    ("none", "文盲 半文盲"),
    ("senior", "中专 高中或中专 普通高中"),
    ("college", "大专 本科 本科及以上 大学 大学本科"),
];
const SCHOOL: Spoken = &[
    ("", "非在校生 否 不在校"),
    ("preschool", "学前教育 幼儿园"),
    ("primary", "一年级 二年级 三年级 四年级 五年级 六年级"),
    ("junior", "七年级 八年级 九年级"),
    ("senior", "普通高中"),
    ("vocational", "职高 技校 中专"),
    ("college", "大专 高职高专 本科 大学"),
    ("dropped_out", "辍学 失学"),
];
const HEALTH: Spoken =
    &[("healthy", "良好 正常"), ("chronic", "慢性病"), ("serious", "患有大病 重病"), ("disabled", "残疾人")];
const LABOUR: Spoken = &[("weak", "弱劳动力或半劳动力 弱劳动力 半劳动力 弱（半）劳动力"), ("none", "无劳动能力")];
const WORK_PLACE: Spoken = &[("township", "乡(镇)内 乡内 镇内"), ("county", "乡(镇)外县内"), ("province", "县外省内")];
const CAPACITY: Spoken = &[("first", "第一"), ("second", "第二")];
const GROUP: Spoken = &[("housing", "危房改造"), ("industry", "产业扶贫"), ("employment", "就业扶贫")];
const MET: Spoken = &[("yes", "是 已达标 有保障 √"), ("no", "否 不达标 无保障 ×")];
const DWELLING: Spoken = &[("a", "A 一级"), ("b", "B 二级"), ("c", "C 三级"), ("d", "D 四级")];
const PLACE: Spoken = &[("home", "入户 家里 户内"), ("remote", "电话 视频")];

const LISTS: [(&str, Spoken); 14] = [
    ("Relation", RELATION),
    ("Attribute", ATTRIBUTE),
    ("Standard", STANDARD),
    ("Cause", CAUSE),
    ("Education", EDUCATION),
    ("SchoolStage", SCHOOL),
    ("Health", HEALTH),
    ("Labour", LABOUR),
    ("WorkPlace", WORK_PLACE),
    ("Capacity", CAPACITY),
    ("MeasureGroup", GROUP),
    ("Met", MET),
    ("DwellingGrade", DWELLING),
    ("VisitPlace", PLACE),
];

/// Words that say yes, and no.
const YES: [&str; 8] = ["是", "有", "参加", "已参加", "yes", "true", "√", "y"];
const NO: [&str; 8] = ["否", "无", "未参加", "没有", "no", "false", "×", "n"];

/// Relations whose word tells the sex.
const MALE: &str = "夫 丈夫 老公 子 儿子 独生子 长子 次子 二子 三子 四子 五子 六子 养子 继子 女婿 孙子 外孙子 父 父亲 公公 岳父 \
                    祖父 外祖父 爷爷 外公 姥爷 兄 弟 哥哥 弟弟";
const FEMALE: &str = "妻 妻子 老婆 女 女儿 独生女 长女 次女 二女 三女 四女 五女 六女 养女 继女 儿媳 儿媳妇 孙女 外孙女 母 母亲 \
                      婆婆 岳母 祖母 外祖母 奶奶 外婆 姥姥 姐 妹 姐姐 妹妹";

/// A choice found: its number on the wire, or 0 where the word means none of the list.
pub(super) fn find(list: &List, text: &str) -> Option<i32> {
    let text = plain(text);
    let listed = list.choices.iter().find(|choice| {
        let en = choice.en();
        choice.name == text || plain(choice.zh) == text || plain(&en) == text
    });
    if let Some(choice) = listed {
        return Some(choice.number);
    }
    let (_, words) = LISTS.iter().find(|(name, _)| *name == list.name)?;
    let means = |spoken: &str| spoken.split_whitespace().any(|word| plain(word) == text);
    let (name, _) = words.iter().find(|(_, spoken)| means(spoken))?;
    if name.is_empty() { Some(0) } else { list.find(name).map(|choice| choice.number) }
}

/// Yes or no.
pub(super) fn flag(text: &str) -> Option<bool> {
    let text = plain(text);
    match (YES.contains(&text.as_str()), NO.contains(&text.as_str())) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// The sex that a word for a relation tells: `true` for male.
pub(super) fn is_male(relation: &str) -> Option<bool> {
    let text = plain(relation);
    let among = |words: &str| words.split_whitespace().any(|word| word == text);
    match (among(MALE), among(FEMALE)) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    }
}

/// The choices of a list, for a message: its own labels.
pub(super) fn choices(list: &List) -> String {
    list.choices.iter().map(|choice| choice.zh).collect::<Vec<_>>().join(" ")
}

/// Without case, spaces, the width of brackets, and the 之 of the registers.
fn plain(text: &str) -> String {
    let text = text.replace('（', "(").replace('）', ")");
    let text: String = text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect();
    text.strip_prefix('之').map(str::to_owned).unwrap_or(text)
}

/// Code of GB/T 3304 for a name, with or without 族, or for the code itself.
pub(super) fn ethnicity(text: &str) -> Option<u32> {
    let name = text.strip_suffix('族').unwrap_or(text);
    let code = |code: i32| u32::try_from(code).ok();
    let is = |choice: &&Choice| {
        let called = choice.zh.strip_suffix('族').unwrap_or(choice.zh);
        called == name || text == "外国血统" && called.starts_with(text) || code(choice.number) == text.parse().ok()
    };
    ETHNICITIES.choices.iter().find(is).and_then(|choice| code(choice.number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::household::Cause;
    use lika_domain::member::{Education, Relation, SchoolStage, WorkPlace};

    #[test]
    fn every_word_means_a_choice_of_its_list_and_no_two() {
        for list in crate::import::kind::Kind::ALL.iter().flat_map(|kind| kind.columns()).filter_map(|column| {
            use lika_domain::describe::Value::{Choice, ChoiceOrNone, Choices};
            match column.takes {
                Choice(list) | ChoiceOrNone(list) | Choices { list, .. } => Some(list),
                _ => None,
            }
        }) {
            for choice in list.choices {
                for word in [choice.name, choice.zh, choice.en().as_str()] {
                    assert_eq!(find(list, word), Some(choice.number), "{word}");
                }
            }
            let Some((_, words)) = LISTS.iter().find(|(name, _)| *name == list.name) else { continue };
            let mut seen = Vec::new();
            for (name, spoken) in *words {
                for word in spoken.split_whitespace() {
                    let number = list.find(name).map_or(0, |choice| choice.number);
                    assert!(name.is_empty() || number > 0, "{name}");
                    assert_eq!(find(list, word), Some(number), "{word}");
                    assert!(!seen.contains(&word), "{word} twice");
                    seen.push(word);
                }
            }
        }
    }

    #[test]
    fn relations_are_those_of_the_standard_and_of_the_registers() {
        let relation = |text| {
            find(&Relation::LIST, text)
                .map(|number| Relation::ALL.iter().find(|one| **one as i32 == number).unwrap().name())
        };
        for (text, name) in [
            ("户主", "head"),
            ("妻", "spouse"),
            ("长子", "child"),
            ("之女", "child"),
            ("之儿媳", "child_in_law"),
            ("外孙女", "grandchild"),
            ("岳母", "parent_in_law"),
            ("外祖父", "grandparent"),
            ("之兄弟姐妹", "sibling"),
            ("弟媳", "other"),
            ("侄 子", "other"),
        ] {
            assert_eq!(relation(text), Some(name), "{text}");
        }
        assert_eq!((relation("邻居"), relation("1"), relation("")), (None, None, None));
        assert_eq!((is_male("之子"), is_male("妻"), is_male("子女")), (Some(true), Some(false), None));
    }

    #[test]
    fn brackets_and_case_do_not_matter() {
        assert_eq!(find(&WorkPlace::LIST, "乡（镇）内"), Some(1));
        assert_eq!((find(&Cause::LIST, "Illness"), find(&Cause::LIST, "1")), (Some(1), None));
        assert_eq!((find(&SchoolStage::LIST, "非在校生"), find(&Education::LIST, "学龄前儿童")), (Some(0), Some(0)));
        assert_eq!((flag("√"), flag("未参加"), flag("也许")), (Some(true), Some(false), None));
    }

    #[test]
    fn peoples_have_their_codes() {
        for (text, code) in [("汉", 1), ("汉族", 1), ("满族", 11), ("基诺族", 56), ("其他", 97), ("11", 11), ("01", 1)]
        {
            assert_eq!(ethnicity(text), Some(code), "{text}");
        }
        for text in ["", "族", "57", "甲族"] {
            assert_eq!(ethnicity(text), None, "{text}");
        }
    }
}
