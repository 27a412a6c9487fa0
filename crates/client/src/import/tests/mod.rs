//! Tables as officials have them, read and sent.

mod applying;
mod doubtful;
mod headings;
mod hostile;
mod households;
mod remarks;
mod shown;
mod single;
mod templates;
mod workbooks;

use super::*;
use crate::home::Home;
use crate::node::{self, ORIGIN};
use lika_domain::citizen_id::CitizenId;
use lika_domain::date::Date;
use lika_domain::language::Language;
use lika_domain::official::Mode;
use std::collections::BTreeSet;
use std::io::{Cursor, Read, Write};
use std::sync::OnceLock;

const VILLAGE: &str = "130624100200";
const HEADING: &str = "行政村代码,户编号,识别日期,组,贫困户属性,识别标准,主要致贫原因,其他致贫原因,易地搬迁意愿,\
住址,开户银行,银行账号,备注,与户主关系,姓名,身份证号码,联系电话,性别,民族,文化程度,在校生状况,健康状况,\
劳动能力,务工地点,务工时间（月）,医疗保险,养老保险,残疾证号";

const HOUSEHOLD: usize = 1;
const ADDRESS: usize = 9;
const RELATION: usize = 13;
const NAME: usize = 14;
const CITIZEN_ID: usize = 15;
const SEX: usize = 17;

fn options() -> Options {
    Options { mode: Some(Mode::Testing), ..Options::default() }
}

/// What a new folder knows: nothing.
fn nothing_known() -> &'static Known {
    static KNOWN: OnceLock<Known> = OnceLock::new();
    KNOWN.get_or_init(|| Known::load(&node::home().1).unwrap())
}

fn read(bytes: &[u8], options: &Options) -> Result<Checked, ImportError> {
    check(bytes, options, nothing_known())
}

/// A made-up citizen ID: the sequence decides the sex, odd for men.
fn id(birth: u32, sequence: u32) -> String {
    CitizenId::synthetic(901_624, Date::from_yyyymmdd(birth).unwrap(), sequence).unwrap().as_str().to_owned()
}

/// The cells of a good row, with the given ones replaced.
fn cells(changes: &[(usize, &str)]) -> Vec<String> {
    let id = id(19_580_307, 121);
    let good = [
        VILLAGE,
        "甲1",
        "2016-07-01",
        "3",
        "一般",
        "国家",
        "因病",
        "缺劳力、缺资金",
        "是",
        "骆驼湾3号",
        "信用社",
        "622800001",
        "",
        "户主",
        "张三",
        &id,
        "13900000000",
        "男",
        "汉族",
        "小学",
        "",
        "长期慢性病",
        "弱劳动力",
        "",
        "",
        "是",
        "否",
        "",
    ];
    let mut cells = good.map(str::to_owned).to_vec();
    for (place, text) in changes {
        cells[*place] = (*text).to_owned();
    }
    cells
}

fn row(changes: &[(usize, &str)]) -> String {
    cells(changes).join(",")
}

/// The parts of a workbook, unpacked.
fn parts(workbook: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let names: Vec<String> = archive.file_names_raw().map(|name| String::from_utf8_lossy(name).into_owned()).collect();
    let part = |name: String| {
        let mut bytes = Vec::new();
        archive.by_name(&name).unwrap().read_to_end(&mut bytes).unwrap();
        (name, bytes)
    };
    names.into_iter().map(part).collect()
}

/// A workbook of these parts.
fn packed(parts: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut file = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        file.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        file.write_all(bytes).unwrap();
    }
    file.finish().unwrap().into_inner()
}

/// A second person of the household above, with only their own cells filled in.
fn spouse() -> String {
    let mut cells = vec![String::new(); 28];
    let id = id(19_600_101, 122);
    let own = [
        (RELATION, "配偶"),
        (NAME, "李四"),
        (CITIZEN_ID, &id),
        (18, "满族"),
        (21, "健康"),
        (22, "普通劳动力"),
        (23, "省外"),
        (24, "6"),
    ];
    for (place, text) in own {
        cells[place] = text.to_owned();
    }
    cells.join(",")
}

fn table(rows: &[String]) -> String {
    format!("{HEADING}\n{}\n", rows.join("\n"))
}

fn households(rows: &[String]) -> Checked {
    read(table(rows).as_bytes(), &options()).unwrap()
}

/// Row, column and code of every problem.
fn found(checked: &Checked) -> Vec<(usize, &str, &str)> {
    checked.problems.iter().map(|one| (one.row, one.column.as_ref(), one.code.as_ref())).collect()
}

/// Cell and code of every warning, without those on blank cells.
fn warned(checked: &Checked) -> Vec<(&str, &str)> {
    let warnings = checked.warnings.iter().filter(|one| one.code != "blank_read_as");
    warnings.map(|one| (one.cell.as_str(), one.code.as_ref())).collect()
}

/// The only problem of a table with this row and a good row of another household.
fn problem(changes: &[(usize, &str)]) -> (String, String) {
    let good = row(&[(HOUSEHOLD, "乙2"), (CITIZEN_ID, &id(19_700_101, 333))]);
    let checked = households(&[row(changes), good]);
    assert_eq!((checked.problems.len(), checked.good_rows()), (1, 1), "{:?}", checked.problems);
    (checked.problems[0].cell.clone(), checked.problems[0].code.to_string())
}
