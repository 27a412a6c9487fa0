//! `cargo xtask cluster`: the distributed services of a county on this machine, as if on several: three nats-servers
//! with TLS, accounts and permissions, and two instances of each service. The servers use `deploy/nats-server.conf`
//! itself, with names and paths replaced.

mod certificates;
mod processes;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use clap::{Args, Subcommand};

use crate::nats;
use crate::process::{cargo, say, succeed};
use processes::{Processes, answers, is_running};

const CONFIGURATION: &str = include_str!("../../../deploy/nats-server.conf");
const ORIGIN: &str = "lika.example/130624";
const SERVERS: u16 = 3;
const INSTANCES: u16 = 2;
/// First ports for clients, the cluster and monitoring; further servers use the following ones.
const PORTS: [u16; 3] = [4222, 6222, 8222];
const GATEWAY_PORT: u16 = 7131;

/// Starts, stops and shows a local cluster.
#[derive(Debug, Args)]
pub(crate) struct Cluster {
    #[command(subcommand)]
    what: What,
    /// Its folder [default: target/cluster]
    #[arg(long, global = true, value_name = "DIR")]
    dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Make it and start everything
    Up,
    /// Stop everything
    Down {
        /// And delete its folder
        #[arg(long)]
        wipe: bool,
    },
    /// Show what runs
    Status,
    /// Make only certificates, for servers with other names, such as those in deploy/compose.yaml
    Certificates {
        /// Folder that will hold them
        to: PathBuf,
        /// Names of the servers
        #[arg(required = true)]
        hosts: Vec<String>,
    },
}

impl Cluster {
    pub(crate) fn run(&self, root: &Path) -> Result<()> {
        let dir = self.dir.clone().unwrap_or_else(|| root.join("target/cluster"));
        match &self.what {
            What::Certificates { to, hosts } => certificates::make(to, hosts),
            What::Up => up(root, &dir),
            What::Down { wipe } => {
                Processes::new(&dir).stop()?;
                if *wipe { fs::remove_dir_all(&dir).with_context(|| dir.display().to_string()) } else { Ok(()) }
            }
            What::Status => {
                status(&Processes::new(&dir));
                Ok(())
            }
        }
    }
}

fn up(root: &Path, dir: &Path) -> Result<()> {
    if dir.exists() {
        bail!("{} exists already: `cargo xtask cluster down --wipe` stops the cluster and removes it", dir.display());
    }
    let server = nats::server(root)?;
    succeed(cargo(root).args(["build", "--release", "--package", "lika"]))?;
    let lika = root.join("target/release/lika");
    certificates::make(&dir.join("tls"), &["localhost".to_owned(), "127.0.0.1".to_owned()])?;
    let processes = Processes::new(dir);
    for number in 1..=SERVERS {
        let config = dir.join(format!("nats-{number}.conf"));
        fs::write(&config, configuration(dir, number))?;
        processes.start(
            &format!("nats-{number}"),
            monitor(number),
            Command::new(&server).arg("--config").arg(&config).args(["--name", &format!("n{number}")]),
        )?;
    }
    for number in 1..=SERVERS {
        processes.wait(&format!("nats-{number}"), monitor(number), "/healthz")?;
    }
    let audit = dir.join("audit-1");
    let mut create = Command::new(&lika);
    create.args(["log", "create", "--origin", ORIGIN, "--replicas", "3", "--data"]).arg(&audit);
    succeed(create.args(words(dir, "admin")))?;
    for service in ["audit", "households", "officials", "aid", "progress", "gateway"] {
        for number in 1..=INSTANCES {
            start(&processes, dir, &lika, service, number)?;
        }
    }
    for number in 1..=INSTANCES {
        processes.wait(&format!("gateway-{number}"), GATEWAY_PORT + number - 1, "/readyz")?;
    }
    status(&processes);
    say(&format!("NATS: {}", urls("tls", PORTS[0])));
    say(&format!("load a county:  target/release/lika demo {}", words(dir, "admin").join(" ")));
    Ok(())
}

