//! The systemd unit: verified by `systemd-analyze`, with what the guide puts over it, and its command run.

use super::GUIDE;
use crate::failure::{Failure, Outcome};
use crate::interop::server::{Server, build_target};
use crate::interop::tools;
use crate::program::Program;
use crate::workspace::Workspace;
use std::fs;
use std::path::Path;

const UNIT: &str = "iris-up/deploy/iris-up.service";

/// Where the guide installs the program.
const INSTALLED: &str = "/usr/local/bin/iris-up";

/// Where the unit keeps everything.
const DATA: &str = "/var/lib/iris-up";

/// What the guide has an administrator type, and what ends it.
const EDIT: (&str, &str) = ("# systemctl edit iris-up\n", "```");

pub(super) fn check(workspace: &Workspace) -> Outcome {
    tools::systemd()?;
    let program = build_target(workspace, "iris-up", ["--bin", "iris-up"])?;
    let folder = workspace.target("deploy/unit");
    super::fresh(&folder)?;
    let unit = written(&workspace.path(UNIT), &program)?;
    verify(&folder, &unit, None)?;
    println!("  ok      {UNIT}");
    let guide = workspace.path(GUIDE);
    let guide = fs::read_to_string(&guide).map_err(|why| Failure::during(GUIDE, why))?;
    let over = edited(&guide)?.replace(INSTALLED, &shown(&program));
    verify(&folder, &unit, Some(&over))?;
    println!("  ok      the same with what {GUIDE} puts over it");
    starts(&unit)?;
    println!("  ok      its command starts a daemon");
    Ok(())
}

/// The unit, with this program in place of the one that is installed.
fn written(unit: &Path, program: &Path) -> Outcome<String> {
    let text = fs::read_to_string(unit).map_err(|why| Failure::during(UNIT, why))?;
    match text.contains(INSTALLED) {
        true => Ok(text.replace(INSTALLED, &shown(program))),
        false => Err(Failure::new(format!("{UNIT} does not run {INSTALLED}"))),
    }
}

fn shown(program: &Path) -> String {
    program.display().to_string()
}

/// What stands in the guide behind `systemctl edit`.
fn edited(guide: &str) -> Outcome<&str> {
    let behind = guide.split_once(EDIT.0).map(|(_, behind)| behind);
    let over = behind.and_then(|behind| behind.split_once(EDIT.1));
    let over = over.map(|(over, _)| over);
    over.ok_or_else(|| Failure::new(format!("{GUIDE} has no `{}`", EDIT.0.trim())))
}

/// Fails where systemd has anything to say of it, a key that it does not know included.
fn verify(folder: &Path, unit: &str, over: Option<&str>) -> Outcome {
    let file = folder.join("iris-up.service");
    write(&file, unit)?;
    if let Some(over) = over {
        let beside = folder.join("iris-up.service.d");
        fs::create_dir_all(&beside).map_err(|why| Failure::during(beside.display(), why))?;
        write(&beside.join("override.conf"), over)?;
    }
    // Of this unit, and not of those of the machine that it names.
    let verify = ["verify", "--man=no", "--recursive-errors=no"];
    let verify = Program::new("systemd-analyze").args(verify).arg(&file);
    let output = verify.output()?;
    let told = String::from_utf8_lossy(&[output.stderr, output.stdout].concat()).into_owned();
    match output.status.success() && told.trim().is_empty() {
        true => Ok(()),
        false => Err(Failure::during(
            "systemd-analyze verify",
            format!("{}\n{}", output.status, told.trim_end()),
        )),
    }
}

/// Runs what the unit runs, with a folder and a port of its own.
fn starts(unit: &str) -> Outcome {
    let command = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart="));
    let command = command.unwrap_or_default();
    let mut words = command.split(' ');
    let program = words.next().unwrap_or_default();
    // Its state, which apps walk through, is where everybody may, as the unit has it.
    let data = tempfile::tempdir().map_err(|why| Failure::during("a folder for its state", why))?;
    let place = shown(data.path());
    let words = words.map(|word| if word == DATA { place.as_str() } else { word });
    let sandbox = ["--sandbox", "required"];
    let mut words: Vec<&str> = words.collect();
    // The arguments are what is tried, and not what this machine has of it.
    if let Some(at) = words.windows(2).position(|pair| pair == sandbox) {
        words[at + 1] = "best-effort";
    }
    let serve = Program::new(program).args(words).arg("--managed");
    Server::listening(serve, 1).map(drop)
}

fn write(file: &Path, text: &str) -> Outcome {
    fs::write(file, text).map_err(|why| Failure::during(file.display(), why))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guide_puts_over_a_unit_is_found() {
        let guide = "a\n```console\n# systemctl edit iris-up\n[Service]\nExecStart=\n```\nb\n";
        assert_eq!(edited(guide).unwrap(), "[Service]\nExecStart=\n");
        assert!(edited("# systemctl edit other\n").is_err());
    }
}
