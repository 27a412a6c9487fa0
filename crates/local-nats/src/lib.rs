//! A private nats-server on loopback, for tests and benches: as durable as a real one, and it ends with the process
//! that started it.

use std::fs::OpenOptions;
use std::io::{self, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Names the program if it is not on PATH.
pub const PROGRAM_VARIABLE: &str = "LIKA_NATS_SERVER";
/// Most bytes read of an answer.
const ANSWER_BYTES_MAX: u64 = 1024 * 1024;
/// How often other ports are tried.
const ATTEMPTS: usize = 5;
/// How long a server may take to start, in milliseconds.
const START_MS: u64 = 20_000;

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    place: Place,
    child: Child,
}

/// Ports, folder and neighbours of a server.
#[derive(Clone, Debug)]
struct Place {
    dir: PathBuf,
    name: String,
    port: u16,
    monitor: u16,
    /// How servers of a cluster reach each other; `None` for a single server.
    cluster: Option<Cluster>,
    /// Access control; `None` admits everybody, without TLS.
    guard: Option<Guard>,
}

/// Who may connect to a server, and what each may do.
#[derive(Clone, Debug)]
pub struct Guard {
    /// Folder with `server.crt`, `server.key` and `ca.crt`: servers and clients authenticate by certificates.
    pub tls: PathBuf,
    /// Accounts with their permissions, in the syntax of a server's configuration.
    pub accounts: String,
}

/// A server's place in its cluster.
#[derive(Clone, Debug)]
struct Cluster {
    /// Port on which the others reach it.
    listen: u16,
    /// Ports of the servers that it connects to.
    calls: Vec<u16>,
}

impl Server {
    /// Starts a server that keeps its streams in a folder.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if there is no nats-server; another if it does not answer.
    pub fn start(dir: &Path) -> io::Result<Self> {
        let mut attempt = Self::at(Place::free(dir, "local")?);
        for _ in 1..ATTEMPTS {
            // Somebody else may have taken a port between its choice and its use.
            if attempt.as_ref().err().is_none_or(|error| error.kind() == io::ErrorKind::NotFound) {
                break;
            }
            attempt = Self::at(Place::free(dir, "local")?);
        }
        attempt
    }

    /// Starts several servers that are a cluster, each in a folder of its own below `dir`.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn cluster(dir: &Path, count: usize) -> io::Result<Vec<Self>> {
        Self::cluster_by(dir, count, None, |_, _, port| Ok(port))
    }

    /// Starts a guarded cluster in which each server connects to the next ones through a route of its own: `way(from,
    /// to, port)` gives the port on which server `from` reaches the one that listens on `port`. The servers learn of
    /// no other route.
    ///
    /// # Errors
    /// As [`Server::start`], and the error of `way`.
    pub fn cluster_by(
        dir: &Path,
        count: usize,
        guard: Option<&Guard>,
        mut way: impl FnMut(usize, usize, u16) -> io::Result<u16>,
    ) -> io::Result<Vec<Self>> {
        let ports = (0..count).map(|_| free_port()).collect::<io::Result<Vec<u16>>>()?;
        let mut place = |number: usize| {
            let name = format!("n{}", number + 1);
            // In a ring of an odd number of servers one of each pair connects; each must connect to some other to
            // join the cluster.
            let others = (1..=count / 2).map(|step| (number + step) % count);
            let calls = others.map(|other| way(number, other, ports[other])).collect::<io::Result<Vec<u16>>>()?;
            let cluster = Some(Cluster { listen: ports[number], calls });
            io::Result::Ok(Place { cluster, guard: guard.cloned(), ..Place::free(&dir.join(&name), &name)? })
        };
        let servers = (0..count).map(|number| Self::at(place(number)?)).collect::<io::Result<Vec<Self>>>()?;
        servers.iter().try_for_each(Self::wait_until_healthy)?;
        Ok(servers)
    }

    fn at(place: Place) -> io::Result<Self> {
        let mut server = Self { child: launch(&place)?, place };
        server.wait()?;
        Ok(server)
    }

    /// URL for its clients.
    pub fn url(&self) -> String {
        format!("{}://127.0.0.1:{}", self.scheme(), self.place.port)
    }

    /// Scheme of its addresses.
    pub fn scheme(&self) -> &'static str {
        if self.place.guard.is_some() { "tls" } else { "nats" }
    }

    /// URL of its monitoring pages.
    pub fn monitor(&self) -> String {
        format!("http://127.0.0.1:{}", self.place.monitor)
    }

    /// Port for its clients.
    pub fn port(&self) -> u16 {
        self.place.port
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Folder of its streams.
    pub fn dir(&self) -> &Path {
        &self.place.dir
    }

    /// Kills it, as a crash would.
    ///
    /// # Errors
    /// If it cannot be killed.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }

    /// Starts it again at the same address, on the same folder.
    pub fn start_again(&mut self) -> io::Result<()> {
        // It may have ended by itself.
        let _ = self.kill();
        self.child = launch(&self.place)?;
        self.wait()
    }

    fn wait(&mut self) -> io::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(START_MS) {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("nats-server ended at once: {status}")));
            }
            if TcpStream::connect(("127.0.0.1", self.place.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "nats-server does not answer"))
    }
}

