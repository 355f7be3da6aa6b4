//! What daemons have in memory, by how many apps they have.

use crate::Outcome;
use crate::peers::iris_up::IrisUp;
use crate::peers::pm2::Pm2;
use crate::process::{memory, resident};
use crate::report::{megabytes, table};
use crate::settings::Settings;
use std::time::Instant;

/// Functions that have nothing to do.
const IDLE: usize = 1_000;

/// Servers that run.
const RUNNING: usize = 20;

/// With no app, with functions that wait, with servers that run.
pub(crate) async fn measure(settings: &Settings) -> Outcome<String> {
    let function = settings.program("bench-function");
    let function = function.to_str().ok_or("a path that is no text")?;
    let server = settings.program("bench-resident");
    let server = server.to_str().ok_or("a path that is no text")?;
    let mut rows = Vec::new();
    let mut tell = |name: &str, id: u32| -> Outcome {
        rows.push(vec![
            name.to_owned(),
            megabytes(memory(id)?),
            megabytes(resident(id)?),
        ]);
        Ok(())
    };

    let mut iris_up = IrisUp::start(settings).await?;
    tell("iris-up without apps", iris_up.id()?)?;
    let begun = Instant::now();
    for number in 0..IDLE {
        let name = format!("function-{number}");
        iris_up
            .run(&["push", function, "--lambda", "--name", &name])
            .await?;
    }
    let push = begun.elapsed() / u32::try_from(IDLE)?;
    tell(
        &format!("iris-up with {IDLE} functions, right after they were pushed"),
        iris_up.id()?,
    )?;
    iris_up.restart().await?;
    tell(
        &format!("iris-up with {IDLE} functions, started anew"),
        iris_up.id()?,
    )?;
    iris_up.stop().await?;

    let iris_up = IrisUp::start(settings).await?;
    for number in 0..RUNNING {
        let name = format!("server-{number}");
        iris_up.run(&["push", server, "--name", &name]).await?;
    }
    tell(
        &format!("iris-up with {RUNNING} servers that run"),
        iris_up.id()?,
    )?;
    iris_up.stop().await?;

    let pm2 = Pm2::start(settings).await?;
    tell("PM2 without apps", pm2.id()?)?;
    for number in 0..RUNNING {
        pm2.push(settings, &format!("server-{number}")).await?;
    }
    tell(&format!("PM2 with {RUNNING} servers that run"), pm2.id()?)?;
    pm2.stop().await?;
    Ok(format!(
        "### Memory of the daemon\n\n\
        *Own* is what it shares with no other process, *resident* all that it has in memory, files that it runs included. A push, from \
        the command to the app that is ready, takes {} ms (the mean of {IDLE}).\n\n{}",
        push.as_millis(),
        table(&["", "own MB", "resident MB"], &rows)
    ))
}
