//! Processes that outlive the command: started in their own process groups, listed in a file, and stopped by signals.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

/// How long a process may take to answer or to end, in seconds.
const PATIENCE_S: u64 = 60;
/// Between two polls, in milliseconds.
const POLL_MS: u64 = 100;
/// Most bytes read of an answer.
const ANSWER_BYTES_MAX: u64 = 4_096;

/// A process that was started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Process {
    pub(crate) name: String,
    pub(crate) pid: u32,
    /// HTTP port; 0 if it has none.
    pub(crate) port: u16,
}

/// The processes of a cluster, in the order they were started.
pub(crate) struct Processes {
    file: PathBuf,
    dir: PathBuf,
}

impl Processes {
    pub(crate) fn new(dir: &Path) -> Self {
        Self { file: dir.join("processes"), dir: dir.to_owned() }
    }

    /// Starts a process and records it; its output goes to `NAME.log`.
    pub(crate) fn start(&self, name: &str, port: u16, command: &mut Command) -> Result<()> {
        let said = File::create(self.dir.join(format!("{name}.log")))?;
        command.process_group(0).stdin(Stdio::null()).stdout(said.try_clone()?).stderr(said);
        let child = command.spawn().with_context(|| format!("cannot start {name}"))?;
        let mut file = OpenOptions::new().create(true).append(true).open(&self.file)?;
        writeln!(file, "{name} {} {port}", child.id())?;
        Ok(())
    }

    /// All processes started and not stopped.
    pub(crate) fn all(&self) -> Vec<Process> {
        let text = fs::read_to_string(&self.file).unwrap_or_default();
        text.lines().filter_map(read).collect()
    }

    /// Waits until a process answers a path with 200.
    pub(crate) fn wait(&self, name: &str, port: u16, path: &str) -> Result<()> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(PATIENCE_S) {
            if answers(port, path) {
                return Ok(());
            }
            thread::sleep(Duration::from_millis(POLL_MS));
        }
        bail!("{name} does not answer; it says why in {}", self.dir.join(format!("{name}.log")).display())
    }

    /// Stops all of them, the last first, and waits.
    pub(crate) fn stop(&self) -> Result<()> {
        let mut all = self.all();
        all.reverse();
        let (servers, services): (Vec<_>, Vec<_>) = all.into_iter().partition(|one| one.name.starts_with("nats"));
        for group in [services, servers] {
            group.iter().for_each(|one| signal(one.pid, "-TERM"));
            for one in &group {
                let begun = Instant::now();
                while is_running(one) {
                    if begun.elapsed() > Duration::from_secs(PATIENCE_S) {
                        bail!("{} ({}) does not stop", one.name, one.pid);
                    }
                    thread::sleep(Duration::from_millis(POLL_MS));
                }
            }
        }
        fs::remove_file(&self.file).or(Ok(()))
    }
}

/// Whether a process with this id is still running.
pub(crate) fn is_running(process: &Process) -> bool {
    let status = fs::read_to_string(format!("/proc/{}/stat", process.pid)).unwrap_or_default();
    // A child of ours that has ended and was not waited for has state Z.
    let state = status.rsplit(')').next().and_then(|rest| rest.split_whitespace().next());
    state.is_some_and(|state| state != "Z")
}

/// Whether a path is answered with 200.
pub(crate) fn answers(port: u16, path: &str) -> bool {
    let ask = || -> std::io::Result<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", port))?;
        stream.write_all(format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n\r\n").as_bytes())?;
        let mut answer = String::new();
        stream.take(ANSWER_BYTES_MAX).read_to_string(&mut answer)?;
        Ok(answer)
    };
    ask().is_ok_and(|answer| answer.lines().next().is_some_and(|line| line.contains(" 200 ")))
}

fn signal(pid: u32, name: &str) {
    // A process that has ended needs no signal.
    let _ = Command::new("kill").args([name, &pid.to_string()]).stderr(Stdio::null()).status();
}

fn read(line: &str) -> Option<Process> {
    let mut words = line.split_whitespace();
    Some(Process {
        name: words.next()?.to_owned(),
        pid: words.next()?.parse().ok()?,
        port: words.next()?.parse().ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn started_processes_are_remembered_and_stopped() {
        let dir = tempfile::tempdir().unwrap();
        let processes = Processes::new(dir.path());
        processes.start("sleeper", 0, Command::new("sleep").arg("60")).unwrap();
        let all = processes.all();
        assert_eq!((all.len(), all[0].name.as_str()), (1, "sleeper"));
        assert!(is_running(&all[0]));
        processes.stop().unwrap();
        assert!(!is_running(&all[0]));
        assert!(processes.all().is_empty());
        assert!(!answers(9, "/"));
    }
}
