//! Variables that are pushed with an app.

use super::Hostile;
use crate::support::path;

const SECRET: &str = "correct horse battery staple";

#[tokio::test]
async fn an_app_is_given_its_variables_and_nobody_is_told_their_values() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("variables");
    std::fs::write(
        &file,
        "# those of the app\n\nOTHER=a=b\nSECRET=overridden\n",
    )
    .unwrap();
    let secret = format!("SECRET={SECRET}");
    let file = file.to_str().unwrap();
    let hostile = Hostile::with(&["--env-file", file, "--env", &secret, "--env", "PORT=1"]).await;
    assert_eq!(hostile.may("value", "SECRET").await, SECRET);
    assert_eq!(hostile.may("value", "OTHER").await, "a=b");
    // What the daemon says goes before.
    assert_ne!(hostile.may("value", "PORT").await, "1");

    for command in [
        &["status", "hostile"][..],
        &["status", "hostile", "--json"],
        &["list", "--json"],
        &["versions", "hostile", "--json"],
        &["logs", "hostile"],
    ] {
        let printed = hostile.daemon.run(command).await;
        assert_eq!(printed.code, 0, "{printed:?}");
        if command[0] != "logs" {
            assert!(!printed.out.contains("horse"), "{}", printed.out);
        }
        if command[0] == "status" {
            assert!(printed.out.contains("SECRET"), "{}", printed.out);
        }
    }
    // Nor is it on a command line, which everybody may read.
    let own = hostile.daemon.printed("hostile", "own").await;
    let line = std::fs::read_to_string(format!("/proc/{own}/cmdline")).unwrap();
    assert!(
        !line.contains("horse") && !line.contains("--iris-up"),
        "{line}"
    );

    // Each version has its own, and going back gives the ones before.
    hostile.push(&["--env", "SECRET=another"]).await;
    assert_eq!(hostile.may("value", "SECRET").await, "another");
    hostile.daemon.runs(["rollback", "hostile"]).await;
    assert_eq!(hostile.may("value", "SECRET").await, SECRET);
}

/// What loads the launcher stage, which is root, obeys what the app says only once it is the app.
#[tokio::test]
async fn variables_of_the_loader_are_obeyed_by_the_app_alone() {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("preload.c");
    let library = folder.path().join("preload.so");
    std::fs::write(
        &source,
        "#include <stdio.h>\n#include <unistd.h>\n\
         __attribute__((constructor)) static void loaded(void) {\n\
           printf(\"loaded by %d\\n\", (int)geteuid()); fflush(stdout);\n}\n",
    )
    .unwrap();
    let compiled = std::process::Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .args([&library, &source])
        .status();
    assert!(
        compiled.unwrap().success(),
        "a C compiler is there, as for SQLite"
    );
    let readable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(folder.path(), readable).unwrap();
    let preload = format!("LD_PRELOAD={}", library.display());
    let read = folder.path().to_str().unwrap();
    let hostile = Hostile::with(&["--env", &preload, "--read", read]).await;
    hostile.daemon.printed("hostile", "own").await;
    let log = hostile.daemon.log("hostile");
    let loaded: Vec<&str> = log
        .lines()
        .filter_map(|line| Some(line.split_once("loaded by ")?.1))
        .collect();
    // By the app, which is nobody of importance.
    assert_eq!(loaded.len(), 1, "{log}");
    assert_ne!(loaded[0], "0", "{log}");
    assert_eq!(
        hostile.may("value", "LD_PRELOAD").await,
        library.to_str().unwrap()
    );
}

#[tokio::test]
async fn variables_and_settings_that_make_no_sense_are_refused() {
    let hostile = Hostile::start().await;
    let program = path("hostile");
    for (arguments, part) in [
        (["--env", "=x"], "no name for a variable"),
        (["--env", "NOT_SET_ANYWHERE_HERE"], "has no value here"),
        (["--memory", "1KiB"], "4 MiB"),
        (["--connect", "0"], "0 is no port"),
        (["--connect", "some"], "some is no port"),
    ] {
        let arguments = [&["push", &program], &arguments[..]].concat();
        let failed = hostile.daemon.run(&arguments).await;
        assert_eq!(failed.code, 1, "{failed:?}");
        assert!(failed.err.contains(part), "{}", failed.err);
    }
}
