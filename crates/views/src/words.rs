//! What the names in documents are called in the field, for pages and terminals alike.

/// Assurances and guarantees, in the order of the documents: name, and name in Chinese.
pub const CONDITIONS: [(&str, &str); 6] = [
    ("food", "不愁吃"),
    ("clothing", "不愁穿"),
    ("education", "义务教育"),
    ("medical", "基本医疗"),
    ("housing", "住房安全"),
    ("water", "饮水安全"),
];

const GROUPS: [(&str, &str); 14] = [
    ("industry", "产业"),
    ("employment", "就业"),
    ("public_post", "公益岗位"),
    ("finance", "金融"),
    ("housing", "住房"),
    ("water", "饮水"),
    ("health", "健康"),
    ("education", "教育"),
    ("relocation", "易地搬迁"),
    ("ecological", "生态"),
    ("safety_net", "兜底"),
    ("disability", "残疾"),
    ("social", "社会帮扶"),
    ("infrastructure", "基础设施"),
];

/// Name of an assurance or guarantee in Chinese; one that is not known stays.
pub fn condition(name: &str) -> &str {
    find(&CONDITIONS, name)
}

/// Name of a group of measures in Chinese; one that is not known stays.
pub fn group(name: &str) -> &str {
    find(&GROUPS, name)
}

fn find<'a>(words: &[(&'static str, &'static str)], name: &'a str) -> &'a str {
    words.iter().find(|(known, _)| *known == name).map_or(name, |(_, zh)| zh)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_condition_and_group_has_its_word() {
        assert_eq!(CONDITIONS.map(|(name, _)| name), lika_domain::living::CONDITION_NAMES);
        for known in lika_domain::aid::MeasureGroup::ALL {
            assert_ne!(group(known.name()), known.name());
        }
        assert_eq!((condition("food"), condition("x"), group("y")), ("不愁吃", "x", "y"));
    }
}
