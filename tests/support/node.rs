//! `lika serve` as a process of its own.

use super::{lika, path};
use lika_client::Api;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// How long a node may take until it serves.
const READY_WITHIN_S: u64 = 60;

/// A running node; killed when dropped.
pub(crate) struct Node {
    child: Child,
    addr: SocketAddr,
}

impl Node {
    /// Starts a node on a folder with a log and waits until it serves. Its output goes to a file next to the folder.
    pub(crate) fn start(data: &Path) -> Self {
        Self::start_saying(data, &data.with_extension("err"))
    }

    /// The same, with its output in the file `said`.
    pub(crate) fn start_saying(data: &Path, said: &Path) -> Self {
        let addr = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        Self::start_at(data, said, addr)
    }

    /// The same at an address, as a node that was gone and is back.
    pub(crate) fn start_at(data: &Path, said: &Path, addr: SocketAddr) -> Self {
        let mut node = Self::spawn(data, said, addr);
        let deadline = Instant::now() + Duration::from_secs(READY_WITHIN_S);
        while TcpStream::connect(node.addr).is_err() {
            let ended = node.child.try_wait().unwrap();
            let said = || std::fs::read_to_string(said).unwrap_or_default();
            assert!(ended.is_none(), "the node ended before it served: {ended:?}\n{}", said());
            assert!(Instant::now() < deadline, "the node does not serve\n{}", said());
            std::thread::sleep(Duration::from_millis(10));
        }
        node
    }

    fn spawn(data: &Path, said: &Path, addr: SocketAddr) -> Self {
        let told = std::fs::File::create(said).unwrap();
        let listen = addr.to_string();
        let mut command = lika();
        command.args(["serve", "--data", path(data), "--listen", &listen]);
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(told).spawn().unwrap();
        Self { child, addr }
    }

    /// Its address.
    pub(crate) fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Its URL.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// A client of it.
    pub(crate) fn api(&self) -> Api {
        Api::new(&self.url()).unwrap()
    }

    /// Kills it.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Stops it cleanly, and waits.
    pub(crate) fn stop(mut self) -> ExitStatus {
        self.signal("TERM");
        self.child.wait().unwrap()
    }

    /// Waits until it ends by itself.
    pub(crate) fn wait(mut self) -> ExitStatus {
        self.child.wait().unwrap()
    }

    /// Sends a signal by its name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &pid]).status().unwrap().success());
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        // It may have ended before; then there is nothing to kill.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
