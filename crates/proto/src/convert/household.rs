//! Events of the households service.

use super::common::{corrects, evidence, sealed};
use super::member::{member, member_added, member_removed, member_updated};
use super::policy::policy_set;
use super::reader::Reader;
use super::village::{county_exited, profile_updated, village_exited, village_registered};
use crate::v1;
use crate::v1::household_event::Kind;
use lika_domain::household::{
    Attribute, Cause, DeregisterReason, ErasureReason, Facts, GROUP_MAX, HouseholdDeregistered, HouseholdEvent,
    HouseholdExited, HouseholdFellBack, HouseholdKind, HouseholdRegistered, HouseholdUpdated, MonitoringEnded,
    MonitoringKind, MonitoringOutcome, MonitoringStarted, PersonalDataErased, Standard, Subject,
};
use lika_domain::ids::{HouseholdId, OfficialId};
use lika_domain::income::IncomeAssessed;
use lika_domain::living::{DwellingGrade, LivingConditionsAssessed, Met};
use lika_domain::procedure::{Outcome, Procedure, ProcedureStepTaken, Step};

/// Most members a registration may name: as many as there are numbers. How many may live on a card is a rule.
const MEMBERS_NAMED_MAX: usize = 99;

pub(super) fn event(r: &mut Reader, event: v1::HouseholdEvent) -> Option<HouseholdEvent> {
    let happened = r.date(event.happened, "happened");
    let household = r.household(event.household, "household");
    let evidence = evidence(r, &event.evidence);
    let kind = match event.kind {
        Some(kind) => kind_of(r, kind),
        None => r.missing("kind"),
    };
    Some(HouseholdEvent {
        happened: happened?,
        household: household?,
        evidence: evidence?,
        corrects: corrects(event.corrects),
        kind: kind?,
    })
}

fn kind_of(r: &mut Reader, kind: Kind) -> Option<HouseholdKind> {
    use HouseholdKind as To;
    match kind {
        Kind::VillageRegistered(wire) => village_registered(r, wire).map(To::VillageRegistered),
        Kind::VillageProfileUpdated(wire) => profile_updated(r, &wire).map(To::VillageProfileUpdated),
        Kind::HouseholdRegistered(wire) => registered(r, wire).map(|card| To::HouseholdRegistered(Box::new(card))),
        Kind::HouseholdUpdated(wire) => facts(r, &wire).map(|facts| To::HouseholdUpdated(HouseholdUpdated { facts })),
        Kind::MemberAdded(wire) => member_added(r, &wire).map(|added| To::MemberAdded(Box::new(added))),
        Kind::MemberUpdated(wire) => member_updated(r, &wire).map(|updated| To::MemberUpdated(Box::new(updated))),
        Kind::MemberRemoved(wire) => member_removed(r, wire).map(To::MemberRemoved),
        Kind::IncomeAssessed(wire) => income(r, &wire).map(|income| To::IncomeAssessed(Box::new(income))),
        Kind::LivingConditionsAssessed(wire) => living(r, wire).map(To::LivingConditionsAssessed),
        Kind::ProcedureStepTaken(wire) => step(r, wire).map(To::ProcedureStepTaken),
        Kind::HouseholdExited(wire) => Some(To::HouseholdExited(exited(wire))),
        Kind::HouseholdFellBack(wire) => fell_back(r, wire).map(To::HouseholdFellBack),
        Kind::HouseholdDeregistered(wire) => deregistered(r, wire).map(To::HouseholdDeregistered),
        Kind::MonitoringStarted(wire) => monitoring_started(r, &wire).map(To::MonitoringStarted),
        Kind::MonitoringEnded(wire) => monitoring_ended(r, wire).map(To::MonitoringEnded),
        Kind::VillageExited(wire) => village_exited(r, wire).map(To::VillageExited),
        Kind::CountyExited(wire) => county_exited(r, wire).map(To::CountyExited),
        Kind::PersonalDataErased(wire) => erased(r, wire).map(To::PersonalDataErased),
        Kind::PolicySet(wire) => policy_set(r, wire).map(To::PolicySet),
    }
}

fn registered(r: &mut Reader, wire: v1::HouseholdRegistered) -> Option<HouseholdRegistered> {
    let members = if wire.members.is_empty() {
        r.missing("members")
    } else {
        r.list(&wire.members, MEMBERS_NAMED_MAX, "members", member)
    };
    let facts = facts(
        r,
        &v1::HouseholdUpdated {
            group: wire.group,
            attribute: wire.attribute,
            standard: wire.standard,
            main_cause: wire.main_cause,
            other_causes: wire.other_causes,
            sealed: wire.sealed,
            willing_to_relocate: wire.willing_to_relocate,
        },
    );
    Some(HouseholdRegistered { facts: facts?, members: members? })
}

fn facts(r: &mut Reader, wire: &v1::HouseholdUpdated) -> Option<Facts> {
    let group = r.small(wire.group, GROUP_MAX, "group");
    let attribute = r.kind(wire.attribute, Attribute::from_wire, "attribute");
    let standard = r.kind(wire.standard, Standard::from_wire, "standard");
    let main_cause = r.kind(wire.main_cause, Cause::from_wire, "main_cause");
    let other_causes = causes(r, &wire.other_causes, "other_causes");
    let sealed = sealed(r, wire.sealed.as_ref());
    Some(Facts {
        group: group?,
        attribute: attribute?,
        standard: standard?,
        main_cause: main_cause?,
        other_causes: other_causes?,
        willing_to_relocate: wire.willing_to_relocate,
        sealed: sealed?,
    })
}

