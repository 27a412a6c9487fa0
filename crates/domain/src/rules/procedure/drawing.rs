//! The tables of the procedures as a text with drawings: `transitions.md`, which a test compares with them.

use super::machine::StepRule;
use crate::facts::evidence::EvidenceKind;
use crate::facts::official::Role;
use crate::facts::procedure::{Place, Procedure};
use crate::rules::procedure::machine::Machine;
use std::fmt::Write;

/// Where the text is kept, from the crate's folder.
const FILE: &str = "src/rules/procedure/transitions.md";

fn text() -> String {
    let mut text =
        String::from("# Procedures\n\nDrawn from the tables in `procedure::machine`; a test compares them.\n");
    for procedure in Procedure::ALL {
        section(&mut text, procedure.machine()).expect("a text takes what is written to it");
    }
    text
}

fn section(text: &mut String, machine: &Machine) -> std::fmt::Result {
    writeln!(text, "\n## {}\n\n```mermaid\nstateDiagram-v2", machine.procedure.name())?;
    for rule in machine.rules {
        for place in rule.after {
            writeln!(text, "    {} --> {}", name(machine, *place), rule.step.name())?;
        }
    }
    for step in machine.decided_after {
        writeln!(text, "    {} --> {}", step.name(), machine.decision)?;
    }
    writeln!(text, "    {} --> [*]\n```\n", machine.decision)?;
    writeln!(text, "| step | follows | taken by | evidence |\n|---|---|---|---|")?;
    machine.rules.iter().try_for_each(|rule| row(text, machine, rule))?;
    let after: Vec<_> = machine.decided_after.iter().map(|step| step.name()).collect();
    writeln!(text, "| **{}** | {} | | |", machine.decision, after.join(", "))
}

fn row(text: &mut String, machine: &Machine, rule: &StepRule) -> std::fmt::Result {
    let follows: Vec<_> = rule.after.iter().map(|place| plain(machine, *place)).collect();
    let roles: Vec<_> = rule.roles.iter().map(|role: &Role| role.name()).collect();
    let evidence: Vec<_> = rule.evidence.iter().map(|kind: &EvidenceKind| kind.name()).collect();
    let by_another = if rule.by_another { "; not the person who took the step before" } else { "" };
    let step = rule.step.name();
    writeln!(text, "| {step} | {} | {}{by_another} | {} |", follows.join(", "), roles.join(", "), evidence.join(", "))
}

fn name(machine: &Machine, place: Place) -> &'static str {
    match place {
        Place::Start => "[*]",
        Place::At(step) => step.name(),
        Place::Decided => machine.decision,
    }
}

fn plain(machine: &Machine, place: Place) -> &'static str {
    if place == Place::Start { "nothing" } else { name(machine, place) }
}

#[test]
fn the_drawings_are_those_of_the_tables() {
    crate::facts::drawn::check(FILE, &text());
}
