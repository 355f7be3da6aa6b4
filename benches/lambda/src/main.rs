//! `lambda-bench`: what iris-up costs, beside cargo-lambda and PM2 where they do the same. `cargo xtask bench lambda` builds and
//! installs what it needs, and runs it.
//!
//! | to read | |
//! |---|---|
//! | `settings` | what it is told |
//! | `warm` | events and requests for what runs already |
//! | `cold` | the first event of a function without a process |
//! | `memory` | of daemons, by how many apps they have |
//! | `many` | a daemon with thousands of apps |
//! | `deploys` | requests that fail while versions change |
//! | `kills` | daemons that are killed while versions are pushed |
//! | `peers` | iris-up, cargo-lambda, PM2, and a function that is fed without any of them |
//! | `caller`, `process` | who calls, and what a process has used |
//! | `report` | tables |

mod caller;
mod cold;
mod deploys;
mod kills;
mod many;
mod memory;
mod peers;
mod process;
mod report;
mod settings;
mod warm;

use settings::Settings;
use std::error::Error;

/// Whatever cannot be measured ends it.
type Outcome<T = ()> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome {
    let settings = Settings::from_arguments(std::env::args().skip(1))?;
    let mut report = String::new();
    for (name, part) in settings.parts() {
        eprintln!("{name}");
        report += &match name {
            "warm" => warm::measure(&settings).await?,
            "cold" => cold::measure(&settings).await?,
            "memory" => memory::measure(&settings).await?,
            "many" => many::measure(&settings, part).await?,
            "deploys" => deploys::measure(&settings, part).await?,
            "kills" => kills::measure(&settings, part).await?,
            other => return Err(format!("there is no part {other}").into()),
        };
        report.push('\n');
    }
    let report = format!("{}\n{report}", report::head(&settings).await?);
    match &settings.report {
        Some(path) => std::fs::write(path, report)?,
        None => println!("{report}"),
    }
    Ok(())
}
