//! The command line: `iris-up COMMAND`. One file for each command, all of which but `serve` call a daemon as anybody does.

mod apps;
mod bounds;
mod build;
mod client;
mod colour;
mod completions;
mod demo;
mod descriptors;
mod dev;
mod doctor;
mod env;
mod events;
mod init;
mod invoke;
mod logs;
mod meter;
mod package;
mod password;
mod payload;
mod place;
mod progress;
mod prompt;
mod push;
mod serve;
mod show;
mod temporary;
mod token;
mod top;
mod upload;
mod versions;

use clap::{Parser, Subcommand};
use place::Place;
use std::error::Error;
use std::io;
use std::process::ExitCode;

/// What a command ends with: an error is told, and makes the program's exit code 1.
pub(crate) type Outcome = Result<(), Box<dyn Error + Send + Sync>>;

/// A Linux box as a platform for functions and servers.
#[derive(Debug, Parser)]
#[command(name = "iris-up", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Runs the daemon, until it is told to stop.
    Serve(serve::Serve),
    /// Makes an executable, a zip or a folder a new version of an app.
    Push(Box<push::Push>),
    /// Builds a Cargo package and runs it, and does so again whenever one of its files changes.
    Dev(Box<dev::Dev>),
    /// Makes the zip of a function, as AWS Lambda takes it.
    Package(package::Package),
    /// Lists the apps, and how they are.
    List {
        #[command(flatten)]
        place: Place,
    },
    /// Shows how one app is.
    Status(apps::One),
    /// Shows what an app has printed, and prints.
    Logs(logs::Logs),
    /// Lists the versions of an app, the latest first.
    Versions(versions::Versions),
    /// Goes back to a version of an app.
    Rollback(versions::Rollback),
    /// Gives the version that is tried another share of what comes.
    Traffic(versions::Traffic),
    /// Lists the variables of an app, and changes them.
    Env(env::Env),
    /// Shows what apps use.
    Top(top::Top),
    /// Gives a lambda an event, and prints what it answers.
    Invoke(invoke::Invoke),
    /// Writes what describes the services of an app.
    Descriptors(descriptors::Descriptors),
    /// Writes the client of an app: a crate, or a package for JavaScript and TypeScript.
    Client(client::Client),
    /// Lists the events that wait for a lambda or are dead, replays and discards them.
    #[command(subcommand)]
    Events(events::EventsCommand),
    /// Starts an app that does not run.
    Start(apps::One),
    /// Ends an app and starts it again.
    Restart(apps::One),
    /// Ends an app until it is started.
    Kill(apps::One),
    /// Ends an app and forgets it.
    Remove(apps::One),
    /// Gives a user a password.
    Password(password::Password),
    /// Lists the users.
    Users {
        #[command(flatten)]
        place: Place,
    },
    /// Makes tokens for programs, lists them and takes them back.
    #[command(subcommand)]
    Token(token::TokenCommand),
    /// Says who you are for the daemon, and what you may do.
    Who {
        #[command(flatten)]
        place: Place,
    },
    /// Says what keeps apps where they belong on this host, and what is missing.
    Doctor(doctor::Doctor),
    /// Prints what a shell needs to complete commands.
    Completions(completions::Completions),
    /// Runs a daemon with two apps, in a folder that is gone with it.
    Demo(demo::Demo),
}

/// Runs the command that the program was called with.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error),
    };
    match runtime.block_on(run(arguments.command)) {
        Ok(()) => ExitCode::SUCCESS,
        // Whoever reads has read enough.
        Err(error) if is_broken_pipe(&*error) => ExitCode::SUCCESS,
        Err(error) => failed(&*error),
    }
}

fn is_broken_pipe(error: &(dyn Error + 'static)) -> bool {
    let error = error.downcast_ref::<io::Error>();
    error.is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}

async fn run(command: Command) -> Outcome {
    match command {
        Command::Serve(serve) => serve.run().await,
        Command::Push(push) => push.run().await,
        Command::Dev(dev) => dev.run().await,
        Command::Package(package) => package.run().await,
        Command::List { place } => apps::list(&place).await,
        Command::Status(one) => one.status().await,
        Command::Logs(logs) => logs.run().await,
        Command::Versions(versions) => versions.run().await,
        Command::Rollback(rollback) => rollback.run().await,
        Command::Env(env) => env.run().await,
        Command::Top(top) => top.run().await,
        Command::Invoke(invoke) => invoke.run().await,
        Command::Descriptors(descriptors) => descriptors.run().await,
        Command::Client(client) => client.run().await,
        Command::Events(events) => events.run().await,
        Command::Completions(completions) => completions.run(),
        Command::Traffic(traffic) => traffic.run().await,
        Command::Password(password) => password.run().await,
        Command::Users { place } => password::users(&place).await,
        Command::Token(token) => token.run().await,
        Command::Who { place } => place::who(&place).await,
        Command::Doctor(doctor) => doctor.run().await,
        Command::Restart(one) => one.restart().await,
        Command::Demo(demo) => demo.run().await,
        Command::Start(one) => one.start().await,
        Command::Kill(one) => one.kill().await,
        Command::Remove(one) => one.remove().await,
    }
}

fn failed(error: &dyn Error) -> ExitCode {
    eprintln!("iris-up: {error}");
    ExitCode::FAILURE
}
