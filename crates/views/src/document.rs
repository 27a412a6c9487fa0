//! The progress of an area: one shape everywhere, in the API, in `--json`, in a replay and on pages, for a village and
//! for any sum of villages.
//!
//! Amounts are in fen. Shares are in persons per 10,000. Days are `2017-06-01`, months `2017-06`, moments
//! `2017-06-01T09:30:00.000+08:00`. What is not known is `null` and never 0.

mod sums;

use lika_domain::aid::MeasureGroup;
use lika_domain::area::{Area, Level};
use lika_domain::date::{Date, Month};
use lika_domain::household::Standard;
use lika_domain::ids::Index;
use lika_domain::money::Fen;
use lika_domain::policy::{LineKind, Policy};

use lika_domain::progress::{Figure, Figures};
use lika_domain::village::MonthCounts;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A name from a closed list of the field.
pub type Name = Cow<'static, str>;

/// What figures stand for: how much of the log, and which day they count back from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// How many entries were applied.
    pub applied: u64,
    /// When the latest of them was recorded, in milliseconds since 1970-01-01 UTC.
    pub recorded_at: u64,
    /// The day that visits of the last days and idle money count back from.
    pub today: Date,
}

/// The progress of an area.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The shortest prefix that names the area: 2, 4, 6, 9 or 12 digits.
    pub area: String,
    /// `province`, `prefecture`, `county`, `township` or `village`.
    pub level: Name,
    /// Name of the village, or of the area the log covers; `null` for others, which the log does not name.
    pub name: Option<String>,
    /// Index of the last entry that counted; `null` before the first.
    pub index: Option<Index>,
    /// Where on either clock they stand.
    pub as_of: AsOf,
    /// Highest incidence at which the area may exit, in poor persons per 10,000 rural registered persons.
    pub threshold: u32,
    /// Poor persons (poor, pre-exit and fallen back) per 10,000 rural registered persons, rounded down; `null` where
    /// no village states its rural persons.
    pub incidence: Option<u64>,
    /// Cards.
    pub households: Counts,
    /// Persons on them.
    pub persons: Counts,
    /// Income per head.
    pub income: Income,
    /// By `food`, `clothing`, `education`, `medical`, `housing`, `water`: open cards for which it is met, not met, or
    /// was never assessed.
    pub conditions: BTreeMap<Name, Condition>,
    /// Who answers for the open cards and visits them.
    pub officials: Officials,
    /// Procedures: of open cards, of households that are to get one, of villages and of the county.
    pub procedures: ProcedureCounts,
    /// Exits that an audit would look at.
    pub exits: ExitCounts,
    /// What open cards should get and did not.
    pub gap: Gap,
    /// Aid by group, in the order of the groups' numbers; groups without any are left out.
    pub aid: Vec<Aid>,
    /// Money on its way.
    pub money: Money,
    /// Who is posted to the poor villages, those that have left the list too.
    pub posts: PostCounts,
    /// What the poor villages lack to leave the list.
    pub villages: Villages,
    /// What happened, by month in order; months without anything are left out.
    pub months: Vec<MonthRow>,
}

/// Where on either clock figures stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsOf {
    /// The day they count back from; later happenings are not in them.
    pub happened: String,
    /// When the latest entry that counted was recorded, in China's time; `null` before the first.
    pub recorded: Option<String>,
}

/// Counts by status. `registered` is all that were ever registered: the sum of the others without `monitored`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the statuses are explained with the domain's `Tally`")]
pub struct Counts {
    pub registered: u64,
    pub poor: u64,
    pub pre_exit: u64,
    pub exited: u64,
    pub fallen_back: u64,
    pub monitored: u64,
    pub deregistered: u64,
}

impl Counts {
    /// On open cards.
    pub fn open(&self) -> u64 {
        self.registered.saturating_sub(self.deregistered)
    }

    /// Not yet out of poverty, or back in it: what incidence counts. It is the figure `poor_now` wherever it is shown.
    pub fn poor_now(&self) -> u64 {
        self.poor.saturating_add(self.pre_exit).saturating_add(self.fallen_back)
    }
}

/// Income per head of the persons on open cards assessed for the latest year that any of them was assessed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Income {
    /// The year; `null` without an assessment, and the figures below with it.
    pub year: Option<u16>,
    /// Fen, rounded down.
    pub mean: Option<i64>,
    /// Fen; half of the persons have at most that.
    pub median: Option<i64>,
    /// Persons under the line that holds for their household.
    pub below_line: Option<u64>,
    /// The national line of that year for the area, in fen; `null` where none is known.
    pub line: Option<i64>,
}

