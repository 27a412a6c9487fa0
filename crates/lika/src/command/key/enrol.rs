//! `lika key enrol`: an administrator enrols the key of an official, after both compared the code of its request.

use super::super::client::{Client, ClientArgs, block_on, today};
use super::super::submit::Outgoing;
use super::{official, public};
use crate::exit::{Exit, Failure};
use crate::printer::{Printer, has_terminal};
use crate::questions::{Prompter, Stop, Terminal};
use bytes::Bytes;
use clap::ValueEnum;
use lika_client::Random;
use lika_client::enrolment::EnrolmentRequest;
use lika_client::enrolment::approval::{Enrolment, Mismatch, Post};
use lika_client::file::{self, FileError};
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::OfficialId;
use lika_domain::language::Language;
use lika_proto::convert::key_id;
use lika_proto::seal::{self, Place, SealError};
use lika_proto::v1;
use serde_json::{Value, json};

/// Number of an official's first data key.
const FIRST_KEY: u32 = 1;

/// A key to be enrolled, and perhaps its official.
#[derive(Debug, clap::Args)]
pub(crate) struct Enrol {
    /// What `lika key request` prints on the device, or a file with it; also a public key, or a file with what
    /// `lika key show NAME --json` prints
    #[arg(value_name = "REQUEST|FILE|PUBLICKEY")]
    public_key: String,
    /// The code that the official read out [default: asked for on the terminal]
    #[arg(long, value_name = "DIGITS")]
    code: Option<String>,
    /// The official it belongs to; may be left out if the file names it
    #[arg(long, value_name = "NUMBER", value_parser = official)]
    official: Option<OfficialId>,
    /// Name of the device
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    device: String,
    /// Enrol the official too, in this role
    #[arg(long, value_enum, requires = "area")]
    role: Option<Role>,
    /// Area of the role, 2 to 12 digits
    #[arg(long, value_name = "CODE", requires = "role")]
    area: Option<Area>,
    /// Name of the official; it is sealed
    #[arg(long, value_name = "TEXT", requires = "role")]
    name: Option<String>,
    /// Mobile number of the official; it is sealed
    #[arg(long, value_name = "NUMBER", requires = "role")]
    phone: Option<String>,
    /// Unit of the official
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, requires = "role")]
    unit: String,
    /// Post of the official
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true, requires = "role")]
    post: String,
    /// The day it happened [default: today]
    #[arg(long, value_name = "DATE")]
    happened: Option<Date>,
    #[command(flatten)]
    client: ClientArgs,
}

/// What an official may do.
#[derive(Clone, Copy, Debug, ValueEnum)]
#[value(rename_all = "snake_case")]
enum Role {
    Administrator,
    CountyOfficer,
    TownshipOfficer,
    VillageOfficer,
    Responsible,
    Finance,
    Auditor,
}

/// Personal data of an official, to be sealed.
pub(crate) struct Personal<'a> {
    pub(crate) official: OfficialId,
    pub(crate) name: Option<&'a str>,
    pub(crate) phone: Option<&'a str>,
}

