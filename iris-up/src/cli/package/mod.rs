//! `iris-up package`: a function as the zip that AWS Lambda takes, and `iris-up push` as well.

mod deploy;
mod elf;
mod target;

use super::Outcome;
use super::build::{self, Build};
use super::meter::said;
use super::push::name_of;
use super::show::written;
use crate::archive::{Archive, BOOTSTRAP, Packed, Packing, TreePath};
use clap::Args;
use deploy::Deployment;
use serde_json::json;
use std::error::Error;
use std::fs::Permissions;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use target::Arch;
use tempfile::NamedTempFile;

type BoxError = Box<dyn Error + Send + Sync>;

/// What AWS Lambda takes of a function, unpacked (its quota).
const LARGEST: u64 = 250 * 1024 * 1024;

/// Makes the zip of a function, as AWS Lambda takes it.
#[derive(Debug, Args)]
pub(super) struct Package {
    /// The folder of a Cargo package, which is built in release, linked with musl; or an executable that is built.
    #[arg(default_value = ".")]
    path: PathBuf,
    /// The zip that is written.
    #[arg(long, value_name = "FILE", default_value = "bootstrap.zip")]
    out: PathBuf,
    /// Which executable of a package that makes several.
    #[arg(long, value_name = "NAME")]
    bin: Option<String>,
    /// The processors that it is for: those of this machine unless told.
    #[arg(long, value_enum)]
    arch: Option<Arch>,
    /// A file, or a folder with all that is in it, that goes into the zip by its own name. May be given several times.
    #[arg(long, value_name = "PATH")]
    include: Vec<PathBuf>,
    /// Prints JSON, for programs.
    #[arg(long)]
    json: bool,
}

impl Package {
    pub(super) async fn run(self) -> Outcome {
        let (program, arch) = match self.path.is_dir() {
            true => self.built().await?,
            false => self.given()?,
        };
        let packed = self.packed(&program)?;
        if packed.unpacked > LARGEST {
            eprintln!(
                "iris-up: AWS Lambda takes {} unpacked, and this is {}",
                said(LARGEST),
                said(packed.unpacked)
            );
        }
        let deployment = Deployment {
            name: &name_of(&program)?,
            zip: &self.out,
            bytes: packed.bytes,
            arch,
        };
        self.show(packed, &deployment)
    }

    async fn built(&self) -> Result<(PathBuf, Arch), BoxError> {
        let folder = &self.path;
        if !build::is_package(folder) {
            return Err(format!("{} has no Cargo.toml", folder.display()).into());
        }
        let arch = self.arch.unwrap_or_else(Arch::of_this_machine);
        target::check(arch, folder).await?;
        let build = Build {
            folder,
            binary: self.bin.as_deref(),
            release: true,
            target: Some(arch.target()),
            quiet: self.json,
        };
        let mut cargo = build.command();
        if let Some((variable, linker)) = target::linker(arch, folder) {
            cargo.env(variable, linker);
        }
        let child = cargo.spawn().map_err(build::cannot_be_run)?;
        Ok((build.result(child).await?, arch))
    }

    /// An executable of somebody else's making.
    fn given(&self) -> Result<(PathBuf, Arch), BoxError> {
        let path = &self.path;
        let at = |error: std::io::Error| format!("{}: {error}", path.display());
        let head = elf::Head::read(path).map_err(at)?;
        let arch = match (head.as_ref().map(|head| head.arch), self.arch) {
            // A script runs anywhere.
            (None, wanted) => wanted.unwrap_or_else(Arch::of_this_machine),
            (Some(Some(found)), None) => found,
            (Some(Some(found)), Some(wanted)) if found == wanted => found,
            (Some(_), _) => {
                let path = path.display();
                return Err(format!("{path} is for other processors").into());
            }
        };
        if head.is_some_and(|head| head.needs_loader) {
            eprintln!(
                "iris-up: {} needs libraries of the system where it runs; linked with musl it needs none: {}",
                path.display(),
                arch.target()
            );
        }
        Ok((path.clone(), arch))
    }

    fn packed(&self, program: &Path) -> Result<Packed, BoxError> {
        let out = std::path::absolute(&self.out)?;
        let at = |error: std::io::Error| format!("{}: {error}", out.display());
        let mut packing = Packing::default();
        packing.add_executable(BOOTSTRAP, program)?;
        for path in &self.include {
            packing.add(path)?;
        }
        // Beside its place, into which it goes once it is whole.
        let folder = out.parent().unwrap_or(Path::new("/"));
        let file = NamedTempFile::new_in(folder).map_err(at)?;
        let packed = packing.write(file.as_file())?;
        let bootstrap = TreePath::parse(BOOTSTRAP.as_bytes())?;
        let archive = Archive::open(file.path())?;
        bootstrap.map_or(Ok(()), |bootstrap| archive.runs(&bootstrap))?;
        let mode = Permissions::from_mode(0o644);
        file.as_file().set_permissions(mode).map_err(at)?;
        file.persist(&out).map_err(|error| at(error.error))?;
        Ok(packed)
    }

    fn show(&self, packed: Packed, deployment: &Deployment<'_>) -> Outcome {
        if self.json {
            return written(&json!({
                "file": self.out,
                "bytes": packed.bytes,
                "unpackedBytes": packed.unpacked,
                "architecture": deployment.arch.as_amazon_says(),
                "commands": deployment.commands(),
            }));
        }
        let mut out = std::io::stdout();
        writeln!(
            out,
            "{} has {}, {} unpacked, for {}. It is deployed by",
            self.out.display(),
            said(packed.bytes),
            said(packed.unpacked),
            deployment.arch.as_amazon_says()
        )?;
        for command in deployment.commands() {
            writeln!(out, "\n  {}", command.replace('\n', "\n  "))?;
        }
        Ok(())
    }
}
