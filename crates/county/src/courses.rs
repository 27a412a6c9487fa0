//! Procedures under way. Each advances by one leg per tick: the steps that one official takes one after another.
//! Another official continues at the next tick, when the earlier reports are in the log.

use super::clerk::Clerk;
use super::exits;
use super::household::{self, Home, Standing};
use super::mistakes::Fixes;
use super::monitoring;
use super::plan::{Event, Target};
use super::planted::{self, Kind};
use super::procedure::{About, People, follows, path, rule};
use super::village::Village;
use lika_domain::date::Date;
use lika_proto::v1;
use lika_proto::v1::{Outcome, Procedure, Step};
use std::collections::BTreeSet;

/// Days between a finding and the step that follows it, where speed is required.
const HASTE_DAYS: u32 = 2;

/// The subject of a round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// The household with that index.
    Home(usize),
    /// The village with that index.
    Village(usize),
    /// The county.
    County,
}

/// The course that a round takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Fate {
    /// According to the rules.
    #[default]
    Kept,
    /// Its decision comes late.
    Late,
    /// It is abandoned after its first leg.
    Lying,
    /// It fails the appraisal.
    Failing,
    /// Its first step is recorded with a wrong date.
    Wrong,
}

/// One round.
#[derive(Debug)]
struct Course {
    subject: Subject,
    procedure: Procedure,
    fate: Fate,
    /// Number of steps taken.
    taken: usize,
    /// Device of the official who took the last one.
    last: Option<usize>,
    /// The first day on which the next step may be taken.
    from: Date,
    /// The first step, while it still has to be corrected.
    wrong: Option<Target>,
}

/// All rounds under way, in the order in which they began.
#[derive(Default)]
pub(crate) struct Courses {
    running: Vec<Course>,
    known: BTreeSet<(Subject, i32)>,
}

/// The county around the rounds.
pub(crate) struct County<'c> {
    pub clerk: &'c mut Clerk,
    pub homes: &'c mut [Home],
    pub villages: &'c mut [Village],
    pub fixes: &'c mut Fixes,
}

impl County<'_> {
    /// Number of poor persons of the village with that index.
    fn poor_persons(&self, village: usize) -> u32 {
        household::poor_persons(self.villages.len(), self.homes).get(village).copied().unwrap_or(0)
    }
}

/// Outcome of a leg.
enum Leg {
    GoesOn,
    Over,
    Decided(usize),
}

impl Courses {
    /// Begins a round with the next leg; does nothing if the same one is under way.
    pub(crate) fn begin(&mut self, subject: Subject, procedure: Procedure, fate: Fate, from: Date) {
        if self.known.insert((subject, procedure.into())) {
            let (taken, last, wrong) = (0, None, None);
            self.running.push(Course { subject, procedure, fate, taken, last, from, wrong });
        }
    }

    /// Takes the next leg of every round.
    pub(crate) fn go_on(&mut self, county: &mut County<'_>) {
        let mut running = std::mem::take(&mut self.running);
        running.retain_mut(|course| {
            let leg = if course.is_void(county) { Leg::Over } else { course.leg(county) };
            match leg {
                Leg::GoesOn => return true,
                Leg::Decided(author) => course.decide(author, county),
                Leg::Over => {}
            }
            self.known.remove(&(course.subject, course.procedure.into()));
            false
        });
        self.running = running;
    }
}

impl Course {
    /// Whether the subject's situation was settled in another way.
    fn is_void(&self, county: &County<'_>) -> bool {
        let Subject::Home(position) = self.subject else { return false };
        let Some(home) = county.homes.get(position) else { return true };
        match self.procedure {
            Procedure::Identification => home.standing != Standing::Waiting,
            Procedure::HouseholdExit => home.standing != Standing::Poor,
            Procedure::FallBack => home.standing != Standing::Exited,
            Procedure::MonitoringEnd => !home.is_open() || !home.monitored,
            _ => !home.is_open(),
        }
    }

    /// Takes the next steps of one official.
    fn leg(&mut self, county: &mut County<'_>) -> Leg {
        let (about, people) = self.place(county);
        if let Some(target) = self.wrong.take() {
            return self.put_right(county.clerk, about, target);
        }
        if self.fate == Fate::Lying && self.taken > 0 {
            return Leg::GoesOn;
        }
        let steps = path(self.procedure);
        let mut at_it = None;
        while let Some(step) = steps.get(self.taken).copied() {
            let author = people.who(self.procedure, step, self.last);
            if at_it.is_some_and(|at_it| at_it != author) || self.from > county.clerk.today {
                break;
            }
            at_it = Some(author);
            if !self.take(county, about, step, author) {
                return Leg::Over;
            }
            if self.wrong.is_some() {
                return Leg::GoesOn;
            }
        }
        if self.taken == steps.len() {
            return Leg::Decided(at_it.unwrap_or(people.county));
        }
        if at_it.is_some() && county.clerk.dice.per_mille(planted::PROBE_PER_MILLE) {
            self.probe(county, about, people);
        }
        Leg::GoesOn
    }

