//! `docs/benchmarks.md`: a section for each bench, replaced when it is measured again.

use crate::failure::{Failure, Outcome};
use crate::workspace::Workspace;
use std::fs;
use std::io::ErrorKind;

/// The report, from the repository's root.
const REPORT: &str = "docs/benchmarks.md";

const HEAD: &str = "# Benchmarks\n\n\
    Each section is written by the command that it names, but for one that says so. Figures are those of one machine: measure on yours before you rely on them.\n";

/// Puts `figures` below the heading of this name, and leaves the rest as it is.
pub(crate) fn section(workspace: &Workspace, name: &str, figures: &str) -> Outcome {
    let path = workspace.path(REPORT);
    let failed = |error| Failure::during(path.display(), error);
    let report = match fs::read_to_string(&path) {
        Ok(report) => report,
        Err(error) if error.kind() == ErrorKind::NotFound => HEAD.to_owned(),
        Err(error) => return Err(failed(error)),
    };
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    fs::write(&path, replaced(&report, name, figures)).map_err(failed)?;
    println!("{figures}\nwritten to {REPORT}, section {name}");
    Ok(())
}

/// The report with a section replaced, or put to its end.
fn replaced(report: &str, name: &str, figures: &str) -> String {
    let section = format!("## {name}\n\n{}\n", figures.trim());
    let mut lines = report.lines();
    let heading = format!("## {name}");
    let before: Vec<&str> = lines.by_ref().take_while(|line| *line != heading).collect();
    let after: Vec<&str> = lines.skip_while(|line| !line.starts_with("## ")).collect();
    let before = before.join("\n");
    let mut parts = vec![before.trim_end(), section.trim_end()];
    let after = after.join("\n");
    if !after.is_empty() {
        parts.push(after.trim_end());
    }
    format!("{}\n", parts.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_section_comes_last() {
        let report = replaced("# Benchmarks\n\nText.\n\n## Calls\n\n1\n", "Build", "2\n");
        assert_eq!(
            report,
            "# Benchmarks\n\nText.\n\n## Calls\n\n1\n\n## Build\n\n2\n"
        );
    }

    #[test]
    fn a_section_is_replaced_where_it_stands() {
        let report = "# Benchmarks\n\n## Build\n\nold\n\n### Part\n\nold\n\n## Calls\n\n1\n";
        let report = replaced(report, "Build", "new");
        assert_eq!(report, "# Benchmarks\n\n## Build\n\nnew\n\n## Calls\n\n1\n");
    }

    #[test]
    fn the_same_figures_leave_the_report_as_it_is() {
        let report = "# Benchmarks\n\n## Build\n\n1\n\n## Calls\n\n2\n";
        assert_eq!(replaced(report, "Build", "1"), report);
    }
}
