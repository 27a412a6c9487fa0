//! Ways through the procedures, step by step, with the right officials, documents and days.

use crate::households::income_of_2015;
use lika_domain::date::Date;
use lika_domain::household::{
    Cause, HouseholdEvent, HouseholdExited, HouseholdFellBack, HouseholdKind, HouseholdRegistered, MonitoringEnded,
    MonitoringKind, MonitoringOutcome, MonitoringStarted,
};
use lika_domain::official::Role;
use lika_domain::procedure::machine::StepRule;
use lika_domain::procedure::{Outcome, Place, Procedure, ProcedureStepTaken, Round, Step};
use lika_domain::submission::{Events, Evidence, EvidenceKind};
use lika_domain::village::{CountyExited, VillageExited};
use lika_testkit::county::{
    ADMINISTRATOR, AUDITOR, COUNTY, COUNTY_DEPUTY, COUNTY_OFFICER, FINANCE, HOUSEHOLD, NEW_HOUSEHOLD, RESPONSIBLE,
    TOWNSHIP_OFFICER, VILLAGE_OFFICER, area, date, household,
};
use lika_testkit::facts::{facts, family, household_event, village_event};
use lika_testkit::rules::{Report, World};

/// The day on which every walk begins, after the income of 2015 is known.
pub(crate) const BEGUN: u32 = 20_160_301;

/// Reports so far, and the facts that the next one needs.
#[derive(Clone)]
pub(crate) struct Walk {
    pub(crate) procedure: Procedure,
    pub(crate) reports: Vec<Report>,
    /// The first day on which the next step may be taken.
    pub(crate) day: Date,
    /// The official who took the last step.
    pub(crate) last: Option<u32>,
}

impl Walk {
    /// A procedure with its preconditions, before its first step.
    pub(crate) fn begin(procedure: Procedure) -> Self {
        let reports = match procedure {
            Procedure::FallBack => Self::begin(Procedure::HouseholdExit).until_decision().decided(),
            Procedure::MonitoringEnd => Self::begin(Procedure::Monitoring).until_decision().decided(),
            _ => vec![income_of_2015()],
        };
        let later = matches!(procedure, Procedure::FallBack | Procedure::MonitoringEnd);
        Self { procedure, reports, day: date(if later { 20_160_601 } else { BEGUN }), last: None }
    }

    /// Walks on to a place.
    pub(crate) fn to(self, place: Place) -> Self {
        match place {
            Place::Start => self,
            Place::At(_) => {
                let way = self.procedure.machine().way(Place::Start, &[place]).unwrap();
                way.into_iter().fold(self, Self::take)
            }
            Place::Decided => {
                let mut walk = self.until_decision();
                walk.reports.push(walk.decision());
                walk
            }
        }
    }

    /// Walks on until the decision may be recorded.
    pub(crate) fn until_decision(self) -> Self {
        let way = self.procedure.machine().way_to_decision(Place::Start).unwrap();
        way.into_iter().fold(self, Self::take)
    }

    /// Walks one step on.
    pub(crate) fn take(self, step: Step) -> Self {
        let author = self.author(self.rule(step));
        self.take_by(step, author)
    }

    /// Takes one step, by the given official.
    pub(crate) fn take_by(mut self, step: Step, author: u32) -> Self {
        let rule = self.rule(step);
        self.reports.push(self.next(step).by(author));
        self.last = Some(author);
        let days = if rule.is_publicity() { publicity_days(self.procedure) } else { 1 };
        self.day = self.day.plus_days(days);
        self
    }

    /// Its reports and one more.
    pub(crate) fn with(&self, report: Report) -> Vec<Report> {
        self.with_all([report])
    }

    /// Its reports and some more.
    pub(crate) fn with_all(&self, reports: impl IntoIterator<Item = Report>) -> Vec<Report> {
        self.reports.iter().cloned().chain(reports).collect()
    }

    /// The steps, followed by their decision.
    pub(crate) fn decided(&self) -> Vec<Report> {
        self.with(self.decision())
    }

    /// As if its next step came some days later, or earlier.
    pub(crate) fn after_days(&self, days: i32) -> Self {
        Self { day: self.day.plus_days(days), ..self.clone() }
    }