/// Open cards by what is known of one assurance or guarantee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// Met.
    pub met: u64,
    /// Not met.
    pub unmet: u64,
    /// Never assessed.
    pub unknown: u64,
}

/// Open cards by who answers for them and visits them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Officials {
    /// With a responsible official.
    pub assigned: u64,
    /// Without.
    pub unassigned: u64,
    /// Without for 30 days or more.
    pub unassigned_30_days: u64,
    /// Since when the one that is longest without has been so; `null` if each has one.
    pub unassigned_since: Option<String>,
    /// Visited in the last 30 days.
    pub visited_30_days: u64,
    /// Visited in the last 90 days.
    pub visited_90_days: u64,
    /// Due for a visit within the next 7 days.
    pub visits_due: u64,
    /// Due for a visit before this day.
    pub visits_overdue: u64,
    /// With an official who answers for more households than allowed.
    pub over_caseload: u64,
    /// How often one first responsible official took over from another.
    pub handed_over: u64,
}

/// Rounds of procedures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcedureCounts {
    /// Begun, and neither failed nor decided.
    pub under_way: u64,
    /// Of these, beyond their deadline.
    pub late: u64,
    /// Decided, or failed, after their deadline.
    pub decided_late: u64,
    /// Decided without every step on record.
    pub without_steps: u64,
    /// Those under way by the step after which they stand; steps with none are left out.
    pub standing: Vec<StandingAt>,
}

/// Rounds of one procedure that stand after the same step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandingAt {
    /// The procedure.
    pub procedure: Name,
    /// The last step taken.
    pub step: Name,
    /// How many.
    pub count: u64,
}

/// Households out of poverty whose exit an audit would look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExitCounts {
    /// On an income below the line that was in force.
    pub below_line: u64,
    /// With an assurance or guarantee that was not established as met.
    pub guarantee_missing: u64,
}

/// What open cards should get by their facts and did not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gap {
    /// Households that lack something due to them.
    pub households: u64,
    /// Entitlements due and lacking.
    pub measures: u64,
    /// By entitlement, in a fixed order; those that no card is entitled to are left out.
    pub entitlements: Vec<EntitlementCounts>,
}

/// One entitlement of open cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntitlementCounts {
    /// `housing`, `relocation`, `education`, `health`, `safety_net`, `disability` or `livelihood`.
    pub entitlement: Name,
    /// Cards entitled to it.
    pub due: u64,
    /// Of these, cards that got it: housing and relocation ever, the others in the last 365 days.
    pub received: u64,
    /// Of these, cards that did not.
    pub missing: u64,
}

/// Poor villages by who is posted to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PostCounts {
    /// All of them.
    pub villages: u64,
    /// With a first secretary.
    pub first_secretary: u64,
    /// With a resident team.
    pub resident_team: u64,
    /// With neither.
    pub nobody: u64,
}

/// Poor villages by what they lack to leave the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Villages {
    /// All that were ever on it.
    pub poor: u64,
    /// Have left it.
    pub exited: u64,
    /// Still on it with an incidence below the threshold.
    pub ready: u64,
    /// Persons who must leave poverty until those still on it are all below the threshold.
    pub persons_to_go: u64,
    /// Households that takes at the least.
    pub households_to_go: u64,
}

/// Aid of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aid {
    /// The group.
    pub measure: Name,
    /// Deliveries.
    pub events: u64,
    /// Delivered less what was taken back, in fen.
    pub amount: i64,
    /// Of the amount, what households acknowledged, in fen.
    pub acknowledged: i64,
}

/// Money from the county's account to the households, in fen. `released`, and what of it is unallocated, is known only of
/// the whole that the log covers. released = allocated + unallocated, and allocated = delivered − reversed + undelivered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "the amounts are explained with the domain's `Money`")]
pub struct Money {
    pub released: i64,
    pub allocated: i64,
    pub unallocated: i64,
    pub delivered: i64,
    pub undelivered: i64,
    pub acknowledged: i64,
    pub reversed: i64,
    pub idle_12_months: i64,
    pub idle_24_months: i64,
}

/// What happened in a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthRow {
    /// The month.
    pub month: String,
    /// Households registered.
    pub registered: u32,
    /// Households that exited.
    pub exited: u32,
    /// Households that fell back.
    pub fallen_back: u32,
    /// Aid delivered less what was taken back, in fen.
    pub aid_amount: i64,
    /// Visits.
    pub visits: u32,
}

