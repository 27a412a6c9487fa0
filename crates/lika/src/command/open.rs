//! `lika open`: entry 0 of a log, which names its area and its first administrator.

use super::client::{ClientArgs, block_on, today};
use super::key::Personal;
use super::submit::Outgoing;
use crate::exit::Exit;
use crate::printer::Printer;
use bytes::Bytes;
use lika_client::{Random, Report};
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_proto::v1;
use lika_proto::v1::official_event::Kind;
use lika_proto::v1::submission::Events;

/// The facts of the opening. The key that signs it becomes that of the first administrator.
#[derive(Debug, clap::Args)]
pub(crate) struct Open {
    /// Division code of the area it covers, such as 130624
    #[arg(long, value_name = "CODE")]
    area: Area,
    /// Name of the area, such as 阜平县
    #[arg(long, value_name = "TEXT")]
    name: String,
    /// For tests and demonstrations: takes only made-up citizen IDs
    #[arg(long, conflicts_with = "production")]
    testing: bool,
    /// For real households: refuses made-up citizen IDs; this is the default
    #[arg(long)]
    production: bool,
    /// Name of the administrator; it is sealed
    #[arg(long, value_name = "TEXT")]
    official_name: Option<String>,
    /// Mobile number of the administrator; it is sealed
    #[arg(long, value_name = "NUMBER")]
    phone: Option<String>,
    /// Unit of the administrator
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    unit: String,
    /// Post of the administrator
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    post: String,
    /// The day it happened [default: today]
    #[arg(long, value_name = "DATE")]
    happened: Option<Date>,
    #[command(flatten)]
    client: ClientArgs,
}

impl Open {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let client = self.client.open()?;
        let mut random = Random::system();
        let mut keys = Vec::new();
        let official = client.key.official;
        let personal = Personal { official, name: self.official_name.as_deref(), phone: self.phone.as_deref() };
        let mode = if self.testing { v1::Mode::Testing } else { v1::Mode::Production };
        let opened = v1::JurisdictionOpened {
            origin: client.key.origin.clone(),
            area: self.area.code(),
            name: self.name,
            mode: mode.into(),
            public_key: Bytes::copy_from_slice(client.key.public()),
            unit: self.unit,
            post: self.post,
            sealed: personal.seal(&client, &mut random, &mut keys)?,
        };
        let event = v1::OfficialEvent {
            happened: self.happened.unwrap_or_else(today).yyyymmdd(),
            official: official.get(),
            kind: Some(Kind::JurisdictionOpened(opened)),
            ..Default::default()
        };
        let events = Events::Officials(v1::OfficialEvents { events: vec![event] });
        let outgoing = Outgoing {
            id: random.submission_id()?,
            report: Report { area: self.area, events, keys, warned: Vec::new() },
        };
        block_on(client.submit(printer, outgoing))
    }
}
