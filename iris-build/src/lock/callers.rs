//! Whom a change breaks, and who still works.

/// What becomes of the callers of each sort.
#[derive(Debug, Clone)]
pub(super) struct Callers {
    /// Protobuf's binary encoding: gRPC, gRPC-Web, Connect with `proto`.
    pub(super) binary: Fate,
    /// ProtoJSON.
    pub(super) json: Fate,
    /// Source that is compiled against the generated client.
    pub(super) code: Fate,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Fate {
    Works,
    /// `the values fit both types`
    WorksWhile(String),
    Breaks,
}

impl Callers {
    pub(super) const ALL_BREAK: Callers = Callers {
        binary: Fate::Breaks,
        json: Fate::Breaks,
        code: Fate::Breaks,
    };

    /// Only code that names the thing.
    pub(super) const CODE_BREAKS: Callers = Callers {
        binary: Fate::Works,
        json: Fate::Works,
        code: Fate::Breaks,
    };

    /// Two changes at once.
    pub(super) fn and(self, other: Callers) -> Callers {
        Callers {
            binary: self.binary.and(other.binary),
            json: self.json.and(other.json),
            code: self.code.and(other.code),
        }
    }

    /// `breaks JSON callers and code that names the field; binary callers still work`, where `code`
    /// is `code that names the field`.
    pub(super) fn tell(&self, code: &str) -> String {
        let all = [
            ("binary callers", &self.binary),
            ("JSON callers", &self.json),
            (code, &self.code),
        ];
        let with = |fate: &Fate| -> Vec<&str> {
            all.iter()
                .filter(|(_, of)| *of == fate)
                .map(|(who, _)| *who)
                .collect()
        };
        let mut parts = Vec::new();
        let broken = with(&Fate::Breaks);
        if !broken.is_empty() {
            parts.push(format!("breaks {}", list(&broken)));
        }
        let working = with(&Fate::Works);
        if !working.is_empty() {
            parts.push(format!("{} still {}", list(&working), work(&working)));
        }
        let mut told = Vec::new();
        for (_, fate) in all {
            if let Fate::WorksWhile(condition) = fate
                && !told.contains(&condition)
            {
                told.push(condition);
                let working = with(fate);
                let verb = work(&working);
                parts.push(format!("{} {verb} while {condition}", list(&working)));
            }
        }
        parts.join("; ")
    }
}

/// "Code that names the field" alone is one thing.
fn work(who: &[&str]) -> &'static str {
    match who {
        [one] if !one.ends_with("callers") => "works",
        _ => "work",
    }
}

impl Fate {
    pub(super) fn works_while(condition: &str) -> Fate {
        Fate::WorksWhile(condition.to_owned())
    }

    /// The worse of two; where both have conditions, both hold.
    pub(super) fn and(self, other: Fate) -> Fate {
        match (self, other) {
            (Fate::Breaks, _) | (_, Fate::Breaks) => Fate::Breaks,
            (Fate::Works, other) | (other, Fate::Works) => other,
            (Fate::WorksWhile(one), Fate::WorksWhile(two)) if one == two => Fate::WorksWhile(one),
            (Fate::WorksWhile(one), Fate::WorksWhile(two)) => {
                Fate::WorksWhile(format!("{one} and {two}"))
            }
        }
    }
}

/// `a`, `a and b`, `a, b and c`; "binary callers and JSON callers" is said shorter.
pub(super) fn list(items: &[&str]) -> String {
    if items == ["binary callers", "JSON callers"] {
        return "binary and JSON callers".to_owned();
    }
    match items {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
