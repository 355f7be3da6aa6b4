//! Uploads.

use crate::support::{Daemon, until_seen};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use iris_up_client::messages::iris::up::v1::{
    Artifact, ArtifactRequest, Kind, PushRequest, UploadPart,
};
use iris_up_client::{ErrorCode, IrisError};
use sha2::{Digest, Sha256};

pub(crate) fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().map(|byte| format!("{byte:02x}")).collect()
}

pub(crate) async fn upload(
    daemon: &Daemon,
    sha256: &str,
    offset: u64,
    pieces: &[&[u8]],
) -> Result<Artifact, IrisError> {
    let first = UploadPart {
        sha256: sha256.to_owned(),
        offset,
        data: Bytes::new(),
    };
    let rest = pieces.iter().map(|piece| UploadPart {
        data: Bytes::copy_from_slice(piece),
        ..UploadPart::default()
    });
    let parts: Vec<UploadPart> = [first].into_iter().chain(rest).collect();
    daemon
        .remotes()
        .artifacts()
        .upload(stream::iter(parts))
        .await
}

pub(crate) async fn find(daemon: &Daemon, sha256: &str) -> (u64, bool) {
    let request = ArtifactRequest {
        sha256: sha256.to_owned(),
    };
    let found = daemon.remotes().artifacts().find(request).await.unwrap();
    (found.received, found.complete)
}

#[tokio::test]
async fn what_comes_is_held_against_what_was_announced() {
    let daemon = Daemon::start().await;
    let sha256 = hash(b"hello world");
    assert_eq!(find(&daemon, &sha256).await, (0, false));
    let wrong = upload(&daemon, &sha256, 0, &[b"hello"]).await.unwrap_err();
    assert_eq!(wrong.code, ErrorCode::WrongHash);
    assert!(wrong.internal_message.contains(&hash(b"hello")), "{wrong}");
    assert_eq!(find(&daemon, &sha256).await, (0, false));

    let behind = upload(&daemon, &sha256, 6, &[b"world"]).await.unwrap_err();
    assert_eq!(behind.code, ErrorCode::WrongOffset);
    let whole = upload(&daemon, &sha256, 0, &[b"hello ", b"world"])
        .await
        .unwrap();
    assert_eq!((whole.received, whole.complete), (11, true));
    assert_eq!(find(&daemon, &sha256).await, (11, true));

    let none = upload(&daemon, "../../etc/passwd", 0, &[])
        .await
        .unwrap_err();
    assert_eq!(none.code, ErrorCode::InvalidHash);
}

#[tokio::test]
async fn an_upload_goes_on_where_it_broke_off() {
    let daemon = Daemon::start().await;
    let bytes: Vec<u8> = (0..1_000_000u32).map(|number| number as u8).collect();
    let sha256 = hash(&bytes);
    let remotes = daemon.remotes();
    let (more, parts) = tokio::sync::mpsc::channel(1);
    let part = |offset: usize, data: &[u8]| UploadPart {
        sha256: sha256.clone(),
        offset: offset as u64,
        data: Bytes::copy_from_slice(data),
    };
    let parts = stream::unfold(parts, async |mut parts| Some((parts.recv().await?, parts)));
    let artifacts = remotes.artifacts();
    let uploading = tokio::spawn(async move { artifacts.upload(parts).await });
    more.send(part(0, &bytes[..600_000])).await.unwrap();
    until_seen("what was sent", async || {
        (find(&daemon, &sha256).await.0 >= 600_000).then_some(())
    })
    .await;
    // The caller goes away.
    uploading.abort();
    assert!(uploading.await.unwrap_err().is_cancelled());

    let whole = upload(&daemon, &sha256, 600_000, &[&bytes[600_000..]]).await;
    assert!(whole.unwrap().complete);
}

#[tokio::test]
async fn only_an_artifact_that_is_there_can_be_pushed() {
    let daemon = Daemon::start().await;
    let push = async |name: &str, kind: Kind, artifact: String| {
        let request = PushRequest {
            name: name.to_owned(),
            kind: kind.into(),
            artifact,
            settings: None,
            ..PushRequest::default()
        };
        match daemon.remotes().apps().push(request).await {
            Err(error) => error.code,
            Ok(mut events) => events.message().await.unwrap_err().code,
        }
    };
    let missing = hash(b"missing");
    assert_eq!(
        push("app", Kind::Daemon, missing.clone()).await,
        ErrorCode::UnknownArtifact
    );
    assert_eq!(
        push("../app", Kind::Daemon, missing.clone()).await,
        ErrorCode::InvalidName
    );
    assert_eq!(
        push("app", Kind::Unspecified, missing).await,
        ErrorCode::InvalidKind
    );
    assert_eq!(
        push("app", Kind::Daemon, "short".to_owned()).await,
        ErrorCode::InvalidHash
    );
}

#[tokio::test]
async fn what_is_too_large_is_refused_at_the_first_part_that_is() {
    let daemon = Daemon::start_with(&["--max-upload", "1KiB"]).await;
    let bytes = [7; 1025];
    let sha256 = hash(&bytes);
    // It goes on without end, and is not read.
    let first = UploadPart {
        sha256: sha256.clone(),
        ..UploadPart::default()
    };
    let part = UploadPart {
        data: Bytes::from_static(&[7; 1000]),
        ..UploadPart::default()
    };
    let parts = stream::iter([first]).chain(stream::repeat(part));
    let refused = daemon.remotes().artifacts().upload(parts).await;
    let refused = refused.unwrap_err();
    assert_eq!(refused.code, ErrorCode::ArtifactTooLarge);
    assert!(refused.internal_message.contains("1024 bytes"), "{refused}");
    // Nothing of it is left.
    assert_eq!(find(&daemon, &sha256).await, (0, false));
    let uploads = std::fs::read_dir(daemon.folder.path().join("uploads"));
    assert_eq!(uploads.unwrap().count(), 0);
    let most = upload(&daemon, &hash(&bytes[1..]), 0, &[&bytes[1..]]).await;
    assert!(most.unwrap().complete);
    let program = crate::support::path("resident");
    let pushed = daemon.run(&["push", &program]).await;
    assert!(pushed.err.contains("--max-upload"), "{}", pushed.err);
}

#[tokio::test]
async fn what_nobody_goes_on_with_is_removed() {
    let daemon = Daemon::start().await;
    let uploads = daemon.folder.path().join("uploads");
    let begun = |text: &[u8], age: u64| {
        let path = uploads.join(hash(text));
        std::fs::write(&path, b"part").unwrap();
        let file = std::fs::File::options().write(true).open(&path).unwrap();
        let then = std::time::SystemTime::now() - std::time::Duration::from_secs(age);
        file.set_modified(then).unwrap();
        path
    };
    let old = begun(b"old", 3700);
    let young = begun(b"young", 3000);
    upload(&daemon, &hash(b"other"), 0, &[b"other"])
        .await
        .unwrap();
    assert!(!old.exists() && young.exists());
}
