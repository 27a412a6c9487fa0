//! A nats-server of one's own on loopback, for tests and benches: as durable as one for real use must be, and gone with
//! whoever started it.

use std::io;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// Names the program where it is not on PATH.
pub const PROGRAM_VARIABLE: &str = "LIKA_NATS_SERVER";
/// How long a server may take until it answers, in milliseconds.
const START_MS: u64 = 20_000;

/// A running server. Dropping it ends it.
#[derive(Debug)]
pub struct Server {
    dir: PathBuf,
    port: u16,
    monitor: u16,
    child: Child,
}

impl Server {
    /// Starts a server that keeps its streams in a folder.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] if there is no nats-server; another if it does not answer.
    pub fn start(dir: &Path) -> io::Result<Self> {
        let (port, monitor) = (free_port()?, free_port()?);
        let mut server = Self { dir: dir.to_owned(), port, monitor, child: launch(dir, port, monitor)? };
        server.wait()?;
        Ok(server)
    }

    /// Where it listens.
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Where it tells of itself.
    pub fn monitor(&self) -> String {
        format!("http://127.0.0.1:{}", self.monitor)
    }

    /// Where its streams lie.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Ends it at once, as a crash would.
    ///
    /// # Errors
    /// If it cannot be ended.
    pub fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(|_| ())
    }

    /// Starts it again, at the same address on the same folder.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub fn start_again(&mut self) -> io::Result<()> {
        // It may have ended by itself.
        let _ = self.kill();
        self.child = launch(&self.dir, self.port, self.monitor)?;
        self.wait()
    }

    fn wait(&mut self) -> io::Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_millis(START_MS) {
            if let Some(status) = self.child.try_wait()? {
                return Err(io::Error::other(format!("nats-server ended at once: {status}")));
            }
            if std::net::TcpStream::connect(("127.0.0.1", self.port)).is_ok() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        Err(io::Error::new(io::ErrorKind::TimedOut, "nats-server does not answer"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.kill();
    }
}

fn launch(dir: &Path, port: u16, monitor: u16) -> io::Result<Child> {
    std::fs::create_dir_all(dir)?;
    let config = dir.join("nats-server.conf");
    std::fs::write(&config, configuration(dir, port, monitor))?;
    let program = std::env::var_os(PROGRAM_VARIABLE).map_or_else(|| PathBuf::from("nats-server"), PathBuf::from);
    let mut command = Command::new(&program);
    command.arg("-c").arg(config).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => io::Error::new(
            io::ErrorKind::NotFound,
            format!("{} is not there: `cargo xtask nats` fetches it; name it in {PROGRAM_VARIABLE}", program.display()),
        ),
        _ => error,
    })
}

fn configuration(dir: &Path, port: u16, monitor: u16) -> String {
    format!(
        "server_name: local\nlisten: \"127.0.0.1:{port}\"\nhttp: \"127.0.0.1:{monitor}\"\nmax_payload: 8MB\n\
         jetstream {{ store_dir: \"{}\", sync_interval: always }}\n",
        dir.join("store").display()
    )
}

fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
