//! `lika key request`: what an administrator needs to enrol a key, and the code to read out to them.

use super::super::client::{HomeArgs, KeyArgs, now_s};
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use fast_qr::qr::QRBuilder;
use lika_client::enrolment::EnrolmentRequest;
use serde_json::json;

/// The key.
#[derive(Debug, clap::Args)]
pub(crate) struct Request {
    /// Name of the key; may be left out if there is only one
    #[arg(value_name = "KEY")]
    key_name: Option<String>,
    /// Your name, as the administrator knows it
    #[arg(long, value_name = "TEXT", default_value = "", hide_default_value = true)]
    name: String,
    /// Show it as a QR code too
    #[arg(long)]
    qr: bool,
    #[command(flatten)]
    home: HomeArgs,
    #[command(flatten)]
    key: KeyArgs,
}

impl Request {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        let key = match &self.key_name {
            Some(name) => home.key(name)?,
            None => self.key.find(&home)?,
        };
        self.key.passphrase.unlock(&home, &key)?;
        let signer = home.signer_of(&key)?;
        let request = EnrolmentRequest::new(&signer, key.official, &key.origin, &self.name, now_s());
        let (line, code) = (request.to_string(), request.code().to_string());
        let qr = if self.qr { Some(qr(&line)?) } else { None };
        let shown =
            json!({"request": line, "code": code, "official": key.official.get(), "key": key.id().to_string()});
        printer.result(&shown, |_| {
            let qr = qr.map_or_else(String::new, |qr| format!("\n{qr}\n"));
            printer.language().of(
                format!(
                    "{line}\n{qr}\n把上面一行发给管理员（消息、文件或扫码均可），再打电话把核对码读给对方听：\n\n    {code}\n\n\
                     管理员用 `lika key enrol 这一行` 登记，并输入核对码。核对码不要用消息发送。\n"
                ),
                format!(
                    "{line}\n{qr}\nSend the line above to an administrator, in a message, as a file or as a QR code. \
                     Then call them and read out this code:\n\n    {code}\n\nThey enrol the key with `lika key enrol` \
                     and that line, and type in the code. Do not send the code in a message.\n"
                ),
            )
        })?;
        Ok(Exit::Done)
    }
}

/// A QR code for a terminal.
fn qr(line: &str) -> Result<String, Failure> {
    let made = QRBuilder::new(line).build();
    made.map(|qr| qr.to_str()).map_err(|error| {
        let zh = format!("无法生成二维码：{error}；请改用文字");
        Failure::told("qr_too_large", zh, format!("no QR code can be made of it: {error}; use the line of text"))
    })
}
