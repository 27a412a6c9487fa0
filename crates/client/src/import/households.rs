//! Households, one row for each person.

use super::cells::{Cells, Notes, Values};
use super::columns::{Column, Part};
use super::draft::{Draft, State};
use super::grid::{Merged, Row};
use super::known::Known;
use super::options::Options;
use super::people::{self, Suspects};
use super::problem::{Code, Finding};
use super::table::Table;
use super::{family, faults, notes, values};
use lika_domain::area::Area;
use lika_domain::household::MEMBERS_MAX;
use lika_domain::ids::HouseholdId;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Parts of a card, which the first row of a household states.
const CARD: [Part; 3] = [Part::Envelope, Part::Event, Part::EventPrivate];
/// Parts of a person, which every row states.
const PERSON: [Part; 2] = [Part::Member, Part::MemberPrivate];

/// The rows of one household.
struct Group<'t> {
    village: Area,
    label: String,
    rows: Vec<&'t Row>,
    /// A row that may belong to it cannot be placed.
    is_split: bool,
}

/// What all households of a table are read with.
struct Reading<'t> {
    table: &'t Table,
    options: &'t Options,
    known: &'t Known,
}

/// Reads the registrations of a table.
pub(super) fn read(table: &Table, options: &Options, known: &Known, notes: &mut Notes) -> Vec<Draft> {
    let reading = Reading { table, options, known };
    let suspects = people::suspects(table);
    let (mut numbers, mut drafts) = (BTreeSet::new(), Vec::new());
    for group in reading.groups(&suspects, notes) {
        let before = notes.problems.len();
        let draft = reading.household(&group, &suspects, notes);
        if group.is_split {
            let first = group.rows[0].number;
            notes.problems.push(Finding::of_row(Code::HouseholdSplit, first).in_column("household"));
        }
        let Some(draft) = draft.filter(|_| notes.problems.len() == before) else { continue };
        if draft.household.is_some_and(|number| !numbers.insert(number)) {
            let found = Finding::of_row(Code::HouseholdTwice, group.rows[0].number).in_column("household");
            notes.problems.push(found.says(&draft.label));
            continue;
        }
        drafts.push(draft);
    }
    drafts
}

impl<'t> Reading<'t> {
    fn cells<'n>(&self, row: &'n Row, notes: &'n mut Notes) -> Cells<'n>
    where
        't: 'n,
    {
        Cells { table: self.table, row, notes, options: self.options, known: self.known }
    }

