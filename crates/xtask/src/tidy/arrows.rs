//! Crates depend on each other in one direction.
//!
//! `domain ← proto ← eventlog ← ledger ← views, vault ← services ← runtime ← lika`, and
//! `tlog ← eventlog, client, services`, `http ← client, services, runtime`, `server, pages ← services, desk`,
//! `client ← desk ← lika`; `retry` is below all that wait
//! for others, and `local-nats` is for `bench` and tests. Tests of a crate may use any crate of a lower layer, and
//! `testkit`, which nothing else may use.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, MetadataCommand};

use super::Finding;

/// The parts of a workspace package that this check needs.
#[derive(Debug)]
pub(super) struct Package {
    /// Its folder, without `crates/`: `domain`, `services/aid`.
    name: String,
    /// Path of its `Cargo.toml` from the root of the repository.
    manifest: String,
    /// The text of that file.
    text: String,
    dependencies: Vec<Dependency>,
}

#[derive(Debug)]
struct Dependency {
    /// The package name in the manifest.
    package: String,
    /// For a crate of this workspace its folder, without `crates/`.
    ours: Option<String>,
    is_dev: bool,
}

/// A crate's place in the order.
struct Place {
    /// A folder without `crates/`, or `services/*` for each of them.
    name: &'static str,
    /// 0 for crates that use no other crate of the workspace. Tests may use all lower layers.
    layer: u8,
    may_use: &'static [&'static str],
}

const ORDER: [Place; 22] = [
    Place { name: "domain", layer: 0, may_use: &[] },
    Place { name: "tlog", layer: 0, may_use: &[] },
    Place { name: "http", layer: 0, may_use: &[] },
    Place { name: "local-nats", layer: 0, may_use: &[] },
    Place { name: "retry", layer: 0, may_use: &[] },
    // Nothing may use xtask, and it uses no other crate: it must run when the rest does not compile.
    Place { name: "xtask", layer: 0, may_use: &[] },
    Place { name: "proto", layer: 1, may_use: &["domain"] },
    Place { name: "server", layer: 1, may_use: &["retry"] },
    Place { name: "pages", layer: 1, may_use: &["domain"] },
    Place { name: "card", layer: 2, may_use: &["domain", "pages", "proto", "tlog"] },
    Place { name: "eventlog", layer: 2, may_use: &["domain", "proto", "retry", "tlog"] },
    Place { name: "ledger", layer: 3, may_use: &["domain", "eventlog", "proto", "tlog"] },
    Place { name: "views", layer: 4, may_use: &["domain", "eventlog", "ledger", "proto", "retry", "tlog"] },
    Place { name: "vault", layer: 4, may_use: &["domain", "eventlog", "ledger", "proto", "retry"] },
    Place { name: "client", layer: 4, may_use: &["domain", "http", "proto", "retry", "tlog"] },
    Place {
        name: ANY_SERVICE,
        layer: 5,
        may_use: &[
            "domain", "eventlog", "http", "ledger", "pages", "proto", "retry", "server", "tlog", "vault", "views",
        ],
    },
    Place {
        name: "desk",
        layer: 5,
        may_use: &["card", "client", "domain", "pages", "proto", "retry", "server", "tlog"],
    },
    // Tests of every crate may use it.
    Place {
        name: TEST_KIT,
        layer: 5,
        may_use: &["client", "domain", "eventlog", "ledger", "local-nats", "proto", "tlog", "vault"],
    },
    Place { name: "county", layer: 5, may_use: &["client", "domain", "ledger", "proto", "retry", "tlog"] },
    Place {
        name: "runtime",
        layer: 6,
        may_use: &["domain", "eventlog", "http", "ledger", "proto", ANY_SERVICE, "retry", "tlog", "vault", "views"],
    },
    Place {
        name: "bench",
        layer: 7,
        may_use: &["client", "domain", "eventlog", "ledger", "local-nats", "proto", "runtime", "tlog"],
    },
    Place {
        name: "lika",
        layer: 8,
        may_use: &[
            "bench",
            "card",
            "client",
            "county",
            "desk",
            "domain",
            "eventlog",
            "ledger",
            "proto",
            "retry",
            "runtime",
            ANY_SERVICE,
            "tlog",
            "vault",
            "views",
        ],
    },
];

