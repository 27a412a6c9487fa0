//! Spreadsheets on the desk's pages: checked, corrected and sent once, with the desk killed in the middle.

use super::browser::{axe, killed, look, until};
use crate::support::browser::Browser;
use crate::support::desk::{Desk, Office, VILLAGE};
use crate::support::pages::Pages;
use crate::tables::families;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longest wait for a table to be worked through, in seconds.
const WORKED_WITHIN_S: u64 = 120;
/// Longest wait for a page while a table is worked on, in seconds.
const PAGE_WITHIN_S: u64 = 5;

/// Three bad rows: a citizen ID that a spreadsheet cut, a damaged name, a day that does not exist.
fn with_three_bad_rows(count: u32) -> (String, String) {
    let good = families(count);
    let mut rows: Vec<String> = good.lines().map(str::to_owned).collect();
    let id = rows[1].split(',').nth(7).unwrap().to_owned();
    rows[1] = rows[1].replace(&id, &format!("{}000", &id[..15]));
    rows[3] = rows[3].replace("张三", "张?三");
    rows[5] = rows[5].replace("2016-07-01", "2016-02-30");
    (rows.join("\n") + "\n", good)
}

const THREE_FAULTS: [(&str, &str); 3] =
    [("H2", "citizen_id_truncated"), ("G4", "name_damaged"), ("C6", "cell_not_a_date")];

/// Brings a table in; the address of its page.
fn bring(pages: &Pages, name: &str, text: &[u8]) -> String {
    let brought = pages.upload("/tables", &[("kind", "")], (name, text));
    assert_eq!(brought.status, 303, "{}", brought.body);
    brought.leads().to_owned()
}

