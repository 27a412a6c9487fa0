//! The stream of data keys as it is declared at JetStream: name, subjects and settings.

use crate::record::KeyName;
use async_nats::jetstream::stream::Config;
use lika_eventlog::jetstream::{Names, settings};

/// The stream of wrapped data keys. Keys may be deleted from it: erasing personal data, which is not built yet, will
/// need that.
pub(crate) fn stream(names: &Names, replicas: usize) -> Config {
    Config {
        name: name(names),
        subjects: vec![format!("lika.vault.{}.*.*", names.area())],
        allow_atomic_publish: true,
        ..settings::common(replicas)
    }
}

/// The name of the stream.
pub(crate) fn name(names: &Names) -> String {
    format!("LIKA_VAULT_{}", names.area())
}

/// The subject of one data key.
pub(crate) fn subject(names: &Names, (subject, number): KeyName) -> String {
    format!("lika.vault.{}.{subject}.{number}", names.area())
}

/// The data key that a subject is for.
pub(crate) fn key_of(subject: &str) -> Option<KeyName> {
    let mut parts = subject.rsplit('.');
    let number = parts.next()?.parse().ok()?;
    Some((parts.next()?.parse().ok()?, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_subjects_do_not_change() {
        let names = Names::new("130624".parse().unwrap());
        assert_eq!(name(&names), "LIKA_VAULT_130624");
        assert_eq!(stream(&names, 1).subjects, ["lika.vault.130624.*.*"]);
        assert_eq!(subject(&names, (7, 1)), "lika.vault.130624.7.1");
        assert_eq!(key_of("lika.vault.130624.7.1"), Some((7, 1)));
    }
}