const ANY_SERVICE: &str = "services/*";
const TEST_KIT: &str = "testkit";

/// The only external crates for the pure rules: exact encoding, error enums, dates. No clock, randomness or IO.
const DOMAIN_MAY_USE: [&str; 3] = ["borsh", "thiserror", "time"];

/// The packages of the workspace with their direct dependencies.
pub(super) fn packages(root: &Path) -> Result<Vec<Package>> {
    let metadata = MetadataCommand::new().current_dir(root).no_deps().exec().context("cargo metadata")?;
    metadata.packages.iter().map(|package| read(root, package)).collect()
}

/// A finding for every dependency in the wrong direction.
pub(super) fn check(packages: &[Package]) -> Vec<Finding> {
    packages.iter().flat_map(check_package).collect()
}

fn read(root: &Path, package: &cargo_metadata::Package) -> Result<Package> {
    let manifest = package.manifest_path.as_std_path();
    let dependencies = package.dependencies.iter().map(|dependency| Dependency {
        package: dependency.name.clone(),
        ours: dependency.path.as_ref().map(|folder| name_of(root, folder.as_std_path())),
        is_dev: dependency.kind == DependencyKind::Development,
    });
    Ok(Package {
        name: name_of(root, manifest.parent().unwrap_or(root)),
        manifest: from_root(root, manifest),
        text: fs::read_to_string(manifest).with_context(|| package.manifest_path.to_string())?,
        dependencies: dependencies.collect(),
    })
}

fn name_of(root: &Path, folder: &Path) -> String {
    let path = from_root(root, folder);
    path.strip_prefix("crates/").unwrap_or(&path).to_owned()
}

fn from_root(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).to_string_lossy().into_owned()
}

fn check_package(package: &Package) -> Vec<Finding> {
    let Some(place) = place(&package.name) else {
        let what = format!("`{}` has no place in the order of crates; give it one in xtask's tidy", package.name);
        return vec![Finding::new(&package.manifest, 1, what)];
    };
    let wrong = package.dependencies.iter().filter_map(|dependency| {
        let what = refusal(&package.name, place, dependency)?;
        Some(Finding::new(&package.manifest, line_of(&package.text, &dependency.package), what))
    });
    wrong.collect()
}

/// Why a dependency is not allowed; none if it is.
fn refusal(from: &str, place: &Place, dependency: &Dependency) -> Option<String> {
    let Some(to) = &dependency.ours else {
        let to = dependency.package.as_str();
        let refused = from == "domain" && !dependency.is_dev && !DOMAIN_MAY_USE.contains(&to);
        return refused.then(|| format!("`domain` must not depend on `{to}`, only on {}", DOMAIN_MAY_USE.join(", ")));
    };
    let below = |to: &Place| to.name == TEST_KIT || (to.layer < place.layer && to.name != "xtask");
    let allowed = |to: &Place| place.may_use.contains(&to.name) || (dependency.is_dev && below(to));
    let refused = !self::place(to).is_some_and(allowed);
    refused.then(|| {
        format!("`{from}` must not depend on `{to}`{}", if dependency.is_dev { ", even in tests" } else { "" })
    })
}

fn place(name: &str) -> Option<&'static Place> {
    let wanted = if name.starts_with("services/") { ANY_SERVICE } else { name };
    ORDER.iter().find(|place| place.name == wanted)
}

