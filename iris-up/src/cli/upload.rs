//! What the daemon has not got of a file is sent to it.

use super::meter::Meter;
use crate::hash::{self, Hash};
use futures_util::{StreamExt, stream};
use iris_up_client::Remotes;
use iris_up_client::messages::iris::up::v1::{ArtifactRequest, UploadPart};
use std::error::Error;
use std::path::Path;
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};

/// How many bytes of a file are sent at once.
const PIECE: usize = 64 * 1024;

/// Sends what the daemon has not got of a file, and gives the file's hash. On a terminal it shows how far it is, unless it is
/// to be quiet.
pub(super) async fn upload(
    remotes: &Remotes,
    path: &Path,
    quiet: bool,
) -> Result<String, Box<dyn Error + Send + Sync>> {
    let at = |error: std::io::Error| format!("{}: {error}", path.display());
    let mut file = File::open(path).await.map_err(at)?;
    let digest = hash::digest(&mut file).await.map_err(at)?;
    let sha256 = Hash::of(digest).to_string();
    let artifacts = remotes.artifacts();
    let here = artifacts
        .find(ArtifactRequest {
            sha256: sha256.clone(),
        })
        .await?;
    if here.complete {
        return Ok(sha256);
    }
    let length = file.metadata().await.map_err(at)?.len();
    file.seek(SeekFrom::Start(here.received))
        .await
        .map_err(at)?;
    let first = UploadPart {
        sha256: sha256.clone(),
        offset: here.received,
        data: Default::default(),
    };
    let meter = Meter::new("uploading", here.received, length, quiet);
    let rest = stream::unfold(
        (file, vec![0; PIECE], meter),
        async |(mut file, mut piece, mut meter)| {
            // Where it cannot be read any more, what was sent is not what was announced, and the daemon says so.
            let read = file.read(&mut piece).await.ok().filter(|read| *read > 0)?;
            meter.add(read as u64);
            let part = UploadPart {
                data: bytes::Bytes::copy_from_slice(&piece[..read]),
                ..UploadPart::default()
            };
            Some((part, (file, piece, meter)))
        },
    );
    artifacts.upload(stream::iter([first]).chain(rest)).await?;
    Ok(sha256)
}
