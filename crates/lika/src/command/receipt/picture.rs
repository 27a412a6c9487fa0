//! Reads the code in a photograph, in a process of its own: the released program ends at the first panic, and a
//! picture from anywhere must not end what reads it.

use crate::exit::Failure;
use lika_card::{Code, read_picture};
use std::io::{Read, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// The hidden command of the process.
pub(super) const COMMAND: &str = "read-picture";
/// Most time that the process gets. Its search ends by itself before.
const TIME_MAX: Duration = Duration::from_secs(60);
/// Stands before the reason why there is no code.
const NONE: char = '!';
/// Most bytes of what it says: the text of a code, or why there is none.
const SAID_BYTES_MAX: u64 = 8 * 1024;

/// The code in a picture.
///
/// # Errors
/// `card_unreadable`.
pub(super) fn code(path: &Path) -> Result<Code, Failure> {
    let program = std::env::current_exe().map_err(|error| unreadable(&error.to_string()))?;
    let mut command = Command::new(program);
    command.args(["receipt", COMMAND]).arg(path);
    let text = ask(&mut command, TIME_MAX)?;
    Code::parse(&text).map_err(|error| unreadable(&error.to_string()))
}

/// What the process does: it prints the text of the code, or after a [`NONE`] why there is none.
pub(super) fn print(bytes: &[u8]) -> Result<(), Failure> {
    let said = read_picture(bytes).map_or_else(|error| format!("{NONE}{}", super::said(&error)), |code| code.text());
    std::io::stdout().write_all(said.as_bytes()).map_err(|error| unreadable(&error.to_string()))
}

/// The text that a process prints.
fn ask(command: &mut Command, limit: Duration) -> Result<String, Failure> {
    let broken = |error: std::io::Error| unreadable(&error.to_string());
    let mut process =
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().map_err(broken)?;
    let (send, receive) = mpsc::sync_channel(1);
    if let Some(pipe) = process.stdout.take() {
        std::thread::spawn(move || {
            let mut said = String::new();
            // What is cut or broken off is no code.
            let _ = pipe.take(SAID_BYTES_MAX).read_to_string(&mut said);
            let _ = send.send(said);
        });
    }
    let said = receive.recv_timeout(limit);
    if said.is_err() {
        process.kill().map_err(broken)?;
    }
    let ended = process.wait().map_err(broken)?;
    let said = said.map_err(|_| unreadable("it takes too long"))?;
    match said.strip_prefix(NONE) {
        Some(why) => Err(unreadable(why)),
        None if ended.success() => Ok(said),
        None => Err(unreadable("the reader stopped at something that it does not expect")),
    }
}

fn unreadable(why: &str) -> Failure {
    Failure::new("card_unreadable", why)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::time::Instant;

    fn told(script: &str, limit: Duration) -> Result<String, String> {
        ask(Command::new("sh").args(["-c", script]), limit).map_err(|failure| failure.message.en)
    }

    #[test]
    fn a_reader_that_breaks_down_or_hangs_ends_nothing_else() {
        let long = Duration::from_secs(30);
        assert_eq!(told("printf LIKA1:", long), Ok("LIKA1:".to_owned()));
        assert_eq!(told("printf '!no code'", long), Err("no code".to_owned()));
        assert!(told("kill -ABRT $$", long).unwrap_err().contains("does not expect"));
        assert!(told("exit 101", long).unwrap_err().contains("does not expect"));
        let begun = Instant::now();
        assert!(told("exec sleep 100", Duration::from_millis(200)).unwrap_err().contains("too long"));
        assert!(begun.elapsed() < long);
    }
}
