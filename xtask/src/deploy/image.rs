//! The image: the root file system that the Containerfile makes, run by `chroot`, with what a container's runtime gives and
//! takes: `/proc`, `/dev/null`, processes of its own, and few of root's capabilities.

use super::containerfile::{self, Image};
use crate::failure::{Failure, Outcome};
use crate::interop::checks::Checks;
use crate::interop::curl::text;
use crate::interop::outcome::Answer;
use crate::interop::server::Server;
use crate::interop::tools;
use crate::program::Program;
use crate::toolchain;
use crate::workspace::Workspace;
use serde_json::{Value, json};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

const CONTAINERFILE: &str = "iris-up/deploy/Containerfile";

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Who the guide has made.
const USER: (&str, &str) = ("ada", "correct horse battery");

/// The rest of what a container has. What is run there are the arguments.
const CONTAIN: &str = r#"
mount -t proc proc "$ROOT/proc"
mount --bind /dev/null "$ROOT/dev/null"
chroot=$(command -v chroot)
exec setpriv --inh-caps=-all --bounding-set="$CAPABILITIES" env --ignore-environment $VARIABLES "$chroot" "$ROOT" "$@"
"#;

/// What podman leaves of root's capabilities (containers-common, `default_capabilities`).
const CAPABILITIES: &str = "-all,+chown,+dac_override,+fowner,+fsetid,+kill,+net_bind_service,+setfcap,+setgid,+setpcap,+setuid,+sys_chroot";

/// How long the daemon has to end.
const END: Duration = Duration::from_secs(30);

pub(super) fn check(workspace: &Workspace) -> Outcome {
    if !tools::is_root() {
        return Err(Failure::new("`chroot` needs root: run this chore as root"));
    }
    tools::curl(workspace)?;
    let file = workspace.path(CONTAINERFILE);
    let image = fs::read_to_string(&file).map_err(|why| Failure::during(CONTAINERFILE, why))?;
    let image = containerfile::read(&image)?;
    let program = build(workspace)?;
    let root = workspace.target("deploy/root");
    super::fresh(&root)?;
    fill(&root, &image, &program)?;

    let container = Container { root, image };
    let server = container.run()?;
    let mut checks = Checks::default();
    checks.section("the image of the Containerfile, run by chroot");
    container.try_it(server.url(), &mut checks)?;
    let ended = server.end(END)?;
    checks.equal(
        "SIGTERM",
        &Answer::Message(json!("exit status: 0")),
        &Answer::Message(json!(ended)),
    );
    checks.finish()
}

/// The executable, linked as the Containerfile has it; what is optimized in there is not here.
fn build(workspace: &Workspace) -> Outcome<PathBuf> {
    toolchain::target(workspace, TARGET)?;
    tools::musl()?;
    let build = [
        "build",
        "--locked",
        "--package",
        "iris-up",
        "--target",
        TARGET,
    ];
    workspace.cargo(build).run()?;
    Ok(workspace.target(TARGET).join("debug/iris-up"))
}

/// Makes the root: what is copied, and where a runtime puts what it gives.
fn fill(root: &Path, image: &Image, program: &Path) -> Outcome {
    let at = |error| Failure::during(root.display(), error);
    for folder in ["proc", "dev", "data"] {
        fs::create_dir_all(root.join(folder)).map_err(at)?;
    }
    fs::write(root.join("dev/null"), "").map_err(at)?;
    let open = fs::Permissions::from_mode(0o755);
    fs::set_permissions(root, open).map_err(at)?;
    let made = format!("/iris/target/{TARGET}/release/iris-up");
    for (from, to) in &image.copied {
        if *from != made {
            return Err(Failure::during(
                CONTAINERFILE,
                format!("{from} is not what it makes"),
            ));
        }
        let to = root.join(to.trim_start_matches('/'));
        fs::copy(program, to).map_err(at)?;
    }
    Ok(())
}

/// The image, and its root.
struct Container {
    root: PathBuf,
    image: Image,
}

