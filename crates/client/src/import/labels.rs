//! Names of the choices of a column: the labels and names of the closed lists, and words from the field's own tables.

use lika_domain::aid::MeasureGroup;
use lika_domain::household::{Attribute, Cause, Standard};
use lika_domain::kind::{FromWire, List};
use lika_domain::member::{Education, Health, Labour, Relation, SchoolStage, Sex, WorkPlace};
use lika_domain::official::Capacity;

/// The choices of a column. A choice can be named by its label or its name in its closed list, or by other words.
pub(super) struct Labels<T: 'static> {
    list: List,
    /// The choice of the list with that number.
    choice: fn(i32) -> Option<T>,
    /// Whether the list's own labels are shown before the other words, because the field's tables use the same.
    shows_list: bool,
    /// Other words, each with its meaning, in the order in which they are shown.
    words: &'static [(&'static str, T)],
}

impl<T: Copy> Labels<T> {
    /// Finds the choice named by a text. Case and the width of brackets are ignored.
    pub(super) fn find(&self, text: &str) -> Option<T> {
        let plain = |text: &str| text.replace('（', "(").replace('）', ")").to_lowercase();
        let text = plain(text);
        let word = self.words.iter().find(|(word, _)| plain(word) == text);
        word.map(|(_, meaning)| *meaning).or_else(|| {
            let listed = |name: &str, label: &str| name == text || plain(label) == text;
            let choice = self.list.choices.iter().find(|choice| listed(choice.name, choice.zh))?;
            (self.choice)(choice.number)
        })
    }

    /// The Chinese words, for an error message that lists them.
    pub(super) fn choices(&self) -> String {
        let listed = self.list.choices.iter().filter(|_| self.shows_list).map(|choice| choice.zh);
        let words = self.words.iter().map(|(word, _)| *word).filter(|word| !word.is_ascii());
        listed.chain(words).take(16).collect::<Vec<_>>().join(" ")
    }
}

pub(super) const YES_NO: Labels<bool> = Labels {
    list: List { name: "", choices: &[] },
    choice: |_| None,
    shows_list: false,
    words: &[
        ("是", true),
        ("否", false),
        ("有", true),
        ("无", false),
        ("参加", true),
        ("未参加", false),
        ("yes", true),
        ("no", false),
        ("true", true),
        ("false", false),
        ("√", true),
        ("×", false),
    ],
};

pub(super) const SEXES: Labels<Sex> = Labels { list: Sex::LIST, choice: Sex::from_wire, shows_list: true, words: &[] };

pub(super) const ATTRIBUTES: Labels<Attribute> = Labels {
    list: Attribute::LIST,
    choice: Attribute::from_wire,
    shows_list: true,
    words: &[
        ("一般贫困户", Attribute::General),
        ("一般农户", Attribute::General),
        ("低保户", Attribute::Dibao),
        ("低保贫困户", Attribute::Dibao),
        ("五保户", Attribute::Wubao),
        ("五保贫困户", Attribute::Wubao),
        ("特困供养户", Attribute::Wubao),
    ],
};

pub(super) const STANDARDS: Labels<Standard> = Labels {
    list: Standard::LIST,
    choice: Standard::from_wire,
    shows_list: false,
    words: &[
        ("国家", Standard::National),
        ("省定", Standard::Provincial),
        ("国家标准", Standard::National),
        ("国定标准", Standard::National),
        ("省定标准", Standard::Provincial),
    ],
};

pub(super) const CAUSES: Labels<Cause> = Labels {
    list: Cause::LIST,
    choice: Cause::from_wire,
    shows_list: true,
    words: &[("缺劳动力", Cause::Labour), ("自身发展力不足", Cause::Motivation)],
};

