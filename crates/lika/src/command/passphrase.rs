//! Passphrases of keys: from a file, or asked for on the terminal; once in a process.

use crate::exit::Failure;
use crate::language;
use crate::printer::has_terminal;
use crate::questions::{Prompter, Terminal};
use lika_client::{Home, HomeError, KeyFile, Passphrase, Unlocked};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use zeroize::Zeroizing;

/// Largest file with a passphrase, in bytes.
const FILE_BYTES_MAX: u64 = 4_096;
/// The variable that names the file.
const VARIABLE: &str = "LIKA_PASSPHRASE_FILE";
/// How often a wrong passphrase may be corrected on the terminal.
const TRIES: usize = 3;

/// Keys that this process has unlocked, however often it opens the folder.
static UNLOCKED: LazyLock<Unlocked> = LazyLock::new(Unlocked::default);

/// The passphrase of the key.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct PassphraseArgs {
    /// File whose first line is the key's passphrase [default: it is asked for on the terminal]
    #[arg(long, env = VARIABLE, value_name = "FILE")]
    passphrase_file: Option<PathBuf>,
}

/// The file that the environment names for passphrases.
pub(crate) fn file_of_environment() -> Option<PathBuf> {
    std::env::var_os(VARIABLE).filter(|file| !file.is_empty()).map(PathBuf::from)
}

/// The keys that this process has unlocked.
pub(crate) fn unlocked() -> Unlocked {
    UNLOCKED.clone()
}

impl PassphraseArgs {
    /// Unlocks the key, unless it needs no passphrase or had it already.
    pub(crate) fn unlock(&self, home: &Home, key: &KeyFile) -> anyhow::Result<()> {
        if home.signer_of(key).is_ok() {
            return Ok(());
        }
        if let Some(given) = self.given()? {
            home.unlock(key, &given)?;
            return Ok(());
        }
        let question =
            language::of_run().of(format!("密钥 {} 的口令", key.name), format!("Passphrase of the key {}", key.name));
        for _ in 1..TRIES {
            match home.unlock(key, &ask(&question)?) {
                Err(HomeError::PassphraseWrong(_)) => {
                    Terminal::open()?.say(language::of_run().of("口令不对，请再试", "Not the passphrase; try again"));
                }
                other => return Ok(other.map(drop)?),
            }
        }
        Ok(home.unlock(key, &ask(&question)?).map(drop)?)
    }

    /// The passphrase in the file; `None` if no file is named.
    pub(crate) fn given(&self) -> Result<Option<Passphrase>, Failure> {
        self.passphrase_file.as_deref().map(read).transpose()
    }
}

/// A new passphrase: from the file, or asked for twice.
pub(crate) fn new(file: Option<&Path>) -> Result<Passphrase, Failure> {
    if let Some(file) = file {
        return read(file);
    }
    let language = language::of_run();
    let first = ask(language.of("新口令", "New passphrase"))?;
    let again = ask(language.of("再输入一次", "Once more"))?;
    if first == again {
        return Ok(first);
    }
    let en = "the two passphrases differ; nothing was changed. Try again";
    Err(Failure::told("passphrases_differ", "两次口令不同，没有更改，请重来", en))
}

/// The first line of a file.
fn read(path: &Path) -> Result<Passphrase, Failure> {
    let mut text = Zeroizing::new(String::new());
    let read = std::fs::File::open(path).and_then(|file| file.take(FILE_BYTES_MAX).read_to_string(&mut text));
    read.map_err(|error| {
        let path = path.display();
        let zh = format!("口令文件 {path} 无法读取：{error}");
        Failure::told("passphrase_unreadable", zh, format!("the passphrase file {path} cannot be read: {error}"))
    })?;
    Ok(Passphrase::new(text.lines().next().unwrap_or_default()))
}

/// Asks for a passphrase, which is not shown.
fn ask(question: &str) -> Result<Passphrase, Failure> {
    if !has_terminal() {
        let zh = "需要口令，而没有终端可供输入：请用 --passphrase-file 指定口令文件（首行为口令），新建不设口令的密钥则加 --no-passphrase";
        let en = "a passphrase is needed, and there is no terminal to ask on: name a file whose first line it is with \
                  --passphrase-file, or make a key without one with --no-passphrase";
        return Err(Failure::told("passphrase_missing", zh, en));
    }
    let text = Terminal::open()?.passphrase(question).map_err(|error| {
        let zh = format!("没有输入口令：{error}");
        Failure::told("passphrase_missing", zh, format!("no passphrase was given: {error}"))
    })?;
    Ok(Passphrase::new(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_file_is_the_passphrase() {
        let dir = tempfile::tempdir().unwrap();
        let file = dir.path().join("passphrase");
        std::fs::write(&file, "枣树下三只白鹅过河\r\nsecond line").unwrap();
        assert_eq!(read(&file).unwrap(), Passphrase::new("枣树下三只白鹅过河"));
        assert_eq!(read(dir.path()).unwrap_err().code, "passphrase_unreadable");
    }
}
