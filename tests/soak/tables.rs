//! Damaged tables: parts of a workbook with bytes changed inside, and text files. Whatever is in them, reading ends
//! soon, in bounded memory, with rows or with a reason; and what is found names rows that there are.

use super::{rounds, seed};
use lika_client::Random;
use lika_client::home::Home;
use lika_client::import::{self, Known, Options};
use lika_domain::official::Mode;
use std::fmt::Write as _;
use std::io::{Cursor, Write as _};
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

/// Longest that a small table may take.
const TIME_MAX: Duration = Duration::from_secs(20);
/// Most memory that all of them together may take, in KiB.
const MEMORY_KIB_MAX: u64 = 512 * 1024;
/// Rows of the sound table.
const ROWS: usize = 6;

const TYPES: &str = r#"<?xml version="1.0"?><Types><Override PartName="/xl/workbook.xml"
    ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<Relationships>
    <Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<workbook><workbookPr date1904="0"/><sheets>
    <sheet name="表" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const OF_WORKBOOK: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="sheet.xml"/>
    <Relationship Id="r2" Type="http://x/sharedStrings" Target="strings.xml"/>
    <Relationship Id="r3" Type="http://x/styles" Target="styles.xml"/></Relationships>"#;
const STYLES: &str = r#"<styleSheet><numFmts>
    <numFmt numFmtId="200" formatCode="yyyy&quot;年&quot;m&quot;月&quot;d&quot;日&quot;"/>
    <numFmt numFmtId="201" formatCode="_ ¥* #,##0.00_ ;[Red]\-0.00&quot;元&quot;;0;@"/></numFmts>
    <fonts><font><strike val="0"/></font></fonts>
    <cellXfs><xf numFmtId="0"/><xf numFmtId="200"/><xf numFmtId="201" fontId="0"/></cellXfs></styleSheet>"#;
const STRINGS: &str = "<sst><si><t>产业</t></si><si><r><rPr><b/></rPr><t>看</t></r><r><t>望_x000D_</t></r></si></sst>";
const HEADING: [&str; 5] = ["户编号", "发放编号", "措施类别", "金额（元）", "发放日期"];

/// What is put into a part.
const PIECES: [&str; 30] = [
    r#"<c r="A1">"#,
    "</row>",
    r#"<row r="1048577">"#,
    r#"<row r="3" ht="0"/>"#,
    "99999999999999999999",
    "NaN",
    "1e308",
    "<v>",
    "</v>",
    r#"<f t="array" ref="A1:XFD1048576">"#,
    r#"<mergeCell ref="A1:XFD1048576"/>"#,
    r#"<mergeCell ref="D2:E9"/>"#,
    "&#0;",
    "&amp;",
    "<![CDATA[",
    "_xD800_",
    "<!--",
    "\"",
    ",",
    "\n",
    "\0",
    "\u{202e}",
    "<is><t>",
    r#"t="s""#,
    r#"s="4294967296""#,
    r#"<cols><col min="1" max="99999999" hidden="1"/></cols>"#,
    r#"<sheetFormatPr defaultColWidth="0" zeroHeight="1"/>"#,
    "（万元",
    "单位：",
    ";;;\"[$",
];

/// The parts of the sound workbook.
fn parts() -> Vec<(&'static str, Vec<u8>)> {
    let mut sheet =
        "<worksheet><sheetFormatPr defaultRowHeight=\"15\"/><cols><col min=\"1\" max=\"2\" width=\"9\"/></cols>\
                     <sheetData><row r=\"1\">"
            .to_owned();
    for heading in HEADING {
        write!(sheet, "<c t=\"inlineStr\"><is><t>{heading}</t></is></c>").unwrap();
    }
    sheet.push_str("</row>");
    for row in 2..ROWS + 2 {
        write!(
            sheet,
            "<row r=\"{row}\"><c r=\"A{row}\"><v>1234567890</v></c><c><v>{row}</v></c><c t=\"s\"><v>0</v></c>\
             <c s=\"2\"><v>{row}00.5</v></c><c r=\"E{row}\" s=\"1\"><v>4255{row}</v></c></row>"
        )
        .unwrap();
    }
    sheet.push_str("</sheetData><mergeCells><mergeCell ref=\"A2:A3\"/></mergeCells></worksheet>");
    vec![
        ("[Content_Types].xml", TYPES.into()),
        ("_rels/.rels", RELATIONS.into()),
        ("xl/_rels/workbook.xml.rels", OF_WORKBOOK.into()),
        ("xl/workbook.xml", WORKBOOK.into()),
        ("xl/styles.xml", STYLES.into()),
        ("xl/strings.xml", STRINGS.into()),
        ("xl/sheet.xml", sheet.into_bytes()),
    ]
}