pub(super) const RELATIONS: Labels<Relation> = Labels {
    list: Relation::LIST,
    choice: Relation::from_wire,
    shows_list: false,
    words: &[
        ("户主", Relation::Head),
        ("配偶", Relation::Spouse),
        ("之子", Relation::Child),
        ("之女", Relation::Child),
        ("之儿媳", Relation::ChildInLaw),
        ("之女婿", Relation::ChildInLaw),
        ("之孙子", Relation::Grandchild),
        ("之孙女", Relation::Grandchild),
        ("之父", Relation::Parent),
        ("之母", Relation::Parent),
        ("之岳父", Relation::ParentInLaw),
        ("之岳母", Relation::ParentInLaw),
        ("之祖父", Relation::Grandparent),
        ("之祖母", Relation::Grandparent),
        ("之兄弟姐妹", Relation::Sibling),
        ("其他", Relation::Other),
        ("本人", Relation::Head),
        ("妻子", Relation::Spouse),
        ("丈夫", Relation::Spouse),
        ("儿子", Relation::Child),
        ("女儿", Relation::Child),
        ("子女", Relation::Child),
        ("儿媳", Relation::ChildInLaw),
        ("女婿", Relation::ChildInLaw),
        ("孙子", Relation::Grandchild),
        ("孙女", Relation::Grandchild),
        ("之外孙子", Relation::Grandchild),
        ("之外孙女", Relation::Grandchild),
        ("父亲", Relation::Parent),
        ("母亲", Relation::Parent),
        ("父母", Relation::Parent),
        ("之公公", Relation::ParentInLaw),
        ("之婆婆", Relation::ParentInLaw),
        ("之外祖父", Relation::Grandparent),
        ("之外祖母", Relation::Grandparent),
        ("兄弟姐妹", Relation::Sibling),
    ],
};

pub(super) const EDUCATIONS: Labels<Option<Education>> = Labels {
    list: Education::LIST,
    choice: |number| Education::from_wire(number).map(Some),
    shows_list: true,
    words: &[
        ("学龄前儿童", None),
        ("文盲", Some(Education::None)),
        ("中专", Some(Education::Senior)),
        ("大专", Some(Education::College)),
        ("本科", Some(Education::College)),
        ("本科及以上", Some(Education::College)),
    ],
};

pub(super) const SCHOOLS: Labels<Option<SchoolStage>> = Labels {
    list: SchoolStage::LIST,
    choice: |number| SchoolStage::from_wire(number).map(Some),
    shows_list: false,
    words: &[
        ("非在校生", None),
        ("学前教育", Some(SchoolStage::Preschool)),
        ("小学", Some(SchoolStage::Primary)),
        ("初中", Some(SchoolStage::Junior)),
        ("高中", Some(SchoolStage::Senior)),
        ("中职", Some(SchoolStage::Vocational)),
        ("大专及以上", Some(SchoolStage::College)),
        ("辍学", Some(SchoolStage::DroppedOut)),
        ("否", None),
        ("无", None),
        ("幼儿园", Some(SchoolStage::Preschool)),
        ("七年级", Some(SchoolStage::Junior)),
        ("八年级", Some(SchoolStage::Junior)),
        ("九年级", Some(SchoolStage::Junior)),
        ("普通高中", Some(SchoolStage::Senior)),
        ("职高", Some(SchoolStage::Vocational)),
        ("技校", Some(SchoolStage::Vocational)),
        ("大专", Some(SchoolStage::College)),
        ("高职高专", Some(SchoolStage::College)),
        ("本科", Some(SchoolStage::College)),
        ("失学", Some(SchoolStage::DroppedOut)),
        ("no", None),
    ],
};

pub(super) const HEALTHS: Labels<Health> = Labels {
    list: Health::LIST,
    choice: Health::from_wire,
    shows_list: false,
    words: &[
        ("健康", Health::Healthy),
        ("长期慢性病", Health::Chronic),
        ("患有大病", Health::Serious),
        ("残疾", Health::Disabled),
        ("慢性病", Health::Chronic),
        ("大病", Health::Serious),
        ("重病", Health::Serious),
    ],
};

pub(super) const LABOURS: Labels<Labour> = Labels {
    list: Labour::LIST,
    choice: Labour::from_wire,
    shows_list: false,
    words: &[
        ("普通劳动力", Labour::Ordinary),
        ("技能劳动力", Labour::Skilled),
        ("弱劳动力或半劳动力", Labour::Weak),
        ("丧失劳动力", Labour::Lost),
        ("无劳动力", Labour::None),
        ("弱劳动力", Labour::Weak),
        ("半劳动力", Labour::Weak),
    ],
};

pub(super) const WORK_PLACES: Labels<Option<WorkPlace>> = Labels {
    list: WorkPlace::LIST,
    choice: |number| WorkPlace::from_wire(number).map(Some),
    shows_list: false,
    words: &[
        ("乡(镇)内", Some(WorkPlace::Township)),
        ("乡(镇)外县内", Some(WorkPlace::County)),
        ("县外省内", Some(WorkPlace::Province)),
        ("省外", Some(WorkPlace::Elsewhere)),
        ("无", None),
        ("乡镇内", Some(WorkPlace::Township)),
        ("县内", Some(WorkPlace::County)),
        ("省内", Some(WorkPlace::Province)),
    ],
};

