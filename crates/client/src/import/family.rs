//! What holds of the members of a household together.

use super::cells::{Notes, Values};
use super::grid::Row;
use super::problem::{Code, Finding};
use super::table::Table;
use lika_domain::date::Month;
use lika_domain::member::Relation;

/// Fewest years between parents and children.
const GENERATION_YEARS: i64 = 12;
/// Youngest head of a household with grown members, in years less than the oldest.
const HEAD_YEARS_BELOW: i64 = 45;

/// Whether a person is the head.
pub(super) fn is_head(person: &Values) -> bool {
    relation(person) == Some(Relation::Head)
}

/// Refuses a household without exactly one head, and warns of ages that do not fit the relations to it.
pub(super) fn check(table: &Table, rows: &[&Row], persons: &[Values], notes: &mut Notes) -> bool {
    if persons.iter().any(|person| relation(person).is_none()) {
        // A relation that cannot be read is noted already, and may be the head's.
        return true;
    }
    let heads: Vec<_> = persons.iter().filter(|person| is_head(person)).collect();
    let [head] = heads.as_slice() else {
        let found = Finding::of_row(Code::NotOneHead, rows[0].number).in_column("relation");
        notes.problems.push(found.says(&heads.len().to_string()));
        return false;
    };
    let Some(head) = born(head) else { return true };
    for (row, person) in rows.iter().zip(persons) {
        let Some((born, relation)) = born(person).zip(relation(person)) else { continue };
        // Years by which the person is younger than the head.
        let younger = (born - head) / 12;
        let implausible = match relation {
            Relation::Child => younger < GENERATION_YEARS,
            Relation::Grandchild => younger < 2 * GENERATION_YEARS,
            Relation::Parent => -younger < GENERATION_YEARS,
            Relation::Grandparent => -younger < 2 * GENERATION_YEARS,
            Relation::Spouse => younger.abs() > HEAD_YEARS_BELOW,
            _ => false,
        };
        if implausible {
            let column = table.column("relation").and_then(|column| table.place(column));
            let found = column.map_or_else(
                || Finding::of_row(Code::FamilyImplausible, row.number),
                |place| Finding::at(Code::FamilyImplausible, row.number, place.column),
            );
            notes.warnings.push(found.in_column("relation"));
        }
    }
    true
}

fn relation(person: &Values) -> Option<Relation> {
    let number = i32::try_from(person.member.get("relation")?.as_i64()?).ok()?;
    lika_domain::kind::FromWire::from_wire(number)
}

/// Months since year 0.
fn born(person: &Values) -> Option<i64> {
    let month = u32::try_from(person.member.get("birth_month")?.as_u64()?).ok()?;
    Month::from_yyyymm(month)?;
    Some(i64::from(month / 100 * 12 + month % 100))
}
