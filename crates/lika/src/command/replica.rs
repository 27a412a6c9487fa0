//! `lika replica`: the copy of an official's area on their device.

use super::client::{Client, ClientArgs, block_on};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use crate::table::Table;
use clap::Subcommand;
use lika_client::replica::Progress;
use lika_client::{Replica as Copy, ReplicaError};
use lika_domain::area::{Area, Level};
use lika_domain::household::Household;
use lika_domain::ids::{HouseholdId, MemberNo};
use lika_domain::language::Bilingual;
use lika_domain::official::Capacity;
use serde::Serialize;

/// Most households that `find` shows unless --limit says otherwise.
const FOUND_DEFAULT: usize = 100;

/// Fetches, shows, searches or removes the copy.
#[derive(Debug, Subcommand)]
pub(crate) enum Replica {
    /// Fetch what is new from the node; what came is kept if the line breaks
    Refresh(Refresh),
    /// Show what is kept, and as of when
    Show(ClientArgs),
    /// List households by name, or find one by a name, a number, or the end of a citizen ID or telephone
    Find(Find),
    /// Remove the copy of an area; nothing is lost that the node cannot give again
    Discard(Discard),
}

/// The area to fetch.
#[derive(Debug, clap::Args)]
pub(crate) struct Refresh {
    /// Division code [default: the area of your role]
    #[arg(long, value_name = "CODE")]
    area: Option<Area>,
    #[command(flatten)]
    client: ClientArgs,
}

/// What to look for.
#[derive(Debug, clap::Args)]
pub(crate) struct Find {
    /// Part of a name, a household or person number, or at least four last characters of a citizen ID or telephone
    text: Option<String>,
    /// Only households of this area
    #[arg(long, value_name = "CODE")]
    area: Option<Area>,
    /// Most households to show
    #[arg(long, value_name = "N", default_value_t = FOUND_DEFAULT)]
    limit: usize,
    #[command(flatten)]
    client: ClientArgs,
}

/// What to remove.
#[derive(Debug, clap::Args)]
pub(crate) struct Discard {
    /// Division code of the area
    area: Area,
    #[command(flatten)]
    client: ClientArgs,
}

/// What is kept of an area.
#[derive(Debug, Serialize)]
struct Kept {
    area: String,
    /// Entries under the checkpoint that it was proven under.
    size: u64,
    complete: bool,
    entries: usize,
    villages: usize,
    households: usize,
    bytes: u64,
    /// Submissions that are missing in it.
    gaps: usize,
}

/// A household that was found.
#[derive(Debug, Serialize)]
struct Found {
    household: String,
    village: String,
    village_name: String,
    head: String,
    persons: usize,
    status: &'static str,
    /// The status in words.
    #[serde(skip)]
    shown: Bilingual,
    /// The first responsible official.
    official: Option<Responsible>,
    visited: Option<String>,
}

#[derive(Debug, Serialize)]
struct Responsible {
    number: String,
    name: String,
    phone: String,
}

impl Replica {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::Refresh(refresh) => refresh.run(printer),
            Self::Show(client) => show(printer, &client),
            Self::Find(find) => find.run(printer),
            Self::Discard(discard) => discard.run(printer),
        }
    }
}

impl Refresh {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let (client, language) = (self.client.open()?, printer.language());
        let bar = printer.bar(0, language.of("获取辖区数据", "fetching"));
        let told = |Progress { passed, of }| {
            bar.set_length(of);
            bar.set_position(passed);
        };
        let refreshed = block_on(async {
            let info = client.api.log().await?;
            let log = client.home.meet_log(&info.origin, &info.verifier_key)?;
            let api = client.with_session().await?;
            let area = match self.area {
                Some(area) => area,
                None => client.own_area().await?,
            };
            let signer = client.home.signer_of(&client.key)?;
            let mut copy = match Copy::of(client.home.dir(), &log, area, &signer) {
                Err(ReplicaError::Damaged(_)) => {
                    printer.note(language.of("本机的副本已损坏，重新获取", "the copy is damaged and is fetched anew"));
                    Copy::renew(client.home.dir(), &log, area, &signer)?
                }
                opened => opened?,
            };
            copy.refresh(&api, told).await?;
            Ok(copy)
        });
        bar.finish_and_clear();
        tell(printer, &[Kept::of(&refreshed?)])?;
        Ok(Exit::Done)
    }
}