impl Server {
    /// Waits until it reports that it has found its cluster and a leader.
    fn wait_until_healthy(&self) -> io::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(START_MS) {
            if self.is_healthy().unwrap_or(false) {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(100));
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "the cluster of nats-servers finds no leader"))
    }

    fn is_healthy(&self) -> io::Result<bool> {
        Ok(self.told("/healthz")?.lines().next().is_some_and(|line| line.contains(" 200 ")))
    }

    /// Its answer at a path of its monitoring address, headers included.
    ///
    /// # Errors
    /// If it does not answer.
    pub fn told(&self, path: &str) -> io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.place.monitor))?;
        write!(stream, "GET {path} HTTP/1.0\r\n\r\n")?;
        let mut answer = String::new();
        stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer)?;
        Ok(answer)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.kill();
    }
}

impl Place {
    fn free(dir: &Path, name: &str) -> io::Result<Self> {
        let (port, monitor) = (free_port()?, free_port()?);
        Ok(Self { dir: dir.to_owned(), name: name.to_owned(), port, monitor, cluster: None, guard: None })
    }

    fn configuration(&self) -> String {
        let Self { dir, name, port, monitor, cluster, guard } = self;
        let tls = guard.as_ref().map(Guard::tls).unwrap_or_default();
        let cluster = cluster.as_ref().map(|cluster| cluster.configuration(&tls)).unwrap_or_default();
        let guard = guard.as_ref().map(|guard| guard.configuration(&tls)).unwrap_or_default();
        format!(
            "server_name: {name}\nlisten: \"127.0.0.1:{port}\"\nhttp: \"127.0.0.1:{monitor}\"\nmax_payload: 8MB\n\
             jetstream {{ store_dir: \"{}\", sync_interval: always }}\n{cluster}{guard}",
            dir.join("store").display()
        )
    }
}

impl Guard {
    fn tls(&self) -> String {
        let file = |name: &str| self.tls.join(name).display().to_string();
        let (cert, key, ca) = (file("server.crt"), file("server.key"), file("ca.crt"));
        format!("cert_file: \"{cert}\", key_file: \"{key}\", ca_file: \"{ca}\"")
    }

    fn configuration(&self, tls: &str) -> String {
        format!("tls {{ {tls}, verify_and_map: true }}\n{}\n", self.accounts)
    }
}

impl Cluster {
    fn configuration(&self, tls: &str) -> String {
        let tls = if tls.is_empty() { String::new() } else { format!(", tls {{ {tls} }}") };
        let calls: Vec<String> = self.calls.iter().map(|port| format!("\"nats://127.0.0.1:{port}\"")).collect();
        let calls = calls.join(", ");
        // Servers advertise addresses to each other; nobody listens on port 1, so only the given routes are used.
        format!(
            "cluster {{ name: local, listen: \"127.0.0.1:{}\", advertise: \"127.0.0.1:1\", no_advertise: true, \
             routes: [{calls}]{tls} }}\n",
            self.listen
        )
    }
}

fn launch(place: &Place) -> io::Result<Child> {
    std::fs::create_dir_all(&place.dir)?;
    let config = place.dir.join("nats-server.conf");
    std::fs::write(&config, place.configuration())?;
    let program = std::env::var_os(PROGRAM_VARIABLE).map_or_else(|| PathBuf::from("nats-server"), PathBuf::from);
    let log = OpenOptions::new().create(true).append(true).open(place.dir.join("nats-server.log"))?;
    let mut command = Command::new(&program);
    command.arg("-c").arg(config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(
            io::ErrorKind::NotFound,
            format!(
                "{} does not exist: `cargo xtask nats` fetches it; name it in {PROGRAM_VARIABLE}",
                program.display()
            ),
        ),
        _ => error,
    })
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
