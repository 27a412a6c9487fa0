//! Finds out which version is built, for `lika --version`: the git tag, or `LIKA_VERSION` where there is no git.
//!
//! Only this crate asks git. Everything else that names a version (`User-Agent`, the services at NATS) uses that of
//! the manifest. The build of a release fails here if the two differ.

#[path = "src/version.rs"]
mod version;

use std::path::{Path, PathBuf};
use std::process::Command;
use version::version;

/// Replaces the answer of git, in the same form, so that a container build can be given it.
const VARIABLE: &str = "LIKA_VERSION";
/// Source of the program, below the root of the repository. When it changes, git is asked again.
const SOURCE: [&str; 5] = ["Cargo.lock", "Cargo.toml", "crates", "proto", "services"];
/// Files that git changes when something is committed, checked out or tagged.
const GIT: [&str; 4] = ["HEAD", "logs/HEAD", "packed-refs", "refs/tags"];

fn main() {
    let manifest = env!("CARGO_PKG_VERSION");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed={VARIABLE}");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let named = std::env::var(VARIABLE).ok().filter(|named| !named.is_empty());
    let described = named.or_else(|| describe(&root));
    let version = version(manifest, described.as_deref());
    let release = version.split('+').next();
    if described.as_deref().is_some_and(is_tag) && release != Some(manifest) {
        println!("cargo::error=this is version {version} by its tag and {manifest} by Cargo.toml");
    }
    println!("cargo:rustc-env={VARIABLE}={version}");
}

/// The name that git gives the source; `None` if there is no git, or if the folder was unpacked inside another
/// repository.
fn describe(root: &Path) -> Option<String> {
    let top = PathBuf::from(git(root, &["rev-parse", "--show-toplevel"])?);
    if top.canonicalize().ok()? != root.canonicalize().ok()? {
        return None;
    }
    let own = GIT.iter().filter_map(|name| git(root, &["rev-parse", "--git-path", name])).map(|path| root.join(path));
    for path in own.chain(SOURCE.map(|name| root.join(name))).filter(|path| path.exists()) {
        println!("cargo:rerun-if-changed={}", path.display());
    }
    git(root, &["describe", "--tags", "--always", "--dirty", "--match", "v[0-9]*"])
}

fn git(root: &Path, arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").arg("-C").arg(root).args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Whether this is a release: exactly a tag.
fn is_tag(described: &str) -> bool {
    described.starts_with('v') && !described.contains("-g") && !described.ends_with("-dirty")
}