impl Progress {
    /// The document of an area's figures.
    pub fn new(area: Area, name: Option<&str>, figures: &Figures, policy: &Policy, standing: &Standing) -> Self {
        Self {
            area: area.prefix(),
            level: area.level().name().into(),
            name: name.map(str::to_owned),
            index: standing.applied.checked_sub(1),
            as_of: AsOf::new(standing),
            threshold: policy.now().exit_threshold(area, standing.today),
            incidence: figures.incidence(),
            households: Counts::new(figures, Figure::Households),
            persons: Counts::new(figures, Figure::Persons),
            income: Income::new(area, figures, policy, standing.today),
            conditions: sums::conditions(figures),
            officials: Officials::new(figures),
            procedures: ProcedureCounts::new(figures),
            exits: ExitCounts::new(figures),
            gap: Gap::new(figures),
            aid: MeasureGroup::ALL.iter().filter_map(|group| Aid::new(figures, *group)).collect(),
            money: Money::new(figures),
            posts: PostCounts::new(figures),
            villages: Villages::new(figures),
            months: figures.months.iter().map(MonthRow::new).collect(),
        }
    }

    /// The area it is about; `None` in a document from elsewhere that names none.
    pub fn area(&self) -> Option<Area> {
        self.area.parse().ok()
    }

    /// The level of its area; `None` as for [`Self::area`].
    pub fn level(&self) -> Option<Level> {
        self.area().map(Area::level)
    }
}

impl AsOf {
    pub(crate) fn new(standing: &Standing) -> Self {
        let recorded = (standing.applied > 0).then(|| moment(standing.recorded_at));
        Self { happened: standing.today.to_string(), recorded }
    }
}

impl Income {
    fn new(area: Area, figures: &Figures, policy: &Policy, today: Date) -> Self {
        let incomes = &figures.incomes;
        let line = |year| policy.now().line(LineKind::Poverty, Standard::National, area, u32::from(year), today);
        Self {
            year: incomes.year,
            mean: incomes.mean().map(fen),
            median: incomes.median().map(fen),
            below_line: incomes.year.map(|_| incomes.below_line),
            line: incomes.year.and_then(line).map(|(line, _)| fen(line)),
        }
    }
}

impl MonthRow {
    fn new((month, counts): (&Month, &MonthCounts)) -> Self {
        Self {
            month: month.to_string(),
            registered: counts.registered,
            exited: counts.exited,
            fallen_back: counts.fallen_back,
            aid_amount: fen(counts.aid),
            visits: counts.visits,
        }
    }
}

pub(crate) fn fen(amount: Fen) -> i64 {
    amount.0
}

/// A moment in China's time, to the millisecond.
pub fn moment(unix_ms: u64) -> String {
    let day = Date::of_unix_ms(unix_ms);
    let ms = unix_ms.saturating_sub(day.start_unix_ms());
    let (s, ms) = (ms / 1000, ms % 1000);
    format!("{day}T{:02}:{:02}:{:02}.{ms:03}+08:00", s / 3600, s / 60 % 60, s % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_in_chinas_time() {
        assert_eq!(moment(1_496_247_030_007), "2017-06-01T00:10:30.007+08:00"); // 2017-05-31 16:10:30 UTC
    }

    #[test]
    fn an_empty_area_has_no_invented_figures() {
        let standing = Standing { applied: 0, recorded_at: 0, today: Date::from_yyyymmdd(20_170_601).unwrap() };
        let area = "130624100".parse().unwrap();
        let progress = Progress::new(area, None, &Figures::default(), &Policy::default(), &standing);
        let json = serde_json::to_value(&progress).unwrap();
        assert_eq!(json["area"], "130624100");
        assert_eq!(json["level"], "township");
        assert_eq!(json["as_of"], serde_json::json!({"happened": "2017-06-01", "recorded": null}));
        for unknown in ["name", "index", "incidence"] {
            assert!(json[unknown].is_null(), "{unknown}");
        }
        let income = serde_json::json!({"year": null, "mean": null, "median": null, "below_line": null, "line": null});
        assert_eq!(json["income"], income);
        assert_eq!(json["threshold"], 200);
        assert_eq!(json["conditions"]["water"], serde_json::json!({"met": 0, "unmet": 0, "unknown": 0}));
        assert_eq!(serde_json::from_value::<Progress>(json).unwrap(), progress);
    }
}
