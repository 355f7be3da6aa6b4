//! Records as a service writes them.

use crate::messages::bench::v1::{Label, LogRecord, Place, Severity};

const SEVERITIES: [Severity; 5] = [
    Severity::Debug,
    Severity::Info,
    Severity::Info,
    Severity::Warning,
    Severity::Error,
];

/// The record of this number: some 170 bytes.
pub(crate) fn record(number: u32) -> LogRecord {
    let long = u64::from(number);
    LogRecord {
        time_unix_nanos: 1_764_000_000_000_000_000 + long * 1_234_567,
        severity: SEVERITIES[number as usize % SEVERITIES.len()].into(),
        text: format!(
            "order {} was paid after {} attempts",
            90_000 + long * 37,
            number % 4 + 1
        ),
        place: Some(Place {
            host: format!("shop-{:02}", number % 12),
            service: "checkout".into(),
            process: 4000 + number,
        }),
        labels: vec![
            label("region", "eu-central"),
            label("customer", &format!("c-{}", long * 7919)),
            label("route", "/orders/{id}/payments"),
        ],
        trace_id: (u128::from(long) * 0x9e37_79b9_7f4a_7c15)
            .to_be_bytes()
            .to_vec()
            .into(),
        duration_micros: i64::from(number) * 1717 - 3,
        sampled: number.is_multiple_of(2),
    }
}

fn label(name: &str, value: &str) -> Label {
    Label {
        name: name.into(),
        value: value.into(),
    }
}
