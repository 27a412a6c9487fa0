//! The progress of an area: one shape everywhere, in the API, in `--json`, in a replay and on pages, for a village
//! and for any sum of villages.
//!
//! Amounts are in fen. Shares are in persons per 10,000. Days are `2017-06-01`, months `2017-06`, moments
//! `2017-06-01T09:30:00.000+08:00`. A value that is not known is `null` and never 0.

mod sums;

pub use sums::Sums;

use crate::schema;
use lika_domain::aid::MeasureGroup;
use lika_domain::area::{Area, Level};
pub use lika_domain::date::moment;
use lika_domain::date::{Date, Month};
use lika_domain::entitlement::Entitlement;
use lika_domain::household::Standard;
use lika_domain::ids::Index;
use lika_domain::living::Condition;
use lika_domain::money::Fen;
use lika_domain::policy::{LineKind, Policy};
use lika_domain::procedure::{Procedure, Step};
use lika_domain::progress::{
    Aid, Coverage, Entitled, Exit, Exits, Figure, Figures, Gap, Known, Money, MonthPart, Posts, Procedures, Tally,
    Visited,
};
use lika_domain::village::MonthCounts;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A name from a closed list of the field.
pub type Name = Cow<'static, str>;

/// The state that figures are of: how much of the log, and the day that they count back from.
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Progress {
    /// The shortest prefix that names the area: 2, 4, 6, 9 or 12 digits.
    #[schemars(schema_with = "schema::prefix")]
    pub area: String,
    /// `province`, `prefecture`, `county`, `township` or `village`.
    #[schemars(extend("enum" = schema::levels()))]
    pub level: Name,
    /// Name of the village, or of the area the log covers; `null` for others, which the log does not name.
    pub name: Option<String>,
    /// Index of the last entry that was applied; `null` before the first.
    pub index: Option<Index>,
    /// The time of the figures, on both clocks.
    pub as_of: AsOf,
    /// Highest incidence at which the area may exit, in poor persons per 10,000 rural registered persons.
    pub threshold: u32,
    /// Poor persons (poor, pre-exit and fallen back) per 10,000 rural registered persons, rounded down; `null` if no
    /// village states its rural persons.
    pub incidence: Option<u64>,
    /// Cards.
    pub households: Sums<Tally>,
    /// Persons on them.
    pub persons: Sums<Tally>,
    /// Income per head.
    pub income: Income,
    /// By `food`, `clothing`, `education`, `medical`, `housing`, `water`: open cards for which it is met, not met, or
    /// was never assessed.
    pub conditions: BTreeMap<Name, Sums<Known>>,
    /// Responsible officials of the open cards, and visits.
    pub officials: Officials,
    /// Rounds of procedures: of open cards, of candidate households, of villages and of the county.
    pub procedures: ProcedureCounts,
    /// Exits that an audit would look at.
    pub exits: Sums<Exits>,
    /// What open cards should get and did not get.
    pub gap: GapCounts,
    /// Aid by group, in the order of the groups' numbers; groups without any are left out.
    pub aid: Vec<AidSums>,
    /// Money on its way.
    pub money: Sums<Money>,
    /// Officials posted to the poor villages, including those that have left the list.
    pub posts: Sums<Posts>,
    /// What the poor villages lack to leave the list.
    pub villages: Sums<Exit>,
    /// Counts of each month, in order; months in which nothing happened are left out.
    pub months: Vec<MonthRow>,
}

/// The time of figures, on both clocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AsOf {
    /// The day that they count back from; they leave out everything that happened later.
    #[schemars(schema_with = "schema::day")]
    pub happened: String,
    /// When the latest entry applied was recorded, in China's time; `null` before the first.
    #[schemars(schema_with = "schema::moment_or_null")]
    pub recorded: Option<String>,
}

/// Income per head on open cards, of the latest year for which one of them has an assessment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Income {
    /// The year; this and the figures below are `null` without an assessment.
    pub year: Option<u16>,
    /// Fen, rounded down.
    pub mean: Option<i64>,
    /// Fen; half of the persons have no more.
    pub median: Option<i64>,
    /// Persons in households below the line that holds for them.
    pub below_line: Option<u64>,
    /// The national line of that year for the area, in fen; `null` if none is known.
    pub line: Option<i64>,
}

/// Responsible officials of the open cards, and visits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Officials {
    /// Cards by responsible official.
    #[serde(flatten)]
    pub coverage: Sums<Coverage>,
    /// Cards by their last visit.
    #[serde(flatten)]
    pub visits: Sums<Visited>,
    /// The earliest day since which an open card has had no responsible official; `null` if each has one.
    #[schemars(schema_with = "schema::day_or_null")]
    pub unassigned_since: Option<String>,
}

/// Rounds of procedures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProcedureCounts {
    /// All of them.
    #[serde(flatten)]
    pub rounds: Sums<Procedures>,
    /// Rounds under way by their last step; steps without rounds are left out.
    pub standing: Vec<StandingAt>,
}