fn show(printer: Printer, client: &ClientArgs) -> anyhow::Result<Exit> {
    let client = client.open()?;
    let kept = client.replicas(printer)?.iter().map(Kept::of).collect::<Vec<_>>();
    tell(printer, &kept)?;
    Ok(Exit::Done)
}

fn tell(printer: Printer, kept: &[Kept]) -> Result<(), Failure> {
    let language = printer.language();
    printer.result(&kept, |kept| {
        let mut table = Table::new(&[
            language.of("区划", "area"),
            language.of(">村", ">villages"),
            language.of(">户", ">households"),
            language.of(">记录", ">entries"),
            language.of(">截至", ">as of entry"),
            language.of(">大小 MB", ">MB"),
            language.of("完整", "complete"),
        ]);
        for one in *kept {
            let megabytes = format!("{:.1}", one.bytes as f64 / 1e6);
            let whole = match (one.complete, one.gaps) {
                (true, 0) => language.of("是", "yes").to_owned(),
                (false, 0) => language.of("否，请再次获取", "no; refresh again").to_owned(),
                (_, gaps) => {
                    language.of(format!("缺 {gaps} 处，请询问节点运维"), format!("{gaps} gaps; ask the operator"))
                }
            };
            table.row([&one.area, &one.villages, &one.households, &one.entries, &one.size, &megabytes, &whole]);
        }
        if table.is_empty() {
            language
                .of(
                    "本机没有辖区副本；请用 `lika replica refresh` 获取\n",
                    "no copy on this device; `lika replica refresh` fetches it\n",
                )
                .to_owned()
        } else {
            table.to_string()
        }
    })
}

impl Find {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let (client, language) = (self.client.open()?, printer.language());
        let copies = client.replicas(printer)?;
        if copies.is_empty() {
            let zh = "本机没有辖区副本；有网络时请先运行 `lika replica refresh`";
            let en =
                "there is no copy of your area on this device; with a connection, run `lika replica refresh` first";
            return Err(Failure::told("replica_missing", zh, en).into());
        }
        let mut found: Vec<Found> = copies.iter().flat_map(|copy| self.search(copy)).collect();
        found.sort_by(|one, other| (&one.village, &one.household).cmp(&(&other.village, &other.household)));
        found.dedup_by(|one, other| one.household == other.household);
        let all = found.len();
        found.truncate(self.limit);
        printer.result(&found, |found| {
            let mut table = Table::new(&[
                language.of("户编号", "household"),
                language.of("户主", "head"),
                language.of(">人口", ">persons"),
                language.of("状态", "status"),
                language.of("村", "village"),
                language.of("第一责任人", "responsible"),
                language.of("电话", "telephone"),
                language.of("最近走访", "last visit"),
            ]);
            for one in found {
                let (name, phone) = one.official.as_ref().map_or(("", ""), |official| {
                    (if official.name.is_empty() { &official.number } else { &official.name }, &official.phone)
                });
                let visited = one.visited.clone().unwrap_or_default();
                let (head, village) = (&one.head, &one.village_name);
                table.row([
                    &one.household,
                    head,
                    &one.persons,
                    &one.shown.one(language),
                    village,
                    &name,
                    &phone,
                    &visited,
                ]);
            }
            if table.is_empty() {
                language.of("没有找到\n", "nothing found\n").to_owned()
            } else {
                table.to_string()
            }
        })?;
        if all > self.limit {
            printer.note(language.of(
                format!("共 {all} 户，只列出 {}；请输入更多内容，或用 --limit", self.limit),
                format!("{all} households, of which {} are listed; write more, or use --limit", self.limit),
            ));
        }
        Ok(Exit::Done)
    }

    fn search(&self, copy: &Copy) -> Vec<Found> {
        let inside = |area: Area| self.area.is_none_or(|within| within.contains(area));
        let villages = copy.state().villages.iter().filter(|(area, _)| inside(**area));
        let cards = villages.flat_map(|(area, village)| village.households.iter().map(move |card| (*area, card)));
        let wanted = self.text.as_deref().map(|text| copy.personal().search(text));
        let written =
            |id: HouseholdId| self.text.as_deref().is_some_and(|text| id.to_string().starts_with(text.trim()));
        cards
            .filter(|(_, (id, _))| wanted.as_ref().is_none_or(|wanted| wanted.contains(id) || written(**id)))
            .map(|(area, (id, card))| Found::of(copy, area, (*id, card)))
            .collect()
    }
}

