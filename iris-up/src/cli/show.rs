//! Apps as a terminal shows them: ` • hello - alive`.

use super::Outcome;
use super::colour::{BLUE, GREEN, GREY, RED, YELLOW, painted};
use bytes::BytesMut;
use iris_core::{Format, Message};
use iris_up_client::messages::iris::up::v1::{App, Layer, State, layer};
use std::io::{Write, stdout};

/// What a state looks like.
pub(super) fn look(state: State) -> (&'static str, &'static str) {
    match state {
        State::Alive => ("alive", GREEN),
        State::Starting => ("starting", YELLOW),
        State::Waiting => ("waiting", YELLOW),
        State::Failed => ("error", RED),
        State::Asleep => ("asleep", BLUE),
        State::Dead | State::Unspecified => ("dead", GREY),
    }
}

/// A line about an app, in colour where the program writes to a terminal.
pub(super) fn line(app: &App) -> String {
    let (word, colour) = look(app.state());
    let mut line = format!(" • {} - {}", app.name, painted(word, colour));
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
            layer::State::Enforced => ("enforced", GREEN),
            layer::State::Weaker => ("weaker", YELLOW),
            layer::State::Missing | layer::State::Unspecified => ("missing", RED),
        };
        // Padded before it is coloured: colours have letters, too.
        let word = painted(&format!("{word:<8}"), colour);
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

/// What was done, for programs; people see that nothing went wrong.
pub(super) fn done(told: serde_json::Value, json: bool) -> Outcome {
    match json {
        true => written(&told),
        false => Ok(()),
    }
}

/// The same of what is no message.
pub(super) fn written(value: &serde_json::Value) -> Outcome {
    writeln!(stdout(), "{value}")?;
    Ok(())
}