    /// Its last round in a world.
    pub(crate) fn round<'w>(&self, world: &'w World) -> &'w Round {
        let rounds = match self.procedure {
            Procedure::CountyExit => &world.state.jurisdiction.as_ref().unwrap().rounds,
            Procedure::VillageExit => &world.village().head.rounds,
            Procedure::Identification => match world.state.homes.get(&household(NEW_HOUSEHOLD)) {
                Some(_) => &world.card_of(NEW_HOUSEHOLD).rounds,
                None => &world.village().head.candidates[&household(NEW_HOUSEHOLD)],
            },
            _ => &world.card().rounds,
        };
        rounds.iter().rev().find(|round| round.procedure == self.procedure).unwrap()
    }

    /// The area that its reports concern.
    pub(crate) fn area(&self) -> lika_domain::area::Area {
        area(if self.procedure == Procedure::CountyExit { COUNTY } else { lika_testkit::county::VILLAGE })
    }

    /// The report of the next step.
    pub(crate) fn next(&self, step: Step) -> Report {
        self.step(step, |_| {})
    }

    /// The same, with its event changed.
    pub(crate) fn step(&self, step: Step, change: impl FnOnce(&mut HouseholdEvent)) -> Report {
        let rule = self.procedure.machine().rule(step);
        let publicity = rule.is_some_and(StepRule::is_publicity);
        let taken = ProcedureStepTaken {
            procedure: self.procedure,
            step,
            outcome: Outcome::Passed,
            present: 30,
            in_favour: 16,
            until: publicity.then(|| self.day.plus_days(publicity_days(self.procedure) - 1)),
            objections: 0,
        };
        let mut event = self.event(HouseholdKind::ProcedureStepTaken(taken));
        event.evidence = rule.map_or(&[][..], |rule| rule.evidence).iter().map(|kind| paper(*kind)).collect();
        change(&mut event);
        let somebody = if self.procedure == Procedure::CountyExit { COUNTY_OFFICER } else { VILLAGE_OFFICER };
        self.report(rule.map_or(somebody, |rule| self.author(rule)), event)
    }

    /// The event that the procedure leads to.
    pub(crate) fn decision(&self) -> Report {
        let kind = match self.procedure {
            Procedure::Identification => {
                let new = HouseholdRegistered { facts: facts(), members: family() };
                HouseholdKind::HouseholdRegistered(Box::new(new))
            }
            Procedure::HouseholdExit => {
                HouseholdKind::HouseholdExited(HouseholdExited { income_year: 2015, accepted: true })
            }
            Procedure::FallBack => {
                HouseholdKind::HouseholdFellBack(HouseholdFellBack { cause: Cause::Illness, exit_in_error: false })
            }
            Procedure::Monitoring => HouseholdKind::MonitoringStarted(MonitoringStarted {
                kind: MonitoringKind::Hardship,
                risks: vec![Cause::Illness],
            }),
            Procedure::MonitoringEnd => {
                HouseholdKind::MonitoringEnded(MonitoringEnded { outcome: MonitoringOutcome::Helped })
            }
            Procedure::VillageExit => {
                HouseholdKind::VillageExited(VillageExited { poor_persons: 3, rural_persons: 600 })
            }
            Procedure::CountyExit => HouseholdKind::CountyExited(CountyExited {
                poor_persons: 1_500,
                rural_persons: 190_000,
                wrong_exit: 199,
                missed: 199,
                satisfaction: 9_001,
            }),
        };
        let tags = [(NEW_HOUSEHOLD, 1, 21), (NEW_HOUSEHOLD, 2, 22), (NEW_HOUSEHOLD, 3, 23)];
        let author = match self.procedure {
            Procedure::VillageExit | Procedure::CountyExit => COUNTY_OFFICER,
            _ => VILLAGE_OFFICER,
        };
        let report = self.report(author, self.event(kind));
        if self.procedure == Procedure::Identification { report.tagged(&tags) } else { report }
    }

    /// An official whom the rule allows to take the next step.
    pub(crate) fn author(&self, rule: &StepRule) -> u32 {
        let mut allowed = rule.roles.iter().flat_map(|role| officials(*role)).copied();
        let another = allowed.clone().find(|official| !rule.by_another || Some(*official) != self.last);
        // A step out of order may have only one allowed official.
        another.or_else(|| allowed.next()).unwrap()
    }

    pub(crate) fn rule(&self, step: Step) -> &'static StepRule {
        self.procedure.machine().rule(step).unwrap()
    }

    fn event(&self, kind: HouseholdKind) -> HouseholdEvent {
        let happened = self.day.yyyymmdd();
        match self.procedure {
            Procedure::VillageExit | Procedure::CountyExit => village_event(happened, kind),
            Procedure::Identification => household_event(happened, NEW_HOUSEHOLD, kind),
            _ => household_event(happened, HOUSEHOLD, kind),
        }
    }

    fn report(&self, author: u32, event: HouseholdEvent) -> Report {
        let report = Report::new(author, Events::Households(vec![event]));
        if self.procedure == Procedure::CountyExit { report.on(COUNTY) } else { report }
    }
}

/// Officials of the world with a role.
pub(crate) fn officials(role: Role) -> &'static [u32] {
    match role {
        Role::VillageOfficer => &[VILLAGE_OFFICER],
        Role::Responsible => &[RESPONSIBLE],
        Role::TownshipOfficer => &[TOWNSHIP_OFFICER],
        Role::CountyOfficer => &[COUNTY_OFFICER, COUNTY_DEPUTY],
        Role::Administrator => &[ADMINISTRATOR],
        Role::Finance => &[FINANCE],
        Role::Auditor => &[AUDITOR],
    }
}

/// The fewest days of publicity where no policy says otherwise.
pub(crate) fn publicity_days(procedure: Procedure) -> i32 {
    if matches!(procedure, Procedure::Monitoring | Procedure::MonitoringEnd) { 5 } else { 7 }
}

/// A document of a kind.
pub(crate) fn paper(kind: EvidenceKind) -> Evidence {
    Evidence { kind, sha256: [kind as u8; 32], size: 1_000 }
}

/// A step's own facts in an event.
pub(crate) fn taken(event: &mut HouseholdEvent) -> &mut ProcedureStepTaken {
    let HouseholdKind::ProcedureStepTaken(taken) = &mut event.kind else { unreachable!("only steps are changed") };
    taken
}
