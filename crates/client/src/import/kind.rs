//! The kinds of table: for each the event that a row becomes, and what the registers call its columns.

use lika_domain::aid::{AidAcknowledged, AidDelivered};
use lika_domain::describe::{Described, Event};
use lika_domain::household::HouseholdRegistered;
use lika_domain::income::IncomeAssessed;
use lika_domain::living::LivingConditionsAssessed;
use lika_domain::member::MemberAdded;
use lika_domain::official::{HouseholdVisited, OfficialAssigned};

/// A kind of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Households, one row for each person.
    Households,
    /// Persons who join households.
    Members,
    /// A year's income.
    Income,
    /// Living conditions.
    Conditions,
    /// Officials who answer for households.
    Assignments,
    /// Visits.
    Visits,
    /// Aid that reached households.
    Aid,
    /// Aid that households confirm.
    Acknowledgements,
}

/// What is particular to a kind; everything else follows from the description of its event.
pub(super) struct Spec {
    pub(super) kind: Kind,
    pub(super) name: &'static str,
    pub(super) event: Event,
    /// Columns that must be filled in although their field may hold nothing.
    pub(super) required: &'static [&'static str],
    /// Columns that may be left blank, with what a blank cell then means.
    pub(super) defaults: &'static [(&'static str, &'static str)],
    /// Columns that are the same in two rows only if both rows say the same thing.
    pub(super) key: &'static [&'static str],
    /// Other headings of columns, separated by spaces.
    pub(super) headings: &'static [(&'static str, &'static str)],
}

/// Headings that every kind has.
pub(super) const HEADINGS: &[(&str, &str)] = &[
    ("village", "行政村代码 村代码 行政村编码"),
    ("household", "户编号 户号 户编码 household_no"),
    ("official", "帮扶责任人编号 干部编号 责任人编号 official_no"),
    ("date", "日期 happened"),
];

const MEMBER: &[(&str, &str)] = &[
    ("citizen_id", "身份证号码 证件号码 公民身份号码 居民身份证号 身份证"),
    ("phone", "手机号码 手机 手机号"),
    ("birth_month", "出生日期 出生年月日"),
    ("school", "在校状况"),
    ("labour", "劳动技能 labor"),
    ("work_place", "务工区域 务工状况"),
    ("work_months", "务工时间"),
    ("medical_insurance", "是否参加城乡居民基本医疗保险 是否参加医疗保险"),
    ("pension_insurance", "是否参加城乡居民基本养老保险 是否参加养老保险"),
    ("disability_certificate", "残疾人证号 certificate"),
];

