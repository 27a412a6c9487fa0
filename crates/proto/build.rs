//! Compiles `proto/lika/v1` with a compiler written in Rust, so that no protoc is needed, and generates the functions
//! that read events from their descriptions.

#[path = "build/mapping.rs"]
mod mapping;

use lika_domain::aid::AidKind;
use lika_domain::household::HouseholdKind;
use lika_domain::official::OfficialKind;
use mapping::Service;
use std::path::{Path, PathBuf};

const SERVICES: [Service; 3] = [
    Service { around: "HouseholdEvent", kind: "HouseholdKind", events: HouseholdKind::EVENTS },
    Service { around: "OfficialEvent", kind: "OfficialKind", events: OfficialKind::EVENTS },
    Service { around: "AidEvent", kind: "AidKind", events: AidKind::EVENTS },
];

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto");
    println!("cargo:rerun-if-changed={}", root.display());
    println!("cargo:rerun-if-changed=build/mapping.rs");
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(root.join("lika/v1"))?.map(|file| file.map(|file| file.path())).collect::<Result<_, _>>()?;
    files.retain(|file| file.extension().is_some_and(|extension| extension == "proto"));
    files.sort();
    let mut compiler = protox::Compiler::new([&root])?;
    compiler.include_source_info(false).include_imports(true).open_files(&files)?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    let mapping = mapping::write(&SERVICES, &compiler.file_descriptor_set());
    let mapping = mapping.map_err(|faults| format!("descriptions and proto files differ:\n{}", faults.join("\n")));
    std::fs::write(out.join("events.rs"), mapping?)?;
    prost_build::Config::new().bytes(["."]).compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
