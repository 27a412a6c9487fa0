//! Persons of a household, one row each.

use super::cells::{Cells, is_scientific};
use super::problem::RowCode;
use super::table::Table;
use super::{Options, labels};
use lika_domain::citizen_id::{CitizenId, DisabilityCertificate, is_mobile};
use lika_domain::facts::private::PERSON_NAME_CHARS_MAX;
use lika_domain::member::{Disability, Relation};
use lika_domain::rejection::Code;
use lika_proto::v1;
use std::collections::BTreeSet;

/// Months in a year.
const WORK_MONTHS_MAX: u64 = 12;
/// Length of a citizen ID.
const CITIZEN_ID_CHARS: usize = 18;
/// A spreadsheet keeps 15 digits of a number, so a citizen ID loses its last digits to these.
const CUT_OFF: &str = "000";

/// A person as stated in the row.
pub(super) struct Person {
    pub(super) relation: Relation,
    /// Without number and sealed data.
    pub(super) member: v1::Member,
    pub(super) private: v1::MemberPrivate,
}

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
    for row in &table.rows {
        let text = table.cell(row, "citizen_id");
        match CitizenId::parse(text) {
            Ok(id) if !seen.insert(id.clone()) => {
                twice.insert(id);
            }
            Ok(_) => {}
            Err(_) => truncated |= is_cut_off(text),
        }
    }
    Suspects { twice, truncated }
}

pub(super) fn person(cells: &mut Cells<'_>, options: &Options, suspects: &Suspects) -> Option<Person> {
    let relation = cells.required_word("relation", &labels::RELATIONS);
    let name = cells.required_text("name", PERSON_NAME_CHARS_MAX);
    let id = citizen_id(cells, options, suspects);
    let phone = phone(cells);
    let ethnicity = ethnicity(cells);
    let education = cells.word("education", &labels::EDUCATIONS);
    let school = cells.word("school", &labels::SCHOOLS);
    let health = cells.required_word("health", &labels::HEALTHS);
    let labour = cells.required_word("labour", &labels::LABOURS);
    let work_place = cells.word("work_place", &labels::WORK_PLACES);
    let work_months = cells.number("work_months", WORK_MONTHS_MAX);
    let medical_insurance = cells.yes("medical_insurance");
    let pension_insurance = cells.yes("pension_insurance");
    let id = id?;
    check_sex(cells, &id)?;
    let disability = certificate(cells, &id)?;
    let member = v1::Member {
        relation: relation? as i32,
        sex: id.sex() as i32,
        birth_month: id.birth().month().yyyymm(),
        ethnicity: ethnicity?,
        education: education?.flatten().map_or(0, |education| education as i32),
        school: school?.flatten().map_or(0, |school| school as i32),
        health: health? as i32,
        labour: labour? as i32,
        work_place: work_place?.flatten().map_or(0, |place| place as i32),
        work_months: work_months?,
        medical_insurance: medical_insurance?,
        pension_insurance: pension_insurance?,
        disability_category: disability.map_or(0, |disability| u32::from(disability.category)),
        disability_grade: disability.map_or(0, |disability| u32::from(disability.grade)),
        ..Default::default()
    };
    let private = v1::MemberPrivate {
        name: name?,
        citizen_id: id.as_str().to_owned(),
        disability_certificate: cells.raw("certificate").to_uppercase(),
        phone: phone?,
    };
    Some(Person { relation: relation?, member, private })
}

/// A mobile number, which may be blank.
fn phone(cells: &mut Cells<'_>) -> Option<String> {
    match cells.raw("phone") {
        "" => Some(String::new()),
        phone if is_mobile(phone) => Some(phone.to_owned()),
        phone if is_scientific(phone) => cells.refuse("phone", RowCode::NumberTruncated, ""),
        _ => cells.refuse("phone", RowCode::PhoneInvalid, ""),
    }
}

fn citizen_id(cells: &mut Cells<'_>, options: &Options, suspects: &Suspects) -> Option<CitizenId> {
    let text = cells.raw("citizen_id");
    let id = CitizenId::parse(text).ok();
    if is_cut_off(text) && (id.is_none() || suspects.truncated) {
        return cells.refuse("citizen_id", RowCode::CitizenIdTruncated, "");
    }
    let Some(id) = id else {
        let code = if text.is_empty() { RowCode::Missing } else { RowCode::CitizenIdInvalid };
        return cells.refuse("citizen_id", code, "");
    };
    if suspects.twice.contains(&id) {
        return cells.refuse("citizen_id", RowCode::CitizenIdTwice, "");
    }
    match options.mode.map(|mode| id.is_for(mode)) {
        Some(Err(Code::CitizenIdSynthetic)) => cells.refuse("citizen_id", RowCode::CitizenIdSynthetic, ""),
        Some(Err(_)) => cells.refuse("citizen_id", RowCode::CitizenIdReal, ""),
        _ => Some(id),
    }
}

/// Whether this may be a citizen ID that a spreadsheet has cut off.
fn is_cut_off(text: &str) -> bool {
    is_scientific(text) || (text.len() == CITIZEN_ID_CHARS && text.ends_with(CUT_OFF))
}

fn check_sex(cells: &mut Cells<'_>, id: &CitizenId) -> Option<()> {
    match cells.word("sex", &labels::SEXES)? {
        Some(sex) if sex != id.sex() => cells.refuse("sex", RowCode::SexContradicts, ""),
        _ => Some(()),
    }
}

fn certificate(cells: &mut Cells<'_>, id: &CitizenId) -> Option<Option<Disability>> {
    let text = cells.raw("certificate");
    if text.is_empty() {
        return Some(None);
    }
    match DisabilityCertificate::parse(text) {
        Some(certificate) if certificate.citizen_id == *id => Some(Some(certificate.disability)),
        _ => cells.refuse("certificate", RowCode::CertificateInvalid, ""),
    }
}

fn ethnicity(cells: &mut Cells<'_>) -> Option<u32> {
    match cells.raw("ethnicity") {
        "" => Some(1),
        text => labels::ethnicity(text).or_else(|| cells.refuse("ethnicity", RowCode::NotKnown, "such as 汉族")),
    }
}
