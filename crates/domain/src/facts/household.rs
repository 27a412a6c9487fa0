//! Facts of households: closed lists and plain values reported of a card.

use crate::facts::describe::{Value, record};
use crate::facts::ids::HouseholdId;
use crate::facts::kind::kinds;
use crate::facts::private;

/// Most living members of a card.
pub const MEMBERS_MAX: usize = 30;

/// Most causes besides the main one.
pub const OTHER_CAUSES_MAX: usize = 2;

/// Most risks of a monitored household.
pub const RISKS_MAX: usize = 5;

/// Highest number of a group inside a village.
pub const GROUP_MAX: u32 = 999;

record! {
    /// A card's own facts.
    Facts
    /// Group inside the village (组), from 1; 0 not known.
    group: u16 = Value::Count { max: GROUP_MAX }, "组", "村内第几组，从1起；不清楚填0。";
    /// Kind of household (贫困户属性).
    attribute: Attribute = Value::Choice(&Attribute::LIST), "贫困户属性", "一般贫困户、低保户等属性。";
    /// Standard it was identified by (识别标准).
    standard: Standard = Value::Choice(&Standard::LIST), "识别标准", "识别时所用的标准。";
    /// The main cause of its poverty.
    main_cause: Cause = Value::Choice(&Cause::LIST), "主要致贫原因", "最主要的一项致贫原因。";
    /// At most two further causes.
    other_causes: Vec<Cause> = Value::Choices { list: &Cause::LIST, max: Cause::ALL.len() }, "其他致贫原因", "除主要原因外，最多两项。";
    /// Willing to be relocated (易地搬迁意愿).
    willing_to_relocate: bool = Value::Flag, "易地搬迁意愿", "是否愿意易地搬迁。";
    /// Number of the data key the personal data is sealed under; `None` in an update that leaves it as it was.
    sealed: Option<u32> = Value::Sealed(private::HOUSEHOLD), "加密", "加密个人信息所用数据密钥的编号；更新时不填则保持不变。";
}

/// The subject of sealed personal data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A household with its members.
    Household(HouseholdId),
    /// An official.
    Official(crate::facts::ids::OfficialId),
}

kinds! {
    /// Status of a card.
    Status {
        /// Poor (未脱贫).
        Poor = 1 "poor" "未脱贫",
        /// Listed for exit (预脱贫).
        PreExit = 2 "pre_exit" "预脱贫",
        /// Out of poverty (脱贫).
        Exited = 3 "exited" "脱贫",
        /// Poor again (返贫).
        FellBack = 4 "fallen_back" "返贫",
        /// Closed for good.
        Deregistered = 5 "deregistered" "已注销",
    }
}

kinds! {
    /// Kind of household (贫困户属性).
    Attribute {
        /// General poor household (一般贫困户).
        General = 1 "general" "一般",
        /// Minimum living allowance (低保).
        Dibao = 2 "dibao" "低保",
        /// Five guarantees (五保).
        Wubao = 3 "wubao" "五保",
    }
}

kinds! {
    /// Standard of identification (识别标准).
    Standard {
        /// National line.
        National = 1 "national" "国家标准",
        /// Provincial line.
        Provincial = 2 "provincial" "省定标准",
    }
}

kinds! {
    /// Causes of poverty (致贫原因).
    Cause {
        /// Illness (因病).
        Illness = 1 "illness" "因病",
        /// Disability (因残).
        Disability = 2 "disability" "因残",
        /// Schooling (因学).
        Schooling = 3 "schooling" "因学",
        /// Disaster (因灾).
        Disaster = 4 "disaster" "因灾",
        /// Lack of land (缺土地).
        Land = 5 "land" "缺土地",
        /// Lack of water (缺水).
        Water = 6 "water" "缺水",
        /// Lack of skills (缺技术).
        Skills = 7 "skills" "缺技术",
        /// Lack of labour (缺劳力).
        Labour = 8 "labour" "缺劳力",
        /// Lack of capital (缺资金).
        Capital = 9 "capital" "缺资金",
        /// Poor transport (交通条件落后).
        Transport = 10 "transport" "交通条件落后",
        /// Lack of motivation (自身发展动力不足).
        Motivation = 11 "motivation" "自身发展动力不足",
        /// Anything else.
        Other = 12 "other" "其他",
    }
}

kinds! {
    /// Why a card is closed.
    DeregisterReason {
        /// Identified in error.
        Error = 1 "error" "错误识别",
        /// Moved away.
        Moved = 2 "moved" "整户迁出",
        /// Merged into another household.
        Merged = 3 "merged" "并户",
        /// Died out.
        DiedOut = 4 "died_out" "整户死亡",
    }
}

kinds! {
    /// Kinds of monitored household (监测对象类别).
    MonitoringKind {
        /// Unstable exit (脱贫不稳定户).
        Unstable = 1 "unstable" "脱贫不稳定户",
        /// Near-poor (边缘易致贫户).
        Marginal = 2 "marginal" "边缘易致贫户",
        /// Sudden hardship (突发严重困难户).
        Hardship = 3 "hardship" "突发严重困难户",
    }
}

kinds! {
    /// How a risk ended.
    MonitoringOutcome {
        /// Eliminated by help (帮扶消除).
        Helped = 1 "helped" "帮扶消除",
        /// Eliminated naturally (自然消除).
        Natural = 2 "natural" "自然消除",
        /// Had been started in error.
        Error = 3 "error" "误纳",
    }
}

kinds! {
    /// Why personal data is erased.
    ErasureReason {
        /// The person asked for it.
        Request = 1 "request" "本人申请",
        /// The retention period is over.
        Retention = 2 "retention" "保存期满",
        /// Order of an authority.
        Order = 3 "order" "主管机关决定",
    }
}

impl Status {
    /// Whether the card counts as poor: not out of poverty, or poor again.
    pub fn is_poor(self) -> bool {
        matches!(self, Self::Poor | Self::PreExit | Self::FellBack)
    }

    /// Whether the card is open.
    pub fn is_live(self) -> bool {
        self != Self::Deregistered
    }
}
