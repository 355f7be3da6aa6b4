//! Its Cargo.toml.

use crate::project::Project;
use iris_build::{ClientCrate, Dependency};

#[test]
fn the_manifest_says_what_was_configured() {
    let project = Project::quickstart().with(
        "Cargo.toml",
        "[package]\nname = \"acme\"\nversion = \"2.3.4\"\n",
    );
    iris_build::run(&project.bare_config().client("client")).expect("generated");
    let manifest: toml::Table = project.read("client/Cargo.toml").parse().expect("TOML");
    let package = &manifest["package"];
    assert_eq!(package["name"].as_str(), Some("acme-client"));
    assert_eq!(package["version"].as_str(), Some("2.3.4"));
    assert_eq!(manifest["lib"]["doctest"].as_bool(), Some(false));
    let version = Some(env!("CARGO_PKG_VERSION"));
    assert_eq!(native(&manifest)["version"].as_str(), version);
    assert_eq!(web(&manifest).as_str(), version);

    let client = ClientCrate::new("client")
        .name("other")
        .version("9.0.0")
        .license("MIT")
        .repository("https://example.com/other")
        .description("says \"hello\"\nand more")
        .publish(false)
        .iris_client(Dependency::Git {
            url: "https://example.com/iris".to_owned(),
            revision: Some("abc".to_owned()),
        });
    iris_build::run(&project.bare_config().client(client)).expect("generated");
    let manifest: toml::Table = project.read("client/Cargo.toml").parse().expect("TOML");
    let package = &manifest["package"];
    assert_eq!(package["name"].as_str(), Some("other"));
    assert_eq!(package["version"].as_str(), Some("9.0.0"));
    assert_eq!(package["license"].as_str(), Some("MIT"));
    assert_eq!(
        package["repository"].as_str(),
        Some("https://example.com/other")
    );
    assert_eq!(
        package["description"].as_str(),
        Some("says \"hello\"\nand more")
    );
    assert_eq!(package["publish"].as_bool(), Some(false));
    for runtime in [native(&manifest), web(&manifest)] {
        assert_eq!(runtime["git"].as_str(), Some("https://example.com/iris"));
        assert_eq!(runtime["rev"].as_str(), Some("abc"));
    }
}

#[test]
fn browsers_get_another_crate_from_beside_iris_client() {
    let project = Project::quickstart();
    let beside = ClientCrate::new("client").iris_client(Dependency::Path("../iris-client".into()));
    let elsewhere = Dependency::Path("../web".into());
    for (client, path) in [
        (beside.clone(), "../iris-client-web"),
        (beside.iris_client_web(elsewhere), "../web"),
    ] {
        iris_build::run(&project.bare_config().client(client)).expect("generated");
        let manifest: toml::Table = project.read("client/Cargo.toml").parse().expect("TOML");
        assert_eq!(native(&manifest)["path"].as_str(), Some("../iris-client"));
        assert_eq!(web(&manifest)["path"].as_str(), Some(path));
    }
}

#[test]
fn callers_may_leave_out_features_of_iris_client() {
    let project = Project::quickstart();
    for from in [
        Dependency::Version("1.2".to_owned()),
        Dependency::Path("../iris-client".into()),
    ] {
        let client = ClientCrate::new("client").iris_client(from);
        iris_build::run(&project.bare_config().client(client)).expect("generated");
        let manifest: toml::Table = project.read("client/Cargo.toml").parse().expect("TOML");
        let runtime = native(&manifest);
        assert_eq!(runtime["default-features"].as_bool(), Some(false));
        assert_eq!(runtime["features"].as_array(), Some(&vec!["native".into()]));
        let features = ["brotli", "cookies", "gzip", "tls", "zstd"].map(|name| {
            let forwarded = vec![toml::Value::from(format!("iris-client/{name}"))];
            (name.to_owned(), toml::Value::from(forwarded))
        });
        let mut features = toml::Table::from_iter(features);
        let default = vec!["cookies".into(), "gzip".into(), "tls".into()];
        features.insert("default".to_owned(), toml::Value::Array(default));
        assert_eq!(manifest["features"].as_table(), Some(&features));
    }
}

/// The manifest's iris-client.
fn native(manifest: &toml::Table) -> &toml::Value {
    let target = "cfg(not(all(target_arch = \"wasm32\", target_os = \"unknown\")))";
    &manifest["target"][target]["dependencies"]["iris-client"]
}

/// What stands in for it in browsers.
fn web(manifest: &toml::Table) -> &toml::Value {
    let target = "cfg(all(target_arch = \"wasm32\", target_os = \"unknown\"))";
    &manifest["target"][target]["dependencies"]["iris-client-web"]
}
