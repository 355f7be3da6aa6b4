//! Messages on stdin and stdout: each after its length, in four bytes, the highest first
//! (the suite's `docs/testing_servers.md`, "Starting your server").

use prost::Message;
use std::io::{Error, ErrorKind, Result};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The next message; `None` where the input ends before it.
///
/// # Errors
///
/// Where the input breaks off within a message, or is none.
pub async fn read<M: Message + Default>(input: &mut (impl AsyncRead + Unpin)) -> Result<Option<M>> {
    let mut length = [0; 4];
    let first = input.read(&mut length).await?;
    if first == 0 {
        return Ok(None);
    }
    input.read_exact(&mut length[first..]).await?;
    let length = u32::from_be_bytes(length);
    let mut bytes = Vec::new();
    let found = input.take(length.into()).read_to_end(&mut bytes).await?;
    if found < length as usize {
        return Err(ErrorKind::UnexpectedEof.into());
    }
    let message = M::decode(bytes.as_slice());
    message
        .map(Some)
        .map_err(|error| Error::new(ErrorKind::InvalidData, error))
}

/// Writes a message, so that the reader has it.
///
/// # Errors
///
/// Where the output takes no more.
pub async fn write(output: &mut (impl AsyncWrite + Unpin), message: &impl Message) -> Result<()> {
    let length = u32::try_from(message.encoded_len())
        .map_err(|_| Error::new(ErrorKind::InvalidData, "the message is over 4 GiB"))?;
    let mut bytes = length.to_be_bytes().to_vec();
    bytes.extend(message.encode_to_vec());
    output.write_all(&bytes).await?;
    output.flush().await
}
