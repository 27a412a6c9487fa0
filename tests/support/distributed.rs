//! A county with distributed services: its own nats-servers, and each instance of each service as a process. With
//! several servers, a simulated cable connects each process with each server, and each server with each other.

use super::county::ORIGIN;
use super::network::Network;
use super::{lika, path};
use lika_client::Api;
use lika_local_nats::{Guard, Server};
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

// The certificates of `cargo xtask cluster`, made by the same code.
#[path = "../../crates/xtask/src/cluster/certificates.rs"]
mod certificates;

/// The deployed configuration of servers.
const DEPLOYED: &str = include_str!("../../deploy/nats-server.conf");
/// The six services.
pub(crate) const SERVICES: [&str; 6] = ["audit", "households", "officials", "aid", "progress", "gateway"];
/// How long an instance may take to start: it waits 5 s for an integrator that was cut off.
const READY_WITHIN_S: u64 = 60;

/// The county. Dropping it ends every process.
pub(crate) struct Distributed {
    dir: PathBuf,
    pub(crate) servers: Vec<Server>,
    pub(crate) network: Network,
    /// URLs of the servers for each instance, if they are not reached directly.
    ways: BTreeMap<String, String>,
    gateway_port: BTreeMap<String, u16>,
    running: BTreeMap<String, Child>,
    /// Folder of the client certificates; `None` if the servers require none.
    tls: Option<PathBuf>,
}

impl Distributed {
    /// Creates the streams and the folders of `instances` instances of each service; none runs yet.
    pub(crate) fn make(dir: &Path, instances: u8) -> Self {
        let mut distributed = Self::around(dir);
        distributed.create(1);
        distributed.add(instances);
        distributed
    }

    /// The same on three servers, with simulated cables, and with the TLS, accounts and permissions of deploy/.
    pub(crate) fn make_on_three(dir: &Path, instances: u8) -> Self {
        let mut network = Network::new();
        let tls = dir.join("tls");
        certificates::make(&tls, &["127.0.0.1".to_owned()]).unwrap();
        let accounts = DEPLOYED.find("READ = [").map(|start| DEPLOYED[start..].to_owned()).unwrap();
        let guard = Guard { tls: tls.join("nats"), accounts };
        let way = |from, to, port| network.lay(&server(from), &server(to), port);
        let servers = Server::cluster_by(&dir.join("nats"), 3, Some(&guard), way).unwrap();
        let mut distributed = Self::on(dir, servers, network);
        distributed.tls = Some(tls);
        distributed.create(3);
        distributed.add(instances);
        for name in names(instances) {
            let way = |(number, to): (usize, &Server)| {
                let port = distributed.network.lay(&name, &server(number), to.port()).unwrap();
                format!("{}://127.0.0.1:{port}", to.scheme())
            };
            let ways: Vec<String> = distributed.servers.iter().enumerate().map(way).collect();
            distributed.ways.insert(name, ways.join(","));
        }
        distributed
    }

    /// A server for folders that exist already.
    pub(crate) fn around(dir: &Path) -> Self {
        let server = Server::start(&dir.join("nats")).unwrap();
        Self::on(dir, vec![server], Network::new())
    }

    fn on(dir: &Path, servers: Vec<Server>, network: Network) -> Self {
        let (ways, gateway_port, running) = (BTreeMap::new(), BTreeMap::new(), BTreeMap::new());
        Self { dir: dir.to_owned(), servers, network, ways, gateway_port, running, tls: None }
    }

    fn create(&mut self, replicas: u8) {
        let (data, replicas) = (self.data("audit-1"), replicas.to_string());
        let words = ["log", "create", "--origin", ORIGIN, "--replicas", &replicas, "--data", path(&data)];
        let made = self.run(&words);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    }

    /// Creates the folders of instances as described in deploy/README.md: by copying from the first audit service's.
    pub(crate) fn add(&mut self, instances: u8) {
        for name in names(instances) {
            let (from, to) = (self.data("audit-1"), self.data(&name));
            if name.starts_with("gateway") {
                let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
                self.gateway_port.insert(name.clone(), port);
            }
            if to.exists() {
                continue;
            }
            fs::create_dir_all(&to).unwrap();
            fs::copy(from.join("log.vkey"), to.join("log.vkey")).unwrap();
            if name.starts_with("households") || name.starts_with("officials") {
                copy(&from.join("vault"), &to.join("vault"));
            }
            if name.starts_with("audit") {
                copy(&from.join("keys"), &to.join("keys"));
            }
        }
    }

    /// Folder of an instance.
    pub(crate) fn data(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Runs the binary to its end, with the arguments for the servers.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        lika().args(words).args(self.nats(None)).output().unwrap()
    }

    /// Starts an instance and does not wait for it.
    pub(crate) fn spawn(&mut self, name: &str) {
        let service = name.split('-').next().unwrap();
        let said =
            fs::OpenOptions::new().create(true).append(true).open(self.dir.join(format!("{name}.log"))).unwrap();
        let mut command = lika();
        command.args(["run", service, "--data", path(&self.data(name))]).args(self.nats(Some(name)));
        if let Some(port) = self.gateway_port.get(name) {
            command.args(["--listen", &format!("127.0.0.1:{port}")]);
        }
        let told = said.try_clone().unwrap();
        let child = command.stdin(Stdio::null()).stdout(told).stderr(said).spawn().unwrap();
        self.running.insert(name.to_owned(), child);
    }

