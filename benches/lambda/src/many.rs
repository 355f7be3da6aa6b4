//! A daemon with many apps: how long it takes to begin, and to list them.

use crate::Outcome;
use crate::peers::iris_up::IrisUp;
use crate::process::memory;
use crate::report::{at, megabytes, millis, table};
use crate::settings::Settings;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use std::time::{Duration, Instant};

/// How many are pushed at a time: more than there are processors would wait for one another.
const AT_A_TIME: usize = 4;

/// How often each is measured.
const TIMES: usize = 20;

/// With so many functions, of which none runs.
pub(crate) async fn measure(settings: &Settings, apps: usize) -> Outcome<String> {
    let function = settings.program("bench-function");
    let function = function.to_str().ok_or("a path that is no text")?;
    let mut rows = Vec::new();
    let mut iris_up = IrisUp::start(settings).await?;
    for there in [0, apps] {
        let pushes = (0..there).map(|number| {
            let (iris_up, name) = (&iris_up, format!("function-{number}"));
            async move {
                let push = ["push", function, "--lambda", "--name", &name];
                iris_up.run(&push).await.map(drop)
            }
        });
        let pushes = stream::iter(pushes).buffer_unordered(AT_A_TIME);
        pushes.try_collect::<()>().await?;
        rows.push(row(&mut iris_up, there).await?);
    }
    iris_up.stop().await?;
    Ok(format!(
        "### Many apps\n\n\
        From the start of the daemon's program until it takes requests, and `iris-up list` from its start to its end, {TIMES} times each. \
        Aimed at: a list below 100 ms and a start below 2000 ms with 10,000.\n\n{}",
        table(
            &[
                "apps",
                "start p50 ms",
                "start longest ms",
                "list p50 ms",
                "list longest ms",
                "own MB"
            ],
            &rows
        )
    ))
}

async fn row(iris_up: &mut IrisUp, apps: usize) -> Outcome<Vec<String>> {
    let mut starts = Vec::new();
    let mut lists = Vec::new();
    for _ in 0..TIMES {
        starts.push(iris_up.restart().await?);
        let begun = Instant::now();
        let listed = iris_up.run(&["list"]).await?;
        lists.push(begun.elapsed());
        if listed.lines().count() != apps {
            return Err(format!(
                "{apps} apps, of which {} are listed",
                listed.lines().count()
            )
            .into());
        }
    }
    let [starts, lists] = [starts, lists].map(|mut took: Vec<Duration>| {
        took.sort_unstable();
        [500, 1_000].map(|thousandths| millis(at(&took, thousandths)))
    });
    let own = megabytes(memory(iris_up.id()?)?);
    Ok([
        vec![apps.to_string()],
        starts.to_vec(),
        lists.to_vec(),
        vec![own],
    ]
    .concat())
}
