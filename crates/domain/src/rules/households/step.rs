//! A step of a procedure: whether it may be taken, and what it changes.

use super::cards;
use super::step_checks::{check_begins, check_evidence, check_subject, out_of_order};
use crate::facts::date::Date;
use crate::facts::describe::{Reporters, Value, event};
use crate::facts::envelope::Envelope;
use crate::facts::header::EntryHeader;
use crate::facts::household::Status;
use crate::facts::language::Sentence;
use crate::facts::official::Role;
use crate::facts::procedure::{Outcome, Place, Procedure, Step};
use crate::facts::rejection::Code;
use crate::rules::judge::Judge;
use crate::rules::procedure::course::{check_day, open_round};
use crate::rules::procedure::machine::StepRule;
use crate::rules::procedure::subject::Subject;
use crate::rules::rule::Rule;
use crate::state::household::Household;
use crate::state::round::{End, Round, StepTaken};
use crate::state::store::Store;

event! {
    /// A step of a procedure is taken.
    #[derive(Copy)]
    ProcedureStepTaken "procedure_step_taken", "程序步骤", "procedure step taken" {
        about: "办理一个程序的一步。",
        concerns: HouseholdOrVillage,
        reporters: Reporters::ByContent(Sentence {
            zh: "每个步骤由其程序表中所列的角色报送",
            en: "for each step, the roles in the table of its procedure",
        }),
        procedure: None,
        source: "2014 plan for identification, 2016 opinions on exit, 2021 guidance on monitoring",
    }
    /// The procedure.
    procedure: Procedure = Value::Choice(&Procedure::LIST), "程序", "步骤所属的程序。";
    /// The step of it.
    step: Step = Value::Choice(&Step::LIST), "步骤", "该程序中的哪一步。";
    /// How it ended.
    outcome: Outcome = Value::Choice(&Outcome::LIST), "结果", "该步骤是否通过。";
    /// Persons present at a meeting.
    present: u32 = Value::Count { max: u32::MAX }, "到会人数", "到会的人数。", when step is ["appraisal"];
    /// Persons among them who are in favour.
    in_favour: u32 = Value::Count { max: u32::MAX }, "赞成人数", "到会者中赞成的人数。", when step is ["appraisal"];
    /// Last day of a publicity.
    until: Option<Date> = Value::DayOrNone, "截止日期", "公示的最后一天。", when step is ["publicity", "second_publicity"];
    /// Objections received during a publicity.
    objections: u32 = Value::Count { max: u32::MAX },
        "异议", "公示期间收到的异议数。", when step is ["publicity", "second_publicity"];
}

impl Rule<Envelope> for ProcedureStepTaken {
    /// A step that the procedure does not have is open to every role here; the check refuses it.
    fn reporters(&self) -> &'static [Role] {
        self.procedure.machine().rule(self.step).map_or(Role::ALL, |rule| rule.roles)
    }

    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope) {
        let machine = self.procedure.machine();
        let Some(rule) = machine.rule(self.step) else {
            return judge.refuse(Code::StepInvalid, "step", self.procedure.name());
        };
        check_evidence(judge, rule, &event.evidence);
        self.check_votes(judge);
        self.check_publicity(judge, store, event, rule);
        let Some(subject) = check_subject(judge, store, event, self.procedure) else { return };
        let rounds = subject.rounds(store, judge.entry);
        let stage = Stage::of(rounds, event, self);
        if !rule.after.contains(&stage.place) {
            return out_of_order(judge, machine, rule, stage.place);
        }
        let Some(last) = stage.last else {
            if stage.place == Place::Start {
                check_begins(judge, store, event, self.procedure, rounds);
            }
            return;
        };
        check_day(judge, last, event.happened);
        let same = rule.by_another && last.by == judge.entry.submission.author;
        judge.require(!same, Code::StepSamePerson, "author");
    }

    /// Adds the step to the rounds of its subject.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &Envelope) {
        let subject = match (self.procedure, event.household) {
            (Procedure::CountyExit, _) => Subject::County,
            (Procedure::VillageExit, _) => Subject::Village,
            (_, Some(id)) => Subject::Household(id),
            (_, None) => return,
        };
        let policy = store.base().policy.seen_by(entry);
        let days = policy.deadline_days(self.procedure, entry.submission.area, event.happened);
        subject.change(store, entry, |rounds| take(rounds, entry, event, self, days));
        let Some(card) = cards::to_change(store, entry, event) else { return };
        follow_step(card, entry, event.happened, self);
        // The listing for exit dates from the first step of its round, also when that step is corrected.
        if card.status == Status::PreExit
            && let Some([first]) =
                open_round(&card.rounds, Procedure::HouseholdExit).map(|round| round.steps.as_slice())
        {
            (card.since, card.decided) = (first.happened, first.entry);
        }
    }
}

