//! The table of figures. Each line describes one: its definition, its name in documents, its labels, its unit and its
//! tone. The document of an area, the pages, the command line's tables, the API's description and `FIGURES.md` are
//! made from it. The figures are counted in [`count`](super::count).

use super::section::{Tone, Unit};

/// The description of one figure within its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its name in documents, unique in its group.
    pub name: &'static str,
    /// Chinese label, without the unit.
    pub zh: &'static str,
    /// English label.
    pub en: &'static str,
    /// What it counts. For a group that is counted both in households and in persons it is [`Unit::Households`].
    pub unit: Unit,
    /// How to read a figure above zero.
    pub tone: Tone,
    /// Its definition, as a sentence.
    pub definition: &'static str,
}

/// The figures of a group, which documents show together.
pub trait Part: Copy + PartialEq + 'static {
    /// Name of the group.
    const GROUP: &'static str;

    /// The subject of the group.
    const MEANING: &'static str;

    /// All figures of the group, in order.
    const ALL: &'static [Self];

    /// Its description.
    fn description(self) -> &'static Description;

    /// Its place among [`Self::ALL`].
    fn place(self) -> usize;

    /// Its name in documents.
    fn name(self) -> &'static str {
        self.description().name
    }

    /// From its name in documents.
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|part| part.name() == name)
    }
}

