//! The list of sheets, and where their texts and formats are.

use super::part::{Package, Tag, attribute, is_true};
use crate::import::read::error::ReadError;
use std::collections::BTreeMap;

/// Most sheets.
const SHEETS_MAX: usize = 200;

/// What a workbook says of itself.
pub(super) struct Workbook {
    pub(super) sheets: Vec<Listed>,
    /// The part of its shared texts.
    pub(super) strings: Option<String>,
    /// The part of its formats.
    pub(super) styles: Option<String>,
    /// Days are counted from 1904 and not from 1900.
    pub(super) from_1904: bool,
}

/// A sheet in the list.
pub(super) struct Listed {
    pub(super) name: String,
    pub(super) part: String,
    pub(super) hidden: bool,
}

/// A relation of a part: its kind, the last part of a long name, and the part it leads to.
struct Relation {
    kind: String,
    part: String,
}

impl Workbook {
    /// Reads the list of sheets.
    pub(super) fn read(package: &mut Package<'_>) -> Result<Self, ReadError> {
        refuse_other_formats(package)?;
        let main = relations(package, "_rels/.rels", "")?;
        let main = main.into_values().find(|relation| relation.kind == "officeDocument");
        let main = main.ok_or_else(|| ReadError::NotAWorkbook("it names no document".to_owned()))?.part;
        let (folder, file) = main.rsplit_once('/').unwrap_or(("", &main));
        let relations = relations(package, &format!("{folder}/_rels/{file}.rels"), folder)?;
        let named = |kind: &str| {
            relations.values().find(|relation| relation.kind == kind).map(|relation| relation.part.clone())
        };
        let (strings, styles) = (named("sharedStrings"), named("styles"));
        let mut workbook = Self { sheets: Vec::new(), strings, styles, from_1904: false };
        package.read(&main, |tag| {
            match tag {
                Tag::Open("workbookPr", tag) => workbook.from_1904 = is_true(tag, "date1904"),
                Tag::Open("sheet", tag) => {
                    let hidden = attribute(tag, "state").is_some_and(|state| state != "visible");
                    let relation = attribute(tag, "id").and_then(|id| relations.get(&id));
                    // Sheets of charts have no cells.
                    if let Some(relation) = relation.filter(|relation| relation.kind == "worksheet") {
                        let name = attribute(tag, "name").unwrap_or_default();
                        workbook.sheets.push(Listed { name, part: relation.part.clone(), hidden });
                    }
                }
                _ => {}
            }
            if workbook.sheets.len() > SHEETS_MAX { Err(ReadError::TooManyParts) } else { Ok(()) }
        })?;
        Ok(workbook)
    }
}

/// Refuses packed files of other kinds, and workbooks whose kind is one with macros.
fn refuse_other_formats(package: &mut Package<'_>) -> Result<(), ReadError> {
    const TYPES: &str = "[Content_Types].xml";
    if !package.has(TYPES) {
        let kind = if package.has("mimetype") { "an OpenDocument file" } else { "it lists no types" };
        return Err(ReadError::NotAWorkbook(kind.to_owned()));
    }
    let mut kinds = Vec::new();
    package.read(TYPES, |tag| {
        if let Tag::Open("Override" | "Default", tag) = tag {
            kinds.extend(attribute(tag, "ContentType").map(|kind| kind.to_lowercase()));
        }
        Ok(())
    })?;
    if let Some(kind) = kinds.iter().find(|kind| kind.contains("macroenabled")) {
        return Err(ReadError::Macros(kind.clone()));
    }
    match kinds.iter().any(|kind| kind.contains("spreadsheetml.sheet.main")) {
        true => Ok(()),
        false => Err(ReadError::NotAWorkbook("it holds no sheets of the .xlsx format".to_owned())),
    }
}

/// The relations of a part, by their ids.
fn relations(package: &mut Package<'_>, part: &str, folder: &str) -> Result<BTreeMap<String, Relation>, ReadError> {
    let mut relations = BTreeMap::new();
    package.read(part, |tag| {
        let Tag::Open("Relationship", tag) = tag else { return Ok(()) };
        let of = |name: &str| attribute(tag, name);
        if let (Some(id), Some(kind), Some(target)) = (of("Id"), of("Type"), of("Target")) {
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            relations.insert(id, Relation { kind, part: resolved(folder, &target) });
        }
        Ok(())
    })?;
    Ok(relations)
}

/// The part a relation leads to: from the root with a slash, else from the folder of its part.
fn resolved(folder: &str, target: &str) -> String {
    match target.strip_prefix('/') {
        Some(part) => part.to_owned(),
        None if folder.is_empty() => target.to_owned(),
        None => format!("{folder}/{target}"),
    }
}