pub(super) const CAPACITIES: Labels<Capacity> = Labels {
    list: Capacity::LIST,
    choice: Capacity::from_wire,
    shows_list: false,
    words: &[
        ("第一", Capacity::First),
        ("第二", Capacity::Second),
        ("第一责任人", Capacity::First),
        ("第二责任人", Capacity::Second),
    ],
};

pub(super) const GROUPS: Labels<MeasureGroup> = Labels {
    list: MeasureGroup::LIST,
    choice: MeasureGroup::from_wire,
    shows_list: true,
    words: &[("危房改造", MeasureGroup::Housing)],
};

/// Ethnic groups by their codes in GB/T 3304, from 1.
const PEOPLES: [&str; 56] = [
    "汉",
    "蒙古",
    "回",
    "藏",
    "维吾尔",
    "苗",
    "彝",
    "壮",
    "布依",
    "朝鲜",
    "满",
    "侗",
    "瑶",
    "白",
    "土家",
    "哈尼",
    "哈萨克",
    "傣",
    "黎",
    "傈僳",
    "佤",
    "畲",
    "高山",
    "拉祜",
    "水",
    "东乡",
    "纳西",
    "景颇",
    "柯尔克孜",
    "土",
    "达斡尔",
    "仫佬",
    "羌",
    "布朗",
    "撒拉",
    "毛南",
    "仡佬",
    "锡伯",
    "阿昌",
    "普米",
    "塔吉克",
    "怒",
    "乌孜别克",
    "俄罗斯",
    "鄂温克",
    "德昂",
    "保安",
    "裕固",
    "京",
    "塔塔尔",
    "独龙",
    "鄂伦春",
    "赫哲",
    "门巴",
    "珞巴",
    "基诺",
];

/// Code of GB/T 3304 for a name, with or without 族, or for the code itself.
pub(super) fn ethnicity(text: &str) -> Option<u32> {
    let name = text.strip_suffix('族').unwrap_or(text);
    let place = PEOPLES.iter().position(|people| *people == name).and_then(|place| u32::try_from(place).ok());
    match (place, text) {
        (Some(place), _) => Some(place + 1),
        (None, "其他") => Some(97),
        (None, "外国血统") => Some(98),
        (None, code) => code.parse().ok().filter(|code| matches!(code, 1..=56 | 97 | 98)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_of_the_system_has_its_name() {
        for cause in Cause::ALL {
            assert_eq!(CAUSES.find(cause.name()), Some(*cause));
        }
        for group in MeasureGroup::ALL {
            assert_eq!(GROUPS.find(group.name()), Some(*group));
        }
        for relation in Relation::ALL {
            assert_eq!(RELATIONS.find(relation.name()), Some(*relation));
        }
        for school in SchoolStage::ALL {
            assert_eq!(SCHOOLS.find(school.name()), Some(Some(*school)));
        }
        for education in Education::ALL {
            assert_eq!(EDUCATIONS.find(education.name()), Some(Some(*education)));
        }
        for health in Health::ALL {
            assert_eq!(HEALTHS.find(health.name()), Some(*health));
        }
        for labour in Labour::ALL {
            assert_eq!(LABOURS.find(labour.name()), Some(*labour));
        }
        for place in WorkPlace::ALL {
            assert_eq!(WORK_PLACES.find(place.name()), Some(Some(*place)));
        }
        for attribute in Attribute::ALL {
            assert_eq!(ATTRIBUTES.find(attribute.name()), Some(*attribute));
        }
    }

    #[test]
    fn brackets_and_case_do_not_matter() {
        assert_eq!(WORK_PLACES.find("乡（镇）内"), Some(Some(WorkPlace::Township)));
        assert_eq!(CAUSES.find("Illness"), Some(Cause::Illness));
        assert_eq!(CAUSES.find("1"), None);
    }

    #[test]
    fn peoples_have_their_codes() {
        let table = [("汉", 1), ("汉族", 1), ("满族", 11), ("基诺族", 56), ("其他", 97), ("11", 11), ("01", 1)];
        for (text, code) in table {
            assert_eq!(ethnicity(text), Some(code), "{text}");
        }
        for text in ["", "族", "57", "甲族"] {
            assert_eq!(ethnicity(text), None, "{text}");
        }
    }
}
