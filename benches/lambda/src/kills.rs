//! Daemons that are killed at any moment of a push.

use crate::Outcome;
use crate::caller::{Call, Caller};
use crate::peers::iris_up::IrisUp;
use crate::process::running;
use crate::settings::Settings;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A push is through after about so long.
const PUSH: Duration = Duration::from_millis(120);

/// Processes that were ended are gone after so long at most.
const PATIENCE: Duration = Duration::from_secs(10);

/// A multiplier that spreads numbers evenly (Knuth, The Art of Computer Programming 3, 6.4: the golden ratio of 2^32).
const SPREAD: u32 = 2_654_435_769;

/// Kills it so many times.
pub(crate) async fn measure(settings: &Settings, kills: usize) -> Outcome<String> {
    let program = settings.program("bench-resident");
    let program = program.to_str().ok_or("a path that is no text")?;
    let push = ["push", program, "--name", "server"];
    let mut iris_up = IrisUp::start(settings).await?;
    iris_up.run(&push).await?;
    let (mut through, mut version) = (0, 1);
    for kill in 0..kills {
        let mut pushing = iris_up
            .command(&push)
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()?;
        // Anywhere in a push, in no order.
        let spread = u32::try_from(kill)?.wrapping_mul(SPREAD);
        tokio::time::sleep(PUSH.mul_f64(f64::from(spread) / f64::from(u32::MAX))).await;
        iris_up.kill_and_start().await?;
        pushing.wait().await?;
        check(&iris_up)
            .await
            .map_err(|error| format!("after kill {}: {error}", kill + 1))?;
        let now = iris_up.status("server").await?["version"].to_string();
        let now: u64 = now.trim_matches('"').parse()?;
        if now < version {
            return Err(format!("version {version} became {now}").into());
        }
        through += usize::from(now > version);
        version = now;
    }
    iris_up.stop().await?;
    Ok(format!(
        "### Daemons that are killed\n\n\
        {kills} times `kill -9` of the daemon at some moment of a push, from its beginning to {} ms later. Each time the next daemon \
        had the app in one whole version, with one process that answers and no other; {through} of the pushes were through by then.\n",
        PUSH.as_millis()
    ))
}

/// There is one app, in a version that answers, and one process of it.
async fn check(iris_up: &IrisUp) -> Outcome {
    let call = Call {
        address: iris_up.address,
        path: "/server/".to_owned(),
        body: None,
        expected: "Hello".to_owned(),
    };
    Caller::connect(call.address).await?.call(&call).await?;
    let app = iris_up.status("server").await?;
    let artifact = app["artifact"].as_str().ok_or("no artifact")?;
    let artifact: PathBuf = iris_up.folder().join("artifacts").join(artifact);
    let begun = Instant::now();
    loop {
        let processes = running(&artifact)?;
        if processes.len() == 1 {
            break;
        }
        if begun.elapsed() > PATIENCE {
            return Err(format!("{} processes of {}", processes.len(), artifact.display()).into());
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    match (app["name"].as_str(), app["state"].as_str()) {
        (Some("server"), Some("STATE_ALIVE")) => Ok(()),
        _ => Err(format!("it is not as it should be: {app}").into()),
    }
}
