//! Texts of the repository that are drawn from the rules, and compared with them.

use std::path::Path;

/// Set to anything, it makes the tests write the texts instead of comparing them.
const WRITE: &str = "LIKA_DRAW";

/// Compares a text with the file that keeps it, named from the crate's folder.
pub(crate) fn check(file: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(&path, text).unwrap();
    }
    let kept = std::fs::read_to_string(&path).unwrap();
    assert_eq!(kept, text, "{file} is not up to date; write it again: {WRITE}=1 cargo test -p lika-domain");
}
