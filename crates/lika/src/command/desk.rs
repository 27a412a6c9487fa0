//! `lika desk`: the submission client as a page on this machine.

use super::client::ClientArgs;
use super::serve::Signals;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use lika_desk::Desk as Served;
use lika_desk::single::{self, Start};
use lika_domain::language::Language;
use serde::Serialize;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;

/// After how long without use the key must be unlocked again, in seconds.
const LOCK_AFTER_S: u64 = 20 * 60;
/// Threads that answer requests: what one request waits for, such as a write to the disk, holds up no other.
const WORKERS: usize = 4;
/// Programs that open an address in the browser of the official, on one system or another.
const OPENERS: [&[&str]; 4] = [&["xdg-open"], &["wslview"], &["open"], &["cmd.exe", "/C", "start", ""]];

/// Report, look things up and keep receipts in the browser, on this machine and without a network
///
/// The address opens the desk for one browser; a second start for the same folder finds the first and opens it again.
/// Everything but sending works without a network. What is signed is sent by itself while the desk runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Desk {
    /// Port to listen on, on this machine alone; 0 is any that is free
    #[arg(long, value_name = "PORT", default_value_t = 0)]
    port: u16,
    /// Only print the address, and open no browser. The address that is given to a browser can be seen in the list of
    /// processes by others who use this machine
    #[arg(long)]
    no_open: bool,
    #[command(flatten)]
    client: ClientArgs,
}

/// The desk, printed once it answers.
#[derive(Debug, Serialize)]
struct Opened {
    url: String,
    /// It was running already.
    running: bool,
}

impl Desk {
    /// Runs the command.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let mut threads = tokio::runtime::Builder::new_multi_thread();
        threads.worker_threads(WORKERS).enable_all().build()?.block_on(self.serve(printer))
    }

    async fn serve(self, printer: Printer) -> anyhow::Result<Exit> {
        let (home, api, key) = self.client.desk(Duration::from_secs(LOCK_AFTER_S))?;
        if home.keys()?.is_empty() {
            let zh = "本机还没有密钥，工作台不能签名：请先运行 `lika key new 名称`，\
                      再用 `lika key request` 请管理员登记";
            let en = "there is no key on this device, and the desk cannot sign without one: run `lika key new NAME`, \
                      and `lika key request` to let an administrator enrol it";
            printer.note(printer.language().of(zh, en));
        }
        let mut first = match single::start(home.dir())? {
            Start::First(first) => first,
            Start::Running(url) if url.is_empty() => {
                let (zh, en) = ("工作台正在启动，请稍后再试", "the desk is just starting; try again in a moment");
                return Err(Failure::told("desk_starting", zh, en).into());
            }
            Start::Running(url) => {
                self.open(printer, &Opened { url, running: true })?;
                return Ok(Exit::Done);
            }
        };
        // Before anything is served: a stop signal may come as soon as somebody sees that the desk answers.
        let mut signals = Signals::listen()?;
        let addr = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        let listener = TcpListener::bind(addr).await.map_err(|error| {
            let (zh, en) = (format!("无法使用端口 {addr}：{error}"), format!("{addr} cannot be listened on: {error}"));
            Failure::told("address_in_use", zh, en)
        })?;
        let addr = listener.local_addr()?;
        let desk = Arc::new(Served::new(home, api, key, addr)?);
        let url = format!("http://{addr}{}", desk.path());
        first.announce(&url)?;
        self.open(printer, &Opened { url, running: false })?;
        lika_desk::serve(desk, listener, signals.wait()).await;
        Ok(Exit::Done)
    }

    /// Prints the address, and opens it.
    fn open(&self, printer: Printer, opened: &Opened) -> anyhow::Result<()> {
        printer.result(opened, |opened| opened.text(printer.language()))?;
        if !self.no_open && !OPENERS.iter().any(|opener| starts(opener, &opened.url)) {
            printer.note(printer.language().of(
                "没有找到可以打开浏览器的程序，请自行在浏览器中打开上面的地址",
                "no program was found that opens a browser; open the address above in one",
            ));
        }
        Ok(())
    }
}

impl Opened {
    fn text(&self, language: Language) -> String {
        let url = &self.url;
        match self.running {
            true => language.of(format!("工作台已在运行：{url}\n"), format!("the desk is running already: {url}\n")),
            false => language.of(
                format!("工作台：{url}\n按 Ctrl-C 结束。此地址只给您本人，不要转给别人。\n"),
                format!("the desk: {url}\nCtrl-C ends it. The address is for you alone; do not pass it on.\n"),
            ),
        }
    }
}

/// Whether the program starts. What it does with the address is its own affair.
fn starts(opener: &[&str], url: &str) -> bool {
    let Some((program, words)) = opener.split_first() else { return false };
    let mut command = Command::new(program);
    command.args(words).arg(url).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().is_ok()
}
