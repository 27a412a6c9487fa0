//! A card as readers see it: everything that the log has in the clear, and no sealed data.
//!
//! Numbers are texts of all their digits, amounts are in fen, days are `2017-06-01` and months `2017-06`. A value that
//! is not known is `null`.

use crate::document::{Name, Standing, fen};
use crate::procedures::RoundView;
use crate::schema;
use lika_domain::aid::{Delivery, MeasureGroup};
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::entitlement::Entitlement;
use lika_domain::household::{Attribute, Cause, Household, MonitoringKind, Standard};
use lika_domain::ids::{HouseholdId, Index};
use lika_domain::living::{Condition as Guarantee, Conditions};
use lika_domain::member::{Health, Labour, Member, Relation, Sex};
use lika_domain::official::Capacity;
use lika_domain::policy::InForce;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "HouseholdCard")]
pub struct HouseholdView {
    /// Household number.
    #[schemars(schema_with = "schema::household")]
    pub id: String,
    /// Its village, 12 digits.
    #[schemars(schema_with = "schema::village")]
    pub village: String,
    /// Index of the last entry that was applied.
    pub index: Option<Index>,
    /// Group inside the village; `null` if not known.
    pub group: Option<u16>,
    /// `general`, `dibao` or `wubao`.
    #[schemars(extend("enum" = schema::choice(&Attribute::LIST)))]
    pub attribute: Name,
    /// Standard it was identified by: `national` or `provincial`.
    #[schemars(extend("enum" = schema::choice(&Standard::LIST)))]
    pub standard: Name,
    /// The main cause of its poverty.
    #[schemars(extend("enum" = schema::choice(&Cause::LIST)))]
    pub main_cause: Name,
    /// Further causes.
    pub other_causes: Vec<Name>,
    /// Willing to be relocated.
    pub willing_to_relocate: bool,
    /// When it was registered.
    #[schemars(schema_with = "schema::day")]
    pub registered: String,
    /// Status: `poor`, `pre_exit`, `exited`, `fallen_back` or `deregistered`.
    pub status: Name,
    /// Since when.
    #[schemars(schema_with = "schema::day")]
    pub since: String,
    /// Its monitoring; `null` if it is not monitored.
    pub monitoring: Option<MonitoringView>,
    /// Its members.
    pub members: Vec<MemberView>,
    /// Income by year.
    pub incomes: Vec<IncomeView>,
    /// By `food`, `clothing`, `education`, `medical`, `housing`, `water`; a condition that was never assessed is left
    /// out.
    pub conditions: BTreeMap<Name, ConditionView>,
    /// Grade of the dwelling, `a` to `d`.
    pub dwelling: Option<Name>,
    /// Procedures it went through or is going through, in the order in which they began.
    pub procedures: Vec<RoundView>,
    /// Officials who answer for it.
    pub officials: Vec<AssignmentView>,
    /// Since when it has no responsible official; `null` while it has one.
    #[schemars(schema_with = "schema::day_or_null")]
    pub unassigned: Option<String>,
    /// Day of the last visit.
    #[schemars(schema_with = "schema::day_or_null")]
    pub visited: Option<String>,
    /// Number of visits.
    pub visits: u32,
    /// What it should get according to its facts, and whether it got it.
    pub entitlements: Vec<EntitlementView>,
    /// Aid it got, in order of recording.
    pub deliveries: Vec<DeliveryView>,
    /// Its personal data was erased.
    pub erased: bool,
    /// Entries that concern it, in order; the latest [`ENTRIES_SHOWN_MAX`](crate::views::ENTRIES_SHOWN_MAX).
    pub entries: Vec<Index>,
}

/// The monitoring of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Monitoring")]
pub struct MonitoringView {
    /// `unstable`, `marginal` or `hardship`.
    #[schemars(extend("enum" = schema::choice(&MonitoringKind::LIST)))]
    pub kind: Name,
    /// Since when.
    #[schemars(schema_with = "schema::day")]
    pub since: String,
    /// Its risks.
    pub risks: Vec<Name>,
}

