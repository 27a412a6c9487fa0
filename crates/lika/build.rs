//! Finds out which version is built, for `lika --version`: the git tag, or `LIKA_VERSION` where there is no git.
//!
//! Only this crate asks. What else names a version (`User-Agent`, the services at NATS) takes the manifest's, which a
//! release must not differ from: the build of one fails here otherwise.

#[path = "src/version.rs"]
mod version;

use std::path::{Path, PathBuf};
use std::process::Command;
use version::version;

/// Takes the place of what git says; in the same form, so that a container can be given just that.
const VARIABLE: &str = "LIKA_VERSION";
/// What the program is made from, below the root of the repository. Whether source was changed is asked again when it
/// was.
const SOURCE: [&str; 5] = ["Cargo.lock", "Cargo.toml", "crates", "proto", "services"];
/// What git changes when something is committed, checked out or tagged.
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

/// What git calls the source; nothing where there is no git, or where a folder was unpacked inside another
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

/// Whether this is a release: a tag and no more.
fn is_tag(described: &str) -> bool {
    described.starts_with('v') && !described.contains("-g") && !described.ends_with("-dirty")
}
