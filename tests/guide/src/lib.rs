//! Compiles every Rust block of the README and of the guide, as `cargo test -p guide --doc`.
//!
//! A block is a program of its own that uses the quickstart and its generated client, or the server
//! of the end-to-end tests where it needs streams. Blocks in other languages name theirs.

macro_rules! chapters {
    ($($name:ident: $path:literal,)*) => {$(
        #[cfg(doctest)]
        #[doc = include_str!(concat!("../../../", $path))]
        pub mod $name {}
    )*

        /// Every file whose Rust blocks are compiled, by its path in the repository. Those of the last are compiled for
        /// browsers, by `cargo xtask wasm` (`tests/web/wasm`).
        pub const CHAPTERS: &[&str] = &[$($path,)* "docs/browsers.md"];
    };
}

chapters! {
    readme: "README.md",
    remotes: "docs/remotes.md",
    contexts_and_filters: "docs/contexts-and-filters.md",
    errors: "docs/errors.md",
    generation: "docs/generation.md",
    lock: "docs/lock.md",
    clients: "docs/clients.md",
    javascript: "docs/javascript.md",
    serving: "docs/serving.md",
    operating: "docs/operating.md",
    websocket: "docs/websocket.md",
    lambda: "docs/lambda.md",
    iris_lambda: "iris-lambda/README.md",
    quickstart_client: "examples/quickstart/client/README.md",
    end_to_end_client: "tests/end-to-end/client/README.md",
}
