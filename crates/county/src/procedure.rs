//! Steps of procedures as officials report them: who takes which step, with which documents, in what order.

use super::clerk::{Card, Clerk};
use super::plan::Target;
use super::village::Village;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::kind::FromWire;
use lika_domain::official::Role;
use lika_domain::procedure as rules;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::{EvidenceKind, Outcome, Procedure, Step};

/// Days of a publicity beyond the required ones.
const PUBLICITY_SPARE_DAYS: u32 = 3;
/// Days of the publicity about villages and the county: it ends when the year's exits are recorded.
const LONG_PUBLICITY_DAYS: i32 = 18;

/// The subject of a step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum About {
    /// A card, or a household that is about to get one.
    Card(Card),
    /// A village or the county.
    Area(Area),
}

/// Devices of the officials who take steps.
#[derive(Clone, Copy, Debug)]
pub(crate) struct People {
    pub officer: usize,
    pub responsible: usize,
    pub township: usize,
    pub county: usize,
}

/// The steps of a procedure taken here, of those that its table allows.
pub(crate) fn path(procedure: Procedure) -> &'static [Step] {
    use Step::{
        Acceptance, Announcement, Application, Appraisal, Clue, CountyAudit, Decision, Publicity, SecondPublicity,
        SuperiorCheck, TownshipAudit, Verification,
    };
    match procedure {
        Procedure::Identification => {
            &[Application, Appraisal, Publicity, TownshipAudit, SecondPublicity, CountyAudit, Announcement]
        }
        Procedure::HouseholdExit => {
            &[Appraisal, Verification, Acceptance, Publicity, TownshipAudit, CountyAudit, Announcement]
        }
        Procedure::FallBack => &[Clue, Verification, Appraisal, Publicity, TownshipAudit, CountyAudit, Announcement],
        Procedure::Monitoring => &[Clue, Verification, Appraisal, Publicity, TownshipAudit, Decision],
        Procedure::MonitoringEnd => &[Verification, Acceptance, Publicity, TownshipAudit, Decision],
        Procedure::VillageExit => &[Application, TownshipAudit, Publicity, CountyAudit, Decision, Announcement],
        Procedure::CountyExit => &[Application, SuperiorCheck, Publicity, Decision, Announcement],
        Procedure::Unspecified => &[],
    }
}

impl People {
    /// The officials of a village; `responsible` is the household's responsible official.
    pub(crate) fn of(village: &Village, responsible: usize) -> Self {
        let Village { officer, township_officer: township, county_officer: county, .. } = *village;
        Self { officer, responsible, township, county }
    }

    /// The official who takes a step: the first one whom the table allows, and a different person than before if the
    /// table requires it.
    pub(crate) fn who(&self, procedure: Procedure, step: Step, last: Option<usize>) -> usize {
        let Some(rule) = rule(procedure, step) else { return self.officer };
        let of_role = |role: &Role| match role {
            Role::VillageOfficer => Some(self.officer),
            Role::Responsible => Some(self.responsible),
            Role::TownshipOfficer => Some(self.township),
            Role::CountyOfficer => Some(self.county),
            _ => None,
        };
        let allowed: Vec<usize> = rule.roles.iter().filter_map(of_role).collect();
        // The same official continues if allowed; others are involved only if necessary. A clue is noticed by
        // the responsible official.
        let goes_on = last.filter(|last| !rule.by_another && allowed.contains(last));
        let sees = (step == Step::Clue || step == Step::Verification).then_some(self.responsible);
        let another = |device: &usize| !rule.by_another || Some(*device) != last;
        let chosen = goes_on.or(sees.filter(|device| allowed.contains(device) && another(device)));
        chosen.or_else(|| allowed.iter().copied().find(another)).unwrap_or(self.officer)
    }
}

impl Clerk {
    /// Reports a step with its documents; `change` may modify it.
    #[expect(clippy::too_many_arguments, reason = "a step has that many facts")]
    pub(crate) fn step(
        &mut self,
        author: usize,
        about: About,
        procedure: Procedure,
        step: Step,
        happened: Date,
        corrects: Option<Target>,
        change: impl FnOnce(&mut v1::ProcedureStepTaken),
    ) -> Target {
        let (event, area) = self.step_event(about, procedure, step, happened, change);
        self.household_event(author, area, event, corrects)
    }

