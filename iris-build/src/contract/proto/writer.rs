//! Text, line by line.

/// Lines with their indentation.
#[derive(Default)]
pub(super) struct Writer {
    text: String,
    depth: usize,
}

impl Writer {
    pub(super) fn line(&mut self, line: &str) {
        for _ in 0..self.depth {
            self.text.push_str("  ");
        }
        self.text.push_str(line);
        self.text.push('\n');
    }

    /// `head {`, closed by [`Writer::close`].
    pub(super) fn open(&mut self, head: &str) {
        self.line(&format!("{head} {{"));
        self.depth += 1;
    }

    pub(super) fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.line("}");
    }

    /// An empty line, unless one is there already or a block has just begun.
    pub(super) fn blank(&mut self) {
        if !self.text.ends_with("\n\n") && !self.text.ends_with("{\n") {
            self.text.push('\n');
        }
    }

    /// A comment as descriptors keep it: each line begins with the blank that stood behind `//`.
    pub(super) fn comment(&mut self, comment: &str) {
        for line in comment.lines() {
            let line = line.trim_end();
            let blank = if line.is_empty() || line.starts_with(' ') {
                ""
            } else {
                " "
            };
            self.line(&format!("//{blank}{line}"));
        }
    }

    pub(super) fn finish(self) -> String {
        self.text
    }
}
