//! The messages of the `.proto` file, as the types that tarpc takes.

use serde::{Deserialize, Serialize};

/// A batch of records.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogBatch {
    /// All of them.
    pub records: Vec<LogRecord>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub enum Severity {
    /// For developers.
    Debug,
    /// As it should be.
    Info,
    /// As it should not be.
    Warning,
    /// Broken.
    Error,
}

/// Where something happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Place {
    /// The machine.
    pub host: String,
    /// The program.
    pub service: String,
    /// Its number on the machine.
    pub process: u32,
}

/// A name and a value.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Label {
    /// The name.
    pub name: String,
    /// The value.
    pub value: String,
}

/// Something that happened.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct LogRecord {
    /// When.
    pub time_unix_nanos: u64,
    /// How bad.
    pub severity: Severity,
    /// What.
    pub text: String,
    /// Where.
    pub place: Place,
    /// What else is known.
    pub labels: Vec<Label>,
    /// Which request it belongs to.
    pub trace_id: Vec<u8>,
    /// How long it took.
    pub duration_micros: i64,
    /// Whether the request is traced.
    pub sampled: bool,
}

/// The batch that the bench sends to the other peers.
#[must_use]
pub fn log() -> LogBatch {
    let severities = [
        Severity::Debug,
        Severity::Info,
        Severity::Info,
        Severity::Warning,
        Severity::Error,
    ];
    let label = |name: &str, value: String| Label {
        name: name.to_owned(),
        value,
    };
    let records = (0..50_u32).map(|number| LogRecord {
        time_unix_nanos: 1_764_000_000_000_000_000 + u64::from(number) * 1_234_567,
        severity: severities[number as usize % severities.len()],
        text: format!(
            "order {} was paid after {} attempts",
            90_000 + number * 37,
            number % 4 + 1
        ),
        place: Place {
            host: format!("shop-{:02}", number % 12),
            service: "checkout".to_owned(),
            process: 4000 + number,
        },
        labels: vec![
            label("region", "eu-central".to_owned()),
            label("customer", format!("c-{}", number * 7919)),
            label("route", "/orders/{id}/payments".to_owned()),
        ],
        trace_id: (0..16).collect(),
        duration_micros: i64::from(number) * 1717 - 3,
        sampled: number % 2 == 0,
    });
    LogBatch {
        records: records.collect(),
    }
}