/// The line of the manifest that names the dependency, or the first line if it is named in another way.
fn line_of(manifest: &str, dependency: &str) -> usize {
    let names = |line: &str| line.strip_prefix(dependency).is_some_and(|rest| rest.starts_with([' ', '.', '=']));
    manifest.lines().position(names).map_or(1, |index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(folder: &str) -> Dependency {
        let package = format!("lika-{}", folder.rsplit('/').next().unwrap());
        Dependency { package, ours: Some(folder.into()), is_dev: false }
    }

    fn outside(name: &str) -> Dependency {
        Dependency { package: name.into(), ours: None, is_dev: false }
    }

    fn dev(dependency: Dependency) -> Dependency {
        Dependency { is_dev: true, ..dependency }
    }

    fn found(name: &str, dependency: Dependency) -> Vec<String> {
        let package = Package {
            name: name.into(),
            manifest: format!("crates/{name}/Cargo.toml"),
            text: String::new(),
            dependencies: vec![dependency],
        };
        check(&[package]).into_iter().map(|finding| finding.what).collect()
    }

    #[test]
    fn arrows_that_are_allowed() {
        let table = [
            ("proto", "domain"),
            ("eventlog", "tlog"),
            ("ledger", "eventlog"),
            ("views", "ledger"),
            ("client", "tlog"),
            ("services/audit", "views"),
            ("services/officials", "vault"),
            ("runtime", "services/gateway"),
            ("lika", "runtime"),
            ("lika", "client"),
        ];
        for (from, to) in table {
            assert_eq!(found(from, ours(to)), [""; 0], "{from} -> {to}");
        }
    }

    #[test]
    fn arrows_that_are_not() {
        let table = [
            ("domain", "proto"),
            ("tlog", "domain"),
            ("proto", "tlog"),
            ("eventlog", "ledger"),
            ("ledger", "views"),
            ("views", "vault"),
            ("views", "services/aid"),
            ("client", "ledger"),
            ("client", "eventlog"),
            ("services/aid", "services/audit"),
            ("services/aid", "client"),
            ("services/aid", "lika"),
            ("lika", "xtask"),
            ("xtask", "domain"),
            ("lika", "testkit"),
        ];
        for (from, to) in table {
            assert_eq!(found(from, ours(to)), [format!("`{from}` must not depend on `{to}`")]);
        }
    }

    #[test]
    fn tests_may_use_what_lies_below() {
        for (from, to) in [("client", "ledger"), ("services/aid", "client"), ("proto", "tlog"), ("domain", "testkit")]
        {
            assert_eq!(found(from, dev(ours(to))), [""; 0], "{from} -> {to}");
        }
        for (from, to) in
            [("domain", "proto"), ("views", "client"), ("services/aid", "services/audit"), ("lika", "xtask")]
        {
            assert_eq!(found(from, dev(ours(to))), [format!("`{from}` must not depend on `{to}`, even in tests")]);
        }
    }

    #[test]
    fn domain_uses_its_three_libraries_only() {
        for good in ["borsh", "thiserror", "time"] {
            assert_eq!(found("domain", outside(good)), [""; 0]);
        }
        for bad in ["serde", "prost", "tokio", "rand", "getrandom", "sled"] {
            let expected = format!("`domain` must not depend on `{bad}`, only on borsh, thiserror, time");
            assert_eq!(found("domain", outside(bad)), [expected]);
        }
        assert_eq!(found("domain", dev(outside("proptest"))), [""; 0]);
        assert_eq!(found("ledger", outside("tokio")), [""; 0]);
    }

    #[test]
    fn crate_without_a_place_is_found() {
        assert_eq!(found("common", outside("serde")).len(), 1);
    }

    #[test]
    fn finding_points_at_the_line_of_the_manifest() {
        let manifest = "[dependencies]\nlika-proto-extra = \"1\"\nlika-proto.workspace = true\n";
        assert_eq!(line_of(manifest, "lika-proto"), 3);
        assert_eq!(line_of(manifest, "lika-tlog"), 1);
    }

    #[test]
    fn this_workspace_is_read_by_folder() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
        let packages = packages(root).unwrap();
        let lika = packages.iter().find(|package| package.name == "lika").unwrap();
        assert_eq!(lika.manifest, "crates/lika/Cargo.toml");
        assert!(lika.dependencies.iter().any(|dependency| dependency.ours.as_deref() == Some("services/audit")));
    }
}
