//! Reads the cells of one row and notes their faults.

use super::columns::{Column, PERSONAL_NUMBERS, Part, is_name};
use super::doubt::{self, End};
use super::grid::{Merged, Row};
use super::kind::Kind;
use super::known::Known;
use super::labels;
use super::measures;
use super::notes;
use super::options::Options;
use super::problem::{Code, Finding};
use super::table::Table;
use super::values::{self, compact, digits, is_placeholder, label, narrow, whole};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::describe::Value as Takes;
use lika_domain::household::OTHER_CAUSES_MAX;
use lika_domain::ids::{HouseholdId, OfficialId};
use lika_domain::kind::List;
use lika_domain::member::ETHNICITIES;
use lika_domain::money::Fen;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Highest number of a member.
const MEMBER_MAX: u64 = 99;
/// Longest name that a table may give a household, in characters.
pub(super) const LABEL_CHARS_MAX: usize = 64;
/// Marks between several choices or numbers in one cell.
const SEPARATORS: [char; 9] = ['、', ';', '；', ',', '，', '/', '|', '\n', '+'];

/// Everything found in a table so far.
#[derive(Default)]
pub(super) struct Notes {
    pub(super) problems: Vec<Finding>,
    pub(super) warnings: Vec<Finding>,
    /// How many rows leave a column blank that is then read as something.
    pub(super) blanks: BTreeMap<(&'static str, &'static str, &'static str), usize>,
}

/// The values of a row, by where they belong.
#[derive(Default)]
pub(super) struct Values {
    pub(super) village: Option<Area>,
    pub(super) envelope: Map<String, Value>,
    pub(super) event: Map<String, Value>,
    pub(super) event_private: Map<String, Value>,
    pub(super) member: Map<String, Value>,
    pub(super) member_private: Map<String, Value>,
}

/// A row, and what was found in the table so far. A method that returns `None` has noted a problem.
pub(super) struct Cells<'t> {
    pub(super) table: &'t Table,
    pub(super) row: &'t Row,
    pub(super) notes: &'t mut Notes,
    pub(super) options: &'t Options,
    pub(super) known: &'t Known,
}

