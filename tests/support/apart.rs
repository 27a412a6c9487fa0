//! A county whose services run apart: a nats-server of its own, and each instance of each service as a process.

use super::county::ORIGIN;
use super::{lika, path};
use lika_client::Api;
use lika_eventlog::jetstream::server::Server;
use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// The six services.
pub(crate) const SERVICES: [&str; 6] = ["audit", "households", "officials", "aid", "progress", "gateway"];
/// How long an instance may take until it runs: an integrator that was cut off is waited for 5 s.
const READY_WITHIN_S: u64 = 60;

/// The county. Dropping it ends every process.
pub(crate) struct Apart {
    dir: PathBuf,
    pub(crate) server: Server,
    gateway_port: BTreeMap<String, u16>,
    running: BTreeMap<String, Child>,
}

impl Apart {
    /// Makes the streams and the folders of so many instances of each service; none runs yet.
    pub(crate) fn make(dir: &Path, instances: u8) -> Self {
        let mut apart = Self::around(dir);
        let made = apart.run(&["log", "create", "--origin", ORIGIN, "--data", path(&apart.data("audit-1"))]);
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        apart.add(instances);
        apart
    }

    /// A server beside folders that are there already.
    pub(crate) fn around(dir: &Path) -> Self {
        let server = Server::start(&dir.join("nats")).unwrap();
        Self { dir: dir.to_owned(), server, gateway_port: BTreeMap::new(), running: BTreeMap::new() }
    }

    /// Makes the folders of instances as the deployment page says: by copying from the first audit service's.
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

    /// Runs the binary to its end, with the words that name the server.
    pub(crate) fn run(&self, words: &[&str]) -> Output {
        lika().args(words).args(self.nats()).output().unwrap()
    }

    /// Starts an instance and does not wait for it.
    pub(crate) fn spawn(&mut self, name: &str) {
        let service = name.split('-').next().unwrap();
        let said = fs::OpenOptions::new().create(true).append(true).open(self.dir.join(format!("{name}.log"))).unwrap();
        let mut command = lika();
        command.args(["run", service, "--data", path(&self.data(name))]).args(self.nats());
        if let Some(port) = self.gateway_port.get(name) {
            command.args(["--listen", &format!("127.0.0.1:{port}")]);
        }
        let told = said.try_clone().unwrap();
        let child = command.stdin(Stdio::null()).stdout(told).stderr(said).spawn().unwrap();
        self.running.insert(name.to_owned(), child);
    }

    /// Starts instances and waits until each has said that it runs.
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

    /// Everything an instance has said.
    pub(crate) fn said(&self, name: &str) -> String {
        fs::read_to_string(self.dir.join(format!("{name}.log"))).unwrap_or_default()
    }

    /// Ends an instance at once, as a cut of power ends a process.
    pub(crate) fn kill(&mut self, name: &str) {
        let mut child = self.running.remove(name).unwrap();
        child.kill().unwrap();
        child.wait().unwrap();
    }

    /// Sends an instance a signal by its name.
    pub(crate) fn signal(&self, name: &str, signal: &str) {
        let pid = self.running[name].id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &pid]).status().unwrap().success());
    }

    /// Instances that have ended by themselves, with what they said.
    pub(crate) fn ended(&mut self) -> Vec<(String, String)> {
        let mut ended = Vec::new();
        for (name, child) in &mut self.running {
            if child.try_wait().unwrap().is_some() {
                ended.push(name.clone());
            }
        }
        ended.into_iter().map(|name| (name.clone(), self.said(&name))).collect()
    }

    /// Waits until an instance ends by itself; gives its exit code and what it said.
    pub(crate) fn wait(&mut self, name: &str) -> (Option<i32>, String) {
        let deadline = Instant::now() + Duration::from_secs(READY_WITHIN_S);
        let mut child = self.running.remove(name).unwrap();
        while child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "{name} goes on\n{}", self.said(name));
            std::thread::sleep(Duration::from_millis(50));
        }
        (child.wait().unwrap().code(), self.said(name))
    }

    /// Asks every instance to stop, and waits.
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

    /// Address of a gateway.
    pub(crate) fn url(&self, gateway: &str) -> String {
        format!("http://127.0.0.1:{}", self.gateway_port[gateway])
    }

    /// A client of a gateway.
    pub(crate) fn api(&self, gateway: &str) -> Api {
        Api::new(&self.url(gateway)).unwrap()
    }

    fn nats(&self) -> [String; 4] {
        ["--nats".into(), self.server.url(), "--monitor".into(), self.server.monitor()]
    }
}

impl Drop for Apart {
    fn drop(&mut self) {
        for child in self.running.values_mut() {
            // It may have ended before; then there is nothing to kill.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Names of so many instances of each service.
pub(crate) fn names(instances: u8) -> Vec<String> {
    (1..=instances).flat_map(|number| SERVICES.map(|service| format!("{service}-{number}"))).collect()
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
