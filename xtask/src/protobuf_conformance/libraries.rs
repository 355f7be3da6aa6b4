//! glibc and libstdc++ for a runner that is newer than the system.

use crate::failure::{Failure, Outcome};
use crate::program::Program;
use crate::workspace::Workspace;
use std::fs;
use std::path::{Path, PathBuf};

/// The release of Debian that has glibc 2.38 or newer.
const RELEASE: &str = "trixie";
const PACKAGES: [&str; 3] = ["libc6", "libstdc++6", "libgcc-s1"];
const KEYRING: &str = "/usr/share/keyrings/debian-archive-keyring.gpg";

/// Unpacks Debian's packages below the target folder, with apt and without installing them: the
/// loader, and the folder of the libraries.
pub(crate) fn get(workspace: &Workspace) -> Outcome<(PathBuf, PathBuf)> {
    let folder = workspace.target("protobuf-conformance/libraries");
    let libraries = folder.join("usr/lib/x86_64-linux-gnu");
    let loader = libraries.join("ld-linux-x86-64.so.2");
    if !loader.exists() {
        let debian = Path::new(KEYRING).exists()
            && ["apt-get", "dpkg-deb"]
                .iter()
                .all(|program| Program::new(program).arg("--version").succeeds());
        if !debian {
            return Err(Failure::new(
                "the conformance runner needs glibc 2.38 (Debian 13, Ubuntu 24.04), and this system's is older",
            ));
        }
        println!("unpacking libraries of Debian's {RELEASE} for the runner");
        let work = folder.with_extension("apt");
        unpack(&work, &folder).map_err(|error| {
            Failure::during(
                "the conformance runner needs glibc 2.38, and getting it",
                error,
            )
        })?;
    }
    Ok((loader, libraries))
}

fn unpack(work: &Path, folder: &Path) -> Outcome {
    let failed = |error| Failure::during(work.display(), error);
    for state in ["lists/partial", "cache/archives/partial"] {
        fs::create_dir_all(work.join(state)).map_err(failed)?;
    }
    let source = format!("deb [signed-by={KEYRING}] http://deb.debian.org/debian {RELEASE} main\n");
    fs::write(work.join("sources.list"), source).map_err(failed)?;
    fs::write(work.join("status"), "").map_err(failed)?;
    let shown = work.display();
    // Everything that apt remembers lies here, so that the system's own packages stay as they are.
    let options = [
        format!("Dir::Etc::sourcelist={shown}/sources.list"),
        "Dir::Etc::sourceparts=/dev/null".to_owned(),
        format!("Dir::State::Lists={shown}/lists"),
        format!("Dir::State::status={shown}/status"),
        format!("Dir::Cache={shown}/cache"),
        "APT::Sandbox::User=".to_owned(),
    ];
    let apt = |arguments: &[&str]| {
        let apt = Program::new("apt-get").arg("--quiet=2").folder(work);
        let options = options.iter().flat_map(|option| ["--option", option]);
        apt.args(options).args(arguments).run()
    };
    apt(&["update"])?;
    apt(&[&["download"], &PACKAGES[..]].concat())?;
    for entry in fs::read_dir(work).map_err(failed)? {
        let package = entry.map_err(failed)?.path();
        if package
            .extension()
            .is_some_and(|extension| extension == "deb")
        {
            let unpack = Program::new("dpkg-deb").arg("--extract");
            unpack.arg(&package).arg(folder).run()?;
        }
    }
    fs::remove_dir_all(work).map_err(failed)
}