impl Container {
    /// Runs it as the guide does, but for its port.
    fn run(&self) -> Outcome<Server> {
        let variables = self.image.environment.iter();
        let variables = variables.map(|(name, value)| format!("{name}={value}"));
        let variables: Vec<String> = variables.collect();
        let Image {
            entrypoint,
            command,
            ..
        } = &self.image;
        let own = [
            "--mount",
            "--pid",
            "--ipc",
            "--uts",
            "--fork",
            "--kill-child",
        ];
        let run = Program::new("unshare")
            .args(own)
            .args(["sh", "-e", "-c", CONTAIN, "sh"])
            .args(entrypoint)
            .args(command)
            .arg("--managed")
            .env("ROOT", &self.root)
            .env("VARIABLES", variables.join(" "))
            .env("CAPABILITIES", CAPABILITIES);
        Server::listening(run, 1)
    }

    /// A command in there, as `podman exec` runs it.
    fn exec(&self, arguments: &[&str]) -> Program {
        Program::new("chroot")
            .arg(&self.root)
            .args(&self.image.entrypoint)
            .args(arguments)
            .args(["--data", "/data"])
    }

    /// What the guide says, and what users do then.
    fn try_it(&self, url: &str, checks: &mut Checks) -> Outcome {
        let mut equal = |what: &str, expected: Value, got: Value| {
            checks.equal(what, &Answer::Message(expected), &Answer::Message(got));
        };
        self.exec(&["password", USER.0]).input(USER.1)?;
        let own = &self.image.entrypoint[0];
        self.exec(&["push", own, "--name", "hello"])
            .args(["--", "demo", "--be", "hello"])
            .run()?;
        self.exec(&["push", own, "--lambda", "--name", "greet"])
            .args(["--", "demo", "--be", "greet"])
            .run()?;
        let listed = self.exec(&["list"]).stdout()?;
        let both = " • greet - alive\n • hello - alive\n";
        equal("list", json!(both), json!(listed));
        let greeted = text(url, &[], "/greet/?name=Ada")?;
        equal(
            "/greet/?name=Ada",
            json!([200, "Good day, Ada!\n"]),
            json!(greeted),
        );
        let (status, hello) = text(url, &[], "/hello/")?;
        let is_hello = hello.starts_with("Hello");
        equal("/hello/", json!([200, true]), json!([status, is_hello]));

        // Whoever comes by a published port does not come by loopback; a proxy does not either.
        let list = "/iris.up.v1.Apps/List";
        let stranger = ["--header", "x-forwarded-for: 192.0.2.1"];
        let call = ["--header", "content-type: application/json", "--data", "{}"];
        let unknown = [&stranger[..], &call].concat();
        let (status, _) = text(url, &unknown, list)?;
        equal("list, by nobody", json!(401), json!(status));
        let person = format!("{}:{}", USER.0, USER.1);
        let known = [&unknown[..], &["--user", &person]].concat();
        let (status, _) = text(url, &known, list)?;
        equal("list, by a user", json!(200), json!(status));

        // What it says of the host is about this very container.
        let doctor = self.exec(&["doctor", "--json"]).stdout()?;
        let doctor: Value =
            serde_json::from_str(&doctor).map_err(|why| Failure::during("doctor --json", why))?;
        let layers = doctor["layers"].as_array().into_iter().flatten();
        for layer in layers.clone() {
            let [name, state, detail] =
                ["name", "state", "detail"].map(|key| layer[key].as_str().unwrap_or_default());
            println!("          {name:<12} {state:<14} {detail}");
        }
        let memory = layers.clone().find(|layer| layer["name"] == "memory");
        let state = memory.map(|layer| layer["state"].clone());
        equal(
            "memory, without control groups",
            json!("STATE_WEAKER"),
            json!(state),
        );
        for name in ["hello", "greet"] {
            self.exec(&["remove", name]).run()?;
        }
        Ok(())
    }
}
