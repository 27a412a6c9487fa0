//! What may follow on a card: the steps of its procedures, by whom, from when, and with which papers.

use super::View;
use crate::desk::today;
use crate::labels;
use lika_client::plain::snake;
use lika_domain::date::Date;
use lika_domain::official::Role;
use lika_domain::procedure::machine::StepRule;
use lika_domain::procedure::{Place, Procedure, Round, Step, may_begin};
use lika_domain::submission::EvidenceKind;
use maud::{Markup, html};

impl View<'_> {
    /// The steps that may follow: of what is under way, and the first ones of what may begin.
    pub(super) fn next(&self) -> Markup {
        let open = self.card.rounds.iter().filter(|round| round.is_open());
        let under_way: Vec<Procedure> = open.clone().map(|round| round.procedure).collect();
        let beginning = may_begin(self.card).filter(|procedure| !under_way.contains(procedure));
        html! {
            section {
                h2 { (self.page.say(labels::NEXT)) }
                @for round in open { (self.round(round)) }
                @for procedure in beginning {
                    h3 { (self.label(&Procedure::LIST, procedure.name())) }
                    p.soft { (self.page.say(labels::NOT_BEGUN)) }
                    (self.steps(procedure, Place::Start, None))
                }
            }
        }
    }

    fn round(&self, round: &Round) -> Markup {
        let (machine, place) = (round.procedure.machine(), round.place());
        let ready = machine.way_to_decision(place).is_some_and(|missing| missing.is_empty());
        let from = round.steps.last().map(|step| step.followed_from());
        html! {
            h3 { (self.label(&Procedure::LIST, round.procedure.name())) }
            ul.items {
                @for step in &round.steps {
                    li {
                        (self.label(&Step::LIST, step.step.name())) " " (step.happened)
                        @if let Some(until) = step.until { " – " (until) }
                        span.soft { " · " (self.official(step.by)) }
                    }
                }
            }
            (self.steps(round.procedure, place, from))
            @if ready {
                @let decision = snake(machine.decision);
                p {
                    a.button href=(self.report(&decision, "")) {
                        (self.title(&decision))
                    }
                }
            }
        }
    }

    /// Steps that may follow a place, by whom, from when, and with which papers.
    fn steps(&self, procedure: Procedure, place: Place, from: Option<Date>) -> Markup {
        let language = self.page.language;
        let rules: Vec<&StepRule> =
            procedure.machine().rules.iter().filter(|rule| rule.after.contains(&place)).collect();
        let early = from.filter(|from| *from > today());
        html! {
            ul.items {
                @for rule in rules {
                    @let more = format!("&procedure={}&step={}", procedure.name(), rule.step.name());
                    li {
                        @let roles = self.labels(&Role::LIST, rule.roles.iter().map(|role| role.name()));
                        a href=(self.report("procedure_step_taken", &more)) {
                            (self.label(&Step::LIST, rule.step.name()))
                        }
                        span.soft {
                            " · " (labels::REPORTED_BY.with(language, [&roles]))
                            @if !rule.evidence.is_empty() {
                                " · " (papers(self, rule))
                            }
                            @if rule.by_another { " · " (self.page.say(labels::BY_ANOTHER)) }
                            @if let Some(from) = early { " · " (labels::NOT_BEFORE.with(language, [&from])) }
                        }
                    }
                }
            }
        }
    }
}

fn papers(view: &View<'_>, rule: &StepRule) -> String {
    let papers = view.labels(&EvidenceKind::LIST, rule.evidence.iter().map(|kind| kind.name()));
    labels::PAPERS.with(view.page.language, [&papers])
}