/// A person on a card, without name and citizen ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Member")]
pub struct MemberView {
    /// Person number.
    #[schemars(schema_with = "schema::member")]
    pub id: String,
    /// Relation to the head.
    #[schemars(extend("enum" = schema::choice(&Relation::LIST)))]
    pub relation: Name,
    /// `male` or `female`.
    #[schemars(extend("enum" = schema::choice(&Sex::LIST)))]
    pub sex: Name,
    /// Month of birth.
    #[schemars(schema_with = "schema::month")]
    pub birth_month: String,
    /// Ethnicity, code of GB/T 3304.
    pub ethnicity: u8,
    /// Highest education completed.
    pub education: Option<Name>,
    /// School attended now.
    pub school: Option<Name>,
    /// State of health.
    #[schemars(extend("enum" = schema::choice(&Health::LIST)))]
    pub health: Name,
    /// Ability to work.
    #[schemars(extend("enum" = schema::choice(&Labour::LIST)))]
    pub labour: Name,
    /// Where they work away from home.
    pub work_place: Option<Name>,
    /// Months worked away from home in the year.
    pub work_months: u8,
    /// Has basic medical insurance.
    pub medical_insurance: bool,
    /// Has basic pension insurance.
    pub pension_insurance: bool,
    /// Category and grade of the disability certificate.
    pub disability: Option<(u8, u8)>,
}

/// A year's income.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "YearIncome")]
pub struct IncomeView {
    /// The year.
    pub year: u16,
    /// Members it was divided by.
    pub members: u8,
    /// Net income in fen.
    pub net: i64,
    /// Net income per member in fen.
    pub per_head: i64,
    /// Entry that assessed it.
    pub entry: Index,
}

/// The assessment of one assurance or guarantee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "ConditionMet")]
pub struct ConditionView {
    /// Whether it is met.
    pub met: bool,
    /// When that was established.
    #[schemars(schema_with = "schema::day")]
    pub since: String,
    /// Entry that established it.
    pub entry: Index,
}

/// An official who answers for a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Assignment")]
pub struct AssignmentView {
    /// Official number.
    #[schemars(schema_with = "schema::official")]
    pub official: String,
    /// `first` or `second`.
    #[schemars(extend("enum" = schema::choice(&Capacity::LIST)))]
    pub capacity: Name,
    /// First day.
    #[schemars(schema_with = "schema::day")]
    pub from: String,
    /// Entry that began it.
    pub entry: Index,
}

/// An entitlement of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "CardEntitlement")]
pub struct EntitlementView {
    /// `housing`, `relocation`, `education`, `health`, `safety_net`, `disability` or `livelihood`.
    #[schemars(extend("enum" = schema::choice(&Entitlement::LIST)))]
    pub entitlement: Name,
    /// Day of the latest delivery that counts for it; `null` if it is missing.
    #[schemars(schema_with = "schema::day_or_null")]
    pub received: Option<String>,
    /// Entry of that delivery.
    pub entry: Option<Index>,
}

/// Aid that reached a household.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Delivery")]
pub struct DeliveryView {
    /// Its number in the household.
    pub number: u32,
    /// Group of measures.
    #[schemars(extend("enum" = schema::choice(&MeasureGroup::LIST)))]
    pub measure: Name,
    /// Allocation that paid for it.
    pub allocation: Option<u64>,
    /// Fen.
    pub amount: i64,
    /// When.
    #[schemars(schema_with = "schema::day")]
    pub happened: String,
    /// When the household confirmed it.
    #[schemars(schema_with = "schema::day_or_null")]
    pub acknowledged: Option<String>,
    /// Fen taken back.
    pub reversed: i64,
    /// Entry that recorded it.
    pub entry: Index,
}

