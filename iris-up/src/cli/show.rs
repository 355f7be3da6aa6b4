//! Apps as a terminal shows them: ` • hello - alive`.

use super::Outcome;
use bytes::BytesMut;
use iris_core::{Format, Message};
use iris_up_client::messages::iris::up::v1::{App, Layer, State, layer};
use std::io::{IsTerminal, Write, stdout};

/// What a state looks like.
pub(super) fn look(state: State) -> (&'static str, &'static str) {
    match state {
        State::Alive => ("alive", "\x1b[32m"),
        State::Starting => ("starting", "\x1b[33m"),
        State::Waiting => ("waiting", "\x1b[33m"),
        State::Failed => ("error", "\x1b[31m"),
        State::Asleep => ("asleep", "\x1b[34m"),
        State::Dead | State::Unspecified => ("dead", "\x1b[90m"),
    }
}

/// A line about an app, in colour where the program writes to a terminal.
pub(super) fn line(app: &App) -> String {
    let (word, colour) = look(app.state());
    let state = match stdout().is_terminal() {
        true => format!("{colour}{word}\x1b[0m"),
        false => word.to_owned(),
    };
    let mut line = format!(" • {} - {state}", app.name);
    if !app.reason.is_empty() {
        line = format!("{line} - {}", app.reason);
    }
    if let Some(trial) = &app.trial {
        let (word, _) = look(trial.state());
        line = format!(
            "{line} - {} % to version {}, {word}",
            trial.percent, trial.version
        );
    }
    line
}

/// The same, printed; all that is known of it as JSON where that is wanted.
pub(super) fn app(app: &App, json: bool) -> Outcome {
    match json {
        true => self::json(app),
        false => {
            writeln!(stdout(), "{}", line(app))?;
            Ok(())
        }
    }
}

/// What keeps apps where they belong, a line each, and below it what there is to do.
pub(super) fn layers(layers: &[Layer]) -> Outcome {
    for layer in layers {
        let (word, colour) = match layer.state() {
            layer::State::Enforced => ("enforced", "\x1b[32m"),
            layer::State::Weaker => ("weaker", "\x1b[33m"),
            layer::State::Missing | layer::State::Unspecified => ("missing", "\x1b[31m"),
        };
        // Padded before it is coloured: colours have letters, too.
        let word = match stdout().is_terminal() {
            true => format!("{colour}{word:<8}\x1b[0m"),
            false => format!("{word:<8}"),
        };
        writeln!(stdout(), " • {:<12} {word}  {}", layer.name, layer.detail)?;
        if !layer.advice.is_empty() {
            writeln!(stdout(), "   {:<12} {:<8}  {}", "", "", layer.advice)?;
        }
    }
    Ok(())
}

/// Prints a message in ProtoJSON, on a line.
pub(super) fn json(message: &impl Message) -> Outcome {
    let mut text = BytesMut::new();
    message.encode(Format::Json, &mut text)?;
    writeln!(stdout(), "{}", String::from_utf8_lossy(&text))?;
    Ok(())
}