fn start(processes: &Processes, dir: &Path, lika: &Path, service: &str, number: u16) -> Result<()> {
    let name = format!("{service}-{number}");
    let (first, data) = (dir.join("audit-1"), dir.join(&name));
    fs::create_dir_all(&data)?;
    let needed: &[&str] = match service {
        "audit" if number > 1 => &["log.vkey", "keys/log.skey"],
        "audit" => &[],
        "households" | "officials" => &["log.vkey", "vault/tag.key", "vault/wrap.key"],
        _ => &["log.vkey"],
    };
    for file in needed {
        let to = data.join(file);
        fs::create_dir_all(to.parent().context("a file in a folder")?)?;
        fs::copy(first.join(file), to)?;
    }
    let port = if service == "gateway" { GATEWAY_PORT + number - 1 } else { 0 };
    let mut command = Command::new(lika);
    command.args(["run", service, "--composed-clock", "--data"]).arg(&data).args(words(dir, service));
    if port > 0 {
        command.args(["--listen", &format!("127.0.0.1:{port}")]);
    }
    processes.start(&name, port, &mut command)
}

fn status(processes: &Processes) {
    for process in processes.all() {
        let state = match (is_running(&process), process.port) {
            (false, _) => "ended",
            (true, 0) => "runs",
            (true, port) => {
                let path = if process.name.starts_with("nats") { "/healthz" } else { "/readyz" };
                if answers(port, path) { "runs, healthy" } else { "runs, NOT healthy" }
            }
        };
        let port = if process.port > 0 { format!("  port {}", process.port) } else { String::new() };
        say(&format!("{:<14} {:>8}  {state}{port}", process.name, process.pid));
    }
}

/// Arguments by which a user reaches the cluster.
fn words(dir: &Path, user: &str) -> Vec<String> {
    let tls = |file: &str| dir.join("tls").join(file).display().to_string();
    [
        ("--nats", urls("tls", PORTS[0])),
        ("--monitor", urls("http", PORTS[2])),
        ("--tls-ca", tls("ca.crt")),
        ("--tls-cert", tls(&format!("{user}.crt"))),
        ("--tls-key", tls(&format!("{user}.key"))),
    ]
    .into_iter()
    .flat_map(|(name, value)| [name.to_owned(), value])
    .collect()
}

fn urls(scheme: &str, first: u16) -> String {
    let urls: Vec<String> = (0..SERVERS).map(|number| format!("{scheme}://127.0.0.1:{}", first + number)).collect();
    urls.join(",")
}

fn monitor(number: u16) -> u16 {
    PORTS[2] + number - 1
}

/// The configuration in deploy/ for one of the servers.
fn configuration(dir: &Path, number: u16) -> String {
    let [client, cluster, monitor] = PORTS.map(|first| first + number - 1);
    let places = CONFIGURATION
        .replace("0.0.0.0:4222", &format!("127.0.0.1:{client}"))
        .replace("0.0.0.0:6222", &format!("127.0.0.1:{cluster}"))
        .replace("0.0.0.0:8222", &format!("127.0.0.1:{monitor}"))
        .replace("/var/lib/nats", &dir.join(format!("store-{number}")).display().to_string())
        .replace("/etc/nats/tls/", &format!("{}/", dir.join("tls/nats").display()));
    (1..=SERVERS).fold(places, |text, other| {
        text.replace(&format!("n{other}.internal:6222"), &format!("127.0.0.1:{}", PORTS[1] + other - 1))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_server_has_the_deployed_configuration_with_its_own_places() {
        let text = configuration(Path::new("/somewhere"), 2);
        for part in [
            "127.0.0.1:4223",
            "127.0.0.1:6223",
            "127.0.0.1:8223",
            "[\"nats://127.0.0.1:6222\", \"nats://127.0.0.1:6223\", \"nats://127.0.0.1:6224\"]",
            "/somewhere/store-2",
            "/somewhere/tls/nats/ca.crt",
            "sync_interval: always",
        ] {
            assert!(text.contains(part), "{part}\n{text}");
        }
        for gone in ["0.0.0.0", "/etc/nats", ".internal"] {
            assert!(!text.contains(gone), "{gone}");
        }
        for user in certificates::USERS {
            assert!(text.contains(&format!("CN={user}")), "{user}");
        }
    }
}