    /// Rows by village and household, in the order in which households first occur. A blank household continues the
    /// row above it, in the same village.
    fn groups(&self, suspects: &Suspects, notes: &mut Notes) -> Vec<Group<'t>> {
        let mut groups: Vec<Group<'t>> = Vec::new();
        let mut places: BTreeMap<(Area, String), usize> = BTreeMap::new();
        let mut split: BTreeSet<String> = BTreeSet::new();
        let mut above: Option<(usize, usize)> = None;
        let rows = self.table.rows();
        for (place, row) in rows.iter().enumerate() {
            let before = place.checked_sub(1).and_then(|before| rows.get(before));
            let fault = faults::of(self.table, row, rows.get(place + 1), before);
            let (label, village) = self.belongs(row, fault.is_none(), notes);
            let blank = label.as_deref() == Some("");
            let village = village.or_else(|| {
                // A blank village is that of the row above, if that is of the same household.
                let same = |(group, last): &(usize, usize)| {
                    let label = label.as_deref().unwrap_or_default();
                    row.number == last + 1 && (blank || label == groups[*group].label)
                };
                let blank = self.is_blank(row, "village");
                let inherited = above.filter(|above| blank && same(above)).map(|(group, _)| groups[group].village);
                inherited.or(self.options.village.filter(|_| blank))
            });
            if village.is_none() && fault.is_none() && !blank && self.is_blank(row, "village") {
                self.missing("village", row, notes);
            }
            let continues = above
                .filter(|(group, last)| blank && row.number == last + 1 && village == Some(groups[*group].village));
            if let Some(fault) = fault {
                let is_note = matches!(fault.code.as_ref(), "row_no_record") && notes::is_note(row);
                notes.problems.push(fault);
                split.extend(label.filter(|label| !label.is_empty()));
                if let Some((group, _)) = above.filter(|_| blank && !is_note) {
                    groups[group].is_split = true;
                }
                continue;
            }
            let group = match (continues, village, label) {
                (Some((group, _)), _, _) => {
                    self.warn_continued(row, notes);
                    group
                }
                (None, Some(village), Some(label)) if !blank => {
                    *places.entry((village, label.clone())).or_insert_with(|| {
                        groups.push(Group { village, label, rows: Vec::new(), is_split: false });
                        groups.len() - 1
                    })
                }
                (_, _, label) => {
                    if blank {
                        self.missing("household", row, notes);
                    }
                    self.note_unplaced(row, suspects, notes);
                    // Of whom this row is cannot be said: perhaps of the household above it.
                    if let Some((group, _)) = above.filter(|_| blank) {
                        groups[group].is_split = true;
                    }
                    split.extend(label.filter(|label| !label.is_empty()));
                    above = None;
                    continue;
                }
            };
            groups[group].rows.push(row);
            above = Some((group, row.number));
        }
        for group in &mut groups {
            group.is_split |= split.contains(&group.label);
        }
        groups
    }

    /// The label and the village of a row; the label is empty if the cell is blank. `None` if a cell cannot be read,
    /// which is noted unless the whole row is refused anyway.
    fn belongs(&self, row: &Row, noted: bool, notes: &mut Notes) -> (Option<String>, Option<Area>) {
        let mut aside = Notes::default();
        let mut cells = self.cells(row, if noted { notes } else { &mut aside });
        let column = |name: &str| self.table.column(name);
        let label = column("household").map(|column| {
            let blank = cells.text(column)?.is_empty();
            if blank { Some(String::new()) } else { cells.value(column)?.and_then(|v| v.as_str().map(str::to_owned)) }
        });
        // A blank village may be that of the row above, or of the whole table.
        let village = if self.is_blank(row, "village") { None } else { cells.values(&[Part::Village]).0.village };
        (label.flatten(), village)
    }

    fn is_blank(&self, row: &Row, name: &str) -> bool {
        self.table.cell(row, name).is_none_or(|cell| values::outer(&cell.text).is_empty())
    }

    fn missing(&self, name: &str, row: &Row, notes: &mut Notes) {
        let mut cells = self.cells(row, notes);
        if let Some(column) = self.table.column(name) {
            cells.missing::<()>(column);
        }
    }

    /// What else is wrong with a row that belongs to nobody.
    fn note_unplaced(&self, row: &Row, suspects: &Suspects, notes: &mut Notes) {
        let mut cells = self.cells(row, notes);
        let (mut person, _) = cells.values(&PERSON);
        people::complete(&mut cells, &mut person, suspects);
        let of_card = |column: &&Column| CARD.contains(&column.part) && column.name != "household";
        for column in self.table.columns.iter().filter(of_card) {
            if self.table.place(column).is_some_and(|place| row.cell(place.column).is_some()) {
                cells.value(column);
            }
        }
    }

    fn warn_continued(&self, row: &Row, notes: &mut Notes) {
        let mut cells = self.cells(row, notes);
        if let Some(column) = self.table.column("household") {
            cells.warn(column, Code::Continued, "");
        }
    }

    /// The registration of a household; what is wrong with any of its rows is noted.
    fn household(&self, group: &Group<'_>, suspects: &Suspects, notes: &mut Notes) -> Option<Draft> {
        let first = group.rows[0];
        let (card, mut whole) = self.cells(first, notes).values(&CARD);
        let mut persons = Vec::new();
        for row in &group.rows {
            let mut cells = self.cells(row, notes);
            let (mut person, read) = cells.values(&PERSON);
            whole &= people::complete(&mut cells, &mut person, suspects).is_some() && read;
            whole &= self.agrees(first, row, notes);
            persons.push(person);
        }
        whole &= family::check(self.table, &group.rows, &persons, notes);
        if group.rows.len() > MEMBERS_MAX {
            let found = Finding::of_row(Code::TooManyMembers, first.number).in_column("household");
            notes.problems.push(found.says(&group.rows.len().to_string()));
        }
        whole.then(|| self.draft(group, card, persons))
    }

    /// Whether a further row of a household says nothing else of the card than its first row.
    fn agrees(&self, first: &Row, row: &Row, notes: &mut Notes) -> bool {
        let of_card = |column: &&Column| CARD.contains(&column.part) && column.name != "household";
        let mut agrees = true;
        for column in self.table.columns.iter().filter(of_card) {
            let Some(place) = self.table.place(column) else { continue };
            let said = row.cell(place.column).filter(|cell| cell.merged != Merged::Further);
            let same = |text: &str| values::outer(text) == values::outer(first.text(place.column));
            if said.is_some_and(|cell| !same(&cell.text)) {
                self.cells(row, notes).refuse::<()>(column, Code::DiffersFromFirst, "");
                agrees = false;
            }
        }
        agrees
    }

    fn draft(&self, group: &Group<'_>, card: Values, persons: Vec<Values>) -> Draft {
        let head = persons.iter().find(|person| family::is_head(person));
        let mut private = card.event_private;
        if let Some(phone) = head.and_then(|head| head.member_private.get("phone")) {
            private.insert("phone".to_owned(), phone.clone());
        }
        let ids = persons.iter().filter_map(people::id_of);
        let people = ids.map(|id| self.known.hash(&["person", id.as_str()])).collect();
        let members = (1..).zip(persons).map(|(number, person)| member(number, person));
        let mut registered = card.event;
        registered.insert("members".to_owned(), Value::Array(members.collect()));
        registered.insert("private".to_owned(), Value::Object(private));
        let mut event = Map::new();
        event.extend(card.envelope.get("happened").map(|day| ("happened".to_owned(), day.clone())));
        event.insert(self.table.kind.event().name.to_owned(), Value::Object(registered));
        let number = values::digits(&group.label, 10).and_then(HouseholdId::new);
        let content = Value::Object(event.clone()).to_string();
        Draft {
            village: group.village,
            label: group.label.clone(),
            household: number,
            rows: group.rows.iter().map(|row| row.number).collect(),
            event,
            key: self.known.household_key(group.village, &group.label),
            content: self.known.hash(&["registered", &content]),
            people,
            state: State::New,
            differences: Vec::new(),
            corrects: None,
            warned: Vec::new(),
        }
    }
}

fn member(number: u32, person: Values) -> Value {
    let mut member = person.member;
    member.insert("number".to_owned(), number.into());
    member.insert("private".to_owned(), Value::Object(person.member_private));
    Value::Object(member)
}
