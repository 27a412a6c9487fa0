//! Persons: what follows from a citizen ID and a certificate, and what contradicts them.

use super::cells::{Cells, Values};
use super::columns::Column;
use super::labels;
use super::problem::Code;
use super::table::Table;
use super::values::{self, compact};
use lika_domain::citizen_id::{CitizenId, DisabilityCertificate, is_mobile};
use lika_domain::member::Sex;
use lika_domain::rejection;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// Length of a citizen ID.
const CITIZEN_ID_CHARS: usize = 18;
/// A spreadsheet keeps 15 digits of a number, so a citizen ID loses its last digits to these.
const CUT_OFF: &str = "000";

/// Faults that only the whole table shows.
pub(super) struct Suspects {
    /// Citizen IDs that occur twice.
    twice: BTreeSet<CitizenId>,
    /// A spreadsheet has cut off some citizen IDs. An ID that ends in 000 may be right, but if another was cut off,
    /// it most likely was too.
    truncated: bool,
}

/// Looks through the whole table.
pub(super) fn suspects(table: &Table) -> Suspects {
    let (mut seen, mut twice, mut truncated) = (BTreeSet::new(), BTreeSet::new(), false);
    for row in table.rows() {
        let Some(cell) = table.cell(row, "citizen_id") else { continue };
        let text = plain(&cell.text);
        match CitizenId::parse(&text) {
            Ok(id) if !seen.insert(id.clone()) => {
                twice.insert(id);
            }
            Ok(_) => {}
            Err(_) => truncated |= is_cut_off(&text),
        }
    }
    Suspects { twice, truncated }
}

/// The citizen ID of a row, whatever else is wrong with it.
pub(super) fn id_of(values: &Values) -> Option<CitizenId> {
    let text = values.member_private.get("citizen_id").and_then(Value::as_str)?;
    CitizenId::parse(text).ok()
}

/// Checks a person's numbers against each other and fills in what follows from them.
pub(super) fn complete(cells: &mut Cells<'_>, values: &mut Values, suspects: &Suspects) -> Option<()> {
    let table = cells.table;
    let Some(column) = table.column("citizen_id") else { return Some(()) };
    let mut whole = phone(cells, &values.member_private).is_some();
    let text = values.member_private.get("citizen_id").and_then(Value::as_str).unwrap_or_default().to_owned();
    if text.is_empty() {
        // The blank or unreadable cell is noted already.
        return None;
    }
    let id = citizen_id(cells, column, &text, suspects);
    if let Some(id) = id {
        whole &= contradictions(cells, values, &id).is_some();
        whole &= certificate(cells, values, &id).is_some();
        values.member_private.insert("citizen_id".to_owned(), id.as_str().into());
        values.member.insert("sex".to_owned(), (id.sex() as i32).into());
        values.member.insert("birth_month".to_owned(), id.birth().month().yyyymm().into());
    } else {
        whole = false;
    }
    whole.then_some(())
}

/// A mobile number, which may be blank.
fn phone(cells: &mut Cells<'_>, private: &Map<String, Value>) -> Option<()> {
    let table = cells.table;
    let phone = private.get("phone").and_then(Value::as_str).unwrap_or_default();
    match table.column("phone") {
        Some(column) if !phone.is_empty() && !is_mobile(phone) => cells.refuse(column, Code::PhoneInvalid, ""),
        _ => Some(()),
    }
}

fn citizen_id(cells: &mut Cells<'_>, column: &Column, text: &str, suspects: &Suspects) -> Option<CitizenId> {
    let id = CitizenId::parse(text).ok();
    if is_cut_off(text) && (id.is_none() || suspects.truncated) {
        return cells.refuse(column, Code::CitizenIdTruncated, "");
    }
    let Some(id) = id else {
        let length = text.chars().count();
        let detail =
            if length == CITIZEN_ID_CHARS { String::new() } else { format!("{length} ≠ {CITIZEN_ID_CHARS}") };
        return cells.refuse(column, Code::CitizenIdInvalid, &detail);
    };
    if suspects.twice.contains(&id) {
        return cells.refuse(column, Code::CitizenIdTwice, "");
    }
    match cells.options.mode.map(|mode| id.is_for(mode)) {
        Some(Err(rejection::Code::CitizenIdSynthetic)) => cells.refuse(column, Code::CitizenIdSynthetic, ""),
        Some(Err(_)) => cells.refuse(column, Code::CitizenIdReal, ""),
        _ => Some(id),
    }
}

/// Sex and birth stated beside the citizen ID must agree with it.
fn contradictions(cells: &mut Cells<'_>, values: &Values, id: &CitizenId) -> Option<()> {
    let table = cells.table;
    let mut whole = true;
    let stated = |name: &str| values.member.get(name).and_then(Value::as_i64);
    if let (Some(column), Some(sex)) = (table.column("sex"), stated("sex"))
        && sex != id.sex() as i64
    {
        whole &= cells.refuse::<()>(column, Code::SexContradicts, "").is_some();
    }
    if let (Some(column), Some(month)) = (table.column("birth_month"), stated("birth_month")) {
        let day = cells.text(column).and_then(|text| values::month(&text)).and_then(|(_, day)| day);
        if month != i64::from(id.birth().month().yyyymm()) || day.is_some_and(|day| day != id.birth()) {
            whole &= cells.refuse::<()>(column, Code::BirthContradicts, "").is_some();
        }
    }
    if let Some(column) = table.column("relation") {
        let word = cells.text(column).unwrap_or_default();
        if labels::is_male(&word).is_some_and(|male| male != (id.sex() == Sex::Male)) {
            cells.warn(column, Code::RelationSex, "");
        }
    }
    whole.then_some(())
}

/// The certificate gives category and grade, and must agree with those that are stated.
fn certificate(cells: &mut Cells<'_>, values: &mut Values, id: &CitizenId) -> Option<()> {
    let table = cells.table;
    let text = values.member_private.get("disability_certificate").and_then(Value::as_str).unwrap_or_default();
    let Some(column) = table.column("disability_certificate").filter(|_| !text.is_empty()) else { return Some(()) };
    let certificate = DisabilityCertificate::parse(text).filter(|certificate| certificate.citizen_id == *id);
    let Some(certificate) = certificate else { return cells.refuse(column, Code::CertificateInvalid, "") };
    let follow =
        [("disability_category", certificate.disability.category), ("disability_grade", certificate.disability.grade)];
    for (name, number) in follow {
        let stated = values.member.get(name).and_then(Value::as_u64);
        if stated.is_some_and(|stated| stated != u64::from(number)) {
            return cells.refuse(column, Code::CertificateInvalid, name);
        }
        values.member.insert(name.to_owned(), number.into());
    }
    Some(())
}

/// Whether this may be a citizen ID that a spreadsheet has cut off.
fn is_cut_off(text: &str) -> bool {
    let digits = text.strip_suffix(".0").unwrap_or(text);
    values::is_scientific(text)
        || (digits.len() == CITIZEN_ID_CHARS && (digits.ends_with(CUT_OFF) || digits.len() < text.len()))
}

fn plain(text: &str) -> String {
    compact(&values::outer(text)).to_uppercase()
}