impl Cells<'_> {
    /// The values of all columns of these parts that can be read, and whether all of them could.
    pub(super) fn values(&mut self, parts: &[Part]) -> (Values, bool) {
        let (mut values, mut whole) = (Values::default(), true);
        let table = self.table;
        for column in table.columns.iter().filter(|column| parts.contains(&column.part)) {
            match self.value(column) {
                None => whole = false,
                Some(None) => {}
                Some(Some(value)) => values.put(column, value),
            }
        }
        (values, whole)
    }

    /// Notes a problem at a column.
    pub(super) fn refuse<T>(&mut self, column: &Column, code: Code, detail: &str) -> Option<T> {
        let found = self.finding(column, code).says(detail);
        self.notes.problems.push(found);
        None
    }

    /// Notes what is worth a look.
    pub(super) fn warn(&mut self, column: &Column, code: Code, detail: &str) {
        let found = self.finding(column, code).says(detail);
        self.notes.warnings.push(found);
    }

    fn finding(&self, column: &Column, code: Code) -> Finding {
        match self.table.place(column) {
            Some(place) => Finding::at(code, self.row.number, place.column).in_column(column.name),
            None => Finding::of_row(code, self.row.number).in_column(column.name),
        }
    }

    /// The text of a cell without what is put around it; empty if it is blank. Cells that a spreadsheet computed or
    /// changed are refused.
    pub(super) fn text(&mut self, column: &Column) -> Option<String> {
        let cell = self.table.place(column).and_then(|place| self.row.cell(place.column));
        let Some(cell) = cell else { return Some(String::new()) };
        if let Some(code) = doubt::of(column, cell, self.may_be_merged(column)) {
            return self.refuse(column, code, "");
        }
        if cell.merged == Merged::Further {
            self.warn(column, Code::MergedRead, "");
        }
        if doubt::holds_hidden(&cell.text) {
            self.warn(column, Code::HiddenDropped, "");
        }
        Some(values::outer(&cell.text))
    }

    /// What a merged cell says of several rows is clear where they are of one village or household.
    fn may_be_merged(&self, column: &Column) -> bool {
        let registers = self.table.kind == Kind::Households;
        match column.part {
            Part::Village | Part::Envelope => true,
            Part::Event | Part::EventPrivate => registers,
            Part::Member | Part::MemberPrivate => false,
        }
    }

    /// The value of a column; `Some(None)` if it is blank and may be.
    pub(super) fn value(&mut self, column: &Column) -> Option<Option<Value>> {
        let text = self.text(column)?;
        let free = matches!(column.takes, Takes::Text { .. } | Takes::RequiredText { .. })
            && !PERSONAL_NUMBERS.contains(&column.name)
            && !is_name(column);
        let says_no = matches!(column.takes, Takes::Flag) || self.means_a_choice(column, &text);
        if text.is_empty() || (!free && !says_no && is_placeholder(&text)) {
            return self.blank(column);
        }
        let value = match column.takes {
            Takes::Choice(list) | Takes::ChoiceOrNone(list) => return self.choice(column, list, &text),
            Takes::Choices { list, .. } => self.choices(column, list, &text)?,
            Takes::Day | Takes::DayOrNone => self.day(column, &text)?.yyyymmdd().into(),
            Takes::Month => self.month(column, &text)?,
            Takes::Year | Takes::YearByRule => self.year(column, &text)?,
            Takes::Amount | Takes::Balance => self.amount(column, &text)?,
            Takes::Text { chars_max } | Takes::RequiredText { chars_max } => {
                self.free_text(column, chars_max, &text)?
            }
            Takes::Number => self.number(column, 1, u64::MAX, &text)?.to_string().into(),
            Takes::NumberOrNone => self.number(column, 0, u64::MAX, &text)?.to_string().into(),
            Takes::Count { max } => self.number(column, 0, u64::from(max), &text)?.into(),
            Takes::Member => self.number(column, 1, MEMBER_MAX, &text)?.into(),
            Takes::MemberOrNone => self.number(column, 0, MEMBER_MAX, &text)?.into(),
            Takes::Signed => self.degrees(column, &text)?,
            Takes::Flag => match labels::flag(&narrow(&text)) {
                Some(flag) => flag.into(),
                None => return self.refuse(column, Code::NotKnown, "是 否"),
            },
            Takes::Area => self.village(column, &text)?,
            Takes::HouseholdOrNone => self.household(column, &text)?,
            Takes::Official => self.official(column, &text)?.get().into(),
            Takes::Officials { .. } => self.officials(column, &text)?,
            Takes::Special { .. } => self.special(column, &text)?,
            _ => return self.refuse(column, Code::NotKnown, ""),
        };
        Some(Some(value))
    }

    fn means_a_choice(&self, column: &Column, text: &str) -> bool {
        match column.takes {
            Takes::Choice(list) | Takes::ChoiceOrNone(list) => labels::find(list, text).is_some(),
            _ => false,
        }
    }

    /// What a blank cell means: the day or village of the whole table, a default, or nothing.
    fn blank(&mut self, column: &Column) -> Option<Option<Value>> {
        let means = match column.takes {
            Takes::Day if column.name == "date" => match self.options.date {
                Some(date) => return Some(Some(date.yyyymmdd().into())),
                None => return self.missing(column),
            },
            Takes::Area if column.part == Part::Village => match self.options.village {
                Some(village) => return Some(Some(village.to_string().into())),
                None => return self.missing(column),
            },
            _ if column.required => return self.missing(column),
            Takes::Flag => "否",
            Takes::Amount => "0",
            Takes::Choice(list) => {
                let Some(default) = column.default.and_then(|name| list.find(name)) else { return Some(None) };
                self.note_blank(column, default.zh);
                return Some(Some(default.number.into()));
            }
            Takes::Special { .. } if column.name == "ethnicity" => {
                self.note_blank(column, ETHNICITIES.choices.first().map_or("", |most| most.zh));
                return Some(Some(1.into()));
            }
            _ => return Some(None),
        };
        self.note_blank(column, means);
        Some(None)
    }

    fn note_blank(&mut self, column: &Column, means: &'static str) {
        *self.notes.blanks.entry((column.name, column.zh, means)).or_default() += 1;
    }

    pub(super) fn missing<T>(&mut self, column: &Column) -> Option<T> {
        self.refuse(column, Code::Missing, "")
    }

    fn choice(&mut self, column: &Column, list: &List, text: &str) -> Option<Option<Value>> {
        match labels::find(list, &narrow(text)) {
            Some(0) => Some(None),
            Some(number) => Some(Some(number.into())),
            None => self.refuse(column, Code::NotKnown, &labels::choices(list)),
        }
    }

    fn choices(&mut self, column: &Column, list: &List, text: &str) -> Option<Value> {
        let parts = text.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty());
        let found: Option<Vec<i32>> = parts.map(|part| labels::find(list, &narrow(part))).collect();
        match found {
            Some(found) if found.len() <= OTHER_CAUSES_MAX => Some(json!(found)),
            _ => self.refuse(column, Code::NotKnown, &format!("≤ {OTHER_CAUSES_MAX}: {}", labels::choices(list))),
        }
    }

    fn day(&mut self, column: &Column, text: &str) -> Option<Date> {
        values::date(text).or_else(|| self.refuse(column, Code::NotADate, "2016-07-01"))
    }

    /// A month; the day it may be given by is looked at where it must fit a citizen ID.
    fn month(&mut self, column: &Column, text: &str) -> Option<Value> {
        match values::month(text) {
            Some((month, _)) => Some(month.yyyymm().into()),
            None => self.refuse(column, Code::NotADate, "2016-07"),
        }
    }

    fn year(&mut self, column: &Column, text: &str) -> Option<Value> {
        let text = compact(text);
        match digits(text.trim_end_matches('年'), 4) {
            Some(year) => Some(year.into()),
            None => self.refuse(column, Code::NotANumber, "2018"),
        }
    }

    fn amount(&mut self, column: &Column, text: &str) -> Option<Value> {
        let unit = self.table.place(column).map_or(100, |place| place.unit_fen);
        let below_zero = matches!(column.takes, Takes::Balance);
        match values::fen(text, unit).filter(|fen| *fen >= 0 || below_zero) {
            Some(fen) => {
                if let Some(own) = values::own_unit(text).filter(|own| *own != unit) {
                    let yuan = Fen(i64::try_from(own).unwrap_or(0));
                    self.warn(column, Code::UnitConverted, &format!("1 = {yuan} 元"));
                }
                Some(fen.to_string().into())
            }
            None => self.refuse(column, Code::NotAnAmount, "1234.50"),
        }
    }

    fn free_text(&mut self, column: &Column, chars_max: usize, text: &str) -> Option<Value> {
        let plain = match column.name {
            "phone" => values::phone(text),
            name if PERSONAL_NUMBERS.contains(&name) => compact(text).to_uppercase(),
            _ if is_name(column) => {
                let name = values::name(text);
                if values::is_no_name(&name) {
                    return self.refuse(column, Code::NameDamaged, "");
                }
                if name != text {
                    self.warn(column, Code::TextTidied, "");
                }
                name
            }
            _ => values::one_spelling(text),
        };
        match doubt::end_of_account(&plain).filter(|_| column.name == "account") {
            Some(End::Cut) => return self.refuse(column, Code::NumberTruncated, "…000"),
            Some(End::MaybeCut) => self.warn(column, Code::MaybeCut, ""),
            None => {}
        }
        if plain.chars().count() > chars_max {
            return self.refuse(column, Code::TooLong, &format!("≤ {chars_max}"));
        }
        let asks = plain.contains(['?', '？']);
        match column.name {
            "address" | "bank" if asks => return self.refuse(column, Code::TextDamaged, "?"),
            _ if asks => self.warn(column, Code::TextDamaged, "?"),
            _ => {}
        }
        Some(plain.into())
    }

    fn number(&mut self, column: &Column, least: u64, most: u64, text: &str) -> Option<u64> {
        let text = compact(text);
        let found = whole(&text).and_then(|digits| digits.parse().ok());
        found.filter(|number| (least..=most).contains(number)).or_else(|| {
            let limits = if most == u64::MAX { format!("≥ {least}") } else { format!("{least} – {most}") };
            self.refuse(column, Code::NotANumber, &limits)
        })
    }

    fn degrees(&mut self, column: &Column, text: &str) -> Option<Value> {
        let (range, example) = match column.name {
            "longitude" => (measures::LONGITUDES, "114.20000"),
            _ => (measures::LATITUDES, "38.84512"),
        };
        let detail = format!("{example}, {} – {}", range.0, range.1);
        match measures::degrees(text, range) {
            Some(units) => Some(units.into()),
            None => self.refuse(column, Code::NotANumber, &detail),
        }
    }

    fn village(&mut self, column: &Column, text: &str) -> Option<Value> {
        let code = digits(&compact(text), 12).and_then(Area::from_code);
        match code.filter(|area| area.level() == Level::Village) {
            Some(village) => Some(village.to_string().into()),
            None => self.refuse(column, Code::VillageInvalid, ""),
        }
    }

    /// The number of a household, or the name it had in a table that was imported here. A household that is being
    /// registered may have any name.
    fn household(&mut self, column: &Column, text: &str) -> Option<Value> {
        if self.table.kind == Kind::Households {
            let label = label(text);
            if notes::sums(&label) {
                return self.refuse(column, Code::NoRecord, "");
            }
            let fits = label.chars().count() <= LABEL_CHARS_MAX;
            return if fits {
                Some(label.into())
            } else {
                self.refuse(column, Code::TooLong, &format!("≤ {LABEL_CHARS_MAX}"))
            };
        }
        if let Some(number) = digits(&compact(text), 10).and_then(HouseholdId::new) {
            return Some(number.get().to_string().into());
        }
        let table = self.table;
        let village = table.column("village").map(|column| self.text(column));
        let village = match village.flatten().unwrap_or_default() {
            text if text.is_empty() => self.options.village,
            text => digits(&compact(&text), 12).and_then(Area::from_code),
        };
        match village.and_then(|village| self.known.household(village, &label(text))) {
            Some(number) => Some(number.get().to_string().into()),
            None => self.refuse(column, Code::HouseholdInvalid, ""),
        }
    }

    fn official(&mut self, column: &Column, text: &str) -> Option<OfficialId> {
        let number = digits(&compact(text), 8).and_then(|number| OfficialId::new(u32::try_from(number).ok()?));
        number.or_else(|| self.refuse(column, Code::OfficialInvalid, ""))
    }

    fn officials(&mut self, column: &Column, text: &str) -> Option<Value> {
        let parts: Vec<_> = text.split(SEPARATORS).map(str::trim).filter(|part| !part.is_empty()).collect();
        let found: Option<Vec<u32>> =
            parts.into_iter().map(|part| self.official(column, part).map(OfficialId::get)).collect();
        found.map(|found| json!(found))
    }

    fn special(&mut self, column: &Column, text: &str) -> Option<Value> {
        match column.name {
            "ethnicity" => match labels::ethnicity(&compact(text)) {
                Some(code) => Some(code.into()),
                None => self.refuse(column, Code::NotKnown, "汉族 满族 回族 …"),
            },
            // On the wire minutes are counted from 1.
            "minute" => match measures::minute(text) {
                Some(minute) => Some((minute + 1).into()),
                None => self.refuse(column, Code::NotANumber, "09:30"),
            },
            _ => Some(narrow(text).into()),
        }
    }
}

impl Values {
    fn put(&mut self, column: &Column, value: Value) {
        let name = if column.name == "date" { "happened" } else { column.name };
        let map = match column.part {
            Part::Village => {
                self.village = value.as_str().and_then(|code| code.parse().ok());
                return;
            }
            Part::Envelope => &mut self.envelope,
            Part::Event => &mut self.event,
            Part::EventPrivate => &mut self.event_private,
            Part::Member => &mut self.member,
            Part::MemberPrivate => &mut self.member_private,
        };
        map.insert(name.to_owned(), value);
    }
}
