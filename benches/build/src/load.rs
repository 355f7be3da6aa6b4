//! What is served: remotes with procedures of every common kind, and a request and a response for each.

use std::fmt::Write;

/// The protobuf package of everything.
pub(crate) const PACKAGE: &str = "bench.v1";

/// The procedures of a remote: mostly unary, as they are in real servers.
const PROCEDURES: [(&str, Kind); 10] = [
    ("create", Kind::Unary),
    ("fetch", Kind::Unary),
    ("update", Kind::Unary),
    ("delete", Kind::Unary),
    ("list", Kind::Unary),
    ("search", Kind::Unary),
    ("count", Kind::Unary),
    ("rename", Kind::Unary),
    ("watch", Kind::ServerStream),
    ("exchange", Kind::Bidirectional),
];

/// Remotes, and the messages there are.
#[derive(Debug, Clone)]
pub(crate) struct Load {
    pub(crate) remotes: Vec<Remote>,
    /// Each with the messages of all its procedures, whether it serves them or not.
    pub(crate) messages: Vec<Remote>,
}

#[derive(Debug, Clone)]
pub(crate) struct Remote {
    /// `Shelf07`
    pub(crate) name: String,
    pub(crate) procedures: Vec<Procedure>,
}

#[derive(Debug, Clone)]
pub(crate) struct Procedure {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) request: String,
    pub(crate) response: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Unary,
    ServerStream,
    Bidirectional,
}

impl Load {
    /// This many remotes of ten procedures each.
    pub(crate) fn of(remotes: usize) -> Self {
        let remotes: Vec<Remote> = (0..remotes).map(Remote::new).collect();
        Load {
            messages: remotes.clone(),
            remotes,
        }
    }

    /// The same messages, of which one procedure is served.
    pub(crate) fn with_one_procedure(&self) -> Self {
        let mut load = self.clone();
        load.remotes.truncate(1);
        for remote in &mut load.remotes {
            remote.procedures.truncate(1);
        }
        load
    }

    /// How many procedures are served.
    pub(crate) fn procedures(&self) -> usize {
        self.remotes
            .iter()
            .map(|remote| remote.procedures.len())
            .sum()
    }

    /// The `.proto` files, by their paths.
    pub(crate) fn protos(&self) -> Vec<(String, String)> {
        let owner = "message Owner {\n  int64 id = 1;\n  string name = 2;\n}\n";
        let mut files = vec![(path("owner"), format!("{}{owner}", head("")))];
        for remote in &self.messages {
            let import = format!("import \"{}\";\n\n", path("owner"));
            let mut text = head(&import);
            for procedure in &remote.procedures {
                procedure.declare(&mut text);
            }
            files.push((path(&remote.module()), text));
        }
        files
    }
}

impl Remote {
    fn new(index: usize) -> Self {
        let name = format!("Shelf{index:02}");
        let procedures = PROCEDURES.map(|(procedure, kind)| {
            let (first, rest) = procedure.split_at(1);
            let stem = format!("{}{rest}{name}", first.to_uppercase());
            Procedure {
                name: procedure,
                kind,
                request: format!("{stem}Request"),
                response: format!("{stem}Response"),
            }
        });
        Remote {
            name,
            procedures: procedures.into(),
        }
    }

    /// `shelf07`, the Rust module.
    pub(crate) fn module(&self) -> String {
        self.name.to_lowercase()
    }

    /// Every message that its procedures take and give, for a `use`.
    pub(crate) fn message_names(&self) -> String {
        let names = self
            .procedures
            .iter()
            .map(|procedure| format!("    {}, {},\n", procedure.request, procedure.response));
        names.collect()
    }
}

impl Procedure {
    fn declare(&self, text: &mut String) {
        let Procedure {
            request, response, ..
        } = self;
        let _ = writeln!(
            text,
            "message {request} {{\n  string name = 1;\n  int64 id = 2;\n  bool active = 3;\n  repeated string tags = 4;\n  double weight = 5;\n}}\n\n\
             message {response} {{\n  int64 id = 1;\n  string text = 2;\n  optional uint32 count = 3;\n  bytes data = 4;\n  Owner owner = 5;\n}}\n"
        );
    }
}

fn path(file: &str) -> String {
    format!("{}/{file}.proto", PACKAGE.replace('.', "/"))
}

fn head(imports: &str) -> String {
    format!("syntax = \"proto3\";\n\npackage {PACKAGE};\n\n{imports}")
}
