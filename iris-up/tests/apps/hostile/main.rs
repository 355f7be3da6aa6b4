//! An app for tests that does what it should not. What it tries a path says, with its arguments behind; it answers what came
//! of it, and prints that.

#![expect(
    clippy::disallowed_methods,
    reason = "it waits and ends as programs of others do"
)]

mod attacks;

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

fn main() -> Result<(), Box<dyn Error>> {
    match env::args().nth(1).as_deref() {
        Some("linger") => {
            // It leaves its process group, as its environment before.
            rustix::process::setsid()?;
            loop {
                thread::sleep(Duration::from_secs(1));
            }
        }
        Some("bomb") => attacks::bomb(),
        Some("flood") => attacks::flood(),
        Some("swells") => attacks::swell(),
        Some("spins") => {
            rustix::process::setsid()?;
            attacks::spin()
        }
        _ => {}
    }
    println!("own {}", std::process::id());
    let address = format!("{}:{}", env::var("HOST")?, env::var("PORT")?);
    let listener = TcpListener::bind(address)?;
    for socket in listener.incoming() {
        let socket = socket?;
        thread::spawn(move || answer(socket));
    }
    Ok(())
}

/// Answers a request: `GET /read?/etc/passwd HTTP/1.1`.
fn answer(mut socket: TcpStream) -> std::io::Result<()> {
    let mut request = BufReader::new(socket.try_clone()?);
    let mut first = String::new();
    request.read_line(&mut first)?;
    loop {
        let mut line = String::new();
        request.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
    }
    let target = first.split(' ').nth(1).unwrap_or_default();
    let (path, argument) = target.split_once('?').unwrap_or((target, ""));
    let came = match attacks::try_it(path.trim_start_matches('/'), argument) {
        Ok(came) => format!("done: {came}"),
        Err(error) => format!("refused: {error}"),
    };
    println!("{path} {argument}: {came}");
    let length = came.len();
    write!(
        socket,
        "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{came}"
    )
}