static SPECS: [Spec; 8] = [
    Spec {
        kind: Kind::Households,
        name: "households",
        event: <HouseholdRegistered as Described>::EVENT,
        required: &[],
        defaults: &[("standard", "national"), ("ethnicity", "1")],
        key: &[],
        headings: &[
            ("date", "识别日期 建档日期 识别时间"),
            ("group", "自然村组 村民小组"),
            ("attribute", "户属性 农户属性"),
            ("willing_to_relocate", "是否愿意搬迁 relocate"),
            ("address", "家庭住址"),
            ("bank", "开户银行名称"),
            ("account", "银行卡号"),
        ],
    },
    Spec {
        kind: Kind::Members,
        name: "members",
        event: <MemberAdded as Described>::EVENT,
        required: &[],
        defaults: &[("ethnicity", "1")],
        key: &["household", "number"],
        headings: &[
            ("date", "新增日期 增加日期"),
            ("number", "成员编号 人员编号 member_no"),
            ("reason", "增加原因 新增原因"),
        ],
    },
    Spec {
        kind: Kind::Income,
        name: "income",
        event: <IncomeAssessed as Described>::EVENT,
        required: &["net", "per_head"],
        defaults: &[],
        key: &["household", "year"],
        headings: &[
            ("date", "认定日期 核算日期"),
            ("year", "收入年度 年份"),
            ("production_cost", "生产经营支出"),
            ("net", "家庭纯收入 年纯收入"),
            ("per_head", "家庭人均纯收入 年人均纯收入"),
        ],
    },
    Spec {
        kind: Kind::Conditions,
        name: "conditions",
        event: <LivingConditionsAssessed as Described>::EVENT,
        required: &[],
        defaults: &[],
        key: &["household", "date"],
        headings: &[
            ("date", "认定日期 核查日期"),
            ("food", "吃不愁"),
            ("clothing", "穿不愁"),
            ("education", "义务教育保障"),
            ("medical", "基本医疗保障"),
            ("housing", "住房安全保障"),
            ("water", "饮水安全保障"),
            ("dwelling", "住房鉴定等级 房屋等级"),
        ],
    },
    Spec {
        kind: Kind::Assignments,
        name: "assignments",
        event: <OfficialAssigned as Described>::EVENT,
        required: &[],
        defaults: &[("capacity", "first")],
        key: &["household", "official"],
        headings: &[("date", "结对日期 帮扶开始日期 from"), ("capacity", "帮扶类别")],
    },
    Spec {
        kind: Kind::Visits,
        name: "visits",
        event: <HouseholdVisited as Described>::EVENT,
        required: &[],
        defaults: &[],
        key: &["household", "official", "date", "minute"],
        headings: &[
            ("date", "走访日期 走访时间"),
            ("official", "走访人编号 走访干部编号"),
            ("place", "走访地点"),
            ("minute", "开始时间"),
            ("companions", "同行人编号"),
            ("seen", "走访记录 走访内容"),
        ],
    },
    Spec {
        kind: Kind::Aid,
        name: "aid",
        event: <AidDelivered as Described>::EVENT,
        required: &["amount"],
        defaults: &[],
        key: &["household", "delivery"],
        headings: &[
            ("date", "发放日期"),
            ("delivery", "delivery_no"),
            ("group", "帮扶类别 measure_group"),
            ("amount", "发放金额 amount_yuan"),
            ("measure", "measure_no"),
            ("allocation", "allocation_no"),
            ("member", "成员编号 member_no"),
        ],
    },
    Spec {
        kind: Kind::Acknowledgements,
        name: "acknowledgements",
        event: <AidAcknowledged as Described>::EVENT,
        required: &[],
        defaults: &[],
        key: &["household", "delivery"],
        headings: &[("date", "签收日期"), ("delivery", "delivery_no"), ("member", "签收人编号 成员编号")],
    },
];

impl Kind {
    /// Every kind, in the order of a household's life.
    pub const ALL: [Self; 8] = [
        Self::Households,
        Self::Members,
        Self::Income,
        Self::Conditions,
        Self::Assignments,
        Self::Visits,
        Self::Aid,
        Self::Acknowledgements,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        self.spec().name
    }

    /// The event that a row of it becomes.
    pub fn event(self) -> &'static Event {
        &self.spec().event
    }

    /// The kind of that name, or of that event.
    pub fn find(name: &str) -> Option<Self> {
        SPECS.iter().find(|spec| spec.name == name || spec.event.name == name).map(|spec| spec.kind)
    }

    pub(super) fn spec(self) -> &'static Spec {
        // Every kind has its line; a test asks for each.
        SPECS.iter().find(|spec| spec.kind == self).unwrap_or(&SPECS[0])
    }
}

impl Spec {
    /// Other headings of a column: those of the kind, of persons, and of every kind.
    pub(super) fn headings_of(&self, column: &str) -> impl Iterator<Item = &'static str> {
        let lists: [&'static [(&'static str, &'static str)]; 3] = [self.headings, MEMBER, HEADINGS];
        let column = column.to_owned();
        let own = move |list: &'static [(&'static str, &'static str)]| {
            let column = column.clone();
            list.iter().filter(move |(name, _)| *name == column).flat_map(|(_, words)| words.split(' '))
        };
        lists.into_iter().flat_map(own)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_found_by_its_name_and_its_event() {
        for kind in Kind::ALL {
            assert_eq!((Kind::find(kind.name()), Kind::find(kind.event().name)), (Some(kind), Some(kind)));
        }
        assert_eq!(Kind::find("x"), None);
    }
}