    /// Starts instances and waits until each has reported that it runs.
    pub(crate) fn start(&mut self, names: &[String]) {
        let before: Vec<usize> = names.iter().map(|name| self.said(name).matches(" runs ").count()).collect();
        names.iter().for_each(|name| self.spawn(name));
        let deadline = Instant::now() + Duration::from_secs(READY_WITHIN_S);
        for (name, before) in names.iter().zip(before) {
            while self.said(name).matches(" runs ").count() == before {
                let ended = self.running.get_mut(name).unwrap().try_wait().unwrap();
                assert!(ended.is_none(), "{name} ended before it ran: {ended:?}\n{}", self.said(name));
                assert!(Instant::now() < deadline, "{name} does not run\n{}", self.said(name));
                std::thread::sleep(Duration::from_millis(20));
            }
        }
    }

    /// All output of an instance.
    pub(crate) fn said(&self, name: &str) -> String {
        fs::read_to_string(self.dir.join(format!("{name}.log"))).unwrap_or_default()
    }

    /// Kills an instance.
    pub(crate) fn kill(&mut self, name: &str) {
        let mut child = self.running.remove(name).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Sends an instance a signal by its name.
    pub(crate) fn signal(&self, name: &str, signal: &str) {
        send(self.running[name].id(), signal);
    }

    /// Instances that have ended by themselves, with their output.
    pub(crate) fn ended(&mut self) -> Vec<(String, String)> {
        let mut ended = Vec::new();
        for (name, child) in &mut self.running {
            if child.try_wait().unwrap().is_some() {
                ended.push(name.clone());
            }
        }
        ended.into_iter().map(|name| (name.clone(), self.said(&name))).collect()
    }

    /// Removes instances that have ended by themselves; returns their names and exit codes.
    pub(crate) fn take_ended(&mut self) -> Vec<(String, Option<i32>)> {
        let ended: Vec<String> = self.ended().into_iter().map(|(name, _)| name).collect();
        let mut code = |name: &String| self.running.remove(name).unwrap().wait().unwrap().code();
        ended.iter().map(|name| (name.clone(), code(name))).collect()
    }

    /// Waits until an instance ends by itself; returns its exit code and output.
    pub(crate) fn wait(&mut self, name: &str) -> (Option<i32>, String) {
        let deadline = Instant::now() + Duration::from_secs(READY_WITHIN_S);
        let mut child = self.running.remove(name).unwrap();
        while child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "{name} goes on\n{}", self.said(name));
            std::thread::sleep(Duration::from_millis(50));
        }
        (child.wait().unwrap().code(), self.said(name))
    }

    /// Stops every instance cleanly, and waits.
    pub(crate) fn stop(&mut self) {
        for name in self.running.keys().cloned().collect::<Vec<_>>() {
            self.signal(&name, "TERM");
        }
        for (name, mut child) in std::mem::take(&mut self.running) {
            let status = child.wait().unwrap();
            let said = fs::read_to_string(self.dir.join(format!("{name}.log"))).unwrap_or_default();
            assert!(status.success(), "{name}: {status}\n{said}");
        }
    }

    /// Kills every instance.
    pub(crate) fn end(&mut self) {
        for name in self.running.keys().cloned().collect::<Vec<_>>() {
            self.kill(&name);
        }
    }

    /// Address of a gateway.
    pub(crate) fn url(&self, gateway: &str) -> String {
        format!("http://127.0.0.1:{}", self.gateway_port[gateway])
    }

    /// A client of a gateway.
    pub(crate) fn api(&self, gateway: &str) -> Api {
        Api::new(&self.url(gateway)).unwrap()
    }

    /// Arguments for the servers, as an instance reaches them; without a name, as an operator does.
    fn nats(&self, name: Option<&str>) -> Vec<String> {
        let all = |url: fn(&Server) -> String| self.servers.iter().map(url).collect::<Vec<_>>().join(",");
        let way = name.and_then(|name| self.ways.get(name)).cloned();
        let mut words =
            vec!["--nats".into(), way.unwrap_or_else(|| all(Server::url)), "--monitor".into(), all(Server::monitor)];
        if let Some(tls) = &self.tls {
            let user = name.map_or("admin", |name| name.split('-').next().unwrap());
            let [ca, cert, key] = ["ca.crt".to_owned(), format!("{user}.crt"), format!("{user}.key")]
                .map(|file| path(&tls.join(file)).to_owned());
            words.extend(["--tls-ca".into(), ca, "--tls-cert".into(), cert, "--tls-key".into(), key]);
        }
        words
    }
}

impl Drop for Distributed {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            // It may have ended before; then there is nothing to kill.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Names of `instances` instances of each service.
pub(crate) fn names(instances: u8) -> Vec<String> {
    (1..=instances).flat_map(|number| SERVICES.map(|service| format!("{service}-{number}"))).collect()
}

/// Name of a server by its number.
pub(crate) fn server(number: usize) -> String {
    format!("n{}", number + 1)
}

/// Sends a process a signal by its name.
pub(crate) fn send(pid: u32, signal: &str) {
    assert!(Command::new("kill").args(["-s", signal, &pid.to_string()]).status().unwrap().success());
}

/// Copies a folder with everything below it.
pub(crate) fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for item in fs::read_dir(from).unwrap() {
        let (item, to) = item.map(|item| (item.path(), to.join(item.file_name()))).unwrap();
        if item.is_dir() {
            copy(&item, &to);
        } else {
            fs::copy(&item, &to).unwrap();
        }
    }
}
