//! `iris_build::run` from the sources of a package to the files it writes.

mod client;
mod project;