/// Declares groups of figures, a line each.
macro_rules! parts {
    ($($(#[doc = $about:literal])+ $group:ident {
        $(
            $(#[doc = $definition:literal])+
            $part:ident $name:literal $zh:literal $en:literal $unit:ident $tone:ident
        ),+ $(,)?
    })+) => {
    $(
        $(#[doc = $about])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $group { $($(#[doc = $definition])+ $part),+ }

        impl Part for $group {
            const GROUP: &'static str = stringify!($group);
            const MEANING: &'static str = concat!($($about),+);
            const ALL: &'static [Self] = &[$(Self::$part),+];

            fn description(self) -> &'static Description {
                match self {
                    $(Self::$part => &Description {
                        name: $name,
                        zh: $zh,
                        en: $en,
                        unit: Unit::$unit,
                        tone: Tone::$tone,
                        definition: concat!($($definition),+),
                    }),+
                }
            }

            fn place(self) -> usize {
                self as usize
            }
        }
    )+

    /// Every group with its lines, for tests that walk the whole table.
    #[cfg(test)]
    pub(super) fn groups() -> Vec<(&'static str, Vec<&'static Description>)> {
        vec![$((stringify!($group), $group::ALL.iter().map(|part| part.description()).collect())),+]
    }
    };
}

parts! {
    /// Cards, or persons on them, by status. `Registered` is the sum of all but `Monitored`.
    Tally {
        /// Ever registered, closed cards included.
        Registered "registered" "建档" "registered" Households Plain,
        /// Poor and never exited.
        Poor "poor" "未脱贫" "poor" Households Plain,
        /// Listed for exit, still counted as poor.
        PreExit "pre_exit" "预脱贫" "listed for exit" Households Plain,
        /// Out of poverty.
        Exited "exited" "脱贫" "exited" Households Plain,
        /// Poor again.
        FallenBack "fallen_back" "返贫" "fallen back" Households Plain,
        /// Open and monitored for falling back.
        Monitored "monitored" "监测" "monitored" Households Plain,
        /// Closed for good.
        Deregistered "deregistered" "注销" "deregistered" Households Plain,
    }
    /// Figures computed from sums of others.
    Poverty {
        /// Cards counted as poor: poor, listed for exit, or poor again.
        Now "poor_now" "现有贫困" "poor now" Households Plain,
        /// Persons counted as poor (poor, listed for exit, or poor again) per 10,000 rural registered persons,
        /// rounded down. Its contributions are these persons.
        Incidence "incidence" "贫困发生率" "incidence" PerTenThousand Plain,
    }
    /// Open cards by what is known of one assurance or guarantee.
    Known {
        /// Met.
        Met "met" "达标" "met" Households Plain,
        /// Not met.
        Unmet "unmet" "未达标" "unmet" Households Warning,
        /// Never assessed.
        Unknown "unknown" "未评估" "unknown" Households Plain,
    }
    /// Open cards by who answers for them and when they were last visited.
    Coverage {
        /// With a responsible official.
        Assigned "assigned" "已结对" "with an official" Households Plain,
        /// Without a responsible official.
        Unassigned "unassigned" "未结对" "without an official" Households Warning,
        /// Without a responsible official for 30 days or more.
        UnassignedLong "unassigned_30_days" "未结对满30天" "without one for 30 days" Households Warning,
        /// With an official who answers for more households, here or elsewhere, than the limit in force for the
        /// village allows in that capacity.
        OverCaseload "over_caseload" "责任人超额" "official over the caseload limit" Households Warning,
        /// How often one first official took over from another.
        HandedOver "handed_over" "责任人交接" "hand-overs" Times Plain,
    }
    /// Open cards by when they were last visited.
    Visited {
        /// Visited in the last 30 days.
        Lately "visited_30_days" "30天内走访" "visited in 30 days" Households Plain,
        /// Visited in the last 90 days.
        In90Days "visited_90_days" "90天内走访" "visited in 90 days" Households Plain,
        /// A visit is due within the next 7 days.
        Due "visits_due" "7天内应走访" "visit due in 7 days" Households Plain,
        /// A visit was due before today.
        Overdue "visits_overdue" "走访逾期" "visit overdue" Households Warning,
    }
    /// Rounds of procedures: of open cards, of candidate households, of villages and of the county.
    Procedures {
        /// Begun, and neither failed nor decided.
        UnderWay "under_way" "办理中" "under way" Rounds Plain,
        /// Rounds under way that are beyond the deadline set by the policy in force.
        Late "late" "超期未办结" "beyond the deadline" Rounds Warning,
        /// Decided, or failed, after the deadline that was in force.
        DecidedLate "decided_late" "超期办结" "decided late" Rounds Warning,
        /// Decided with a step missing from the record.
        WithoutSteps "without_steps" "程序不全" "decided without every step" Rounds Warning,
    }
    /// Households out of poverty whose exit an audit would look at.
    Exits {
        /// Exited on an income below the line that was in force.
        BelowLine "below_line" "低于标准退出" "exited below the line" Households Warning,
        /// Exited with an assurance or guarantee that was not established as met.
        GuaranteeMissing "guarantee_missing" "保障未达标退出" "exited without a guarantee" Households Warning,
    }
    /// What open cards should get and did not get.
    Gap {
        /// Cards that lack something due to them.
        Households "households" "有缺口" "with a gap" Households Plain,
        /// Entitlements that are due and were not received.
        Measures "measures" "缺口" "entitlements lacking" Entitlements Plain,
    }
    /// One entitlement of open cards.
    Entitled {
        /// Cards entitled to it by their facts.
        Due "due" "应享" "due" Households Plain,
        /// Cards entitled to it that got it: housing and relocation at any time, the others in the last 365 days.
        Received "received" "已享" "received" Households Plain,
        /// Cards entitled to it that did not get it.
        Missing "missing" "未享" "missing" Households Warning,
    }
    /// Aid of one group, to open and closed cards.
    Aid {
        /// Deliveries, reversed ones included.
        Events "events" "次数" "times" Times Plain,
        /// Amount delivered, less the amount taken back.
        Amount "amount" "金额" "amount" Fen Plain,
        /// The part of the amount that households have acknowledged.
        Acknowledged "acknowledged" "已签收" "acknowledged" Fen Plain,
    }
    /// Money on its way to the households. The money released belongs to the jurisdiction and is counted only there;
    /// all other sums belong to a village. released = allocated + unallocated;
    /// allocated = delivered − reversed + undelivered.
    Money {
        /// Reached the county.
        Released "released" "下达" "released to the county" Fen Plain,
        /// Set aside for villages.
        Allocated "allocated" "安排到村" "allocated to villages" Fen Plain,
        /// Released and not set aside.
        Unallocated "unallocated" "未安排" "not allocated" Fen Plain,
        /// Delivered from allocations, amounts taken back included.
        Delivered "delivered" "发放到户" "delivered to households" Fen Plain,
        /// Set aside and not delivered.
        Undelivered "undelivered" "未发放" "not delivered" Fen Plain,
        /// The part of the money delivered from allocations and not taken back that households have acknowledged.
        Acknowledged "acknowledged" "农户签收" "acknowledged" Fen Plain,
        /// The part of the money delivered from allocations that was taken back.
        Reversed "reversed" "其中冲回" "taken back" Fen Warning,
        /// Not passed on for 12 months or more: released and not allocated, or allocated and not delivered.
        IdleYear "idle_12_months" "闲置满12个月" "idle for 12 months" Fen Warning,
        /// The part of the money idle for 12 months that has been idle for 24 months or more.
        IdleTwoYears "idle_24_months" "闲置满24个月" "idle for 24 months" Fen Warning,
    }
    /// Villages that are or were on the list of poor ones, by who is posted to them.
    Posts {
        /// All villages that are or were on the list.
        Villages "villages" "贫困村" "poor villages" Villages Plain,
        /// With a first secretary.
        FirstSecretary "first_secretary" "第一书记" "with a first secretary" Villages Plain,
        /// With a resident team.
        Team "resident_team" "工作队" "with a resident team" Villages Plain,
        /// With neither.
        Nobody "nobody" "无人驻村" "with neither" Villages Warning,
    }
    /// Villages that are or were on the list of poor ones, by what they lack to leave it.
    Exit {
        /// All villages that were ever on the list.
        Poor "poor" "贫困村" "poor villages" Villages Plain,
        /// Have left the list.
        Exited "exited" "已出列" "have left the list" Villages Plain,
        /// Still on the list, with an incidence below the threshold.
        Ready "ready" "已达标" "below the threshold" Villages Plain,
        /// Persons who must leave poverty to bring every village still on the list below the threshold.
        PersonsToGo "persons_to_go" "还差人数" "persons to go" Persons Plain,
        /// The fewest households that together have as many persons as must leave poverty.
        HouseholdsToGo "households_to_go" "还差户数" "households to go" Households Plain,
    }
    /// Incomes of the latest year for which an open card of the area has an assessment.
    IncomeFigure {
        /// Net income divided by the number of persons, rounded down to the fen.
        Mean "mean" "人均纯收入" "mean income" Fen Plain,
        /// The middle income per head: half of the persons have no more.
        Median "median" "中位数" "median income" Fen Plain,
        /// Persons in households below the line that holds for them.
        BelowLine "below_line" "低于贫困线" "persons below the line" Persons Plain,
    }
    /// Counts of a month.
    MonthPart {
        /// Households registered.
        Registered "registered" "建档" "registered" Households Plain,
        /// Households that exited, without those whose exit was recorded in error.
        Exited "exited" "脱贫" "exited" Households Plain,
        /// Households that fell back.
        FallenBack "fallen_back" "返贫" "fallen back" Households Plain,
        /// Aid delivered, less the amount taken back.
        AidAmount "aid_amount" "帮扶资金" "aid" Fen Plain,
        /// Visits.
        Visits "visits" "走访" "visits" Times Plain,
    }
}

impl Tally {
    /// Statuses that count as poor: not out of poverty, or poor again (动态管理：未脱贫、预脱贫、返贫).
    pub const POOR: [Self; 3] = [Self::Poor, Self::PreExit, Self::FallenBack];
}
