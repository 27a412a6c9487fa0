//! Workbooks (.xlsx), read as a stream of tags with limits on everything: parts, bytes unpacked, how far they unpack,
//! depth, length of a tag, cells, text, time. What is not needed is not unpacked; what a table must not carry (macros,
//! links to other files, files inside) is refused by the names of the parts.

mod formats;
mod numbers;
mod part;
mod sheet;
mod strings;
mod styles;
mod workbook;

use super::Sheets;
use super::error::ReadError;
use crate::import::grid::Grid;
use crate::import::limits::PARTS_MAX;
use part::Package;
use workbook::Workbook;

/// Names of parts that carry programs.
const MACROS: [&str; 4] = ["vbaproject", "macrosheets/", "activex/", "dialogsheets/"];
/// Names of parts that fetch data from elsewhere or hold other files.
const EXTERNAL: [&str; 6] =
    ["externallinks/", "connections.xml", "querytables/", "embeddings/", "model/", "webextensions/"];

/// Reads the visible sheets of a workbook.
pub(super) fn sheets(bytes: &[u8]) -> Result<Sheets, ReadError> {
    let mut package = Package::open(bytes)?;
    refuse_parts(&package)?;
    let Workbook { sheets, strings, styles, from_1904 } = Workbook::read(&mut package)?;
    let strings = strings.map_or(Ok(Vec::new()), |part| strings::read(&mut package, &part))?;
    let styles = styles.map_or(Ok(Vec::new()), |part| styles::read(&mut package, &part))?;
    let values = sheet::Values { strings: &strings, styles: &styles, plain: &styles::Style::default(), from_1904 };
    let mut read = Sheets { visible: Vec::new(), hidden: Vec::new() };
    for listed in sheets {
        if listed.hidden {
            read.hidden.push(listed.name);
            continue;
        }
        let grid = sheet::read(&mut package, &listed.part, &values)?;
        read.visible.push(Grid { sheet: listed.name, ..grid });
    }
    Ok(read)
}

fn refuse_parts(package: &Package<'_>) -> Result<(), ReadError> {
    let names: Vec<_> = package.names().collect();
    if names.len() > PARTS_MAX {
        return Err(ReadError::TooManyParts);
    }
    let found = |wanted: &[&str]| {
        let holds = |name: &&String| wanted.iter().any(|part| name.to_lowercase().contains(part));
        names.iter().find(holds).cloned()
    };
    if let Some(part) = found(&MACROS) {
        return Err(ReadError::Macros(part));
    }
    match found(&EXTERNAL) {
        Some(part) => Err(ReadError::External(part)),
        None => Ok(()),
    }
}
