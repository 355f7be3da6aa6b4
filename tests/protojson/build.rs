//! Prints the messages of `proto/` as both a server and a client would have them.

use iris_build::messages::{self, MessageOptions};
use prost::Message;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::{env, fs};

const FILES: [&str; 6] = [
    "everything/v1/everything.proto",
    "everything/v1/proto2.proto",
    "names/names.proto",
    "names/nested.proto",
    "names/keywords.proto",
    "root.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=proto");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let descriptors = protox::Compiler::new(["proto"])?
        .include_source_info(true)
        .include_imports(true)
        .open_files(FILES)?
        .file_descriptor_set();
    fs::write(out.join("descriptors.bin"), descriptors.encode_to_vec())?;

    let runtime = "::iris_core".to_owned();
    let code = messages::print(&descriptors, &MessageOptions { runtime })?;
    fs::write(out.join("iris.rs"), code.included)?;
    let folder = out.join("messages");
    for (name, text) in code.files {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(path, text)?;
    }
    let root = folder.join("mod.rs");
    fs::write(
        out.join("files.rs"),
        format!("#[path = {root:?}]\npub mod messages;\n"),
    )?;
    Ok(())
}
