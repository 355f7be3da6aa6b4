//! What generating takes, in a process of its own as in a build script.

use crate::cost::{Samples, of_children};
use crate::failure::{Outcome, read, remove, remove_file, write};
use crate::load::Load;
use crate::process::{cargo, output};
use crate::project::{self, Project, Side};
use crate::report::Settings;
use crate::table::Table;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How many remotes of ten procedures.
const REMOTES: usize = 100;

/// Generates everything that Iris does, as build.rs would.
pub(crate) fn iris(folder: &Path) -> Outcome {
    iris_build::run(&project::config(folder))?;
    Ok(())
}

/// Generates the server and the client of tonic into one file, as build.rs would.
pub(crate) fn tonic(folder: &Path) -> Outcome {
    tonic_parts(folder, true, true)
}

/// Generates what is asked for into `out`: messages, and perhaps servers and clients.
pub(crate) fn tonic_parts(folder: &Path, server: bool, client: bool) -> Outcome {
    let proto = folder.join("proto");
    let listed = fs::read_dir(proto.join("bench/v1"))?;
    let files: Vec<PathBuf> = listed
        .map(|entry| Ok(entry?.path()))
        .collect::<Outcome<_>>()?;
    let descriptors = protox::compile(files, [proto])?;
    let out = folder.join("out");
    fs::create_dir_all(&out)?;
    let builder = tonic_prost_build::configure()
        .build_server(server)
        .build_client(client);
    builder.out_dir(out).compile_fds(descriptors)?;
    Ok(())
}

/// Generates a thousand procedures with both.
pub(crate) fn table(settings: &Settings) -> Outcome<String> {
    let load = Load::of(REMOTES);
    let project = Project::write(settings.folder.join("thousand"), load, &settings.repository)?;
    let mut table = Table::new(&[
        "",
        "Iris: processor",
        "Iris: wall",
        "tonic: processor",
        "tonic: wall",
    ]);
    for (profile, program) in programs(settings)? {
        let mut costs = Costs::default();
        for run in 0..settings.runs {
            costs.measure(&project, &program, run)?;
        }
        // tonic reads no Rust, so that a body is nothing to it.
        let tonic = Some(&costs.tonic);
        for (label, iris, tonic) in [
            ("first run", &costs.iris_first, tonic),
            ("run again, nothing changed", &costs.iris_again, tonic),
            ("the body of a procedure changed", &costs.iris_body, None),
            ("a message got a field", &costs.iris_field, tonic),
        ] {
            let label = format!("{label}, {profile}");
            match tonic {
                Some(tonic) => table.row(label, &[&iris.cpu, &iris.wall, &tonic.cpu, &tonic.wall]),
                None => table.row(label, &[&iris.cpu, &iris.wall, &"not run", &"not run"]),
            }
        }
    }
    Ok(table.to_string())
}

#[derive(Debug, Default)]
struct Cost {
    cpu: Samples,
    wall: Samples,
}

#[derive(Debug, Default)]
struct Costs {
    iris_first: Cost,
    iris_again: Cost,
    iris_body: Cost,
    iris_field: Cost,
    tonic: Cost,
}

impl Costs {
    fn measure(&mut self, project: &Project, program: &Path, run: usize) -> Outcome {
        let iris = project.folder.join(Side::Iris.server());
        for generated in ["client", "out"] {
            remove(&iris.join(generated))?;
        }
        remove_file(&iris.join("iris.lock"))?;
        self.iris_first.add(program, "iris", &iris)?;
        self.iris_again.add(program, "iris", &iris)?;

        let remote = project.first_remote(Side::Iris);
        let text = read(&remote)?;
        write(
            &remote,
            text.replace("id: request.id", &format!("id: {run} + request.id")),
        )?;
        self.iris_body.add(program, "iris", &iris)?;
        write(&remote, text)?;

        let proto = iris.join("proto/bench/v1/owner.proto");
        let text = read(&proto)?;
        write(
            &proto,
            text.replace("int64 id = 1;", "int64 id = 1; bool known = 3;"),
        )?;
        self.iris_field.add(program, "iris", &iris)?;
        write(&proto, text)?;

        let tonic = project.folder.join(Side::Tonic.server());
        remove(&tonic.join("out"))?;
        self.tonic.add(program, "tonic", &tonic)
    }
}

impl Cost {
    fn add(&mut self, program: &Path, side: &str, folder: &Path) -> Outcome {
        let mut command = Command::new(program);
        command.args(["generate", side]).arg(folder);
        let (cost, _) = of_children(|| output(&mut command))?;
        self.cpu.add(cost.cpu.as_secs_f64());
        self.wall.add(cost.wall.as_secs_f64());
        Ok(())
    }
}

/// This program as cargo builds it for build scripts, and optimized.
fn programs(settings: &Settings) -> Outcome<[(&'static str, PathBuf); 2]> {
    let benches = settings.repository.join("benches");
    // Where this program was built itself, so that one of the two is there already.
    let target = settings.folder.join("target");
    output(cargo(&benches, &target).args(["build", "--quiet", "--package", "build-bench"]))?;
    output(cargo(&benches, &target).args([
        "build",
        "--quiet",
        "--package",
        "build-bench",
        "--release",
    ]))?;
    let program = |profile: &str| target.join(profile).join("build-bench");
    Ok([
        ("as cargo builds it", program("debug")),
        ("optimized", program("release")),
    ])
}
