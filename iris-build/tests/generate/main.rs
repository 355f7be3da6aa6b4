//! `iris_build::run` from the sources of a package to the files it writes.

mod client;
mod collisions;
mod contract;
mod inputs;
mod kept_names;
mod modes;
mod project;
mod resolution;
mod runs;
mod typescript;
