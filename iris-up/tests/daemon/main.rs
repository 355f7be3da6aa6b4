//! The daemon as its users have it: the program itself, its command line, its address, real processes.

#![expect(
    clippy::unwrap_used,
    reason = "a test fails by panicking, in its support functions too"
)]

mod access;
mod archives;
mod artifacts;
mod certificates;
mod clients;
mod completions;
mod crashes;
mod demo;
mod dev;
mod documented;
mod environment;
mod events;
mod extensions;
mod few_streams;
mod first_process;
mod floods;
mod folder;
mod functions;
mod gateway;
mod host_names;
mod hostile;
mod intake;
mod invoke_api;
mod invoke_stream;
mod invoking;
mod json;
mod lambda_limits;
mod lambdas;
mod late;
mod launcher;
mod leaving;
mod logs;
mod official;
mod package;
mod quota;
mod refused;
mod registry;
mod residents;
mod rest;
mod room;
mod runtime_api;
mod silent;
mod socket_activation;
mod streams;
mod support;
mod terminal;
mod traffic;
mod typed;
mod under_load;
mod unwell;
mod usage;
mod versions;
mod websockets;
