//! What the names in documents are called in the field, for pages and terminals alike.

use crate::Progress;
use crate::document::Villages;

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

const ENTITLEMENTS: [(&str, &str); 7] = [
    ("housing", "危房改造"),
    ("relocation", "易地搬迁"),
    ("education", "教育资助"),
    ("health", "健康帮扶"),
    ("safety_net", "兜底保障"),
    ("disability", "残疾帮扶"),
    ("livelihood", "就业或产业"),
];

const PROCEDURES: [(&str, &str); 7] = [
    ("identification", "贫困识别"),
    ("household_exit", "贫困户退出"),
    ("fall_back", "返贫"),
    ("monitoring", "监测对象纳入"),
    ("monitoring_end", "风险消除"),
    ("village_exit", "贫困村出列"),
    ("county_exit", "贫困县摘帽"),
];

const STEPS: [(&str, &str); 14] = [
    ("application", "申请"),
    ("clue", "线索"),
    ("appraisal", "民主评议"),
    ("verification", "核实"),
    ("acceptance", "农户认可"),
    ("publicity", "公示"),
    ("township_audit", "乡镇审核"),
    ("second_publicity", "二次公示"),
    ("county_audit", "县级复审"),
    ("announcement", "公告"),
    ("pairing", "结对帮扶"),
    ("help_plan", "帮扶计划"),
    ("superior_check", "上级核查"),
    ("decision", "认定"),
];

/// Name of an entitlement in Chinese; one that is not known stays.
pub fn entitlement(name: &str) -> &str {
    find(&ENTITLEMENTS, name)
}

/// Name of a procedure in Chinese; one that is not known stays.
pub fn procedure(name: &str) -> &str {
    find(&PROCEDURES, name)
}

/// Name of a step of a procedure in Chinese; one that is not known stays.
pub fn step(name: &str) -> &str {
    find(&STEPS, name)
}

/// What an area's poor villages lack to leave the list, in Chinese; `None` where there are none.
pub fn forecast(progress: &Progress) -> Option<String> {
    let Villages { poor, exited, ready, persons_to_go, households_to_go } = progress.villages;
    let to_go = format!("还差 {households_to_go} 户 {persons_to_go} 人");
    match (poor, exited, ready) {
        (0, ..) => None,
        (1, 1, _) => Some("已出列".to_owned()),
        (1, _, 1) => Some("已达标，可申请出列".to_owned()),
        (1, ..) => Some(to_go),
        _ if households_to_go == 0 => Some(format!("贫困村 {poor} 个：已出列 {exited}，已达标 {ready}")),
        _ => Some(format!("贫困村 {poor} 个：已出列 {exited}，已达标 {ready}；其余{to_go}")),
    }
}

/// The same in English.
pub fn forecast_en(progress: &Progress) -> Option<String> {
    let Villages { poor, exited, ready, households_to_go, .. } = progress.villages;
    let to_go = format!("{households_to_go} households to go");
    match (poor, exited, ready) {
        (0, ..) => None,
        (1, 1, _) => Some("has left the list".to_owned()),
        (1, _, 1) => Some("below the threshold".to_owned()),
        (1, ..) => Some(to_go),
        _ => {
            let left = format!("of {poor} poor villages {exited} have left the list, {ready} are below the threshold");
            Some(if households_to_go == 0 { left } else { format!("{left}; {to_go}") })
        }
    }
}

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
    use crate::Standing;
    use lika_domain::date::Date;
    use lika_domain::policy::Policy;
    use lika_domain::progress::Figures;

    #[test]
    fn every_condition_and_group_has_its_word() {
        assert_eq!(CONDITIONS.map(|(name, _)| name), lika_domain::living::CONDITION_NAMES);
        for known in lika_domain::aid::MeasureGroup::ALL {
            assert_ne!(group(known.name()), known.name());
        }
        for known in lika_domain::entitlement::Entitlement::ALL {
            assert_ne!(entitlement(known.name()), known.name());
        }
        for known in lika_domain::procedure::Procedure::ALL {
            assert_ne!(procedure(known.name()), known.name());
        }
        for known in lika_domain::procedure::Step::ALL {
            assert_ne!(step(known.name()), known.name());
        }
        assert_eq!((condition("food"), condition("x"), group("y")), ("不愁吃", "x", "y"));
    }

    #[test]
    fn a_forecast_says_what_is_to_go() {
        let standing = Standing { applied: 0, recorded_at: 0, today: Date::from_yyyymmdd(20_170_601).unwrap() };
        let area = "130624100200".parse().unwrap();
        let mut progress = Progress::new(area, None, &Figures::default(), &Policy::default(), &standing);
        let mut said = |poor, exited, ready, households_to_go| {
            progress.villages = Villages { poor, exited, ready, persons_to_go: 9, households_to_go };
            (forecast(&progress), forecast_en(&progress))
        };
        assert_eq!(said(0, 0, 0, 0), (None, None));
        assert_eq!(said(1, 0, 0, 3), (Some("还差 3 户 9 人".into()), Some("3 households to go".into())));
        assert_eq!(said(1, 0, 1, 0).1.as_deref(), Some("below the threshold"));
        assert_eq!(said(1, 1, 0, 0).0.as_deref(), Some("已出列"));
        assert_eq!(said(5, 4, 1, 0).0.as_deref(), Some("贫困村 5 个：已出列 4，已达标 1"));
        assert_eq!(said(5, 2, 1, 3).0.as_deref(), Some("贫困村 5 个：已出列 2，已达标 1；其余还差 3 户 9 人"));
    }
}
