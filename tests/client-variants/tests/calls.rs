//! The client crates call the server in this process.

use client_variants::application;
use numbers_client::iris_client::Client;
use numbers_client::messages::notes::v1::Note;

fn client() -> Client {
    Client::in_process(application().into_service().expect("one remote"))
}

#[tokio::test]
async fn without_error_codes_a_failure_has_its_number() {
    let notes = numbers_client::Remotes::new(client()).notes();
    notes.ping().await.unwrap();
    let refused: numbers_client::IrisError = notes.keep(Note::default()).await.unwrap_err();
    assert_eq!(refused.code, 7);
}

#[tokio::test]
async fn clients_that_share_messages_take_each_others() {
    let note = Note {
        text: "milk".to_owned(),
        ..Note::default()
    };
    let numbers = numbers_client::Remotes::new(client()).notes();
    let sharing = sharing_client::Remotes::new(client()).notes();
    let kept = numbers.keep(note.clone()).await.unwrap();
    assert_eq!(sharing.keep(note).await.unwrap(), kept);
    let refused = sharing.keep(Note::default()).await.unwrap_err();
    assert_eq!(refused.code, sharing_client::ErrorCode::Empty);
}