/// How many of them there may be is a rule; more than there are kinds is no list of causes at all.
fn causes(r: &mut Reader, numbers: &[i32], field: &'static str) -> Option<Vec<Cause>> {
    r.list(numbers, Cause::ALL.len(), field, |r, number| r.kind(*number, Cause::from_wire, field))
}

fn income(r: &mut Reader, wire: &v1::IncomeAssessed) -> Option<IncomeAssessed> {
    let wage = r.amount(wire.wage, "wage");
    let production = r.amount(wire.production, "production");
    let production_cost = r.amount(wire.production_cost, "production_cost");
    let property = r.amount(wire.property, "property");
    let family_planning = r.amount(wire.family_planning, "family_planning");
    let dibao = r.amount(wire.dibao, "dibao");
    let wubao = r.amount(wire.wubao, "wubao");
    let pension = r.amount(wire.pension, "pension");
    let ecological = r.amount(wire.ecological, "ecological");
    let other_transfer = r.amount(wire.other_transfer, "other_transfer");
    let net = r.balance(wire.net, "net");
    let per_head = r.balance(wire.per_head, "per_head");
    Some(IncomeAssessed {
        year: wire.year,
        wage: wage?,
        production: production?,
        production_cost: production_cost?,
        property: property?,
        family_planning: family_planning?,
        dibao: dibao?,
        wubao: wubao?,
        pension: pension?,
        ecological: ecological?,
        other_transfer: other_transfer?,
        net: net?,
        per_head: per_head?,
    })
}

fn living(r: &mut Reader, wire: v1::LivingConditionsAssessed) -> Option<LivingConditionsAssessed> {
    let food = r.kind_or_none(wire.food, Met::from_wire, "food");
    let clothing = r.kind_or_none(wire.clothing, Met::from_wire, "clothing");
    let education = r.kind_or_none(wire.education, Met::from_wire, "education");
    let medical = r.kind_or_none(wire.medical, Met::from_wire, "medical");
    let housing = r.kind_or_none(wire.housing, Met::from_wire, "housing");
    let water = r.kind_or_none(wire.water, Met::from_wire, "water");
    let dwelling = r.kind_or_none(wire.dwelling, DwellingGrade::from_wire, "dwelling");
    let conditions = [food?, clothing?, education?, medical?, housing?, water?];
    Some(LivingConditionsAssessed { conditions, dwelling: dwelling? })
}

fn step(r: &mut Reader, wire: v1::ProcedureStepTaken) -> Option<ProcedureStepTaken> {
    let procedure = r.kind(wire.procedure, Procedure::from_wire, "procedure");
    let step = r.kind(wire.step, Step::from_wire, "step");
    let outcome = r.kind(wire.outcome, Outcome::from_wire, "outcome");
    let until = r.date_or_none(wire.until, "until");
    Some(ProcedureStepTaken {
        procedure: procedure?,
        step: step?,
        outcome: outcome?,
        present: wire.present,
        in_favour: wire.in_favour,
        until: until?,
        objections: wire.objections,
    })
}

fn exited(wire: v1::HouseholdExited) -> HouseholdExited {
    HouseholdExited { income_year: wire.income_year, accepted: wire.accepted }
}

fn fell_back(r: &mut Reader, wire: v1::HouseholdFellBack) -> Option<HouseholdFellBack> {
    let cause = r.kind(wire.cause, Cause::from_wire, "cause")?;
    Some(HouseholdFellBack { cause, exit_in_error: wire.exit_in_error })
}

fn deregistered(r: &mut Reader, wire: v1::HouseholdDeregistered) -> Option<HouseholdDeregistered> {
    let reason = r.kind(wire.reason, DeregisterReason::from_wire, "reason");
    let merged_into = r.household(wire.merged_into, "merged_into");
    Some(HouseholdDeregistered { reason: reason?, merged_into: merged_into? })
}

fn monitoring_started(r: &mut Reader, wire: &v1::MonitoringStarted) -> Option<MonitoringStarted> {
    let kind = r.kind(wire.kind, MonitoringKind::from_wire, "kind");
    let risks = causes(r, &wire.risks, "risks");
    Some(MonitoringStarted { kind: kind?, risks: risks? })
}

fn monitoring_ended(r: &mut Reader, wire: v1::MonitoringEnded) -> Option<MonitoringEnded> {
    let outcome = r.kind(wire.outcome, MonitoringOutcome::from_wire, "outcome")?;
    Some(MonitoringEnded { outcome })
}

fn erased(r: &mut Reader, wire: v1::PersonalDataErased) -> Option<PersonalDataErased> {
    let subject = match subject(wire.subject) {
        None if wire.subject == 0 => r.missing("subject"),
        None => r.invalid("subject", "the number of a household (10 digits) or an official (8 digits)"),
        subject => subject,
    };
    let reason = r.kind(wire.reason, ErasureReason::from_wire, "reason");
    Some(PersonalDataErased { subject: subject?, reason: reason? })
}

/// Whose personal data the vault keeps under a number: 10 digits are a household's, 8 an official's.
pub fn subject(number: u64) -> Option<Subject> {
    let official = || u32::try_from(number).ok().and_then(OfficialId::new).map(Subject::Official);
    HouseholdId::new(number).map(Subject::Household).or_else(official)
}
