//! Examples in the help of every command. One that the command line would refuse fails a test.

use clap::Command;

/// Examples by command, in the order of the help.
const EXAMPLES: &[(&str, &[&str])] = &[
    ("demo", &["lika demo --households 300 --data county", "lika demo --once --json"]),
    (
        "log create",
        &[
            "lika log create --data data --origin lika.example/130624",
            "lika log create --nats nats://10.0.0.1:4222 --monitor http://10.0.0.1:8222 --data data --origin \
             lika.example/130624 --replicas 3",
        ],
    ),
    ("log recover", &["lika log recover --data data --nats nats://10.0.0.1:4222 --monitor http://10.0.0.1:8222"]),
    ("log migrate", &["lika log migrate data --nats nats://10.0.0.1:4222 --monitor http://10.0.0.1:8222"]),
    ("serve", &["lika serve --data data", "lika serve --data data --listen 127.0.0.1:7131"]),
    ("run", &["lika run gateway --data data --nats nats://10.0.0.1:4222 --monitor http://10.0.0.1:8222"]),
    (
        "open",
        &["lika open --area 130624 --name 阜平县 --production", "lika open --area 130624 --name 阜平县 --testing"],
    ),
    (
        "key new",
        &[
            "lika key new laptop --official 10000001",
            "lika key new server --official 10000001 --passphrase-file /etc/lika/passphrase",
        ],
    ),
    ("key show", &["lika key show", "lika key show laptop --json"]),
    ("key protect", &["lika key protect laptop"]),
    ("key request", &["lika key request laptop --name 李四", "lika key request laptop --qr"]),
    (
        "key enrol",
        &[
            "lika key enrol request.txt --role village_officer --area 130624100201",
            "lika key enrol request.txt --code 402817559360",
            "lika key enrol WGZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmZmY= --official 10000002",
        ],
    ),
    (
        "key revoke",
        &["lika key revoke --official 10000002", "lika key revoke a1df04c3b2e59687 --official 10000002 --reason lost"],
    ),
    (
        "desk",
        &[
            "lika desk",
            "lika desk --no-open --port 7132",
            "lika desk --url https://lika.example --home /media/stick/lika",
        ],
    ),
    ("submit", &["lika submit visit.json", "lika submit visit.json --yes"]),
    (
        "report",
        &[
            "lika report",
            "lika report --list --role village_officer",
            "lika report --example income_assessed > income.json",
            "lika report household_visited --area 130624100201",
            "lika report household_registered --save family.json",
        ],
    ),
    ("replica refresh", &["lika replica refresh", "lika replica refresh --area 130624100"]),
    ("replica show", &["lika replica show"]),
    ("replica find", &["lika replica find 张三", "lika replica find 1228", "lika replica find --area 130624100201"]),
    ("replica discard", &["lika replica discard 130624100"]),
    ("outbox list", &["lika outbox list", "lika outbox list --state quarantined", "lika outbox list --all --json"]),
    ("outbox show", &["lika outbox show 00112233445566778899aabbccddeeff"]),
    (
        "outbox send",
        &["lika outbox send", "lika outbox send --watch", "lika outbox send --file /media/usb/waiting.lika"],
    ),
    (
        "outbox retry",
        &[
            "lika outbox retry 0011",
            "lika outbox retry 0011 --key tablet",
            "lika outbox retry --quarantined --key tablet",
        ],
    ),
    ("outbox export", &["lika outbox export /media/usb/waiting.lika"]),
    ("outbox import", &["lika outbox import /media/usb/waiting.lika.answers"]),
    ("outbox discard", &["lika outbox discard 0011 --reason 同一户报了两次"]),
    (
        "receipt verify",
        &[
            "lika receipt verify 00112233445566778899aabbccddeeff",
            "lika receipt verify copy.tlog-proof --entry copy.entry --key log.vkey",
        ],
    ),
    ("receipt show", &["lika receipt show 00112233445566778899aabbccddeeff"]),
    ("receipt list", &["lika receipt list"]),
    ("bench append", &["lika bench append", "lika bench append --nats"]),
    ("bench replay", &["lika bench replay --events 100000"]),
    ("bench rules", &["lika bench rules data"]),
    ("import template", &["lika import template households.xlsx --kind households"]),
    (
        "import check",
        &["lika import check households.xlsx", "lika import check households.csv --annotated checked.xlsx"],
    ),
    ("import plan", &["lika import plan households.csv --village 130624100201 --happened 2016-07-01"]),
    ("import apply", &["lika import apply households.xlsx", "lika import apply aid.csv --kind aid --sheet 发放"]),
    (
        "progress",
        &[
            "lika progress 130624",
            "lika progress 130624 --by township --at 2020-12-31",
            "lika progress 130624 --explain gap.health.missing",
        ],
    ),
    ("policy show", &["lika policy show", "lika policy show 130624 --at 2020-01-01 --json"]),
    ("policy apply", &["lika policy apply policy.json --effective 2021-01-01 --dry-run"]),
    ("household", &["lika household 1234567890", "lika household 1234567890 --card card.html --lang zh"]),
    ("official", &["lika official 10000001"]),
    ("whoami", &["lika whoami", "lika whoami --key laptop --lang zh"]),
    ("audit verify", &["lika audit verify data/log --key data/log.vkey"]),
    (
        "audit replay",
        &["lika audit replay data --by township", "lika audit replay data --against http://127.0.0.1:7130"],
    ),
    ("completions", &["lika completions bash > /etc/bash_completion.d/lika"]),
    ("man", &["lika man /usr/local/share/man/man1"]),
];

