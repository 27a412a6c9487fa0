//! Administrative divisions of a county from a table: `code,level,name`, a row for each division, with 12-digit codes
//! and the levels province, prefecture, county, township, village.

use anyhow::{Context, bail, ensure};
use lika_domain::area::{Area, Level};
use lika_domain::village::NAME_CHARS_MAX;
use std::collections::{BTreeMap, BTreeSet};

/// Divisions of Fuping county: the default county of the demonstration.
pub const FUPING: &str = include_str!("../data/divisions-130624.csv");
/// Largest table accepted, in bytes; the largest county needs a tenth of it.
pub const DIVISIONS_BYTES_MAX: usize = 1_048_576;

/// Suffixes that name the committee of a village and not the village.
const COMMITTEES: [&str; 2] = ["民委员会", "居民委员会"];

/// A county with its villages, in the order of their codes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct County {
    /// Its code.
    pub area: Area,
    /// Its name.
    pub name: String,
    /// Its townships that have villages.
    pub townships: Vec<Township>,
}

/// A township.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Township {
    /// Its code.
    pub area: Area,
    /// Its name.
    pub name: String,
    /// Its villages.
    pub villages: Vec<(Area, String)>,
}

impl County {
    /// Reads a table.
    ///
    /// # Errors
    /// The first malformed row, or what is missing: there must be exactly one county and at least one village.
    pub fn parse(text: &str) -> anyhow::Result<Self> {
        let rows = rows(text)?;
        let mut counties = rows.iter().filter(|(area, _)| area.level() == Level::County);
        let (area, name) = counties.next().context("the table of divisions has no row of level county")?;
        if let Some((second, _)) = counties.next() {
            bail!("the table of divisions has two counties, {area} and {second}; a demonstration has one");
        }
        let mut townships: BTreeMap<Area, Township> = BTreeMap::new();
        for (village, village_name) in rows.iter().filter(|(area, _)| area.level() == Level::Village) {
            ensure!(area.contains(*village), "village {village} is outside the county {area}");
            let township = village.at(Level::Township);
            let entry = townships.entry(township).or_insert_with(|| Township {
                area: township,
                name: rows.get(&township).cloned().unwrap_or_else(|| township.prefix()),
                villages: Vec::new(),
            });
            entry.villages.push((*village, short(village_name).to_owned()));
        }
        ensure!(!townships.is_empty(), "the table of divisions has no row of level village");
        Ok(Self { area: *area, name: name.clone(), townships: townships.into_values().collect() })
    }

    /// How many villages it has.
    pub fn villages(&self) -> usize {
        self.townships.iter().map(|township| township.villages.len()).sum()
    }
}

fn rows(text: &str) -> anyhow::Result<BTreeMap<Area, String>> {
    ensure!(text.len() <= DIVISIONS_BYTES_MAX, "the table of divisions is larger than {DIVISIONS_BYTES_MAX} bytes");
    let text = text.trim_start_matches('\u{feff}');
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(text.as_bytes());
    let header: Vec<&str> = reader.headers()?.iter().collect();
    ensure!(header == ["code", "level", "name"], "the table of divisions must begin with code,level,name");
    let (mut rows, mut seen) = (BTreeMap::new(), BTreeSet::new());
    // The heading is the first row.
    for (record, number) in reader.records().zip(2..) {
        let record = record.with_context(|| format!("row {number} of the table of divisions"))?;
        let (area, name) = row(&record).with_context(|| format!("row {number} of the table of divisions"))?;
        ensure!(seen.insert(area), "row {number} of the table of divisions: {area} appears twice");
        rows.insert(area, name);
    }
    Ok(rows)
}

fn row(record: &csv::StringRecord) -> anyhow::Result<(Area, String)> {
    let mut fields = record.iter();
    let (Some(code), Some(level), Some(name)) = (fields.next(), fields.next(), fields.next()) else {
        bail!("three fields expected");
    };
    ensure!(code.len() == 12, "{code:?} is not a code of 12 digits");
    let area: Area = code.parse().with_context(|| format!("{code:?}"))?;
    ensure!(area.level().name() == level, "{code} is of level {}, not {level:?}", area.level().name());
    let chars = name.chars().count();
    ensure!((1..=NAME_CHARS_MAX).contains(&chars), "a name has 1 to {NAME_CHARS_MAX} characters");
    ensure!(!name.chars().any(char::is_control), "the name holds a control character");
    Ok((area, name.to_owned()))
}

/// The village itself if the table names its committee: 菜池村 of 菜池村村民委员会.
fn short(name: &str) -> &str {
    let committee = COMMITTEES.iter().rev().find_map(|ending| name.strip_suffix(ending));
    let village = committee.map(|village| village.strip_suffix('村').unwrap_or(village));
    village.filter(|village| !village.is_empty()).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fuping_is_read() {
        let county = County::parse(FUPING).unwrap();
        assert_eq!((county.area.prefix().as_str(), county.name.as_str()), ("130624", "阜平县"));
        assert_eq!((county.townships.len(), county.villages()), (14, 213));
        let names: Vec<&str> = county.townships[0].villages.iter().map(|(_, name)| name.as_str()).collect();
        assert!(names.contains(&"城厢村"), "{names:?}");
        assert_eq!(short("龙泉新区居民委员会"), "龙泉新区");
        assert_eq!(short("村民委员会"), "村民委员会");
    }

    #[test]
    fn a_table_may_come_with_other_line_ends_and_without_townships() {
        let county =
            County::parse("\u{feff}code,level,name\n110101000000,county,A\n110101001001,village,B\n").unwrap();
        assert_eq!((county.townships.len(), county.townships[0].name.as_str()), (1, "110101001"));
    }

    #[test]
    fn tables_of_another_form_are_refused_by_row() {
        let county = "130624000000,county,A";
        for (rows, expected) in [
            (vec![county], "no row of level village"),
            (vec!["130624100001,village,B"], "no row of level county"),
            (vec![county, "130625000000,county,A"], "two counties"),
            (vec![county, "130625100001,village,B"], "outside"),
            (vec![county, "130624100001,township,B"], "row 3"),
            (vec![county, "130624,village,B"], "12 digits"),
            (vec![county, "130624100001,village,"], "characters"),
            (vec![county, "130624100001,village,B", "130624100001,village,C"], "twice"),
            (vec![county, "130624100001,village"], "table of divisions"),
        ] {
            let text = format!("code,level,name\r\n{}\r\n", rows.join("\r\n"));
            let error = format!("{:#}", County::parse(&text).unwrap_err());
            assert!(error.contains(expected), "{rows:?}: {error}");
        }
        assert!(County::parse("name,code\n").is_err());
    }
}