/// The page of a table once nothing is worked on.
fn worked(pages: &Pages, address: &str) -> String {
    let begun = Instant::now();
    loop {
        let page = pages.get(address);
        if !page.head.contains("refresh: ") {
            return page.body;
        }
        assert!(begun.elapsed().as_secs() < WORKED_WITHIN_S, "still worked on: {}", page.body);
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn registered(desk: &Desk, count: u32) {
    let begun = Instant::now();
    loop {
        let progress = desk.json(&["progress", VILLAGE]);
        if progress["households"]["registered"] == json!(count) {
            return;
        }
        assert!(begun.elapsed().as_secs() < WORKED_WITHIN_S, "{count} expected in {progress}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn a_sheet_is_sent_once_though_the_desk_is_killed_again_and_again() {
    let office = Office::with_village();
    let mut pages = Pages::start(office.admin.home(), office.admin.url());
    let address = bring(&pages, "户.csv", families(300).as_bytes());
    let checked = worked(&pages, &address);
    assert!(checked.contains("300 件“建档立卡”，来自表中 600 行") && checked.contains(VILLAGE), "{checked}");
    assert_eq!(pages.post_without_token(&format!("{address}/apply"), &[]).status, 403);
    assert_eq!(pages.post(&format!("{address}/apply"), &[]).leads(), address);
    for after_ms in [100, 250, 400, 700] {
        std::thread::sleep(Duration::from_millis(after_ms));
        pages.kill();
        // Nobody presses anything: a desk that starts goes on.
        pages = Pages::start(office.admin.home(), office.admin.url());
    }
    registered(&office.admin, 300);
    worked(&pages, &address);
    // Pressed again, and brought in again under another name: nothing is new.
    pages.post(&format!("{address}/apply"), &[]);
    worked(&pages, &address);
    assert_eq!(bring(&pages, "again.csv", families(300).as_bytes()), address);
    let again = worked(&pages, &address);
    assert!(again.contains("没有可以报送的新内容") && !again.contains("/apply\""), "{again}");
    registered(&office.admin, 300);
    assert_eq!(pages.post(&format!("{address}/remove"), &[]).leads(), "/tables");
    assert_eq!(pages.get(&address).status, 404);
    assert!(!office.admin.home().join(address.trim_start_matches('/')).exists(), "the file is still there");
}

#[test]
fn every_fault_stands_with_its_cell_and_a_sheet_that_is_sent_off_line_waits_in_the_outbox() {
    let mut office = Office::with_village();
    let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
    let addr = office.node.as_ref().unwrap().addr();
    let pages = Pages::start(clerk.home(), clerk.url());
    let (bad, good) = with_three_bad_rows(4);
    let address = bring(&pages, "bad.csv", bad.as_bytes());
    let checked = worked(&pages, &address);
    let copy = pages.get(&format!("{address}/annotated.csv"));
    assert!(copy.head.contains("attachment"), "{}", copy.head);
    for (cell, code) in THREE_FAULTS {
        assert!(checked.contains(&format!(">{cell}</span>")) && checked.contains(code), "{cell} {code}: {checked}");
        assert!(copy.body.contains(&format!("{cell} ")) && copy.body.contains(code), "{cell} {code}: {}", copy.body);
    }
    assert!(pages.get(&format!("{address}/annotated.xlsx")).body.starts_with("PK"));
    office.stop();
    let address = bring(&pages, "good.csv", good.as_bytes());
    let checked = worked(&pages, &address);
    assert!(checked.contains("现在无法连接节点"), "{checked}");
    pages.post(&format!("{address}/apply"), &[]);
    let sent = worked(&pages, &address);
    assert!(sent.contains("1 件已签名，等待发送"), "{sent}");
    assert!(pages.get("/outbox").body.contains("待发"));
    office.node = Some(crate::support::node::Node::start_at(&office.data, &office.data.with_extension("err"), addr));
    registered(&clerk, 4);
}

#[test]
fn a_file_made_to_harm_is_refused_and_the_desk_answers_meanwhile() {
    let office = Office::with_village();
    let pages = Pages::start(office.admin.home(), office.admin.url());
    let rows = families(1) + &"x,y\n".repeat(2_000_000);
    for (name, text, code) in [
        ("many.csv", rows.into_bytes(), "table_too_large"),
        ("broken.xlsx", [b"PK\x03\x04".as_slice(), &[0xff; 60_000]].concat(), "workbook_"),
        ("empty.csv", Vec::new(), "kind_unclear"),
        ("other.csv", b"a,b\n1,2\n".to_vec(), "kind_unclear"),
    ] {
        let address = bring(&pages, name, &text);
        let begun = Instant::now();
        assert_eq!(pages.get("/").status, 200);
        assert!(begun.elapsed().as_secs() < PAGE_WITHIN_S, "{name}: {:?}", begun.elapsed());
        let refused = worked(&pages, &address);
        assert!(refused.contains("这张表没有读取") && refused.contains(code), "{name}: {refused}");
        assert!(!refused.contains("/apply\"") && !refused.contains("--"), "{name}: {refused}");
    }
    let large = pages.upload("/tables", &[], ("large.csv", &vec![b'x'; 65 * 1024 * 1024]));
    assert!(large.status == 200 && large.body.contains("文件超过 64 MB"), "{}", large.body);
    let none = pages.upload("/tables", &[("village", "1306"), ("happened", "昨天")], ("", b""));
    for id in ["file-fault", "village-fault", "happened-fault"] {
        assert!(none.body.contains(id), "{id}: {}", none.body);
    }
    for kind in ["households", "members", "income", "conditions", "assignments", "visits", "aid", "acknowledgements"] {
        let template = pages.get(&format!("/tables/template/{kind}.csv"));
        assert!(template.head.contains("attachment") && template.body.contains("户编号"), "{}", template.head);
        assert!(pages.get(&format!("/tables/template/{kind}.xlsx")).body.starts_with("PK"));
    }
    assert_eq!(pages.get("/tables/template/nothing.csv").status, 404);
    assert_eq!(pages.get("/tables/..%2fkeys").status, 404);
}

/// The texts of one language.
struct Texts {
    code: &'static str,
    tables: &'static str,
    check: &'static str,
    found: &'static str,
    another: &'static str,
    sign: &'static str,
}

const ZH: Texts = Texts {
    code: "zh-CN",
    tables: "表格",
    check: "检查",
    found: "检查结果",
    another: "放入改正后的表或另一张表",
    sign: "签名并报送",
};

const EN: Texts = Texts {
    code: "en",
    tables: "Sheets",
    check: "Check it",
    found: "What was found",
    another: "Bring in the corrected sheet, or another",
    sign: "Sign and send",
};

#[test]
fn a_sheet_with_three_bad_rows_is_corrected_and_sent_and_the_figures_move() {
    let axe = axe();
    for texts in [ZH, EN] {
        let office = Office::with_village();
        let clerk = office.enrol(10_000_002, "village_officer", VILLAGE);
        let (bad, good) = with_three_bad_rows(6);
        let (bad, good) = (written(&office, "bad.csv", &bad), written(&office, "good.csv", &good));
        let pages = Pages::start(clerk.home(), clerk.url());
        let mut browser = Browser::start(texts.code);
        browser.open(&pages.url);
        browser.press(texts.tables);
        look(&mut browser, &axe, &format!("tables-{}", texts.code));
        browser.choose_file("file", &bad);
        browser.press(texts.check);
        // Killed while it is checked.
        let pages = killed(pages, &clerk, &mut browser);
        browser.press(texts.tables);
        browser.press("bad.csv");
        until(&mut browser, texts.found);
        for (cell, code) in THREE_FAULTS {
            browser.shows(cell);
            browser.shows(code);
        }
        look(&mut browser, &axe, &format!("table-bad-{}", texts.code));
        browser.press(texts.another);
        browser.choose_file("file", &good);
        browser.press(texts.check);
        until(&mut browser, texts.sign);
        look(&mut browser, &axe, &format!("table-good-{}", texts.code));
        browser.press(texts.sign);
        // Killed while it is sent.
        let pages = killed(pages, &clerk, &mut browser);
        registered(&clerk, 6);
        let broken = written(&office, "broken.csv", "a,b\n1,2\n");
        let address = bring(&pages, "broken.csv", &std::fs::read(broken).unwrap());
        worked(&pages, &address);
        browser.open(&pages.at(&address));
        look(&mut browser, &axe, &format!("table-unread-{}", texts.code));
        // While it is sent, with the page held still; and what came of it.
        let address = bring(&pages, "many.csv", families(400).as_bytes());
        worked(&pages, &address);
        pages.post(&format!("{address}/apply"), &[]);
        browser.open(&pages.at(&format!("{address}?still=1")));
        look(&mut browser, &axe, &format!("table-sending-{}", texts.code));
        worked(&pages, &address);
        browser.open(&pages.at(&address));
        look(&mut browser, &axe, &format!("table-sent-{}", texts.code));
    }
}

fn written(office: &Office, name: &str, text: &str) -> PathBuf {
    let path: &Path = office.dir.path();
    std::fs::write(path.join(name), text).unwrap();
    path.join(name)
}

#[test]
fn a_row_that_an_audit_would_find_is_sent_with_a_reason_only() {
    let office = Office::with_village();
    let file = office.dir.path().join("families.csv");
    std::fs::write(&file, families(1)).unwrap();
    let report = office.admin.run(&["import", "apply", file.to_str().unwrap(), "--json"]).code(0).json();
    let household = report["households"][0]["household"].as_str().unwrap().to_owned();
    let aid = |number: u32| {
        format!(
            "行政村代码,户编号,发放日期,发放编号,措施类别,金额\n{VILLAGE},{household},2017-05-01,{number},产业,1200\n"
        )
    };
    std::fs::write(&file, aid(1)).unwrap();
    office.admin.run(&["import", "apply", file.to_str().unwrap()]).code(0);
    let pages = Pages::start(office.admin.home(), office.admin.url());
    pages.post("/area/refresh", &[]);
    let begun = Instant::now();
    let address = loop {
        let address = bring(&pages, "aid.csv", aid(2).as_bytes());
        if worked(&pages, &address).contains("same_delivery_again") {
            break address;
        }
        // The copy of the area is fetched meanwhile.
        assert!(begun.elapsed().as_secs() < WORKED_WITHIN_S, "{}", worked(&pages, &address));
        pages.post(&format!("{address}/check"), &[]);
    };
    let asked = worked(&pages, &address);
    assert!(asked.contains("reason_missing") && !asked.contains("/apply\""), "{asked}");
    let give = |reason: &str| pages.post(&format!("{address}/reason"), &[("reason".to_owned(), reason.to_owned())]);
    let refused = give("电话13900000000");
    assert!(refused.status == 200 && refused.body.contains("六位以上的数字"), "{}", refused.body);
    assert_eq!(give("第二批与第一批同额").leads(), address);
    let checked = worked(&pages, &address);
    assert!(checked.contains("/apply\"") && checked.contains("same_delivery_again"), "{checked}");
    pages.post(&format!("{address}/apply"), &[]);
    worked(&pages, &address);
    let card = office.admin.json(&["household", &household]);
    assert_eq!(card["deliveries"].as_array().map(Vec::len), Some(2), "{card}");
}
