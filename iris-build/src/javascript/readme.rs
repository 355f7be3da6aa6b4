//! Prints the package's README.

use super::model::{Method, Model, Remote};
use super::{TypeScriptPackage, manifest};
use crate::client::summary;
use crate::project::Package;
use crate::write::GENERATED;
use iris_model::StreamKind;
use std::fmt::Write;

pub(super) fn print(npm: &TypeScriptPackage, package: &Package, model: &Model) -> String {
    let name = manifest::name(npm, package);
    let mut readme = format!(
        "<!-- {GENERATED}. Do not edit. -->\n# {name}\n\nCalls the remotes of {}, from browsers and from Node.js. \
         It has no dependencies.\n\n{}\n| call | procedure | |\n|---|---|---|\n",
        package.name,
        example(&name, model),
    );
    for remote in &model.remotes {
        for method in &remote.methods {
            let _ = writeln!(
                readme,
                "| `{}` | `{}` | {} |",
                call(remote, method),
                method.path.trim_start_matches('/'),
                cell(&method.docs),
            );
        }
    }
    readme.push_str(
        "\nA failed call is an `IrisError`, whose `code` is one of `ErrorCode`: Iris's own, 900 to 999",
    );
    if model.error_codes.is_empty() {
        readme.push_str(".\n");
        return readme;
    }
    readme.push_str(", or one of these.\n\n| code | number | |\n|---|---|---|\n");
    for code in &model.error_codes {
        let (name, number) = (&code.name, code.number);
        let _ = writeln!(readme, "| `{name}` | {number} | {} |", cell(&code.docs));
    }
    readme
}

/// `users.create(request)`
fn call(remote: &Remote, method: &Method) -> String {
    let argument = match (&method.request, method.kind) {
        (None, _) => "",
        (Some(_), StreamKind::Unary | StreamKind::Server) => "request",
        (Some(_), StreamKind::Client | StreamKind::Bidirectional) => "requests",
    };
    format!("{}.{}({argument})", remote.property, method.name)
}

/// A call and what may become of it. It runs.
fn example(name: &str, model: &Model) -> String {
    let methods = model.remotes.iter().flat_map(|remote| {
        let methods = remote.methods.iter();
        methods.map(move |method| (remote, method))
    });
    // What says most in the fewest lines: no stream, a message, nothing that is deprecated.
    let shown = methods.min_by_key(|(remote, method)| {
        (
            remote.deprecated.is_some() || method.deprecated.is_some(),
            method.kind != StreamKind::Unary,
            method.kind != StreamKind::Server,
            method.request.is_none(),
        )
    });
    let Some((remote, method)) = shown else {
        return String::new();
    };
    let argument = match (&method.request, method.kind) {
        (None, _) => "",
        (Some(_), StreamKind::Unary | StreamKind::Server) => "{}",
        (Some(_), StreamKind::Client | StreamKind::Bidirectional) => "[{}]",
    };
    let call = format!("remotes.{}.{}({argument})", remote.property, method.name);
    let call = match method.kind {
        StreamKind::Unary | StreamKind::Client => format!("    console.log(await {call});\n"),
        StreamKind::Server | StreamKind::Bidirectional => {
            format!("    for await (const answer of {call}) console.log(answer);\n")
        }
    };
    format!(
        "```js\n\
         import {{ ErrorCode, IrisError, Remotes }} from \"{name}\";\n\
         \n\
         const remotes = new Remotes(\"http://127.0.0.1:8088\");\n\
         try {{\n\
             {call}\
         }} catch (error) {{\n    \
             if (!(error instanceof IrisError)) throw error;\n    \
             if (error.code === ErrorCode.IrisCommunicationError) console.log(\"try later\");\n    \
             else console.log(error.code, error.internalMessage);\n\
         }}\n\
         ```\n"
    )
}

/// The first paragraph of a doc comment, in a table.
fn cell(docs: &str) -> String {
    summary(docs).replace('|', "\\|")
}
