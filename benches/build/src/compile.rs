//! What the compiler takes for a server and for a client, by turns with Iris and with tonic.

use crate::cost::{Cost, Samples, of_children, seconds};
use crate::failure::{Outcome, read, write};
use crate::load::Load;
use crate::process::{cargo, output};
use crate::project::{Project, Side};
use crate::report::Settings;
use crate::rustc::Runs;
use crate::table::Table;
use std::fmt::{self, Display};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What is built, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Build {
    /// The server from nothing but its dependencies.
    Server(Profile),
    /// The server again, after the body of a procedure has changed.
    Again(Profile),
    /// The crate that callers use.
    Client,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Profile {
    Dev,
    Release,
}

const BUILDS: [Build; 4] = [
    Build::Server(Profile::Dev),
    Build::Again(Profile::Dev),
    Build::Server(Profile::Release),
    Build::Client,
];

/// The figures, and what they amount to.
pub(crate) struct Compared {
    table: Table,
    /// What took less with tonic, and with Iris.
    tonic_wins: Vec<&'static str>,
    iris_wins: Vec<&'static str>,
}

impl Compared {
    /// Who wins where, in a sentence.
    pub(crate) fn verdict(&self) -> String {
        let wins = |side: &str, builds: &[&str]| match builds {
            [] => format!("{side} takes less in none of these."),
            builds => format!("{side} takes less for: {}.", builds.join("; ")),
        };
        format!(
            "{} {}",
            wins("tonic", &self.tonic_wins),
            wins("Iris", &self.iris_wins)
        )
    }
}

impl Display for Compared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.table.fmt(formatter)
    }
}

/// Builds everything as often as asked.
pub(crate) fn table(settings: &Settings, project: &Project) -> Outcome<Compared> {
    let bench = Bench { settings, project };
    bench.build_dependencies()?;
    let mut measured: Vec<[Measured; 2]> = BUILDS.map(|_| Default::default()).into();
    for run in 0..settings.runs {
        for (build, sides) in BUILDS.into_iter().zip(&mut measured) {
            for (side, measured) in Side::BOTH.into_iter().zip(sides) {
                measured.add(bench.measure(build, side, run)?);
                eprintln!("  {} with {side:?}: {}", build.label(), measured.cpu);
            }
        }
    }
    let mut table = Table::new(&[
        "",
        "Iris: processor",
        "tonic: processor",
        "Iris : tonic",
        "Iris: wall",
        "tonic: wall",
    ]);
    let [mut tonic_wins, mut iris_wins] = [Vec::new(), Vec::new()];
    for (build, [iris, tonic]) in BUILDS.into_iter().zip(&measured) {
        match iris.cpu.least() < tonic.cpu.least() {
            true => iris_wins.push(build.label()),
            false => tonic_wins.push(build.label()),
        }
        let ratio = ratio(iris.cpu.least(), tonic.cpu.least());
        table.row(
            format!("**{}**", build.label()),
            &[&iris.cpu, &tonic.cpu, &ratio, &iris.wall, &tonic.wall],
        );
        for part in ["build script, compiled", "build script, run", "crate"] {
            let (iris, tonic) = (iris.part(part), tonic.part(part));
            if iris.max(tonic) > 0.05 {
                table.row(
                    format!("- {part}"),
                    &[
                        &seconds(iris),
                        &seconds(tonic),
                        &self::ratio(iris, tonic),
                        &"",
                        &"",
                    ],
                );
            }
        }
    }
    for (label, profile) in [
        ("size of the server, dev", Profile::Dev),
        ("size of the server, release", Profile::Release),
    ] {
        let [iris, tonic] = [
            bench.size(Side::Iris, profile)?,
            bench.size(Side::Tonic, profile)?,
        ];
        let shown = |size: f64| format!("{size:.1} MiB");
        table.row(
            label,
            &[&shown(iris), &shown(tonic), &ratio(iris, tonic), &"", &""],
        );
    }
    Ok(Compared {
        table,
        tonic_wins,
        iris_wins,
    })
}

struct Bench<'a> {
    settings: &'a Settings,
    project: &'a Project,
}