/// Examples of the program itself: the way to the first report.
const FIRST_STEPS: &[&str] =
    &["lika demo --households 300 --data county", "lika key new laptop", "lika whoami", "lika report"];

/// Adds the examples to the help of every command. A command with subcommands shows the first example of each.
pub(crate) fn added_to(command: Command) -> Command {
    let command = with_examples(command, "");
    command.after_help(shown(FIRST_STEPS.iter().copied()))
}

fn with_examples(mut command: Command, path: &str) -> Command {
    let names: Vec<String> = command.get_subcommands().map(|sub| sub.get_name().to_owned()).collect();
    for name in &names {
        let path = format!("{path} {name}").trim_start().to_owned();
        command = command.mut_subcommand(name, |sub| with_examples(sub, &path));
    }
    let own: Vec<_> = match names.is_empty() {
        true => of(path).to_vec(),
        false => names.iter().filter_map(|name| of(format!("{path} {name}").trim_start()).first().copied()).collect(),
    };
    let examples = shown(own.into_iter());
    let long = command.get_after_long_help().map(|text| format!("{text}\n\n{examples}"));
    let command = command.after_help(examples);
    match long {
        Some(long) => command.after_long_help(long),
        None => command,
    }
}

fn of(path: &str) -> &'static [&'static str] {
    EXAMPLES.iter().find(|(command, _)| *command == path).map_or(&[], |(_, examples)| examples)
}

fn shown(examples: impl Iterator<Item = &'static str>) -> String {
    examples.fold("Examples:".to_owned(), |text, example| text + "\n  " + example)
}

#[cfg(test)]
mod tests {
    use crate::cli;
    use clap::Command;

    /// Every command without subcommands of its own.
    fn leaves(command: &Command, path: &str, found: &mut Vec<(String, Command)>) {
        // A command that is not shown is the program's own.
        let shown = |sub: &&Command| sub.get_name() != "help" && !sub.is_hide_set();
        for sub in command.get_subcommands().filter(shown) {
            let path = format!("{path} {}", sub.get_name()).trim_start().to_owned();
            if sub.has_subcommands() { leaves(sub, &path, found) } else { found.push((path, sub.clone())) }
        }
    }

    /// The words of an example up to a redirection.
    fn words(example: &str) -> Vec<&str> {
        example.split(" > ").next().unwrap().split_whitespace().collect()
    }

    #[test]
    fn the_help_of_every_command_has_examples_and_each_of_them_is_taken() {
        let mut found = Vec::new();
        leaves(&cli::program(), "", &mut found);
        assert!(found.len() > 30, "{found:?}");
        for (path, mut command) in found.clone() {
            let (short, long) = (command.render_help().to_string(), command.render_long_help().to_string());
            for help in [short, long] {
                let (_, examples) =
                    help.split_once("Examples:\n").unwrap_or_else(|| panic!("{path} has none: {help}"));
                let examples: Vec<_> = examples.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
                assert!(!examples.is_empty(), "{path} has no example: add one to examples.rs");
                for example in examples {
                    assert!(example.starts_with(&format!("lika {path}")), "{path}: {example}");
                    let taken = cli::program().try_get_matches_from(words(example));
                    assert!(taken.is_ok(), "{example}: {}", taken.unwrap_err());
                }
            }
        }
        for (command, _) in super::EXAMPLES {
            assert!(found.iter().any(|(path, _)| path == command), "there is no command {command}");
        }
    }

    /// A program around this one reads results of every command, and an official has them in their language.
    #[test]
    fn every_command_takes_json_and_lang() {
        for (command, examples) in super::EXAMPLES {
            for more in [&["--json"][..], &["--lang", "zh"]] {
                let line: Vec<_> = words(examples[0]).into_iter().chain(more.iter().copied()).collect();
                // One of the examples has it already.
                let line = if examples[0].ends_with("--json") { words(examples[0]) } else { line };
                assert!(cli::program().try_get_matches_from(&line).is_ok(), "{command}: {line:?}");
            }
        }
    }
}
