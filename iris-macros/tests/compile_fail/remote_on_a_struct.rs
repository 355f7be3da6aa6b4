#![allow(unused)]

#[path = "support/mod.rs"]
mod support;

use iris_core::{remote};

#[remote(package = "users.v1")]
struct Users;

fn main() {}
