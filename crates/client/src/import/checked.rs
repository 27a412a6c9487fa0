//! A table that was read: what can be sent, what cannot, and what is worth a look.

use super::cells::Notes;
use super::differing::Difference;
use super::draft::{Draft, State};
use super::error::ImportError;
use super::kind::Kind;
use super::known::Known;
use super::options::Options;
use super::problem::{Code, Finding};
use super::table::Table;
use super::{households, read, rows};
use crate::example;
use lika_domain::area::Area;
use lika_domain::ids::HouseholdId;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// A table that was read.
#[derive(Debug)]
pub struct Checked {
    /// Its kind.
    pub kind: Kind,
    /// Rows below the heading that are not blank.
    pub rows: usize,
    /// Rows that are not sent, each with why: wrong, twice, or recorded before.
    pub problems: Vec<Finding>,
    /// What is sent in a reading worth a look, and what of the table is not read.
    pub warnings: Vec<Finding>,
    pub(super) drafts: Vec<Draft>,
    /// Numbers of all rows.
    pub(super) row_numbers: Vec<usize>,
}

/// An event of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its rows.
    pub rows: Vec<usize>,
    /// What becomes of it.
    pub state: State,
    /// The household: its number, or its name in the table.
    pub label: String,
    /// Its village.
    pub village: Option<Area>,
    /// The household's number, if it has one yet.
    pub household: Option<HouseholdId>,
    /// Codes of what is wrong with it.
    pub codes: Vec<String>,
    /// What it states otherwise than the register.
    pub differences: Vec<Difference>,
}

/// Codes of rows that stand twice, or are in the register already.
const DUPLICATES: [Code; 6] = [
    Code::RowTwice,
    Code::CitizenIdTwice,
    Code::HouseholdTwice,
    Code::RegisteredHere,
    Code::HouseholdTaken,
    Code::Exists,
];

/// Reads a table and checks it against itself and against what was imported from here before.
///
/// # Errors
/// If the table cannot be read; what is wrong with its rows is in [`Checked::problems`].
pub fn check(bytes: &[u8], options: &Options, known: &Known) -> Result<Checked, ImportError> {
    let mut notes = Notes::default();
    let sheets = read::sheets(bytes)?;
    let table = Table::find(sheets, options.kind, options.sheet.as_deref(), &mut notes.warnings)?;
    let drafts = match table.kind {
        Kind::Households => households::read(&table, options, known, &mut notes),
        _ => rows::read(&table, options, known, &mut notes),
    };
    for ((name, zh, means), count) in std::mem::take(&mut notes.blanks) {
        let found = Finding::of_table(Code::BlankRead, &format!("{zh} = {means} ({count})"));
        notes.warnings.push(found.in_column(name));
    }
    let Notes { problems, warnings, .. } = notes;
    let row_numbers: Vec<usize> = table.rows().iter().map(|row| row.number).collect();
    let rows = row_numbers.len();
    let mut checked = Checked { kind: table.kind, rows, problems, warnings, drafts, row_numbers };
    checked.compare(known);
    checked.sort();
    Ok(checked)
}

impl Checked {
    /// Marks what was imported from here before.
    fn compare(&mut self, known: &Known) {
        let mut found = Vec::new();
        for draft in &mut self.drafts {
            let Some(sent) = known.sent(&draft.key) else {
                for (person, row) in draft.people.iter().zip(&draft.rows) {
                    if let Some(household) = known.person(person) {
                        draft.state = State::Duplicate;
                        let problem = Finding::of_row(Code::RegisteredHere, *row).in_column("citizen_id");
                        found.push(problem.says(&household.to_string()));
                    }
                }
                continue;
            };
            draft.household = sent.household;
            let (state, code) = match (sent.content == draft.content, sent.is_recorded) {
                (false, _) => (State::Changed, Code::Changed),
                (true, false) => (State::Waiting, Code::Recorded),
                (true, true) => (State::Unchanged, Code::Recorded),
            };
            draft.state = state;
            if state != State::Waiting {
                let says = sent.submission.to_string();
                found.extend(draft.rows.iter().map(|row| Finding::of_row(code, *row).says(&says)));
            }
        }
        self.problems.extend(found);
    }

