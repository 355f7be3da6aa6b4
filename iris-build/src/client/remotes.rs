//! Prints `Remotes`: the one object that leads to every remote.

use super::{Printer, header, layout, text};
use crate::identifier;
use std::fmt::Write;

pub(super) fn print(printer: &Printer<'_>) -> String {
    let mut remotes = header();
    if printer
        .schema
        .remotes
        .iter()
        .any(|remote| remote.deprecation.is_some())
    {
        remotes.push_str("#![allow(deprecated)]\n");
    }
    remotes.push('\n');
    let connected = if printer.client.error_codes {
        "iris_client::Client::connect(url).map(Remotes::new).map_err(|error| error.map_code(crate::ErrorCode::from))"
    } else {
        "iris_client::Client::connect(url).map(Remotes::new)"
    };
    let register = match printer.may_hold_any() {
        true => "iris_client::json::register(crate::messages::CONTRACT.types);\n        ",
        false => "",
    };
    let _ = write!(
        remotes,
        "/// Every remote, over one client.\n\
         #[derive(Clone, Debug)]\n\
         pub struct Remotes {{\n    \
             client: iris_client::Client,\n\
         }}\n\
         \n\
         impl Remotes {{\n    \
             /// Calls the server at this URL: `http://127.0.0.1:8088`, `https://api.example.com/prefix`.\n    \
             ///\n    \
             /// The connection is made by the first call.\n    \
             ///\n    \
             /// # Errors\n    \
             ///\n    \
             /// Where `url` is no URL of a server.\n    \
             pub fn connect(url: &str) -> Result<Self, crate::IrisError> {{\n        \
                 {connected}\n    \
             }}\n\
         \n    \
             /// Calls by way of this client.\n    \
             pub fn new(client: iris_client::Client) -> Self {{\n        \
                 {register}Remotes {{ client }}\n    \
             }}\n\
         \n    \
             /// The client that calls go by.\n    \
             pub fn client(&self) -> &iris_client::Client {{\n        \
                 &self.client\n    \
             }}\n"
    );
    for remote in &printer.schema.remotes {
        let module = identifier::written(&remote.client_name);
        let path = format!("crate::{module}::{}", layout::type_name(remote));
        remotes.push('\n');
        let docs = if remote.docs.is_empty() {
            format!("The remote `{}`.", remote.full_name())
        } else {
            remote.docs.clone()
        };
        text::docs(&mut remotes, "    ", "///", &docs);
        text::deprecation(&mut remotes, "    ", remote.deprecation.as_ref());
        let _ = write!(
            remotes,
            "    pub fn {module}(&self) -> {path} {{\n        {path}::new(&self.client)\n    }}\n"
        );
    }
    remotes.push_str("}\n");
    remotes
}
