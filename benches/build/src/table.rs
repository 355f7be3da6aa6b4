//! Tables of the report.

use std::fmt::Display;

/// A Markdown table, row by row.
#[derive(Debug)]
pub(crate) struct Table {
    text: String,
}

impl Table {
    /// The first column holds words, the others figures.
    pub(crate) fn new(heads: &[&str]) -> Self {
        let rule: Vec<&str> = heads.iter().skip(1).map(|_| "---:").collect();
        Table {
            text: format!(
                "| {} |\n| --- | {} |\n",
                heads.join(" | "),
                rule.join(" | ")
            ),
        }
    }

    pub(crate) fn row(&mut self, label: impl Display, figures: &[&dyn Display]) {
        let figures: Vec<String> = figures.iter().map(ToString::to_string).collect();
        self.text
            .push_str(&format!("| {label} | {} |\n", figures.join(" | ")));
    }
}

impl Display for Table {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.text)
    }
}
