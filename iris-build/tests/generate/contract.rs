//! The contract beside the client, and where messages of the server go.

use crate::project::Project;

#[test]
fn the_contract_has_a_second_place() {
    let project = Project::quickstart();
    iris_build::run(&project.config().contract("contract")).expect("generated");
    assert_eq!(
        project.names("contract"),
        [
            ".iris-generated",
            "descriptors.binpb",
            "openapi.json",
            "proto/iris/v1/error.proto",
            "proto/users.proto",
            "proto/users/v1/users_service.proto",
        ]
    );
    for name in project
        .names("contract")
        .iter()
        .filter(|name| !name.starts_with('.'))
    {
        let read = |folder: &str| std::fs::read(project.path(folder).join(name)).expect("a file");
        assert!(read("contract") == read("client"), "{name}");
    }
}

#[test]
fn two_clients_of_one_server_may_differ() {
    let project = Project::quickstart();
    let numbers = iris_build::ClientCrate::new("clients/numbers")
        .name("numbers")
        .error_codes(false);
    iris_build::run(&project.config().client(numbers)).expect("generated");
    assert!(project.path("client/src/error_code.rs").exists());
    assert!(!project.path("clients/numbers/src/error_code.rs").exists());
}

#[test]
fn without_a_client_the_server_has_its_messages() {
    let project = Project::quickstart();
    iris_build::run(&project.bare_config()).expect("generated");
    assert!(project.path("out/descriptors.binpb").exists());
    assert!(project.path("iris.lock").exists() && !project.path("client").exists());
    syn::parse_file(&project.read("out/iris.rs")).expect("Rust");
}
