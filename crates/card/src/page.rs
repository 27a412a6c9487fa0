//! The card as a page that a browser prints.

use crate::code::{Code, CodeError};
use crate::contents::{Booked, Contents};
use crate::picture::modules;
use lika_domain::aid::MeasureGroup;
use lika_domain::entitlement::Entitlement;
use lika_domain::household::Status;
use lika_domain::language::Language;
use lika_domain::official::Capacity;
use lika_pages::{Style, document};
use maud::{Markup, html};
use std::fmt::Write as _;

const STYLE: &str = include_str!("card.css");
/// Rows of aid on a card in A4; the latest are shown, and the rest is counted.
const ROWS_A4: usize = 24;
/// Rows of aid on a card in the size of a bank card.
const ROWS_POCKET: usize = 4;
/// Light modules around a code.
const QUIET: usize = 4;

/// Size of the paper.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaperSize {
    /// 210 × 297 mm.
    A4,
    /// 85.6 × 54 mm, two sides.
    Pocket,
}

/// The page of a card. It loads nothing from elsewhere.
///
/// # Errors
/// If the code cannot be drawn.
pub fn page(contents: &Contents, code: &Code, size: PaperSize, language: Language) -> Result<Markup, CodeError> {
    let card = Card { contents, code, language };
    let picture = svg(code)?;
    let title = language.of("帮扶明白卡", "Household card");
    let body = match size {
        PaperSize::A4 => html! {
            div class="sheet a4" {
                (card.head(title))
                (card.facts())
                (card.officials())
                (card.aid(ROWS_A4))
                (card.due())
                div class="foot" {
                    div class="code" { (picture) }
                    div { (card.objecting()) (card.proof()) }
                }
            }
        },
        PaperSize::Pocket => html! {
            div class="sheet pocket" { (card.head(title)) (card.facts()) (card.officials()) (card.aid(ROWS_POCKET)) }
            div class="sheet pocket back" {
                div class="code" { (picture) }
                div { (card.objecting()) (card.proof()) }
            }
        },
    };
    let paper = match size {
        PaperSize::A4 => "@page{size:A4;margin:14mm}",
        PaperSize::Pocket => "@page{size:85.6mm 54mm;margin:0}",
    };
    Ok(document(language, title, Style::Inline(&format!("{STYLE}{paper}")), &html! {}, &body))
}

struct Card<'a> {
    contents: &'a Contents,
    code: &'a Code,
    language: Language,
}

