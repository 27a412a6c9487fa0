//! An administrator enrols and revokes the keys of officials.

use super::super::client::{Client, ClientArgs, block_on, today};
use super::super::submit::Outgoing;
use super::{official, public};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use bytes::Bytes;
use clap::ValueEnum;
use lika_client::{Random, Report};
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::{KeyId, OfficialId};
use lika_proto::seal::{self, Place};
use lika_proto::v1;
use lika_proto::v1::official_event::Kind;
use lika_proto::v1::submission::Events;

/// Number of an official's first data key.
const FIRST_KEY: u32 = 1;

/// A key to be enrolled, and perhaps its official.
#[derive(Debug, clap::Args)]
pub(crate) struct Enrol {
    /// Public key, or a file with what `lika key show NAME --json` prints
    #[arg(value_name = "PUBLICKEY|FILE")]
    public_key: String,
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

/// A key to be revoked.
#[derive(Debug, clap::Args)]
pub(crate) struct Revoke {
    /// The key, 16 hexadecimal digits
    #[arg(value_name = "KEYID", value_parser = key_id)]
    key_id: KeyId,
    /// The official it belongs to; may be left out for a key of this device
    #[arg(long, value_name = "NUMBER", value_parser = official)]
    official: Option<OfficialId>,
    /// Why
    #[arg(long, value_enum)]
    reason: Reason,
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

/// Why a key is revoked.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Reason {
    Lost,
    Compromised,
    Replaced,
    Left,
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
        let missing = || Failure::new("official_missing", "whose key is this? Give --official, a number of 8 digits");
        let official = official.ok_or_else(missing)?;
        let client = self.client.open()?;
        let mut random = Random::system();
        let mut events = Vec::new();
        let mut keys = Vec::new();
        if let (Some(role), Some(area)) = (self.role, self.area) {
            let personal = Personal { official, name: self.name.as_deref(), phone: self.phone.as_deref() };
            let sealed = personal.seal(&client, &mut random, &mut keys)?;
            let (unit, post) = (self.unit.clone(), self.post.clone());
            let enrolled = v1::OfficialEnrolled { role: role.wire().into(), area: area.code(), unit, post, sealed };
            events.push(Kind::OfficialEnrolled(enrolled));
        }
        let public_key = Bytes::copy_from_slice(&given.public);
        events.push(Kind::KeyEnrolled(v1::KeyEnrolled { public_key, device: self.device }));
        submit(printer, &client, &mut random, Act { official, happened: self.happened, events, keys })
    }
}

impl Revoke {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let client = self.client.open()?;
        let own = client.home.keys()?.into_iter().find(|key| key.id() == self.key_id);
        let missing = || {
            let message = format!("whose key is {}? Give --official, a number of 8 digits", self.key_id);
            Failure::new("official_missing", message)
        };
        let official = self.official.or_else(|| own.map(|key| key.official)).ok_or_else(missing)?;
        let revoked = v1::KeyRevoked { key: self.key_id.0, reason: self.reason.wire().into() };
        let events = vec![Kind::KeyRevoked(revoked)];
        let act = Act { official, happened: self.happened, events, keys: Vec::new() };
        submit(printer, &client, &mut Random::system(), act)
    }
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
        let sealed = seal::seal(&key, random.nonce()?, &place, &message)
            .map_err(|error| Failure::new("field_invalid", format!("name or phone: {error}; nothing was signed")))?;
        keys.push(v1::DataKey { subject, number, key: Bytes::copy_from_slice(key.as_bytes()) });
        Ok(Some(v1::Sealed { key: number, r#box: sealed }))
    }
}

/// A report of an administrator about an official.
struct Act {
    official: OfficialId,
    happened: Option<Date>,
    events: Vec<Kind>,
    keys: Vec<v1::DataKey>,
}

/// Such reports belong to no village: their area is that of the log, which the node tells.
fn submit(printer: Printer, client: &Client, random: &mut Random, act: Act) -> anyhow::Result<Exit> {
    let event = |kind| v1::OfficialEvent {
        happened: act.happened.unwrap_or_else(today).yyyymmdd(),
        official: act.official.get(),
        kind: Some(kind),
        ..Default::default()
    };
    let events = Events::Officials(v1::OfficialEvents { events: act.events.into_iter().map(event).collect() });
    let id = random.submission_id()?;
    block_on(async {
        let area = client.jurisdiction().await?;
        client.submit(printer, Outgoing { id, report: Report { area, events, keys: act.keys } }).await
    })
}

impl Role {
    fn wire(self) -> v1::Role {
        match self {
            Self::Administrator => v1::Role::Administrator,
            Self::CountyOfficer => v1::Role::CountyOfficer,
            Self::TownshipOfficer => v1::Role::TownshipOfficer,
            Self::VillageOfficer => v1::Role::VillageOfficer,
            Self::Responsible => v1::Role::Responsible,
            Self::Finance => v1::Role::Finance,
            Self::Auditor => v1::Role::Auditor,
        }
    }
}

impl Reason {
    fn wire(self) -> v1::RevokeReason {
        match self {
            Self::Lost => v1::RevokeReason::Lost,
            Self::Compromised => v1::RevokeReason::Compromised,
            Self::Replaced => v1::RevokeReason::Replaced,
            Self::Left => v1::RevokeReason::Left,
        }
    }
}

/// Reads the name of a key.
fn key_id(text: &str) -> Result<KeyId, String> {
    let number = u64::from_str_radix(text, 16).ok().filter(|_| text.len() == 16);
    number.map(KeyId).ok_or_else(|| "the name of a key has 16 hexadecimal digits".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_and_reasons_are_those_of_the_log() {
        for role in Role::value_variants() {
            let name = role.to_possible_value().unwrap().get_name().to_uppercase();
            assert_eq!(role.wire().as_str_name(), format!("ROLE_{name}"));
        }
        for reason in Reason::value_variants() {
            let name = reason.to_possible_value().unwrap().get_name().to_uppercase();
            assert_eq!(reason.wire().as_str_name(), format!("REVOKE_REASON_{name}"));
        }
    }

    #[test]
    fn the_name_of_a_key_has_16_digits() {
        assert_eq!(key_id("00000000000000ff"), Ok(KeyId(255)));
        for text in ["", "ff", "+0000000000000ff0", "xx000000000000ff"] {
            assert!(key_id(text).is_err(), "{text}");
        }
    }
}
