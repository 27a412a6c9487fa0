//! Tables whose rows are one event each.

use super::cells::{Cells, Notes, Values};
use super::columns::Part;
use super::draft::{Draft, State};
use super::faults;
use super::grid::Row;
use super::kind::Kind;
use super::known::Known;
use super::options::Options;
use super::people::{self, Suspects};
use super::problem::{Code, Finding};
use super::table::Table;
use super::values;
use lika_domain::describe::Value as Takes;
use lika_domain::ids::HouseholdId;
use lika_domain::income::IncomeAssessed;
use lika_domain::money::Fen;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

const PARTS: [Part; 6] =
    [Part::Village, Part::Envelope, Part::Event, Part::EventPrivate, Part::Member, Part::MemberPrivate];

/// Reads a table of single events.
pub(super) fn read(table: &Table, options: &Options, known: &Known, notes: &mut Notes) -> Vec<Draft> {
    let suspects = people::suspects(table);
    let rows = table.rows();
    let mut drafts = Vec::new();
    for (place, row) in rows.iter().enumerate() {
        let before = place.checked_sub(1).and_then(|before| rows.get(before));
        if let Some(fault) = faults::of(table, row, rows.get(place + 1), before) {
            notes.problems.push(fault);
            continue;
        }
        let mut cells = Cells { table, row, notes, options, known };
        drafts.extend(draft(&mut cells, &suspects));
    }
    refuse_twice(table, &mut drafts, notes);
    warn_of_payments(table, &drafts, notes);
    drafts
}

fn draft(cells: &mut Cells<'_>, suspects: &Suspects) -> Option<Draft> {
    let (mut values, mut whole) = cells.values(&PARTS);
    if cells.table.kind == Kind::Members {
        whole &= people::complete(cells, &mut values, suspects).is_some();
    }
    if cells.table.kind == Kind::Income && whole {
        check_net(cells, &values)?;
    }
    let (row, known) = (cells.row, cells.known);
    let key = key(cells.table, row, &values);
    let village = values.village.filter(|_| whole)?;
    let household = values.envelope.get("household").and_then(Value::as_str)?.parse().ok().and_then(HouseholdId::new);
    let people = people::id_of(&values).into_iter().map(|id| known.hash(&["person", id.as_str()])).collect();
    let event = event(cells.table, values);
    let content = Value::Object(event.clone()).to_string();
    Some(Draft {
        village,
        label: household.map(|household| household.to_string()).unwrap_or_default(),
        household,
        rows: vec![row.number],
        event,
        key: known.hash(&[cells.table.kind.name(), &key]),
        content: known.hash(&[cells.table.kind.name(), &content]),
        people,
        state: State::New,
        differences: Vec::new(),
        corrects: None,
        warned: Vec::new(),
    })
}

/// The event in the form of a report's file.
fn event(table: &Table, values: Values) -> Map<String, Value> {
    let description = table.kind.event();
    let mut inside = values.event;
    if !values.event_private.is_empty() {
        inside.insert("private".to_owned(), Value::Object(values.event_private));
    }
    let record = description.fields.iter().find(|field| matches!(field.value, Takes::Record(_)));
    if let Some(record) = record {
        let mut member = values.member;
        member.insert("private".to_owned(), Value::Object(values.member_private));
        inside.insert(record.name.to_owned(), Value::Object(member));
    }
    let mut event = values.envelope;
    event.insert(description.name.to_owned(), Value::Object(inside));
    event
}

/// What a row is about: the values of the key columns.
fn key(table: &Table, row: &Row, values: &Values) -> String {
    let value = |name: &&str| {
        let field = if *name == "date" { "happened" } else { name };
        let found = [&values.envelope, &values.event, &values.member].into_iter().find_map(|map| map.get(field));
        found.map_or_else(|| values::outer(table.cell(row, name).map_or("", |cell| &cell.text)), Value::to_string)
    };
    table.kind.spec().key.iter().map(value).collect::<Vec<_>>().join("\n")
}

/// Rows that report the same thing: none of them is sent, because which one is meant cannot be said.
fn refuse_twice(table: &Table, drafts: &mut Vec<Draft>, notes: &mut Notes) {
    let mut rows: BTreeMap<_, Vec<usize>> = BTreeMap::new();
    for draft in drafts.iter() {
        rows.entry(draft.key).or_default().extend(&draft.rows);
    }
    drafts.retain(|draft| {
        let same = &rows[&draft.key];
        let others: Vec<_> = same.iter().filter(|row| !draft.rows.contains(row)).map(ToString::to_string).collect();
        if !others.is_empty() {
            let column = table.kind.spec().key.last().copied().unwrap_or_default();
            let found = Finding::of_row(Code::RowTwice, draft.rows[0]).in_column(column);
            notes.problems.push(found.says(&others.join(" ")));
        }
        others.is_empty()
    });
}

/// The same amount for the same household on the same day under two numbers may be one payment entered twice.
fn warn_of_payments(table: &Table, drafts: &[Draft], notes: &mut Notes) {
    if table.kind != Kind::Aid {
        return;
    }
    let mut payments: BTreeMap<String, usize> = BTreeMap::new();
    for draft in drafts {
        let mut event = draft.event.clone();
        if let Some(paid) = event.get_mut(table.kind.event().name).and_then(Value::as_object_mut) {
            paid.retain(|name, _| matches!(name.as_str(), "group" | "amount" | "member"));
        }
        if let Some(first) = payments.insert(Value::Object(event).to_string(), draft.rows[0]) {
            let found = Finding::of_row(Code::SamePayment, draft.rows[0]).in_column("amount");
            notes.warnings.push(found.says(&first.to_string()));
        }
    }
}

/// The net income as stated must be that of its parts.
fn check_net(cells: &mut Cells<'_>, values: &Values) -> Option<()> {
    let fen = |name: &str| {
        let stated = values.event.get(name).and_then(Value::as_str).and_then(|fen| fen.parse().ok());
        Fen(stated.unwrap_or(0))
    };
    let year = values.event.get("year").and_then(Value::as_u64).and_then(|year| u32::try_from(year).ok());
    let income = IncomeAssessed {
        year: year.unwrap_or(0),
        wage: fen("wage"),
        production: fen("production"),
        production_cost: fen("production_cost"),
        property: fen("property"),
        family_planning: fen("family_planning"),
        dibao: fen("dibao"),
        wubao: fen("wubao"),
        pension: fen("pension"),
        ecological: fen("ecological"),
        other_transfer: fen("other_transfer"),
        net: fen("net"),
        per_head: fen("per_head"),
    };
    let table = cells.table;
    match table.column("net") {
        Some(column) if income.net != income.sum() => cells.refuse(column, Code::NetWrong, &income.sum().to_string()),
        _ => Some(()),
    }
}
