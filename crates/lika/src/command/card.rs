//! The printed card of a household: `lika household --card`, and its code in `lika receipt verify`.

use super::browser;
use super::client::{Client, block_on};
use super::describe;
use crate::exit::{Exit, Failure};
use crate::new_file;
use crate::printer::Printer;
use crate::table::Table;
use clap::ValueEnum;
use lika_card::{Booked, Candidate, Code, Contents, Due, PaperSize, Proven, Responsible};
use lika_client::Api;
use lika_client::api::ProgressQuery;
use lika_domain::area::Area;
use lika_domain::ids::{HouseholdId, OfficialId};
use lika_domain::language::Language;
use lika_proto::convert;
use lika_views::HouseholdView;
use lika_views::document::moment;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Entries that are looked at for the code of a card: the latest of aid, and the latest of all.
const CANDIDATES: usize = 6;

/// How to print a card.
#[derive(Debug, clap::Args)]
pub(super) struct PrintArgs {
    /// Write the card for the household itself, with a code that proves the latest aid; a PDF needs a browser
    #[arg(long, value_name = "FILE.html|FILE.pdf")]
    pub(super) card: Option<PathBuf>,
    /// Paper of the card
    #[arg(long, value_enum, default_value_t = Size::A4, requires = "card")]
    size: Size,
    /// Where else to object, such as a telephone number of the county, for the card
    #[arg(long, value_name = "TEXT", requires = "card")]
    contact: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Size {
    /// 210 × 297 mm
    A4,
    /// 85.6 × 54 mm, two sides
    Pocket,
}

#[derive(Deserialize)]
struct Official {
    personal: Option<Personal>,
}

#[derive(Deserialize)]
struct Personal {
    name: String,
    phone: String,
}

#[derive(Serialize)]
struct Written {
    file: String,
    /// Entries that its code carries whole.
    carried: Vec<u64>,
    /// Entries of which it carries the hash.
    hashed: Vec<u64>,
}

/// Writes a card: of this household, with the name of its head.
pub(super) fn print(
    client: &Client,
    card: (HouseholdId, Option<String>, HouseholdView),
    file: &Path,
    args: &PrintArgs,
    printer: Printer,
) -> anyhow::Result<Exit> {
    let is_pdf = match file.extension().and_then(|extension| extension.to_str()) {
        Some("pdf") => true,
        Some("html") => false,
        _ => {
            let zh = "卡的文件名以 .html 或 .pdf 结尾";
            return Err(Failure::told("card_format", zh, "the file of a card ends in .html or .pdf").into());
        }
    };
    new_file::check(file)?;
    let browser = if is_pdf { Some(lika_card::find_browser().map_err(browser::not_printed)?) } else { None };
    let (contents, code) = block_on(gather(client, card, args.contact.clone()))?;
    let size = if args.size == Size::A4 { PaperSize::A4 } else { PaperSize::Pocket };
    let page = lika_card::page(&contents, &code, size, printer.language())?.into_string();
    match browser {
        Some(browser) => {
            new_file::write(file, &lika_card::print(&browser, &page).map_err(browser::not_printed)?)?;
        }
        None => new_file::write(file, page.as_bytes())?,
    }
    let file = file.display().to_string();
    let written = Written { file, carried: code.whole().collect(), hashed: code.hashed().collect() };
    printer.result(&written, |written| {
        let file = &written.file;
        printer.language().of(
            format!("已写入 {file}。其中有个人信息：只交给本户。"),
            format!("{file} is written. It holds personal data: give it to the household alone."),
        )
    })?;
    Ok(Exit::Done)
}

async fn gather(
    client: &Client,
    (household, head, card): (HouseholdId, Option<String>, HouseholdView),
    contact: Option<String>,
) -> anyhow::Result<(Contents, Code)> {
    let api = client.with_session().await?;
    let village: Area = card.village.parse()?;
    let name = api.progress(village, &ProgressQuery::default()).await?["name"].as_str().map(str::to_owned);
    let mut officials = Vec::new();
    for one in &card.officials {
        let personal = personal(&api, &one.official).await;
        let (name, phone) = personal.map(|personal| (personal.name, personal.phone)).unzip();
        let (official, capacity) = (one.official.clone(), one.capacity.to_string());
        officials.push(Responsible { official, capacity, name, phone });
    }
    let origin = api.log().await?.origin;
    let missing = || {
        let zh = format!("本机没有 {origin} 的验证密钥：请先用本程序报送一次，或收取一份回执");
        Failure::told("log_key_missing", zh, format!("the verifier key of {origin} is not kept here"))
    };
    let key = client.home.log_key(&origin)?.ok_or_else(missing)?;
    let aid = card.deliveries.iter().rev().map(|one| one.entry).take(CANDIDATES);
    let mut indices: Vec<_> = aid.chain(card.entries.iter().rev().copied().take(CANDIDATES)).collect();
    let mut seen = std::collections::HashSet::new();
    indices.retain(|index| seen.insert(*index));
    let (checkpoint, proofs) = api.prove(&indices, &key).await?;
    let candidate = |proof: lika_client::api::EntryProof| Candidate {
        index: proof.index,
        entry: proof.entry,
        hashes: proof.hashes,
    };
    let candidates: Vec<_> = proofs.into_iter().map(candidate).collect();
    let code = Code::new(household, &checkpoint, &candidates)?;
    let booked = |one: &lika_views::card::DeliveryView| Booked {
        measure: one.measure.to_string(),
        amount: one.amount,
        reversed: one.reversed,
        happened: one.happened.clone(),
        acknowledged: one.acknowledged.clone(),
        entry: one.entry,
    };
    let due = |one: &lika_views::card::EntitlementView| Due {
        entitlement: one.entitlement.to_string(),
        received: one.received.clone(),
    };
    let made = moment(super::client::now_s() * 1_000).chars().take("2017-06-01".len()).collect();
    let contents = Contents {
        origin,
        household,
        head,
        village,
        village_name: name,
        persons: card.members.len(),
        status: card.status.to_string(),
        since: card.since.clone(),
        officials,
        aid: card.deliveries.iter().map(booked).collect(),
        due: card.entitlements.iter().map(due).collect(),
        entries: card.index.map_or(0, |index| index + 1),
        made,
        contact,
    };
    Ok((contents, code))
}

/// Name and phone of an official, if this key may read them.
async fn personal(api: &Api, official: &str) -> Option<Personal> {
    let document = api.official(OfficialId::new(official.parse().ok()?)?).await.ok()?;
    serde_json::from_value::<Official>(document).ok()?.personal
}

#[derive(Serialize)]
struct Shown {
    origin: String,
    /// Entries under the checkpoint that proves them.
    size: u64,
    household: u64,
    entries: Vec<ShownEntry>,
}

#[derive(Serialize)]
struct ShownEntry {
    index: u64,
    leaf: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    recorded_at: Option<String>,
    /// What it reports; `null` if only its hash is proven.
    reported: Option<serde_json::Value>,
    #[serde(skip)]
    words: String,
}

/// Shows what a code proves, and what it does not.
pub(super) fn show(proven: &Proven, printer: Printer) -> anyhow::Result<Exit> {
    let language = printer.language();
    let mut entries = Vec::new();
    for one in &proven.entries {
        let mut shown = ShownEntry {
            index: one.index,
            leaf: one.leaf.to_string(),
            recorded_at: None,
            reported: None,
            words: String::new(),
        };
        if let Some(entry) = &one.entry {
            let (read, signed) = convert::entry(one.index, entry)?;
            shown.recorded_at = Some(moment(read.recorded_at));
            shown.reported = Some(lika_proto::json::to_json("Submission", &signed.submission)?);
            shown.words = describe::submission(&signed.submission, language)?;
        }
        entries.push(shown);
    }
    let shown = Shown { origin: proven.origin.clone(), size: proven.size, household: proven.household, entries };
    printer.result(&shown, |shown| shown.text(language))?;
    Ok(Exit::Done)
}

impl Shown {
    fn text(&self, language: Language) -> String {
        let mut head = Table::pairs();
        head.row([&language.of("日志", "log"), &self.origin]);
        head.row([&language.of("检查点条目数", "checkpoint of"), &self.size]);
        head.row([&language.of("户编号", "household"), &self.household]);
        let mut text = head.to_string();
        for entry in &self.entries {
            let index = entry.index;
            text.push('\n');
            match &entry.recorded_at {
                Some(at) => {
                    let zh = format!("已证明：条目 {index}，登记于 {at}\n");
                    text += &language.of(zh, format!("proven: entry {index}, recorded {at}\n"));
                    text += &entry.words;
                }
                None => {
                    let leaf = &entry.leaf;
                    let zh = format!("已证明：条目 {index} 存在，叶哈希 {leaf}；内容不在码中\n");
                    let en = format!(
                        "proven: there is an entry {index} with leaf hash {leaf}; the code lacks its content\n"
                    );
                    text += &language.of(zh, en);
                }
            }
        }
        text += language.of(
            "\n未证明：卡上其他内容；检查点之后的登记，例如冲回。\n",
            "\nnot proven: anything else on the card, and what was recorded later, such as money taken back\n",
        );
        text
    }
}
