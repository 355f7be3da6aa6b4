//! What the client crate holds.

use crate::project::Project;

#[test]
fn tmp_show() {
    let p = Project::quickstart();
    let o = p.run();
    println!("{:#?}", o.cargo_instructions());
    for f in p.names("client") { if f.ends_with("rs") || f.ends_with("toml")|| f.ends_with("md") || f.ends_with("ated") {println!("=== {f}\n{}", p.read(&format!("client/{f}")));} else {println!("=== {f}")} }
    for f in p.names("out") {println!("=== {f}");}
}