    /// Takes a step; returns whether the round continues.
    fn take(&mut self, county: &mut County<'_>, about: About, step: Step, author: usize) -> bool {
        let fails = self.fails(county, step);
        let clerk = &mut *county.clerk;
        let day = self.day(clerk, step);
        let wrong = self.fate == Fate::Wrong && self.taken == 0;
        let stated = if wrong { day.plus_days(-1) } else { day };
        let mut until = None;
        let target = clerk.step(author, about, self.procedure, step, stated, None, |taken| {
            if fails {
                taken.outcome = Outcome::Failed.into();
                taken.in_favour = taken.present / 3;
            }
            until = Date::from_yyyymmdd(taken.until);
        });
        self.wrong = wrong.then_some(target);
        self.last = Some(author);
        self.taken += 1;
        self.from = until.map_or(day, |until| until.plus_days(1));
        if fails && let Subject::Home(position) = self.subject {
            clerk.planted.note(Kind::AppraisalFailed);
            if let Some(home) = county.homes.get_mut(position) {
                home.leaving = false;
            }
        }
        !fails
    }

    /// Whether a step ends the round: the appraisal fails, or the county finds more poor persons in a village than it
    /// expected when it applied to leave the list.
    fn fails(&self, county: &County<'_>, step: Step) -> bool {
        match (self.subject, step) {
            (Subject::Home(_), Step::Appraisal) => self.fate == Fate::Failing,
            (Subject::Village(position), Step::CountyAudit | Step::Decision | Step::Announcement) => {
                let village = county.villages.get(position);
                village.is_none_or(|village| !village.is_ready(county.poor_persons(position)))
            }
            _ => false,
        }
    }

    /// The day of a step: as soon as possible if a decision is due within days, otherwise one of the last days.
    fn day(&self, clerk: &mut Clerk, step: Step) -> Date {
        let hasty = matches!(self.procedure, Procedure::Monitoring | Procedure::MonitoringEnd);
        let late = self.fate == Fate::Late && step == Step::Decision;
        if hasty && self.taken > 0 && !late {
            let days = i32::try_from(clerk.dice.below(HASTE_DAYS)).unwrap_or(0);
            return self.from.plus_days(days).min(clerk.today);
        }
        clerk.recently().max(self.from)
    }

    /// Reports the step again, naming the wrong one.
    fn put_right(&mut self, clerk: &mut Clerk, about: About, target: Target) -> Leg {
        let (Some(step), Some(author)) = (path(self.procedure).first().copied(), self.last) else { return Leg::Over };
        clerk.step(author, about, self.procedure, step, self.from, Some(target), |_| {});
        clerk.planted.note(Kind::StepPutRight);
        Leg::GoesOn
    }

    fn decide(&self, author: usize, county: &mut County<'_>) {
        let day = self.from.max(county.clerk.days_ago(1));
        match (self.subject, self.procedure) {
            (Subject::Home(position), procedure) => {
                let Some(home) = county.homes.get_mut(position) else { return };
                let clerk = &mut *county.clerk;
                match procedure {
                    Procedure::HouseholdExit => exits::exit(clerk, home, position, (author, day), county.fixes),
                    Procedure::FallBack => exits::fall_back(clerk, home, (author, day)),
                    Procedure::Monitoring => {
                        monitoring::start(clerk, home, (author, self.from), self.fate == Fate::Late);
                    }
                    Procedure::MonitoringEnd => monitoring::end(clerk, home, (author, self.from)),
                    // The card is made when its time has come.
                    _ => home.announced = Some(self.from),
                }
            }
            (Subject::Village(position), _) => {
                let poor = county.poor_persons(position);
                if let Some(village) = county.villages.get_mut(position) {
                    village.leave(county.clerk, author, day, poor);
                }
            }
            (Subject::County, _) => {
                let poor = household::poor_persons(county.villages.len(), county.homes).iter().sum();
                super::village::county_exit(county.clerk, author, day, county.villages, poor);
            }
        }
    }