impl ProcedureStepTaken {
    /// A village appraisal is a meeting that votes; it passes with more than half of those present.
    fn check_votes(&self, judge: &mut Judge<'_>) {
        judge.require(self.in_favour <= self.present, Code::VotesInvalid, "in_favour");
        if self.step == Step::Appraisal && self.outcome == Outcome::Passed {
            let majority = u64::from(self.in_favour) * 2 > u64::from(self.present);
            judge.require(majority, Code::VotesInvalid, "in_favour");
        }
    }

    /// A publicity lasts from the day it happened to its last day, both counted.
    fn check_publicity(&self, judge: &mut Judge<'_>, store: &impl Store, event: &Envelope, rule: &StepRule) {
        judge.require(rule.is_publicity() || self.objections == 0, Code::FieldInvalid, "objections");
        let until = match self.until {
            Some(until) if rule.is_publicity() => until,
            Some(_) => return judge.refuse(Code::FieldInvalid, "until", "only a publicity has a last day"),
            None if rule.is_publicity() => return judge.refuse(Code::FieldMissing, "until", ""),
            None => return,
        };
        if until < event.happened {
            return judge.refuse(Code::PeriodInvalid, "until", "");
        }
        let policy = store.base().policy.seen_by(judge.entry);
        let days = policy.publicity_days(self.procedure, judge.entry.submission.area, event.happened);
        let earliest = event.happened.plus_days(i32::try_from(days).unwrap_or(i32::MAX).saturating_sub(1));
        if until < earliest && self.outcome == Outcome::Passed {
            judge.refuse(Code::PublicityTooShort, "until", format!("at least {days} days, until {earliest}"));
        }
    }
}

/// A step of the exit procedure lists a poor household for exit; a failed step takes it off the list.
fn follow_step(card: &mut Household, entry: &EntryHeader, happened: Date, step: &ProcedureStepTaken) {
    if step.procedure != Procedure::HouseholdExit {
        return;
    }
    match (step.outcome, card.status) {
        (Outcome::Passed, Status::Poor | Status::FellBack) => {
            card.set_status(Status::PreExit, happened, entry.index);
        }
        (Outcome::Failed, Status::PreExit) => card.set_status(card.poor_as(), happened, entry.index),
        _ => {}
    }
}

/// The place that a step would follow.
struct Stage<'r> {
    place: Place,
    /// The step before it in its round; `None` if it would be the first.
    last: Option<&'r StepTaken>,
}

impl<'r> Stage<'r> {
    /// A step that corrects the last one of the same kind is judged as if that one had not been taken.
    fn of(rounds: &'r [Round], event: &Envelope, taken: &ProcedureStepTaken) -> Self {
        let round = rounds.iter().rev().find(|round| round.procedure == taken.procedure);
        let Some(round) = round else { return Self { place: Place::Start, last: None } };
        if is_put_right(round, event, taken) {
            let last = round.steps.len().checked_sub(2).and_then(|position| round.steps.get(position));
            return Self { place: round.place_before_last(), last };
        }
        let place = round.place();
        // A finished round can be followed by a new one; while a round is under way no other can begin.
        let begins = !round.is_open() && !follows(taken, place);
        if begins || place == Place::Start {
            return Self { place: if follows(taken, Place::Start) { Place::Start } else { place }, last: None };
        }
        Self { place, last: round.steps.last() }
    }
}

fn follows(taken: &ProcedureStepTaken, place: Place) -> bool {
    taken.procedure.machine().rule(taken.step).is_some_and(|rule| rule.after.contains(&place))
}

/// Whether the step replaces the last one, before or after the decision. A step that was not passed has ended its
/// round; it is corrected by a new round.
fn is_put_right(round: &Round, event: &Envelope, taken: &ProcedureStepTaken) -> bool {
    let last = round.steps.last().filter(|_| round.place() == Place::At(taken.step));
    last.is_some_and(|last| event.corrects.is_some_and(|earlier| earlier.entry == last.entry))
}

fn take(
    rounds: &mut Vec<Round>,
    entry: &EntryHeader,
    event: &Envelope,
    taken: &ProcedureStepTaken,
    days: Option<u32>,
) {
    let ProcedureStepTaken { procedure, step, outcome, until, .. } = *taken;
    let kept =
        StepTaken { step, outcome, happened: event.happened, until, by: entry.submission.author, entry: entry.index };
    let position = rounds.iter().rposition(|round| round.procedure == procedure);
    let last = position.and_then(|position| rounds.get_mut(position));
    let round = match last {
        Some(round) if is_put_right(round, event, taken) => {
            round.steps.pop();
            round
        }
        Some(round) if round.place() != Place::Start && follows(taken, round.place()) => round,
        _ => {
            rounds.push(Round::new(procedure));
            let Some(round) = rounds.last_mut() else { return };
            round
        }
    };
    round.steps.push(kept);
    if outcome == Outcome::Failed && round.is_open() {
        round.end = Some(End::Failed { late: round.is_late_on(event.happened, days) });
    }
}
