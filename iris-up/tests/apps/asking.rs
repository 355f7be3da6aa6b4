//! Questions to the APIs of AWS Lambda's, each on a connection of its own.

use std::env;
use std::error::Error;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

/// An answer: status, headers as they are written, body.
pub(crate) type Answer = (u16, Vec<String>, Vec<u8>);

pub(crate) fn ask(
    method: &str,
    path: &str,
    headers: &[&str],
    body: &str,
) -> Result<Answer, Box<dyn Error>> {
    let host = env::var("AWS_LAMBDA_RUNTIME_API")?;
    let mut socket = TcpStream::connect(&host)?;
    let length = body.len();
    let headers: String = headers
        .iter()
        .map(|header| format!("{header}\r\n"))
        .collect();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n"
    );
    socket.write_all(head.as_bytes())?;
    // Where it is too long the rest of it is not read.
    let _ = socket.write_all(body.as_bytes());
    let mut answer = BufReader::new(socket);
    let mut line = String::new();
    answer.read_line(&mut line)?;
    let status = line.split(' ').nth(1).unwrap_or_default().parse()?;
    let mut headers = Vec::new();
    loop {
        line.clear();
        answer.read_line(&mut line)?;
        match line.trim() {
            "" => break,
            header => headers.push(header.to_owned()),
        }
    }
    let mut body = Vec::new();
    answer.read_to_end(&mut body)?;
    Ok((status, headers, body))
}