fn workbook(parts: &[(&'static str, Vec<u8>)]) -> Vec<u8> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        file.start_file(*name, SimpleFileOptions::default()).unwrap();
        file.write_all(bytes).unwrap();
    }
    file.finish().unwrap().into_inner()
}

fn text() -> Vec<u8> {
    let mut text = HEADING.join(",");
    for row in 2..ROWS + 2 {
        write!(text, "\n1234567890,{row},\"产业\",\"{row},000.50\",2016-07-0{row}").unwrap();
    }
    text.into_bytes()
}

/// Random changes of bytes.
struct Damage(Random);

impl Damage {
    fn below(&mut self, end: usize) -> usize {
        usize::from_be_bytes(self.0.bytes().unwrap()) % end.max(1)
    }

    fn piece(&mut self) -> &'static [u8] {
        PIECES[self.below(PIECES.len())].as_bytes()
    }

    fn change(&mut self, bytes: &mut Vec<u8>) {
        for _ in 0..[1, 1, 2, 4, 12][self.below(5)] {
            let from = self.below(bytes.len() + 1);
            let to = (from + 1 + self.below(200)).min(bytes.len());
            match self.below(6) {
                0 if from < bytes.len() => bytes[from] = u8::try_from(self.below(256)).unwrap(),
                1 => drop(bytes.splice(from..from, self.piece().iter().copied())),
                2 => drop(bytes.drain(from..(from + self.below(40)).min(bytes.len()))),
                3 => {
                    let again = bytes[from..to.max(from)].repeat([1, 2, 50][self.below(3)]);
                    bytes.splice(from..from, again);
                }
                4 => {
                    let piece = self.piece();
                    let end = (from + piece.len()).min(bytes.len());
                    bytes.splice(from..end, piece.iter().copied());
                }
                _ => bytes.truncate(from),
            }
        }
    }

    /// A damaged table: a text in one of three encodings, or a workbook with one damaged part.
    fn table(&mut self) -> Vec<u8> {
        if self.below(3) == 0 {
            let mut bytes = text();
            if self.below(3) == 0 {
                let text = String::from_utf8(bytes).unwrap();
                bytes = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
            }
            self.change(&mut bytes);
            return bytes;
        }
        let mut parts = parts();
        // Most of the ways to go wrong are in the last part, the sheet.
        let place = if self.below(2) == 0 { parts.len() - 1 } else { self.below(parts.len()) };
        self.change(&mut parts[place].1);
        workbook(&parts)
    }
}

/// The most memory of this process so far, in KiB; 0 where the system does not tell.
fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or_default();
    line.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or(0)
}

#[test]
fn damaged_tables_are_read_to_an_end() {
    let dir = tempfile::tempdir().unwrap();
    let known = Known::load(&Home::open(dir.path()).unwrap()).unwrap();
    let options = Options { mode: Some(Mode::Testing), village: "130624100200".parse().ok(), ..Options::default() };
    for sound in [workbook(&parts()), text()] {
        let checked = import::check(&sound, &options, &known).unwrap();
        assert_eq!((checked.good_rows(), checked.problems), (ROWS, vec![]));
    }
    let (before, seed) = (peak_kib(), seed());
    let (mut read, mut refused) = (0, 0);
    for round in 0..u64::from(rounds(600, 100_000)) {
        // A round alone repeats with its number.
        let mut damage = Damage(Random::seeded(seed.wrapping_mul(1_000_003).wrapping_add(round)));
        let table = damage.table();
        let begun = Instant::now();
        let result = std::panic::catch_unwind(|| import::check(&table, &options, &known));
        let result = result.unwrap_or_else(|_| panic!("round {round} of seed {seed}"));
        assert!(begun.elapsed() < TIME_MAX, "round {round} of seed {seed} took {:?}", begun.elapsed());
        match result {
            Ok(checked) => {
                read += 1;
                assert!(checked.good_rows() <= checked.rows, "round {round} of seed {seed}");
            }
            Err(error) => {
                refused += 1;
                assert_ne!(error.code(), "failed", "round {round} of seed {seed}: {error}");
            }
        }
    }
    let grown = peak_kib().saturating_sub(before);
    println!("{read} read, {refused} refused, {grown} KiB more at most");
    assert!(grown < MEMORY_KIB_MAX, "{grown} KiB");
    // Both ways are taken, so the damage reaches the readers of cells.
    assert!(read > 0 && refused > 0, "{read} read, {refused} refused");
}
