//! Files made to harm whoever reads them.

use super::*;
use std::io::{Cursor, Write};
use std::time::{Duration, Instant};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const TYPES: &str = r#"<?xml version="1.0" encoding="UTF-8"?><Types><Override PartName="/xl/workbook.xml"
    ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>"#;
const RELATIONS: &str = r#"<Relationships>
    <Relationship Id="r1" Type="http://x/officeDocument" Target="xl/workbook.xml"/></Relationships>"#;
const WORKBOOK: &str = r#"<workbook><sheets><sheet name="s" sheetId="1" r:id="r1"/></sheets></workbook>"#;
const OF_WORKBOOK: &str = r#"<Relationships><Relationship Id="r1" Type="http://x/worksheet" Target="worksheets/s.xml"/>
    <Relationship Id="r2" Type="http://x/sharedStrings" Target="strings.xml"/></Relationships>"#;
const STRINGS: &str = "<sst><si><t>x</t></si></sst>";
const SHEET: &str = "xl/worksheets/s.xml";

/// A workbook of these parts, with others added or in the place of them. A part is written piece by piece, as often
/// as it says.
fn workbook(parts: &[(&str, &[&str], usize, &str)]) -> Vec<u8> {
    let mut file = ZipWriter::new(Cursor::new(Vec::new()));
    let usual: [(&str, &str); 6] = [
        ("[Content_Types].xml", TYPES),
        ("_rels/.rels", RELATIONS),
        ("xl/workbook.xml", WORKBOOK),
        ("xl/_rels/workbook.xml.rels", OF_WORKBOOK),
        ("xl/strings.xml", STRINGS),
        (SHEET, "<worksheet/>"),
    ];
    for (name, text) in usual.iter().filter(|(name, _)| !parts.iter().any(|(part, ..)| part == name)) {
        file.start_file(*name, SimpleFileOptions::default()).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }
    for (name, begin, times, end) in parts {
        file.start_file(*name, SimpleFileOptions::default()).unwrap();
        let (piece, before) = begin.split_last().unwrap();
        file.write_all(before.concat().as_bytes()).unwrap();
        let many = piece.repeat(1 + 65_536 / piece.len().max(1));
        let mut left = piece.len() * times;
        while left > 0 {
            let count = left.min(many.len() / piece.len().max(1) * piece.len());
            file.write_all(&many.as_bytes()[..count]).unwrap();
            left -= count;
        }
        file.write_all(end.as_bytes()).unwrap();
    }
    file.finish().unwrap().into_inner()
}

/// The code of the refusal, which must come soon.
fn refused(bytes: &[u8]) -> &'static str {
    let begun = Instant::now();
    let code = read(bytes, &options()).unwrap_err().code();
    assert!(begun.elapsed() < Duration::from_secs(20), "{code} after {:?}", begun.elapsed());
    code
}

#[test]
fn a_workbook_that_unpacks_without_end_is_refused() {
    let spaces = format!("<a/>{}", " ".repeat(10_000));
    assert_eq!(refused(&workbook(&[(SHEET, &["<worksheet>", &spaces], 8_000, "</worksheet>")])), "workbook_bomb");
    let text = format!("<t>{}</t>", "x".repeat(10_000));
    let strings = workbook(&[("xl/strings.xml", &["<sst><si>", &text], 8_000, "</si></sst>")]);
    assert_eq!(refused(&strings), "workbook_bomb");
}