impl Discard {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let client = self.client.open()?;
        Copy::discard(client.home.dir(), &client.key.origin, self.area, client.key.id())?;
        let language = printer.language();
        printer.result(&serde_json::json!({"discarded": self.area.prefix()}), |_| {
            language.of("已删除本机副本\n", "the copy was removed\n")
        })?;
        Ok(Exit::Done)
    }
}

impl Kept {
    fn of(copy: &Copy) -> Self {
        let villages = &copy.state().villages;
        Self {
            area: copy.area().prefix(),
            size: copy.checkpoint().map_or(0, |checkpoint| checkpoint.size),
            complete: copy.is_complete(),
            entries: copy.entry_count(),
            villages: villages.keys().filter(|area| area.level() == Level::Village).count(),
            households: villages.values().map(|village| village.households.len()).sum(),
            bytes: copy.stored_bytes(),
            gaps: copy.gaps().len(),
        }
    }
}

impl Found {
    fn of(copy: &Copy, area: Area, (id, card): (HouseholdId, &Household)) -> Self {
        let head = card.members.iter().find(|member| member.relation.name() == "head");
        let head = head.or(card.members.first()).map(|member| member.number).or(MemberNo::new(1));
        let first = card.officials.iter().find(|assigned| assigned.capacity == Capacity::First);
        let official = first.map(|assigned| {
            let person = copy.personal().official(assigned.official).cloned().unwrap_or_default();
            Responsible { number: assigned.official.to_string(), name: person.name, phone: person.phone }
        });
        let village_name = copy.state().villages.get(&area).map(|village| village.head.name.to_string());
        Self {
            household: id.to_string(),
            village: area.to_string(),
            village_name: village_name.unwrap_or_default(),
            head: head.map(|number| copy.personal().name(id, number).to_owned()).unwrap_or_default(),
            persons: card.members.len(),
            status: card.status.name(),
            shown: Bilingual::new(card.status.zh(), card.status.name()),
            official,
            visited: card.visited.map(|day| day.to_string()),
        }
    }
}

impl Client {
    /// The area of the official's role, from the node.
    async fn own_area(&self) -> anyhow::Result<Area> {
        let document = self.with_session().await?.official(self.key.official).await?;
        let area = document.get("area").and_then(|area| area.as_str()?.parse().ok());
        let none = || {
            let zh = "您没有在任的职务，因此没有辖区";
            Failure::told("area_missing", zh, "you have no role, so there is no area of yours")
                .exit(Exit::NotAuthorised)
        };
        Ok(area.ok_or_else(none)?)
    }

    /// The log of the key, as it was met.
    fn known_log(&self) -> anyhow::Result<lika_tlog::VerifierKey> {
        let none = || {
            let zh = "本机还没有连接过该日志的节点";
            Failure::told("log_unknown", zh, "this device has not met the node of that log yet")
        };
        Ok(self.home.log_key(&self.key.origin)?.ok_or_else(none)?)
    }

    /// The key's copies on this device. One that is damaged is named and left out.
    ///
    /// # Errors
    /// If one cannot be read.
    pub(super) fn replicas(&self, printer: Printer) -> anyhow::Result<Vec<Copy>> {
        let (dir, origin) = (self.home.dir(), &self.key.origin);
        let kept = Copy::kept(dir, origin, self.key.id())?;
        if kept.is_empty() {
            return Ok(Vec::new());
        }
        let (log, signer, language) = (self.known_log()?, self.home.signer_of(&self.key)?, printer.language());
        let mut copies = Vec::with_capacity(kept.len());
        for area in kept {
            match Copy::of(dir, &log, area, &signer) {
                Err(ReplicaError::Damaged(_)) => {
                    let code = area.prefix();
                    printer.note(language.of(
                        format!("区划 {code} 的副本已损坏；`lika replica refresh --area {code}` 重新获取"),
                        format!("the copy of {code} is damaged; `lika replica refresh --area {code}` fetches it anew"),
                    ));
                }
                opened => copies.push(opened?),
            }
        }
        Ok(copies)
    }
}
