//! Procedures as readers see them: the place of each round, the steps that may follow, who may take them and from
//! when.

use crate::document::Name;
use crate::schema;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::Index;
use lika_domain::policy::InForce;
use lika_domain::procedure::machine::StepRule;
use lika_domain::procedure::{End, Outcome, Place, Procedure, Round, Step, StepTaken};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One run of a procedure.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Round")]
pub struct RoundView {
    /// The procedure.
    #[schemars(extend("enum" = schema::choice(&Procedure::LIST)))]
    pub procedure: Name,
    /// Its first day.
    #[schemars(schema_with = "schema::day_or_null")]
    pub begun: Option<String>,
    /// `under_way`, `failed`, `decided` or `dropped`.
    #[schemars(extend("enum" = ["under_way", "failed", "decided", "dropped"]))]
    pub standing: Name,
    /// Entry that recorded the decision.
    pub decided: Option<Index>,
    /// Every step that leads to the decision was on record; `null` while there is none.
    pub complete: Option<bool>,
    /// It came after its deadline, or is under way beyond it.
    pub late: bool,
    /// Last day for the decision, while it is under way and if the policy sets one.
    #[schemars(schema_with = "schema::day_or_null")]
    pub due: Option<String>,
    /// Steps taken, in order.
    pub steps: Vec<StepView>,
    /// Steps that may follow.
    pub next: Vec<NextView>,
    /// The event that ends it may be recorded now.
    pub ready: bool,
}

/// A step that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ProcedureStep")]
pub struct StepView {
    /// The step.
    #[schemars(extend("enum" = schema::choice(&Step::LIST)))]
    pub step: Name,
    /// `passed` or `failed`.
    #[schemars(extend("enum" = schema::choice(&Outcome::LIST)))]
    pub outcome: Name,
    /// The day.
    #[schemars(schema_with = "schema::day")]
    pub happened: String,
    /// Last day of a publicity.
    #[schemars(schema_with = "schema::day_or_null")]
    pub until: Option<String>,
    /// Number of the official who recorded it.
    #[schemars(schema_with = "schema::official")]
    pub by: String,
    /// Entry that recorded it.
    pub entry: Index,
}

/// A step that may follow.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "NextStep")]
pub struct NextView {
    /// The step.
    #[schemars(extend("enum" = schema::choice(&Step::LIST)))]
    pub step: Name,
    /// Roles that may take it.
    pub roles: Vec<Name>,
    /// Kinds of document it needs.
    pub evidence: Vec<Name>,
    /// Number of the official who must not take it, since they took the step before.
    #[schemars(schema_with = "schema::official_or_null")]
    pub not_by: Option<String>,
    /// First day on which it may be taken.
    #[schemars(schema_with = "schema::day")]
    pub from: String,
}

impl RoundView {
    /// A round on a day; `policy` and `area` give its deadline.
    pub(crate) fn new(round: &Round, policy: InForce<'_>, area: Area, today: Date) -> Self {
        let days = policy.deadline_days(round.procedure, area, today);
        let due = days.and_then(|days| Some(round.begun()?.plus_days(i32::try_from(days).unwrap_or(i32::MAX))));
        let (standing, decided, complete, late) = match round.end {
            None => ("under_way", None, None, round.is_late_on(today, days)),
            Some(End::Failed { late }) => ("failed", None, None, late),
            Some(End::Decided { entry, complete, late, .. }) => ("decided", Some(entry), Some(complete), late),
            Some(End::Dropped) => ("dropped", None, None, false),
        };
        let place = round.place();
        let machine = round.procedure.machine();
        let follows = |rule: &&StepRule| place != Place::Start && rule.after.contains(&place);
        let ready = round.is_open() && machine.way_to_decision(place).is_some_and(|missing| missing.is_empty());
        Self {
            procedure: round.procedure.name().into(),
            begun: round.begun().map(|day| day.to_string()),
            standing: standing.into(),
            decided,
            complete,
            late,
            due: due.filter(|_| round.is_open()).map(|day| day.to_string()),
            steps: round.steps.iter().map(StepView::new).collect(),
            next: machine.rules.iter().filter(follows).map(|rule| NextView::new(rule, round)).collect(),
            ready,
        }
    }
}

impl StepView {
    fn new(step: &StepTaken) -> Self {
        Self {
            step: step.step.name().into(),
            outcome: step.outcome.name().into(),
            happened: step.happened.to_string(),
            until: step.until.map(|day| day.to_string()),
            by: step.by.to_string(),
            entry: step.entry,
        }
    }
}

impl NextView {
    fn new(rule: &StepRule, round: &Round) -> Self {
        let last = round.steps.last();
        let from = last.map(StepTaken::followed_from).or_else(|| round.begun());
        Self {
            step: rule.step.name().into(),
            roles: rule.roles.iter().map(|role| role.name().into()).collect(),
            evidence: rule.evidence.iter().map(|kind| kind.name().into()).collect(),
            not_by: last.filter(|_| rule.by_another).map(|last| last.by.to_string()),
            from: from.map_or_else(String::new, |day| day.to_string()),
        }
    }
}
