//! `cargo xtask soak`: the long tests, with as many rounds as wanted.
//!
//! They are the tests under `soak::` of the integration binary. Each reads its parameters from the environment;
//! without these variables it runs the share for continuous integration:
//!
//! | variable | meaning |
//! |---|---|
//! | `LIKA_SOAK_SHARE` | `ci` or `full`: which of its two own counts a case uses |
//! | `LIKA_SOAK_COUNT` | rounds (kills, flips, …), in place of the case's own count |
//! | `LIKA_SOAK_SEED` | seed of its random numbers, a `u64`; the same seed repeats a run |
//! | `LIKA_SOAK_CASE` | the only case to run |

use std::path::Path;
use std::process::Command;

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::nats;
use crate::process::{cargo, say, succeed};
use crate::required_tools;

/// What to run, for how long and from which seed.
#[derive(Args, Debug)]
pub(crate) struct Soak {
    /// How much: as much as fits into continuous integration, or everything
    #[arg(long, value_enum, default_value_t = Share::Full)]
    share: Share,
    /// Only the cases whose name begins so, such as `kill`
    #[arg(long)]
    case: Option<String>,
    /// Seed of all random choices in the cases; the same seed repeats a run
    #[arg(long)]
    seed: Option<u64>,
    /// Rounds of each case, instead of the share's own number
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    count: Option<u32>,
}

/// Which of its two counts a case uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Share {
    /// Minutes on two cores
    Ci,
    /// All rounds; an hour or more
    Full,
}

impl Soak {
    /// Runs the chosen cases with their output shown. Fails if one fails or if no case has the given name.
    pub(crate) fn run(&self, root: &Path) -> Result<()> {
        if let Some(case) = &self.case
            && !is_case_name(case)
        {
            bail!("a case is named by letters, digits, `_` and `::`, not `{case}`");
        }
        let mut command = cargo(root);
        if required_tools::has_nextest(root) {
            command.args(self.nextest_words());
        } else {
            say("cargo-nextest is not installed: cargo test runs the cases, without their time limits");
            command.args(self.cargo_test_words());
        }
        let nats = nats::server(root)?;
        succeed(self.set_variables(&mut command).env(nats::PROGRAM_VARIABLE, nats))
    }

    fn nextest_words(&self) -> Vec<String> {
        let filter = format!("test(/^{}/)", self.prefix());
        let words = ["nextest", "run", "--profile", "soak", "--no-capture", "--package", "lika", "--test", "it", "-E"];
        words.into_iter().chain([filter.as_str()]).map(str::to_owned).collect()
    }

    fn cargo_test_words(&self) -> Vec<String> {
        let prefix = self.prefix();
        let words = ["test", "--package", "lika", "--test", "it", "--", "--nocapture", "--test-threads=1", &prefix];
        words.map(str::to_owned).to_vec()
    }

    fn prefix(&self) -> String {
        format!("soak::{}", self.case.as_deref().unwrap_or(""))
    }

    fn set_variables<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let share = match self.share {
            Share::Ci => "ci",
            Share::Full => "full",
        };
        command.env("LIKA_SOAK_SHARE", share);
        let optional = [
            ("LIKA_SOAK_COUNT", self.count.map(|count| count.to_string())),
            ("LIKA_SOAK_SEED", self.seed.map(|seed| seed.to_string())),
            ("LIKA_SOAK_CASE", self.case.clone()),
        ];
        for (name, value) in optional {
            match value {
                Some(value) => command.env(name, value),
                // A variable left over in the shell would silently change the run.
                None => command.env_remove(name),
            };
        }
        command
    }
}

/// The name goes into a filter expression and must not be able to end it.
fn is_case_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn variables(soak: &Soak) -> BTreeMap<String, Option<String>> {
        let mut command = Command::new("true");
        soak.set_variables(&mut command);
        let text = |value: &std::ffi::OsStr| value.to_string_lossy().into_owned();
        command.get_envs().map(|(name, value)| (text(name), value.map(text))).collect()
    }

    #[test]
    fn one_case_is_chosen_by_its_prefix() {
        let soak = Soak { share: Share::Full, case: Some("kill".into()), seed: Some(7), count: Some(200) };
        assert_eq!(soak.nextest_words().last().unwrap(), "test(/^soak::kill/)");
        assert_eq!(soak.cargo_test_words().last().unwrap(), "soak::kill");
        let set = variables(&soak);
        assert_eq!(set["LIKA_SOAK_SHARE"].as_deref(), Some("full"));
        assert_eq!(set["LIKA_SOAK_COUNT"].as_deref(), Some("200"));
        assert_eq!(set["LIKA_SOAK_SEED"].as_deref(), Some("7"));
        assert_eq!(set["LIKA_SOAK_CASE"].as_deref(), Some("kill"));
    }

    #[test]
    fn variables_not_given_are_removed_from_the_environment() {
        let soak = Soak { share: Share::Ci, case: None, seed: None, count: None };
        assert_eq!(soak.nextest_words().last().unwrap(), "test(/^soak::/)");
        let set = variables(&soak);
        assert_eq!(set["LIKA_SOAK_SHARE"].as_deref(), Some("ci"));
        assert_eq!(set["LIKA_SOAK_COUNT"], None);
        assert_eq!(set["LIKA_SOAK_SEED"], None);
        assert_eq!(set["LIKA_SOAK_CASE"], None);
    }

    #[test]
    fn case_name_cannot_end_the_filter() {
        assert!(is_case_name("kill::while_loading_2"));
        for bad in ["", "a/)", "a b", "a)|all("] {
            assert!(!is_case_name(bad), "{bad}");
        }
    }
}
