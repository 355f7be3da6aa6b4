//! Tables, and what they are of.

use crate::Outcome;
use crate::settings::Settings;
use std::time::Duration;
use tokio::process::Command;

/// What was measured, on what.
pub(crate) async fn head(settings: &Settings) -> Outcome<String> {
    let cpu = std::fs::read_to_string("/proc/cpuinfo")?;
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name\t: "));
    let processors = std::thread::available_parallelism()?;
    let system = std::fs::read_to_string("/proc/sys/kernel/osrelease")?;
    let told = async |program: &std::path::Path, arguments: &[&str]| -> Outcome<String> {
        let output = Command::new(program).args(arguments).output().await?;
        Ok(String::from_utf8(output.stdout)?.trim().to_owned())
    };
    let cargo_lambda = told(&settings.cargo_lambda, &["lambda", "--version"]).await?;
    let iris_up = told(&settings.iris_up, &["--version"]).await?;
    let today = told("date".as_ref(), &["-u", "+%F"]).await?;
    let manifest = settings.pm2.with_file_name("../package.json");
    let manifest: serde_json::Value = serde_json::from_slice(&std::fs::read(manifest)?)?;
    Ok(format!(
        "Measured with `cargo xtask bench lambda` on {today}: {}, {processors} cores, Linux {}; {iris_up} (`--profile dist`), {}, PM2 {}.\n",
        model.unwrap_or("a processor without a name"),
        system.trim(),
        cargo_lambda.lines().next().unwrap_or_default(),
        manifest["version"].as_str().unwrap_or_default(),
    ))
}

/// A table whose first column is of words, and all others of figures.
pub(crate) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let line = |cells: &[String]| format!("| {} |\n", cells.join(" | "));
    let heads: Vec<String> = heads.iter().map(ToString::to_string).collect();
    let rule = format!("|---|{}\n", "---:|".repeat(heads.len() - 1));
    let rows: String = rows.iter().map(|row| line(row)).collect();
    format!("{}{rule}{rows}", line(&heads))
}

/// The one at so many thousandths of them, in their order.
pub(crate) fn at(sorted: &[Duration], thousandths: usize) -> Duration {
    let last = sorted.len().saturating_sub(1);
    sorted
        .get((sorted.len() * thousandths / 1_000).min(last))
        .copied()
        .unwrap_or_default()
}

pub(crate) fn micros(time: Duration) -> String {
    format!("{:.0}", time.as_secs_f64() * 1e6)
}

pub(crate) fn millis(time: Duration) -> String {
    format!("{:.2}", time.as_secs_f64() * 1e3)
}

pub(crate) fn megabytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1e6)
}