#[test]
fn a_sheet_that_claims_or_has_too_much_is_refused() {
    let claims: &[&str] = &[r#"<worksheet><dimension ref="A1:XFD1048576"/><sheetData>"#, ""];
    assert_eq!(refused(&workbook(&[(SHEET, claims, 0, "</sheetData></worksheet>")])), "kind_unclear");
    let rows: &[&str] = &["<worksheet><sheetData>", "<row><c><v>1</v></c><c><v>2</v></c></row>"];
    assert_eq!(refused(&workbook(&[(SHEET, rows, 200_001, "</sheetData></worksheet>")])), "table_too_large");
    let far: &[&str] = &[r#"<worksheet><sheetData><row r="1"><c r="XFD1"><v>1</v></c></row>"#, ""];
    assert_eq!(refused(&workbook(&[(SHEET, far, 0, "</sheetData></worksheet>")])), "table_too_large");
    let merges: &[&str] = &["<worksheet><mergeCells>", r#"<mergeCell ref="A1:XFD1048576"/>"#];
    assert_eq!(refused(&workbook(&[(SHEET, merges, 200_001, "</mergeCells></worksheet>")])), "table_too_large");
    let blank: &[&str] = &["<worksheet><sheetData>", "<row><c/><c/></row>"];
    assert_eq!(refused(&workbook(&[(SHEET, blank, 1_048_577, "</sheetData></worksheet>")])), "workbook_damaged");
}

#[test]
fn tags_that_do_not_end_and_texts_of_their_own_making_are_refused() {
    let whole = |text: &str| refused(&workbook(&[(SHEET, &[text, ""], 0, "")]));
    let long: &[&str] = &[r#"<worksheet a=""#, "x"];
    assert_eq!(refused(&workbook(&[(SHEET, long, 2_000_000, "\"/>")])), "workbook_damaged");
    let text: &[&str] = &["<worksheet><sheetData><row><c><v>", "9"];
    assert_eq!(
        refused(&workbook(&[(SHEET, text, 2_000_000, "</v></c></row></sheetData></worksheet>")])),
        "workbook_damaged"
    );
    let deep: &[&str] = &["", "<a>"];
    assert_eq!(refused(&workbook(&[(SHEET, deep, 100_000, "")])), "workbook_damaged");
    assert_eq!(whole(r#"<!DOCTYPE x [<!ENTITY a "b">]><worksheet>&a;</worksheet>"#), "workbook_damaged");
    assert_eq!(whole("<worksheet><!-- > --></worksheet>"), "workbook_damaged");
    assert_eq!(whole("<worksheet>&lol;</worksheet>"), "workbook_damaged");
    assert_eq!(whole("<worksheet><sheetData><row><c t=\"s\"><v>7</v></c></row>"), "workbook_damaged");
    let back = r#"<worksheet><sheetData><row r="5"/><row r="4"/></sheetData></worksheet>"#;
    assert_eq!(whole(back), "workbook_damaged");
    let twice = r#"<worksheet><sheetData><row r="1"><c r="A1"><v>1</v></c><c r="A1"><v>2</v></c></row>"#;
    assert_eq!(whole(twice), "workbook_damaged");
}

#[test]
fn macros_and_links_are_refused_whatever_the_name_of_the_file() {
    let with = |part: &str| refused(&workbook(&[(part, &["x", ""], 0, "")]));
    assert_eq!(with("xl/vbaProject.bin"), "workbook_macros");
    assert_eq!(with("xl/macrosheets/sheet1.xml"), "workbook_macros");
    assert_eq!(with("xl/externalLinks/externalLink1.xml"), "workbook_external");
    assert_eq!(with("xl/embeddings/oleObject1.bin"), "workbook_external");
    assert_eq!(with("xl/connections.xml"), "workbook_external");
    let macros = TYPES.replace("spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main");
    assert_eq!(refused(&workbook(&[("[Content_Types].xml", &[&macros, ""], 0, "")])), "workbook_macros");
}

#[test]
fn files_that_are_no_workbooks_are_named() {
    assert_eq!(refused(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1old"), "workbook_old");
    assert_eq!(refused(b"PK\x03\x04 and nothing else"), "workbook_damaged");
    let word = TYPES.replace("spreadsheetml.sheet", "wordprocessingml.document");
    assert_eq!(refused(&workbook(&[("[Content_Types].xml", &[&word, ""], 0, "")])), "workbook_other");
    let mut many = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..1_001 {
        many.start_file(format!("{number}"), SimpleFileOptions::default()).unwrap();
    }
    assert_eq!(refused(&many.finish().unwrap().into_inner()), "workbook_bomb");
    assert_eq!(refused(&vec![b'x'; limits::TABLE_BYTES_MAX + 1]), "table_too_large");
}