    /// Attempts something that must be refused in the round's present state.
    fn probe(&self, county: &mut County<'_>, about: About, people: People) {
        let steps = path(self.procedure);
        let Some(next) = steps.get(self.taken).copied() else { return };
        let (clerk, procedure) = (&mut *county.clerk, self.procedure);
        let author = people.who(procedure, next, self.last);
        let rule = rule(procedure, next);
        let day = self.from.min(clerk.today);
        let by_another = rule.is_some_and(|rule| rule.by_another);
        let publicity = matches!(next, Step::Publicity | Step::SecondPublicity);
        let running = self.from > clerk.today;
        let papers = rule.is_some_and(|rule| !rule.evidence.is_empty());
        let same = self.last.filter(|last| by_another && people.may(procedure, next, *last));
        // A later step that the table does not allow yet.
        let stands = self.taken.checked_sub(1).and_then(|taken| steps.get(taken)).copied();
        let later = steps.get(self.taken + 1).copied();
        let later = later.filter(|later| stands.is_some_and(|stands| !follows(procedure, *later, stands)));
        let kinds = [
            (Kind::StepTooEarly, running),
            (Kind::StepSamePerson, same.is_some() && !running),
            (Kind::PublicityTooShort, publicity && !running),
            (Kind::EvidenceMissing, papers && !running),
            (Kind::StepOutOfOrder, later.is_some()),
        ];
        let possible: Vec<Kind> = kinds.into_iter().filter(|(_, possible)| *possible).map(|(kind, _)| kind).collect();
        let drawn = clerk.dice.below(u32::try_from(possible.len()).unwrap_or(0)) as usize;
        let Some(kind) = possible.get(drawn).copied() else { return };
        let (author, step) = match kind {
            Kind::StepSamePerson => (same.unwrap_or(author), next),
            Kind::StepOutOfOrder => {
                let later = later.unwrap_or(next);
                (people.who(procedure, later, None), later)
            }
            _ => (author, next),
        };
        let (mut event, area) = clerk.step_event(about, procedure, step, day, |taken| {
            if kind == Kind::PublicityTooShort {
                taken.until = day.plus_days(1).yyyymmdd();
            }
        });
        if kind == Kind::EvidenceMissing {
            event.evidence.clear();
        }
        clerk.probe(author, area, Event::Household(event), kind);
    }

    fn place(&self, county: &County<'_>) -> (About, People) {
        let village = |position: usize, responsible: Option<usize>| {
            let village = &county.villages[position];
            (village.area, People::of(village, responsible.unwrap_or(village.officer)))
        };
        match self.subject {
            Subject::Home(position) => {
                let home = &county.homes[position];
                (About::Card(home.card), village(home.village, Some(home.responsible)).1)
            }
            Subject::Village(position) => {
                let (area, people) = village(position, None);
                (About::Area(area), people)
            }
            Subject::County => (About::Area(county.clerk.county), village(0, None).1),
        }
    }
}

/// The fate of a household's exit; in the last year always according to the rules.
pub(crate) fn fate_of_exit(clerk: &mut Clerk, last_year: bool) -> Fate {
    if last_year {
        Fate::Kept
    } else if clerk.dice.per_mille(planted::APPRAISAL_FAILED_PER_MILLE) {
        Fate::Failing
    } else if clerk.dice.per_mille(planted::STEP_WRONG_PER_MILLE) {
        Fate::Wrong
    } else {
        Fate::Kept
    }
}

/// The fate of a decision on monitoring.
pub(crate) fn fate_of_watch(clerk: &mut Clerk) -> Fate {
    if clerk.dice.per_mille(planted::LYING_PER_MILLE) {
        clerk.planted.note(Kind::LeftLying);
        Fate::Lying
    } else if clerk.dice.per_mille(planted::LATE_PER_MILLE) {
        Fate::Late
    } else {
        Fate::Kept
    }
}

impl People {
    /// Whether the table lets a device's official take a step.
    fn may(&self, procedure: Procedure, step: Step, device: usize) -> bool {
        use lika_domain::official::Role;
        let Some(rule) = rule(procedure, step) else { return false };
        rule.roles.iter().any(|role| match role {
            Role::VillageOfficer => device == self.officer,
            Role::Responsible => device == self.responsible,
            Role::TownshipOfficer => device == self.township,
            Role::CountyOfficer => device == self.county,
            _ => false,
        })
    }
}

/// Attempts a decision before its steps are taken.
pub(crate) fn probe_decision(clerk: &mut Clerk, home: &Home, village: &Village, year: u32) {
    let kind = v1::household_event::Kind::HouseholdExited(v1::HouseholdExited { income_year: year, accepted: true });
    let event = v1::HouseholdEvent {
        happened: clerk.today.yyyymmdd(),
        household: home.card.id.get(),
        kind: Some(kind),
        ..Default::default()
    };
    clerk.probe(village.county_officer, village.area, Event::Household(event), Kind::ProcedureIncomplete);
}
