//! A server of Iris's: its client is the one that its own build script writes.

use super::{Folder, assert_holds};
use iris_build::{ClientCrate, Dependency, Described, Mode};
use std::fs;
use std::path::Path;

/// The client crates in the repository, with their licence and where they have iris-client from.
const CLIENTS: [(&str, &str, &str); 2] = [
    (
        "quickstart",
        "../examples/quickstart/client",
        "../../../iris-client",
    ),
    (
        "end-to-end",
        "../tests/end-to-end/client",
        "../../../iris-client",
    ),
];

#[test]
fn the_client_is_the_one_that_the_server_ships() {
    for (name, client, iris_client) in CLIENTS {
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join(client);
        let descriptors = fs::read(shipped.join("descriptors.binpb")).expect("descriptors");
        let folder = Folder::new();
        let made = ClientCrate::new("made")
            .name(format!("{name}-client"))
            .iris_client(Dependency::Path(iris_client.into()));
        let openapi = fs::read_to_string(shipped.join("openapi.json")).expect("a document");
        Described::new(name, descriptors)
            .openapi(openapi)
            .base(folder.path(""))
            .mode(Mode::Changed)
            .client(made)
            .run()
            .unwrap_or_else(|error| panic!("{error}"));

        let mut compared = 0;
        for file in folder.files("made") {
            let text = file.to_string_lossy();
            let told = ["descriptors.binpb", "openapi.json"];
            if text.starts_with("src") || told.contains(&&*text) {
                let made = fs::read(folder.path("made").join(&file)).expect("made");
                let shipped = fs::read(shipped.join(&file)).expect("shipped");
                assert!(
                    made == shipped,
                    "{name}: {text}\n{}",
                    String::from_utf8_lossy(&made)
                );
                compared += 1;
            }
        }
        assert!(compared > 5, "{name}: only {compared} files were compared");
        assert!(!folder.path("made/proto").exists());
    }
}

#[test]
fn codes_that_descriptors_do_not_name_are_numbers() {
    let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join(CLIENTS[0].1);
    let descriptors = fs::read(shipped.join("descriptors.binpb")).expect("descriptors");
    let folder = Folder::new();
    folder
        .run(descriptors)
        .unwrap_or_else(|error| panic!("{error}"));
    let codes = folder.read("client/src/error_code.rs");
    assert_holds(
        &codes,
        &[
            "    /// A code of the server's own. What describes the server has no names for them.\n    Unrecognized(i32),\n",
            "            901 => ErrorCode::IrisProcedureNotFound,\n",
        ],
    );
    assert!(!codes.contains("UserNotFound"), "{codes}");
    let declared = folder.read("typescript/index.d.ts");
    assert_holds(&declared, &["    readonly IrisRejectedByFilter: 920;\n"]);
}