    /// The event of a step with its documents, and its area.
    pub(crate) fn step_event(
        &mut self,
        about: About,
        procedure: Procedure,
        step: Step,
        happened: Date,
        change: impl FnOnce(&mut v1::ProcedureStepTaken),
    ) -> (v1::HouseholdEvent, Area) {
        let mut taken = self.taken(procedure, step, happened);
        change(&mut taken);
        let kinds = rule(procedure, step).map_or(&[][..], |rule| rule.evidence);
        let evidence = kinds.iter().map(|kind| self.paper(EvidenceKind::try_from(*kind as i32).unwrap_or_default()));
        let evidence = evidence.collect();
        let (household, area) = match about {
            About::Card(card) => (card.id.get(), card.village),
            About::Area(area) => (0, area),
        };
        let kind = Some(Kind::ProcedureStepTaken(taken));
        (v1::HouseholdEvent { happened: happened.yyyymmdd(), household, evidence, kind, ..Default::default() }, area)
    }

    /// A step that was passed. A meeting has voters; a publicity lasts its days.
    fn taken(&mut self, procedure: Procedure, step: Step, day: Date) -> v1::ProcedureStepTaken {
        let (mut present, mut in_favour, mut until) = (0, 0, 0);
        match step {
            Step::Appraisal => {
                present = self.dice.between(25, 80);
                in_favour = present - self.dice.below(present / 8 + 1);
            }
            Step::Publicity | Step::SecondPublicity => {
                let spare = i32::try_from(self.dice.below(PUBLICITY_SPARE_DAYS)).unwrap_or(0);
                until = day.plus_days(publicity_days(procedure) - 1 + spare).yyyymmdd();
            }
            _ => {}
        }
        v1::ProcedureStepTaken {
            procedure: procedure.into(),
            step: step.into(),
            outcome: Outcome::Passed.into(),
            present,
            in_favour,
            until,
            objections: 0,
        }
    }

    /// An invented document: its hash and a plausible size.
    fn paper(&mut self, kind: EvidenceKind) -> v1::Evidence {
        let sha256 = self.dice.bytes::<32>().to_vec().into();
        v1::Evidence { kind: kind.into(), sha256, size: u64::from(self.dice.between(40_000, 900_000)) }
    }
}

fn publicity_days(procedure: Procedure) -> i32 {
    match procedure {
        Procedure::Monitoring | Procedure::MonitoringEnd => 5,
        Procedure::VillageExit | Procedure::CountyExit => LONG_PUBLICITY_DAYS,
        _ => 7,
    }
}

/// Whether the table allows a step after another.
pub(crate) fn follows(procedure: Procedure, step: Step, stands: Step) -> bool {
    let place = rules::Step::from_wire(stands.into()).map(rules::Place::At);
    rule(procedure, step).zip(place).is_some_and(|(rule, place)| rule.after.contains(&place))
}

/// The rule of a step in the table of its procedure.
pub(crate) fn rule(procedure: Procedure, step: Step) -> Option<&'static rules::machine::StepRule> {
    let procedure = rules::Procedure::from_wire(procedure.into())?;
    procedure.machine().rule(rules::Step::from_wire(step.into())?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rules::Place;

    #[test]
    fn every_path_is_one_of_its_table_and_leads_to_the_decision() {
        for procedure in rules::Procedure::ALL {
            let machine = procedure.machine();
            let wire = Procedure::try_from(*procedure as i32).unwrap();
            let mut place = Place::Start;
            for step in path(wire) {
                let rule = rule(wire, *step).unwrap();
                assert!(rule.after.contains(&place), "{} {}", procedure.name(), rule.step.name());
                place = Place::At(rule.step);
            }
            assert_eq!(machine.way_to_decision(place), Some(Vec::new()), "{}", procedure.name());
        }
    }
}