/// Rounds of one procedure with the same last step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct StandingAt {
    /// The procedure.
    #[schemars(extend("enum" = schema::choice(&Procedure::LIST)))]
    pub procedure: Name,
    /// The last step taken.
    #[schemars(extend("enum" = schema::choice(&Step::LIST)))]
    pub step: Name,
    /// How many.
    pub count: u64,
}

/// What open cards should get according to their facts and did not get.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "GapDocument")]
pub struct GapCounts {
    /// The totals.
    #[serde(flatten)]
    pub sums: Sums<Gap>,
    /// By entitlement, in a fixed order; entitlements that no card has are left out.
    pub entitlements: Vec<EntitlementCounts>,
}

/// One entitlement of open cards.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Entitlement")]
pub struct EntitlementCounts {
    /// `housing`, `relocation`, `education`, `health`, `safety_net`, `disability` or `livelihood`.
    #[schemars(extend("enum" = schema::choice(&Entitlement::LIST)))]
    pub entitlement: Name,
    /// Cards for which it is due, received and missing.
    #[serde(flatten)]
    pub sums: Sums<Entitled>,
}

/// Aid of one group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "AidOfGroup")]
pub struct AidSums {
    /// The group.
    #[schemars(extend("enum" = schema::choice(&MeasureGroup::LIST)))]
    pub measure: Name,
    /// Deliveries and their amounts, in fen.
    #[serde(flatten)]
    pub sums: Sums<Aid>,
}

/// Counts of a month.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MonthRow {
    /// The month.
    #[schemars(schema_with = "schema::month")]
    pub month: String,
    /// Its counts.
    #[serde(flatten)]
    pub sums: Sums<MonthPart>,
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
            households: Sums::of(figures, Figure::Households),
            persons: Sums::of(figures, Figure::Persons),
            income: Income::new(area, figures, policy, standing.today),
            conditions: Condition::ALL
                .iter()
                .map(|one| (one.name().into(), Sums::of(figures, |part| Figure::Condition(*one, part))))
                .collect(),
            officials: Officials::new(figures),
            procedures: ProcedureCounts::new(figures),
            exits: Sums::of(figures, Figure::Exits),
            gap: GapCounts::new(figures),
            aid: MeasureGroup::ALL.iter().filter_map(|group| AidSums::new(figures, *group)).collect(),
            money: Sums::of(figures, Figure::Money),
            posts: Sums::of(figures, Figure::Posts),
            villages: Sums::of(figures, Figure::Villages),
            months: figures.months.iter().map(MonthRow::new).collect(),
        }
    }

    /// Poor households at the end of each month, as registrations, exits and fall-backs give them. The document does
    /// not count by month the cards that were closed for other reasons, so the last number may be above the present
    /// figure.
    pub fn poor_by_month(&self) -> Vec<(&str, u64)> {
        let mut poor = 0_i64;
        let month = |row: &'_ MonthRow| {
            let of = |part| row.sums.get(part);
            poor += of(MonthPart::Registered) + of(MonthPart::FallenBack) - of(MonthPart::Exited);
            u64::try_from(poor).unwrap_or(0)
        };
        let counts: Vec<u64> = self.months.iter().map(month).collect();
        self.months.iter().map(|row| row.month.as_str()).zip(counts).collect()
    }

    /// The area it is about; `None` if a document from elsewhere names none.
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

impl Officials {
    fn new(figures: &Figures) -> Self {
        Self {
            coverage: Sums::of(figures, Figure::Officials),
            visits: Sums::of(figures, Figure::Visits),
            unassigned_since: figures.unassigned_since.map(|day| day.to_string()),
        }
    }
}

impl ProcedureCounts {
    fn new(figures: &Figures) -> Self {
        let at = |procedure: Procedure, step: Step| {
            let count = figures.get(Figure::At(procedure, step)).unsigned_abs();
            let (procedure, step) = (procedure.name().into(), step.name().into());
            (count > 0).then_some(StandingAt { procedure, step, count })
        };
        let standing = Procedure::ALL.iter().flat_map(|run| Step::ALL.iter().filter_map(move |step| at(*run, *step)));
        Self { rounds: Sums::of(figures, Figure::Procedures), standing: standing.collect() }
    }
}

impl GapCounts {
    fn new(figures: &Figures) -> Self {
        let of = |one: &Entitlement| EntitlementCounts {
            entitlement: one.name().into(),
            sums: Sums::of(figures, |part| Figure::Entitled(*one, part)),
        };
        let entitlements = Entitlement::ALL.iter().map(of).filter(|one| one.sums.get(Entitled::Due) > 0);
        Self { sums: Sums::of(figures, Figure::Gap), entitlements: entitlements.collect() }
    }
}

impl AidSums {
    fn new(figures: &Figures, group: MeasureGroup) -> Option<Self> {
        let sums = Sums::of(figures, |part| Figure::Aid(group, part));
        (sums.get(Aid::Events) > 0).then(|| Self { measure: group.name().into(), sums })
    }
}

impl MonthRow {
    fn new((month, counts): (&Month, &MonthCounts)) -> Self {
        Self { month: month.to_string(), sums: Sums::of_month(counts) }
    }
}

pub(crate) fn fen(amount: Fen) -> i64 {
    amount.0
}

#[cfg(test)]
mod tests {
    use super::*;

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