impl Enrol {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let given = public::read(&self.public_key)?;
        let official = self.official.or_else(|| given.official.and_then(OfficialId::new));
        let missing = || {
            let en = "whose key is this? Give --official, a number of 8 digits";
            Failure::told("official_missing", "这是谁的密钥？请用 --official 指明干部编号，8 位数字", en)
        };
        let official = official.ok_or_else(missing)?;
        if given.request.is_none() && self.code.is_some() {
            let zh = "这里只有公钥，没有登记请求，核对码无从核对，没有签名。请对方运行 `lika key request`，并把整行文字发来";
            let en = "this is a bare key, which no code belongs to; nothing was compared or signed. Let them run \
                      `lika key request` and send the whole line";
            return Err(Failure::told("code_without_request", zh, en).into());
        }
        let client = self.client.open()?;
        match &given.request {
            Some(request) => self.compare(request, official, &client, printer)?,
            None => printer.note(printer.language().of(
                "注意：只给了公钥，未经核对。请确认它来自本人的设备；用 `lika key request` 的整行文字可以核对。",
                "warning: a bare key has no code, and nothing was compared. Be sure that it comes from the official's \
                 own device; the line of `lika key request` can be compared.",
            )),
        }
        if block_on(self.is_in_force(&client, official, &given.public))? {
            let zh = format!("该密钥已为干部 {official} 登记，没有再次报送");
            let mut said = printer.language().of(zh, format!("the key is enrolled for official {official} already"));
            let left_out = self.left_out();
            if !left_out.is_empty() {
                let options = left_out.join(" ");
                said += &printer.language().of(
                    format!("；{options} 没有记录：这些只在登记干部或密钥时记录"),
                    format!(
                        "; {options} were not recorded: they are taken only when an official or a key is enrolled"
                    ),
                );
            }
            let outcome =
                json!({"outcome": "enrolled_before", "official": official.to_string(), "left_out": left_out});
            printer.result(&outcome, |_| said)?;
            return Ok(Exit::Done);
        }
        let said = given.request.as_ref().map(|request| request.name.as_str());
        let name = self.name.as_deref().or(said).unwrap_or_default();
        let post = self.role.zip(self.area).map(|(role, area)| Post {
            role: role.known(),
            area,
            unit: &self.unit,
            post: &self.post,
            name,
            phone: self.phone.as_deref().unwrap_or_default(),
        });
        let enrolment = Enrolment { official, public: &given.public, device: &self.device, post };
        submit(printer, &client, |area| enrolment.report(area, self.happened.unwrap_or_else(today)))
    }
}

impl Enrol {
    /// Options with what is recorded only when the official is enrolled.
    fn left_out(&self) -> Vec<&'static str> {
        let given = [
            ("--name", self.name.is_some()),
            ("--phone", self.phone.is_some()),
            ("--unit", !self.unit.is_empty()),
            ("--post", !self.post.is_empty()),
            ("--device", !self.device.is_empty()),
        ];
        given.into_iter().filter(|(_, is_given)| *is_given).map(|(option, _)| option).collect()
    }

    /// Whether the log says all of it already: this key of this official, in this role and area. What the node does
    /// not tell counts as not said, and the log decides.
    async fn is_in_force(&self, client: &Client, official: OfficialId, public: &[u8; 32]) -> anyhow::Result<bool> {
        let Ok(api) = client.with_session().await else { return Ok(false) };
        let Ok(known) = api.official(official).await else { return Ok(false) };
        let id = key_id(public).to_string();
        let keys = known["keys"].as_array().into_iter().flatten();
        let enrolled = keys.filter(|key| key["id"] == id.as_str() && key["until"].is_null()).count() > 0;
        let role = self.role.is_none_or(|role| known["role"] == role.known().name());
        let area = self.area.is_none_or(|area| known["area"] == area.prefix());
        Ok(enrolled && role && area)
    }

    /// Makes sure that the request is the one on the official's screen: same log, same official, same code.
    fn compare(
        &self,
        request: &EnrolmentRequest,
        official: OfficialId,
        client: &Client,
        printer: Printer,
    ) -> anyhow::Result<()> {
        let EnrolmentRequest { origin, name, .. } = request;
        let own = &client.key.origin;
        request.compare_parties(own, official).map_err(|mismatch| match mismatch {
            Mismatch::Official => {
                let asked = request.official;
                let zh = format!("该请求是干部 {asked} 的，不是 {official} 的；没有签名");
                let en = format!("the request is of official {asked}, not of {official}; nothing was signed");
                Failure::told("request_other_official", zh, en).exit(Exit::Conflict)
            }
            Mismatch::Log | Mismatch::Code => {
                let zh = format!("该请求属于 {origin}，而本机密钥属于 {own}；请对方用 --origin 重新生成密钥");
                let en = format!("the request is for {origin}, and your key for {own}; a key for {own} is needed");
                Failure::told("request_other_log", zh, en).exit(Exit::Conflict)
            }
        })?;
        let made = Date::of_unix_ms(request.made_at_s.saturating_mul(1_000));
        printer.note(printer.language().of(
            format!("登记请求：干部 {official} {name}，{made} 生成。请打电话给本人，请其读出屏幕上的核对码。"),
            format!(
                "Request of official {official} {name}, made on {made}. Call them, and let them read out the code on \
                 their screen."
            ),
        ));
        let typed = match &self.code {
            Some(code) => code.clone(),
            None => ask(printer.language())?,
        };
        if request.compare(own, official, &typed).is_ok() {
            return Ok(());
        }
        let zh = "核对码不符，没有签名。若没有听错，请求可能在途中被调换：请对方重新发送，并报告此事";
        let en = "the code differs, and nothing was signed. If you heard it right, somebody may have put another \
                  request in the place of theirs: let them send it again, and report it";
        Err(Failure::told("code_differs", zh, en).exit(Exit::Broken).into())
    }
}