    /// Refuses the events of these rows, because the register has them already or does not know what they name.
    pub(super) fn refuse(&mut self, found: Vec<Finding>) {
        let rows: BTreeSet<usize> = found.iter().map(|problem| problem.row).collect();
        for draft in &mut self.drafts {
            if draft.state == State::New && draft.rows.iter().any(|row| rows.contains(row)) {
                draft.state = State::Duplicate;
            }
        }
        self.problems.extend(found);
        self.sort();
    }

    pub(super) fn sort(&mut self) {
        self.problems.sort_by(|a, b| (a.row, a.cell.len(), &a.cell).cmp(&(b.row, b.cell.len(), &b.cell)));
        self.warnings.sort_by(|a, b| (a.row, a.cell.len(), &a.cell).cmp(&(b.row, b.cell.len(), &b.cell)));
    }

    /// Villages of the events that can be sent.
    pub fn villages(&self) -> BTreeSet<Area> {
        self.of(State::New).map(|draft| draft.village).collect()
    }

    /// Rows that can be sent.
    pub fn good_rows(&self) -> usize {
        self.of(State::New).chain(self.of(State::Waiting)).map(|draft| draft.rows.len()).sum()
    }

    /// Whether a row keeps anything from being sent that is not in the log already.
    pub fn has_problems(&self) -> bool {
        self.problems.iter().any(|problem| !problem.is_recorded())
    }

    /// The first reports that would be signed, each in the form of a file; `no_number` stands for the number of a
    /// household that gets one only then. They hold personal data in the clear.
    pub fn reports(&self, max: usize, no_number: &str) -> Vec<Map<String, Value>> {
        let service = example::service(self.kind.event());
        let number = |draft: &Draft| draft.household.map_or_else(|| no_number.to_owned(), |one| one.get().to_string());
        self.of(State::New).take(max).map(|draft| draft.file(service, number(draft).into())).collect()
    }

    pub(super) fn of(&self, state: State) -> impl Iterator<Item = &Draft> {
        self.drafts.iter().filter(move |draft| draft.state == state)
    }

    /// What becomes of every row, in the order of rows.
    pub fn plan(&self) -> Vec<Line> {
        let mut codes: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for problem in &self.problems {
            codes.entry(problem.row).or_default().push(problem.code.to_string());
        }
        let codes = |rows: &[usize]| {
            let mut found: Vec<String> = rows.iter().filter_map(|row| codes.get(row)).flatten().cloned().collect();
            found.sort_unstable();
            found.dedup();
            found
        };
        let mut lines: Vec<Line> = self.drafts.iter().map(|draft| line(draft, codes(&draft.rows))).collect();
        let planned: BTreeSet<usize> = lines.iter().flat_map(|line| line.rows.clone()).collect();
        for row in self.row_numbers.iter().filter(|row| !planned.contains(row)) {
            let codes = codes(&[*row]);
            let twice = DUPLICATES.iter().any(|code| codes.iter().any(|found| found == code.name()));
            let state = if twice { State::Duplicate } else { State::Refused };
            let differences = Vec::new();
            lines.push(Line {
                rows: vec![*row],
                state,
                label: String::new(),
                village: None,
                household: None,
                codes,
                differences,
            });
        }
        lines.sort_by_key(|line| line.rows.first().copied());
        lines
    }
}

fn line(draft: &Draft, codes: Vec<String>) -> Line {
    Line {
        rows: draft.rows.clone(),
        state: draft.state,
        label: draft.label.clone(),
        village: Some(draft.village),
        household: draft.household,
        codes,
        differences: draft.differences.clone(),
    }
}