impl Card<'_> {
    fn word(&self, zh: &'static str, en: &'static str) -> &'static str {
        self.language.of(zh, en)
    }

    fn head(&self, title: &str) -> Markup {
        html! { header { strong { (title) } span { (self.contents.origin) } } }
    }

    fn facts(&self) -> Markup {
        let contents = self.contents;
        let village = contents.village_name.clone().unwrap_or_default();
        let status = Status::LIST.label(&contents.status, self.language);
        html! {
            dl {
                dt { (self.word("户编号", "Household")) } dd { (contents.household) }
                @if let Some(head) = &contents.head {
                    dt { (self.word("户主", "Head")) } dd { (head) }
                }
                dt { (self.word("行政村", "Village")) } dd { (village) " " (contents.village) }
                dt { (self.word("人口", "Persons")) } dd { (contents.persons) }
                dt { (self.word("状态", "Status")) } dd { (status) " · " (contents.since) }
            }
        }
    }

    fn officials(&self) -> Markup {
        let officials = &self.contents.officials;
        html! {
            section {
                h2 { (self.word("帮扶责任人", "Who is responsible")) }
                @if officials.is_empty() {
                    p { (self.word("尚未安排", "Nobody is assigned")) }
                }
                @for official in officials {
                    p {
                        b { @if let Some(name) = &official.name { (name) } @else { (official.official) } }
                        " " (Capacity::LIST.label(&official.capacity, self.language)) " "
                        span class="phone" {
                            @match &official.phone {
                                Some(phone) => (phone),
                                None => (self.word("电话未登记或无权读取", "phone not recorded, or not readable with this key")),
                            }
                        }
                    }
                }
            }
        }
    }

    fn aid(&self, rows: usize) -> Markup {
        let aid = &self.contents.aid;
        let left = aid.len().saturating_sub(rows);
        let total: i64 = aid.iter().map(|one| one.amount - one.reversed).sum();
        let head = self.language.of(
            ["日期", "措施", "金额（元）", "收回（元）", "签收", "记录号"],
            ["Date", "Measure", "Amount (yuan)", "Taken back", "Signed for", "Record"],
        );
        html! {
            section {
                h2 {
                    (self.word("记在本户名下的帮扶", "Aid recorded for this household")) " "
                    small { (aid.len()) (self.word(" 笔，合计 ", " in all, ")) (yuan(total)) (self.word(" 元", " yuan")) }
                }
                @if !aid.is_empty() {
                    table {
                        tr { @for name in head { th { (name) } } }
                        @for one in aid.iter().rev().take(rows) { (self.row(one)) }
                    }
                }
                @if left > 0 {
                    p class="soft" { (self.word("更早的未列出：", "Earlier ones, not listed: ")) (left) }
                }
            }
        }
    }

    fn row(&self, one: &Booked) -> Markup {
        let proven = self.code.whole().any(|index| index == one.entry);
        html! {
            tr {
                td { (one.happened) }
                td { (MeasureGroup::LIST.label(&one.measure, self.language)) }
                td class="n" { (yuan(one.amount)) }
                td class="n" { @if one.reversed != 0 { (yuan(one.reversed)) } }
                td { (one.acknowledged.as_deref().unwrap_or(self.word("未签收", "no"))) }
                td class="n" { (one.entry) @if proven { " ✓" } }
            }
        }
    }

    fn due(&self) -> Markup {
        html! {
            @if !self.contents.due.is_empty() {
                section {
                    h2 { (self.word("应享政策", "What it should get")) }
                    p {
                        @for one in &self.contents.due {
                            span class="due" {
                                (Entitlement::LIST.label(&one.entitlement, self.language)) " "
                                @match (&one.received, self.contents.last(one)) {
                                    (Some(day), _) => b { (day) },
                                    (None, None) => b { (self.word("没有登记", "none recorded")) },
                                    // It counted for a year.
                                    (None, Some(day)) => {
                                        b { (self.word("近一年没有登记", "none recorded in the past year")) }
                                        (self.word("，上次 ", ", last ")) (day)
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    fn objecting(&self) -> Markup {
        html! {
            h2 { (self.word("有异议怎么办", "How to object")) }
            p {
                (self.word(
                    "没有收到、金额不对，或没有签收却写着已签收的，请告诉帮扶责任人、村民委员会或乡镇人民政府。\
                     改正会另记一条，原来的记录不会删除。",
                    "If you did not get something, if an amount is wrong, or if it says that you signed and you did \
                     not: tell the official above, the village committee or the township government. What is put \
                     right is recorded as well; what was recorded is not deleted."
                ))
                @if let Some(contact) = &self.contents.contact { " " b { (contact) } }
            }
        }
    }

    /// What the code proves, and what it does not.
    fn proof(&self) -> Markup {
        let list = |entries: &mut dyn Iterator<Item = u64>| {
            entries.map(|index| index.to_string()).collect::<Vec<_>>().join(self.word("、", ", "))
        };
        let (whole, hashed) = (list(&mut self.code.whole()), list(&mut self.code.hashed()));
        html! {
            p class="soft" {
                @if !whole.is_empty() {
                    (self.word("二维码证明：第 ", "The code proves: records ")) (whole)
                    (self.word(" 条记录（✓）确在日志中，内容一字不差。", " (✓) are in the log, word for word. "))
                }
                @if !hashed.is_empty() {
                    (self.word("二维码只证明有第 ", "The code proves only that there is record ")) (hashed)
                    (self.word(" 条记录；内容太长或也涉及其他户，未载入。", "; it is too long to carry, or also concerns others. "))
                }
                (self.word(
                    "不证明卡上其他内容，也不证明此后没有新的记录。任何人可拍照核验，不必联网：",
                    "It proves nothing else on this card, and not that nothing was recorded since. Anyone can check \
                     a photograph of it, off line: "
                ))
                code { "lika receipt verify photo.jpg" }
                " · " (self.contents.made) " · "
                (self.word("依据前 ", "made from ")) (self.contents.entries) (self.word(" 条记录", " records"))
            }
        }
    }
}

/// A code as a picture of one path.
fn svg(code: &Code) -> Result<Markup, CodeError> {
    let rows = modules(code)?;
    let side = rows.len() + 2 * QUIET;
    let mut path = String::new();
    for (y, row) in rows.iter().enumerate() {
        for (x, _) in row.iter().enumerate().filter(|(_, dark)| **dark) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{} {}h1v1h-1z", x + QUIET, y + QUIET);
        }
    }
    let view = format!("0 0 {side} {side}");
    Ok(html! {
        svg xmlns="http://www.w3.org/2000/svg" viewBox=(view) shape-rendering="crispEdges" role="img"
            aria-label="QR" { rect width="100%" height="100%" fill="#fff" {} path d=(path) {} }
    })
}

/// An amount in yuan, with two decimals.
fn yuan(fen: i64) -> String {
    let sign = if fen < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", fen.unsigned_abs() / 100, fen.unsigned_abs() % 100)
}