/// Asks for the code.
fn ask(language: Language) -> Result<String, Failure> {
    if !has_terminal() {
        let zh = "需要核对码：请用 --code 给出对方读出的 12 位数字";
        return Err(Failure::told("code_missing", zh, "give the 12 digits that the official reads out with --code"));
    }
    let question = language.of("核对码（12 位数字）", "Code (12 digits)");
    Terminal::open()?.text(question, None, &|_| Ok(())).map_err(Stop::given_up)
}

impl Personal<'_> {
    /// Seals the given data under a new data key, which is added to `keys`; `None` if nothing is given.
    pub(crate) fn seal(
        &self,
        client: &Client,
        random: &mut Random,
        keys: &mut Vec<v1::DataKey>,
    ) -> anyhow::Result<Option<v1::Sealed>> {
        if self.name.is_none() && self.phone.is_none() {
            return Ok(None);
        }
        let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
        let message = v1::OfficialPrivate { name: text(self.name), phone: text(self.phone) };
        let subject = u64::from(self.official.get());
        let kept = client.home.data_keys(subject)?;
        let (number, key) = match kept.newest() {
            Some((number, key)) => (number, key.clone()),
            None => (FIRST_KEY, random.data_key()?),
        };
        let place = Place::official(&client.key.origin, self.official);
        let sealed = seal::seal(&key, random.nonce()?, &place, &message).map_err(|error| not_sealed(&error))?;
        keys.push(v1::DataKey { subject, number, key: Bytes::copy_from_slice(key.as_bytes()) });
        Ok(Some(v1::Sealed { key: number, r#box: sealed }))
    }
}

fn not_sealed(error: &SealError) -> Failure {
    Failure::new("field_invalid", format!("name or phone: {error}; nothing was signed"))
}

/// Such reports belong to no village: their area is that of the log, which the node tells.
pub(super) fn submit(printer: Printer, client: &Client, report: impl Fn(Area) -> Value) -> anyhow::Result<Exit> {
    let mut random = Random::system();
    let id = random.submission_id()?;
    block_on(async {
        let report = report(client.jurisdiction().await?).to_string();
        let report = file::read(&report, &client.home, &client.key.origin, &mut random);
        let report = report.map_err(|error| match error {
            FileError::Seal(error) => not_sealed(&error).into(),
            other => anyhow::Error::from(other),
        })?;
        client.submit(printer, Outgoing { id, report }).await
    })
}

impl Role {
    fn known(self) -> lika_domain::official::Role {
        use lika_domain::official::Role as Known;
        match self {
            Self::Administrator => Known::Administrator,
            Self::CountyOfficer => Known::CountyOfficer,
            Self::TownshipOfficer => Known::TownshipOfficer,
            Self::VillageOfficer => Known::VillageOfficer,
            Self::Responsible => Known::Responsible,
            Self::Finance => Known::Finance,
            Self::Auditor => Known::Auditor,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_are_those_of_the_log() {
        for role in Role::value_variants() {
            assert_eq!(role.known().name(), role.to_possible_value().unwrap().get_name());
        }
    }
}
