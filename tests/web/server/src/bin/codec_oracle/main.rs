//! `codec_oracle [SEED]`: holds another implementation of protobuf against prost.
//!
//! It writes cases to its standard output: a length of one byte and the name of a method of `web.v1.Echo`, then a length of
//! four (little endian) and the bytes of a message, right or wrong. To each it reads an answer from its standard input: a
//! byte, 0 where the message was read and written again and 1 where it was refused, and behind a length of four bytes what
//! was written, or why it was refused. It fails where prost would have done otherwise.

mod cases;
mod judge;
mod noise;

use std::error::Error;
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;
use std::thread;
use std::time::{SystemTime, UNIX_EPOCH};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let seed = match std::env::args().nth(1) {
        Some(seed) => seed.parse()?,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos() as u64,
    };
    let cases = cases::all(seed);
    let wrong = thread::scope(|scope| {
        let answers = scope.spawn(|| read_answers(&cases));
        // Where this fails, answers are missing too.
        let _ = write_cases(&cases);
        answers.join()
    });
    let wrong = wrong.map_err(|_| "the reader of answers panicked")??;
    eprintln!(
        "{} cases from seed {seed}, {wrong} of them wrong",
        cases.len()
    );
    Ok(match wrong {
        0 => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    })
}

fn write_cases(cases: &[cases::Case]) -> io::Result<()> {
    let mut out = BufWriter::new(io::stdout().lock());
    for case in cases {
        let method = case.echo.method;
        out.write_all(&[method.len() as u8])?;
        out.write_all(method.as_bytes())?;
        out.write_all(&(case.bytes.len() as u32).to_le_bytes())?;
        out.write_all(&case.bytes)?;
    }
    out.flush()
}

/// Counts the answers that are wrong, and tells of the first few.
fn read_answers(cases: &[cases::Case]) -> Result<usize, String> {
    let mut answers = BufReader::new(io::stdin().lock());
    let mut wrong = 0;
    for (number, case) in cases.iter().enumerate() {
        let answer = read_answer(&mut answers);
        let answer = answer.map_err(|error| format!("no answer to case {number}: {error}"))?;
        if let Err(why) = (case.echo.judge)(&case.bytes, &answer) {
            wrong += 1;
            if wrong <= 5 {
                eprintln!("{} {:02x?}\n  {why}", case.echo.method, case.bytes);
            }
        }
    }
    Ok(wrong)
}

fn read_answer(answers: &mut impl Read) -> io::Result<judge::Answer> {
    let mut head = [0; 5];
    answers.read_exact(&mut head)?;
    let length = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
    let mut bytes = vec![0; length as usize];
    answers.read_exact(&mut bytes)?;
    Ok(match head[0] {
        0 => judge::Answer::Written(bytes),
        _ => judge::Answer::Refused(String::from_utf8_lossy(&bytes).into_owned()),
    })
}
