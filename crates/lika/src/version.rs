//! The version that this program prints. `build.rs` includes this file; nothing calls it later.

/// The version for `described`, which is the output of `git describe --tags --always --dirty`, or the version given to
/// a build without git. A release is its tag without the `v`. A build after a tag names the number of commits since
/// and the commit. Without any tag it is `manifest`, the version in `Cargo.toml`, and the commit. Changed source is
/// `dirty`.
pub(crate) fn version(manifest: &str, described: Option<&str>) -> String {
    let Some(described) = described.map(str::trim).filter(|described| !described.is_empty()) else {
        return manifest.to_owned();
    };
    let (described, dirty) = match described.strip_suffix("-dirty") {
        Some(clean) => (clean, Some("dirty".to_owned())),
        None => (described, None),
    };
    let (release, commit) = if is_hex(described) {
        (manifest, Some(format!("g{described}")))
    } else {
        match after_tag(described) {
            Some((tag, commits, commit)) => (tag, Some(format!("{commits}.{commit}"))),
            None => (described, None),
        }
    };
    let release = release.strip_prefix('v').unwrap_or(release);
    let build: Vec<String> = commit.into_iter().chain(dirty).collect();
    if build.is_empty() { release.to_owned() } else { format!("{release}+{}", build.join(".")) }
}

/// Splits `v1.2.3-4-gabc0123` into the tag, the number of commits after it, and the last commit.
fn after_tag(described: &str) -> Option<(&str, &str, &str)> {
    let (rest, commit) = described.rsplit_once('-')?;
    let (tag, commits) = rest.rsplit_once('-')?;
    let is_commit = commit.strip_prefix('g').is_some_and(is_hex);
    let is_count = !commits.is_empty() && commits.bytes().all(|byte| byte.is_ascii_digit());
    (is_commit && is_count).then_some((tag, commits, commit))
}

/// Git abbreviates a commit to four digits at least.
fn is_hex(text: &str) -> bool {
    text.len() >= 4 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn a_tag_is_the_version_and_what_follows_it_is_told() {
        for (described, told) in [
            (None, "0.1.0"),
            (Some(""), "0.1.0"),
            (Some("v0.2.0\n"), "0.2.0"),
            (Some("0.2.0"), "0.2.0"),
            (Some("v0.2.0-dirty"), "0.2.0+dirty"),
            (Some("v0.2.0-rc.1"), "0.2.0-rc.1"),
            (Some("v0.2.0-14-gf9879cb"), "0.2.0+14.gf9879cb"),
            (Some("v0.2.0-rc.1-14-gf9879cb-dirty"), "0.2.0-rc.1+14.gf9879cb.dirty"),
            (Some("f9879cb"), "0.1.0+gf9879cb"),
            (Some("f9879cb-dirty"), "0.1.0+gf9879cb.dirty"),
            (Some("0.2.0-bookworm1"), "0.2.0-bookworm1"),
        ] {
            assert_eq!(version("0.1.0", described), told, "{described:?}");
        }
    }
}
