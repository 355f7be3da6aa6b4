use super::read;
use crate::Remote;

const FILE: &str = r#"
    use crate::messages::{users::v1::User, billing::v1::User as Payer};
    use other::*;
    use crate::messages::rooms::v1::{self, Room};
    use crate::messages::{self as protos};

    #[derive(Debug, ErrorCodes)]
    enum UserError { InvalidEmail = 1 }

    mod inner {
        #[iris_core::remote(package = "users.v1")]
        impl Users {
            #[procedure]
            async fn ping(&self, _: &Session) -> Result<(), UserError> { Ok(()) }
        }
    }

    #[cfg(test)]
    mod tests {
        #[remote(package = "fake.v1")]
        impl Fake {
            #[procedure]
            async fn ping(&self, _: &Session) -> Result<(), UserError> { Ok(()) }
        }
        #[derive(ErrorCodes)]
        enum FakeError { A = 1 }
    }
"#;

#[test]
fn remotes_codes_and_imports_are_found_and_those_of_tests_are_not() {
    let contents = read(FILE).unwrap();
    let remotes: Vec<String> = contents.remotes.iter().map(Remote::full_name).collect();
    assert_eq!(remotes, ["users.v1.Users"]);
    assert_eq!(contents.error_codes.len(), 1);
    let names: Vec<&str> = contents
        .imports
        .iter()
        .map(|import| import.name.as_str())
        .collect();
    assert_eq!(names, ["User", "Payer", "*", "v1", "Room", "protos"]);
    assert_eq!(
        contents.imports[3].path.join("::"),
        "crate::messages::rooms::v1"
    );
    assert_eq!(contents.imports[5].path.join("::"), "crate::messages");
    assert_eq!(
        contents.imports[1].path.join("::"),
        "crate::messages::billing::v1::User"
    );
}

#[test]
fn a_condition_is_refused_but_for_tests() {
    let remote = "#[remote(package = \"a.v1\")]\nimpl A { #[procedure] async fn a(&self, _: &C) -> Result<(), E> { } }";
    let error = read(&format!("#[cfg(feature = \"admin\")]\n{remote}")).unwrap_err();
    assert!(error.to_string().contains("contract"), "{error}");
    let renamed = remote.replace("#[remote(package", "#[service(package");
    let error = read(&renamed).unwrap_err();
    assert!(error.to_string().contains("left out"), "{error}");
    let error = read(&format!("#[cfg(unix)] mod a {{ {remote} }}")).unwrap_err();
    assert!(error.to_string().contains("contract"), "{error}");
    let contents = read(&format!("#[cfg(all(unix, test))]\n{remote}")).unwrap();
    assert!(contents.remotes.is_empty());
}

#[test]
fn every_mistake_of_a_file_is_told_with_its_line() {
    let text = "#[remote]\nimpl A {}\n\n#[derive(ErrorCodes)]\nenum E { A }\n";
    let lines: Vec<usize> = read(text)
        .unwrap_err()
        .into_iter()
        .map(|error| error.span().start().line)
        .collect();
    assert!(lines.contains(&2) && lines.contains(&5), "{lines:?}");
}

#[test]
fn what_stands_in_a_body_is_found_and_what_stands_in_a_test_is_not() {
    let remote = |name: &str| {
        format!(
            "#[remote(package = \"a.v1\")] impl {name} {{ #[procedure] async fn a(&self, _: &C, _: User) -> Result<(), E> {{ }} }}"
        )
    };
    let text = format!(
        "fn main() {{ use users::v1::User; if true {{ {} }} let f = || {{ {} }}; }}
        impl S {{ fn new() {{ {} }} }}
        const _: () = {{ {} #[derive(ErrorCodes)] enum E {{ A = 1 }} }};
        #[test] fn one() {{ {} }}
        #[tokio::test(start_paused = true)] async fn two() {{ {} }}
        impl S {{ #[cfg(test)] fn three() {{ {} }} }}
        quote! {{ {} }}",
        remote("A"),
        remote("B"),
        remote("C"),
        remote("D"),
        remote("T1"),
        remote("T2"),
        remote("T3"),
        remote("T4"),
    );
    let contents = read(&text).unwrap();
    let names: Vec<&str> = contents.remotes.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["A", "B", "C", "D"]);
    assert_eq!(contents.error_codes.len(), 1);
    assert_eq!(contents.imports[0].path, ["users", "v1", "User"]);
}

#[test]
fn a_condition_on_what_a_remote_stands_in_is_refused() {
    let remote = "#[remote(package = \"a.v1\")]\nimpl A { #[procedure] async fn a(&self, _: &C) -> Result<(), E> { } }";
    for text in [
        format!("#[cfg(unix)] fn main() {{ {remote} }}"),
        format!("impl S {{ #[cfg(unix)] fn new() {{ {remote} }} }}"),
        format!("fn main() {{ #[cfg(unix)] {{ {remote} }} }}"),
        format!("#[cfg(unix)] const _: () = {{ {remote} }};"),
    ] {
        let error = read(&text).unwrap_err();
        assert!(error.to_string().contains("contract"), "{text}: {error}");
    }
    let contents = read("#[cfg(unix)] fn main() {}").unwrap();
    assert!(contents.remotes.is_empty());
}