impl HouseholdView {
    pub(crate) fn new(
        (area, id): (Area, HouseholdId),
        card: &Household,
        policy: InForce<'_>,
        entries: Vec<Index>,
        standing: &Standing,
    ) -> Self {
        let facts = &card.facts;
        Self {
            id: id.to_string(),
            village: area.to_string(),
            index: standing.applied.checked_sub(1),
            group: Some(facts.group).filter(|group| *group > 0),
            attribute: facts.attribute.name().into(),
            standard: facts.standard.name().into(),
            main_cause: facts.main_cause.name().into(),
            other_causes: facts.other_causes.iter().map(|cause| cause.name().into()).collect(),
            willing_to_relocate: facts.willing_to_relocate,
            registered: card.registered.to_string(),
            status: card.status.name().into(),
            since: card.since.to_string(),
            monitoring: card.monitoring.as_ref().map(|watch| MonitoringView {
                kind: watch.kind.name().into(),
                since: watch.since.to_string(),
                risks: watch.risks.iter().map(|risk| risk.name().into()).collect(),
            }),
            members: card.members.iter().map(|member| MemberView::new(id, member)).collect(),
            incomes: incomes(card),
            conditions: conditions(&card.conditions),
            dwelling: card.conditions.dwelling.map(|grade| grade.name().into()),
            procedures: card.rounds.iter().map(|round| RoundView::new(round, policy, area, standing.today)).collect(),
            officials: assignments(card),
            unassigned: card.unassigned.map(|day| day.to_string()),
            visited: card.visited.map(|day| day.to_string()),
            visits: card.visits,
            entitlements: entitlements(card, standing.today),
            deliveries: card.deliveries.iter().map(DeliveryView::new).collect(),
            erased: card.erased,
            entries,
        }
    }
}

impl MemberView {
    fn new(household: HouseholdId, member: &Member) -> Self {
        Self {
            id: household.person(member.number).to_string(),
            relation: member.relation.name().into(),
            sex: member.sex.name().into(),
            birth_month: member.birth_month.to_string(),
            ethnicity: member.ethnicity,
            education: member.education.map(|education| education.name().into()),
            school: member.school.map(|school| school.name().into()),
            health: member.health.name().into(),
            labour: member.labour.name().into(),
            work_place: member.work_place.map(|place| place.name().into()),
            work_months: member.work_months,
            medical_insurance: member.medical_insurance,
            pension_insurance: member.pension_insurance,
            disability: member.disability.map(|disability| (disability.category, disability.grade)),
        }
    }
}

impl DeliveryView {
    fn new(delivery: &Delivery) -> Self {
        Self {
            number: delivery.number,
            measure: delivery.group.name().into(),
            allocation: delivery.allocation,
            amount: fen(delivery.amount),
            happened: delivery.happened.to_string(),
            acknowledged: delivery.acknowledged.map(|day| day.to_string()),
            reversed: fen(delivery.reversed),
            entry: delivery.entry,
        }
    }
}

fn incomes(card: &Household) -> Vec<IncomeView> {
    let view = |income: &lika_domain::income::YearIncome| IncomeView {
        year: income.year,
        members: income.members,
        net: fen(income.net),
        per_head: fen(income.per_head),
        entry: income.entry,
    };
    card.incomes.iter().map(view).collect()
}

fn conditions(conditions: &Conditions) -> BTreeMap<Name, ConditionView> {
    let known = Guarantee::ALL
        .iter()
        .map(|one| one.name())
        .zip(conditions.met)
        .filter_map(|(name, known)| Some((name, known?)));
    known
        .map(|(name, (met, since, entry))| {
            let met = met == lika_domain::living::Met::Yes;
            (Name::from(name), ConditionView { met, since: since.to_string(), entry })
        })
        .collect()
}

/// The entitlements of a card; a closed card has none.
fn entitlements(card: &Household, today: Date) -> Vec<EntitlementView> {
    let due = Entitlement::ALL.iter().filter(|one| card.status.is_live() && one.is_due(card, today));
    let view = |one: &Entitlement| {
        let delivery = one.received(card, today);
        EntitlementView {
            entitlement: one.name().into(),
            received: delivery.map(|delivery| delivery.happened.to_string()),
            entry: delivery.map(|delivery| delivery.entry),
        }
    };
    due.map(view).collect()
}

fn assignments(card: &Household) -> Vec<AssignmentView> {
    let view = |assignment: &lika_domain::official::Assignment| AssignmentView {
        official: assignment.official.to_string(),
        capacity: assignment.capacity.name().into(),
        from: assignment.from.to_string(),
        entry: assignment.entry,
    };
    card.officials.iter().map(view).collect()
}
