//! Templates and annotated copies, read again as tables.

use super::*;
use crate::import::limits::HEADING_ROWS_MAX;

#[test]
fn a_template_of_every_kind_is_a_table_of_that_kind() {
    for kind in Kind::ALL {
        for language in Language::ALL {
            let workbook = template(kind, FileForm::Xlsx, language).unwrap();
            // It has all columns and no rows yet.
            assert_eq!(read(&workbook, &options()).unwrap_err().code(), "table_empty", "{}", kind.name());
            let text = template(kind, FileForm::Csv, language).unwrap();
            let text = String::from_utf8(text).unwrap();
            assert!(text.starts_with('\u{feff}'));
            let columns = kind.columns();
            let grid = super::super::read::sheets(text.as_bytes()).unwrap().visible.remove(0);
            let heading = heading::find(&grid, &columns).unwrap();
            assert!(heading.places.iter().all(Option::is_some) && heading.unknown.is_empty(), "{text}");
            let sheets = super::super::read::sheets(&workbook).unwrap();
            let heading = heading::find(&sheets.visible[0], &columns).unwrap();
            assert!(heading.places.iter().all(Option::is_some) && heading.rows.0 < HEADING_ROWS_MAX);
        }
    }
}

#[test]
fn columns_of_numbers_are_text_and_choices_are_lists() {
    let workbook = template(Kind::Households, FileForm::Xlsx, Language::Zh).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&workbook)).unwrap();
    let mut part = |name: &str| std::io::read_to_string(archive.by_name(name).unwrap()).unwrap();
    let sheet = part("xl/worksheets/sheet1.xml");
    assert!(sheet.contains("<formula1>\"一般,低保,五保\"</formula1>"), "{sheet}");
    // Longer lists have a sheet of their own.
    assert!(sheet.contains("选项") && sheet.matches("type=\"list\"").count() > 10, "{sheet}");
    let styles = part("xl/styles.xml");
    assert!(styles.contains("numFmtId=\"49\"") || styles.contains("formatCode=\"@\""), "{styles}");
}

#[test]
fn an_annotated_copy_shows_every_problem_at_its_cell_and_can_be_read_again() {
    let rows = [row(&[(NAME, "张?"), (21, "")]), row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))])];
    let text = table(&rows);
    let checked = households(&rows);
    for form in [FileForm::Csv, FileForm::Xlsx] {
        for language in Language::ALL {
            let (problems, warnings) = (&checked.problems, &checked.warnings);
            let copy = annotated(text.as_bytes(), &options(), problems, warnings, form, language).unwrap();
            let again = read(&copy, &options()).unwrap();
            assert_eq!(found(&again), found(&checked));
            let grid = super::super::read::sheets(&copy).unwrap().visible.remove(0);
            let said = grid.rows[1].text(28);
            assert!(said.contains("O2") && said.contains("name_damaged") && said.contains("V2"), "{said}");
            assert_eq!(said.contains("缺少必填项"), language == Language::Zh);
            assert_eq!(grid.rows[2].text(28), "");
        }
    }
    let copy = annotated(text.as_bytes(), &options(), &checked.problems, &[], FileForm::Xlsx, Language::Zh).unwrap();
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(&copy)).unwrap();
    let notes = std::io::read_to_string(archive.by_name("xl/comments1.xml").unwrap()).unwrap();
    assert!(notes.contains("ref=\"O2\"") && notes.contains("ref=\"V2\""), "{notes}");
}

#[test]
fn no_cell_of_an_annotated_copy_becomes_a_formula() {
    let text = table(&[row(&[(12, "+86"), (ADDRESS, "@村东")])]);
    for form in [FileForm::Csv, FileForm::Xlsx] {
        let copy = annotated(text.as_bytes(), &options(), &[], &[], form, Language::Zh).unwrap();
        if form == FileForm::Csv {
            let copy = String::from_utf8(copy.clone()).unwrap();
            assert!(copy.contains(",'+86,") && copy.contains(",'@村东,"), "{copy}");
        }
        assert_eq!(
            read(&copy, &options()).unwrap().drafts[0].event,
            households(&[row(&[(12, "+86"), (ADDRESS, "@村东")])]).drafts[0].event
        );
    }
}
