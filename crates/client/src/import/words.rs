//! What the choices are called, in the tables of the field and in this system.

use lika_domain::aid::MeasureGroup;
use lika_domain::household::{Attribute, Cause, Standard};
use lika_domain::member::{Education, Health, Labour, Relation, SchoolStage, Sex, WorkPlace};
use lika_domain::official::Capacity;

/// The choices of a column: each word and what it means. The first word of each meaning is shown.
pub(super) struct Words<T: 'static>(&'static [(&'static str, T)]);

impl<T: Copy> Words<T> {
    /// What a text means. Case and brackets of either width do not matter.
    pub(super) fn find(&self, text: &str) -> Option<T> {
        let plain = |text: &str| text.replace('（', "(").replace('）', ")").to_lowercase();
        let text = plain(text);
        self.0.iter().find(|(word, _)| plain(word) == text).map(|(_, meaning)| *meaning)
    }

    /// The Chinese words, to show what would have been right.
    pub(super) fn choices(&self) -> String {
        let chinese = self.0.iter().map(|(word, _)| *word).filter(|word| !word.is_ascii());
        chinese.take(16).collect::<Vec<_>>().join(" ")
    }
}

pub(super) const YES_NO: Words<bool> = Words(&[
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
]);

pub(super) const SEXES: Words<Sex> =
    Words(&[("男", Sex::Male), ("女", Sex::Female), ("male", Sex::Male), ("female", Sex::Female)]);

pub(super) const ATTRIBUTES: Words<Attribute> = Words(&[
    ("一般", Attribute::General),
    ("低保", Attribute::Dibao),
    ("五保", Attribute::Wubao),
    ("一般贫困户", Attribute::General),
    ("一般农户", Attribute::General),
    ("低保户", Attribute::Dibao),
    ("低保贫困户", Attribute::Dibao),
    ("五保户", Attribute::Wubao),
    ("五保贫困户", Attribute::Wubao),
    ("特困供养户", Attribute::Wubao),
    ("general", Attribute::General),
    ("dibao", Attribute::Dibao),
    ("wubao", Attribute::Wubao),
]);

pub(super) const STANDARDS: Words<Standard> = Words(&[
    ("国家", Standard::National),
    ("省定", Standard::Provincial),
    ("国家标准", Standard::National),
    ("国定标准", Standard::National),
    ("省定标准", Standard::Provincial),
    ("national", Standard::National),
    ("provincial", Standard::Provincial),
]);

pub(super) const CAUSES: Words<Cause> = Words(&[
    ("因病", Cause::Illness),
    ("因残", Cause::Disability),
    ("因学", Cause::Schooling),
    ("因灾", Cause::Disaster),
    ("缺土地", Cause::Land),
    ("缺水", Cause::Water),
    ("缺技术", Cause::Skills),
    ("缺劳力", Cause::Labour),
    ("缺资金", Cause::Capital),
    ("交通条件落后", Cause::Transport),
    ("自身发展动力不足", Cause::Motivation),
    ("其他", Cause::Other),
    ("缺劳动力", Cause::Labour),
    ("自身发展力不足", Cause::Motivation),
    ("illness", Cause::Illness),
    ("disability", Cause::Disability),
    ("schooling", Cause::Schooling),
    ("disaster", Cause::Disaster),
    ("land", Cause::Land),
    ("water", Cause::Water),
    ("skills", Cause::Skills),
    ("labour", Cause::Labour),
    ("capital", Cause::Capital),
    ("transport", Cause::Transport),
    ("motivation", Cause::Motivation),
    ("other", Cause::Other),
]);

pub(super) const RELATIONS: Words<Relation> = Words(&[
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
    ("head", Relation::Head),
    ("spouse", Relation::Spouse),
    ("child", Relation::Child),
    ("child_in_law", Relation::ChildInLaw),
    ("grandchild", Relation::Grandchild),
    ("parent", Relation::Parent),
    ("parent_in_law", Relation::ParentInLaw),
    ("grandparent", Relation::Grandparent),
    ("sibling", Relation::Sibling),
    ("other", Relation::Other),
]);

pub(super) const EDUCATIONS: Words<Option<Education>> = Words(&[
    ("文盲或半文盲", Some(Education::None)),
    ("小学", Some(Education::Primary)),
    ("初中", Some(Education::Junior)),
    ("高中", Some(Education::Senior)),
    ("大专及以上", Some(Education::College)),
    ("学龄前儿童", None),
    ("文盲", Some(Education::None)),
    ("中专", Some(Education::Senior)),
    ("大专", Some(Education::College)),
    ("本科", Some(Education::College)),
    ("本科及以上", Some(Education::College)),
    ("none", Some(Education::None)),
    ("primary", Some(Education::Primary)),
    ("junior", Some(Education::Junior)),
    ("senior", Some(Education::Senior)),
    ("college", Some(Education::College)),
]);

pub(super) const SCHOOLS: Words<Option<SchoolStage>> = Words(&[
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
    ("preschool", Some(SchoolStage::Preschool)),
    ("primary", Some(SchoolStage::Primary)),
    ("junior", Some(SchoolStage::Junior)),
    ("senior", Some(SchoolStage::Senior)),
    ("vocational", Some(SchoolStage::Vocational)),
    ("college", Some(SchoolStage::College)),
    ("dropped_out", Some(SchoolStage::DroppedOut)),
]);

pub(super) const HEALTHS: Words<Health> = Words(&[
    ("健康", Health::Healthy),
    ("长期慢性病", Health::Chronic),
    ("患有大病", Health::Serious),
    ("残疾", Health::Disabled),
    ("慢性病", Health::Chronic),
    ("大病", Health::Serious),
    ("重病", Health::Serious),
    ("healthy", Health::Healthy),
    ("chronic", Health::Chronic),
    ("serious", Health::Serious),
    ("disabled", Health::Disabled),
]);

pub(super) const LABOURS: Words<Labour> = Words(&[
    ("普通劳动力", Labour::Ordinary),
    ("技能劳动力", Labour::Skilled),
    ("弱劳动力或半劳动力", Labour::Weak),
    ("丧失劳动力", Labour::Lost),
    ("无劳动力", Labour::None),
    ("弱劳动力", Labour::Weak),
    ("半劳动力", Labour::Weak),
    ("ordinary", Labour::Ordinary),
    ("skilled", Labour::Skilled),
    ("weak", Labour::Weak),
    ("lost", Labour::Lost),
    ("none", Labour::None),
]);

pub(super) const WORK_PLACES: Words<Option<WorkPlace>> = Words(&[
    ("乡(镇)内", Some(WorkPlace::Township)),
    ("乡(镇)外县内", Some(WorkPlace::County)),
    ("县外省内", Some(WorkPlace::Province)),
    ("省外", Some(WorkPlace::Elsewhere)),
    ("无", None),
    ("乡镇内", Some(WorkPlace::Township)),
    ("县内", Some(WorkPlace::County)),
    ("省内", Some(WorkPlace::Province)),
    ("township", Some(WorkPlace::Township)),
    ("county", Some(WorkPlace::County)),
    ("province", Some(WorkPlace::Province)),
    ("elsewhere", Some(WorkPlace::Elsewhere)),
]);

pub(super) const CAPACITIES: Words<Capacity> = Words(&[
    ("第一", Capacity::First),
    ("第二", Capacity::Second),
    ("第一责任人", Capacity::First),
    ("第二责任人", Capacity::Second),
    ("first", Capacity::First),
    ("second", Capacity::Second),
]);

pub(super) const GROUPS: Words<MeasureGroup> = Words(&[
    ("产业", MeasureGroup::Industry),
    ("就业", MeasureGroup::Employment),
    ("公益岗位", MeasureGroup::PublicPost),
    ("金融", MeasureGroup::Finance),
    ("住房", MeasureGroup::Housing),
    ("饮水", MeasureGroup::Water),
    ("健康", MeasureGroup::Health),
    ("教育", MeasureGroup::Education),
    ("易地搬迁", MeasureGroup::Relocation),
    ("生态", MeasureGroup::Ecological),
    ("兜底", MeasureGroup::SafetyNet),
    ("残疾", MeasureGroup::Disability),
    ("社会帮扶", MeasureGroup::Social),
    ("基础设施", MeasureGroup::Infrastructure),
    ("危房改造", MeasureGroup::Housing),
    ("industry", MeasureGroup::Industry),
    ("employment", MeasureGroup::Employment),
    ("public_post", MeasureGroup::PublicPost),
    ("finance", MeasureGroup::Finance),
    ("housing", MeasureGroup::Housing),
    ("water", MeasureGroup::Water),
    ("health", MeasureGroup::Health),
    ("education", MeasureGroup::Education),
    ("relocation", MeasureGroup::Relocation),
    ("ecological", MeasureGroup::Ecological),
    ("safety_net", MeasureGroup::SafetyNet),
    ("disability", MeasureGroup::Disability),
    ("social", MeasureGroup::Social),
    ("infrastructure", MeasureGroup::Infrastructure),
]);

/// Peoples by their codes in GB/T 3304, from 1.
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