impl Bench<'_> {
    /// Builds what the crates depend on, by way of crates of the same names with one remote.
    fn build_dependencies(&self) -> Outcome {
        let folder = self.settings.folder.join("dependencies");
        let project = Project::write(folder, Load::of(1), &self.settings.repository)?;
        let bench = Bench {
            project: &project,
            ..*self
        };
        for side in Side::BOTH {
            bench.build(side.server(), Profile::Dev)?;
            bench.build(side.server(), Profile::Release)?;
            bench.build(side.client(), Profile::Dev)?;
        }
        Ok(())
    }

    fn measure(&self, build: Build, side: Side, run: usize) -> Outcome<(Cost, Parts)> {
        let (package, profile) = match build {
            Build::Server(profile) | Build::Again(profile) => (side.server(), profile),
            Build::Client => (side.client(), Profile::Dev),
        };
        if let Build::Again(_) = build {
            let path = self.project.first_remote(side);
            let text = read(&path)?;
            let (before, after) = (
                format!("id: {run} + request.id"),
                format!("id: {} + request.id", run + 1),
            );
            let before = if run == 0 { "id: request.id" } else { &before };
            write(&path, text.replacen(before, &after, 1))?;
        } else {
            output(self.cargo("clean", package, profile).arg("--quiet"))?;
        }
        self.build(package, profile)
    }

    fn build(&self, package: &str, profile: Profile) -> Outcome<(Cost, Parts)> {
        let mut cargo = self.cargo("build", package, profile);
        let runs = Runs::watch(&mut cargo, &self.settings.folder)?;
        let (cost, _) = of_children(|| output(&mut cargo))?;
        let finished = runs.finished()?;
        let of = |wanted: &str| -> f64 {
            let runs = finished.iter().filter(|(name, _)| name == wanted);
            runs.fold(0.0, |sum, (_, time)| sum + time.as_secs_f64())
        };
        let parts = Parts {
            script: of("build_script_build"),
            own: of(&package.replace('-', "_")),
        };
        Ok((cost, parts))
    }

    fn cargo(&self, command: &str, package: &str, profile: Profile) -> Command {
        let mut cargo = cargo(&self.project.folder, &self.target());
        cargo.args([command, "--package", package]);
        if profile == Profile::Release {
            cargo.arg("--release");
        }
        cargo
    }

    fn target(&self) -> PathBuf {
        self.settings.folder.join("target-servers")
    }

    /// The size of the server's program, in MiB.
    fn size(&self, side: Side, profile: Profile) -> Outcome<f64> {
        let folder = match profile {
            Profile::Dev => "debug",
            Profile::Release => "release",
        };
        self.build(side.server(), profile)?;
        let program = self.target().join(folder).join(side.server());
        Ok(fs::metadata(program)?.len() as f64 / 1024.0 / 1024.0)
    }
}

impl Build {
    fn label(self) -> &'static str {
        match self {
            Build::Server(Profile::Dev) => "server, dev",
            Build::Server(Profile::Release) => "server, release",
            Build::Again(_) => "server, dev, the body of a procedure changed",
            Build::Client => "client, dev",
        }
    }
}

/// Seconds of the compiler within a build.
#[derive(Debug)]
struct Parts {
    script: f64,
    own: f64,
}

#[derive(Debug, Default)]
struct Measured {
    cpu: Samples,
    wall: Samples,
    script: Samples,
    own: Samples,
    /// Cargo itself, and the build script's own run.
    rest: Samples,
}

impl Measured {
    fn add(&mut self, (cost, parts): (Cost, Parts)) {
        self.cpu.add(cost.cpu.as_secs_f64());
        self.wall.add(cost.wall.as_secs_f64());
        self.script.add(parts.script);
        self.own.add(parts.own);
        self.rest
            .add(cost.cpu.as_secs_f64() - parts.script - parts.own);
    }

    /// The least of a part, in seconds.
    fn part(&self, name: &str) -> f64 {
        match name {
            "build script, compiled" => self.script.least(),
            "build script, run" => self.rest.least(),
            _ => self.own.least(),
        }
    }
}

fn ratio(iris: f64, tonic: f64) -> String {
    match tonic > 0.0 {
        true => format!("{:.2}", iris / tonic),
        false => String::new(),
    }
}
