//! Every message shape and stream kind, every way.

use crate::support::{Server, Way, text};
use end_to_end_client::ErrorCode;
use end_to_end_client::messages::testing::v1::{Blob, Nested, Number, Range};
use futures_util::{StreamExt, TryStreamExt, stream};
use tokio_stream::wrappers::ReceiverStream;

#[tokio::test]
async fn all_four_message_shapes() {
    let server = Server::start().await;
    for way in Way::ALL {
        let shapes = server.remotes(way).shapes();
        assert_eq!(
            shapes.echo(text("größer")).await.unwrap(),
            text("größer"),
            "{way:?}"
        );
        shapes.swallow(text("gone")).await.unwrap();
        assert_eq!(shapes.fetch().await.unwrap(), text("fetched"), "{way:?}");
        shapes.ping().await.unwrap();
    }
}

#[tokio::test]
async fn a_deprecated_procedure_and_a_renamed_one_still_answer() {
    let server = Server::start().await;
    let shapes = server.remotes(Way::ConnectProto).shapes();
    #[expect(deprecated)]
    let repeated = shapes.repeat(text("again")).await.unwrap();
    assert_eq!(repeated, text("again"));
    let length = shapes
        .length(Blob {
            data: vec![0; 10].into(),
        })
        .await;
    assert_eq!(length.unwrap().number, 10);
}

#[tokio::test]
async fn a_generic_remote_answers() {
    let server = Server::start().await;
    for way in Way::ALL {
        assert_eq!(
            server.remotes(way).counter().next().await.unwrap().number,
            42,
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn a_nested_message_survives() {
    let server = Server::start().await;
    let mut tree = Nested {
        inner: Some(text("leaf")),
        children: Vec::new(),
    };
    for depth in 0..30 {
        tree = Nested {
            inner: Some(text(&depth.to_string())),
            children: vec![tree.clone(), Nested::default()],
        };
    }
    for way in Way::ALL {
        assert_eq!(
            server
                .remotes(way)
                .shapes()
                .tree(tree.clone())
                .await
                .unwrap(),
            tree,
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn a_server_stream_arrives_in_order() {
    let server = Server::start().await;
    for way in Way::ALL {
        let range = Range {
            from: 0,
            to: 5000,
            fail_at: -1,
        };
        let numbers = server.remotes(way).shapes().count(range).await.unwrap();
        let numbers: Vec<i64> = numbers
            .map_ok(|number| number.number)
            .try_collect()
            .await
            .unwrap();
        assert_eq!(numbers, (0..5000).collect::<Vec<i64>>(), "{way:?}");
    }
}

#[tokio::test]
async fn an_empty_server_stream_ends_well() {
    let server = Server::start().await;
    for way in Way::ALL {
        let range = Range {
            from: 3,
            to: 3,
            fail_at: -1,
        };
        let mut numbers = server.remotes(way).shapes().count(range).await.unwrap();
        assert!(numbers.next().await.is_none(), "{way:?}");
    }
}

#[tokio::test]
async fn a_client_stream_is_summed() {
    let server = Server::start().await;
    for way in Way::ALL {
        let numbers = stream::iter(1..=1000).map(|number| Number { number });
        let sum = server.remotes(way).shapes().sum(numbers).await.unwrap();
        assert_eq!(sum.number, 500_500, "{way:?}");
        let nothing = server
            .remotes(way)
            .shapes()
            .sum(stream::empty())
            .await
            .unwrap();
        assert_eq!(nothing.number, 0, "{way:?}");
    }
}

#[tokio::test]
async fn a_bidirectional_stream_answers_while_it_is_still_sent() {
    let server = Server::start().await;
    for way in [
        Way::ConnectHttp2,
        Way::GrpcProto,
        Way::GrpcJson,
        Way::InProcessConnect,
        Way::InProcessGrpc,
    ] {
        let (say, said) = tokio::sync::mpsc::channel(1);
        say.send(text("hello")).await.unwrap();
        let mut answers = server
            .remotes(way)
            .shapes()
            .chat(ReceiverStream::new(said))
            .await
            .unwrap();
        assert_eq!(
            answers.next().await.unwrap().unwrap(),
            text("HELLO"),
            "{way:?}"
        );
        // The answer came while the request was open: now say something else.
        say.send(text("bye")).await.unwrap();
        assert_eq!(
            answers.next().await.unwrap().unwrap(),
            text("BYE"),
            "{way:?}"
        );
        drop(say);
        assert!(answers.next().await.is_none(), "{way:?}");
    }
}

#[tokio::test]
async fn a_stream_that_cannot_begin_is_an_error_of_the_call() {
    let server = Server::start().await;
    for way in Way::ALL {
        let range = Range {
            from: 2,
            to: 1,
            fail_at: -1,
        };
        let error = match server.remotes(way).shapes().count(range).await {
            Err(error) => error,
            // Connect tells it in the stream's end.
            Ok(mut numbers) => numbers.next().await.unwrap().unwrap_err(),
        };
        assert_eq!(error.code, ErrorCode::Documented, "{way:?}");
    }
}

#[tokio::test]
async fn a_stream_that_fails_midway_delivers_what_came_before() {
    let server = Server::start().await;
    for way in Way::ALL {
        let range = Range {
            from: 0,
            to: 10,
            fail_at: 4,
        };
        let mut numbers = server.remotes(way).shapes().count(range).await.unwrap();
        for expected in 0..4 {
            assert_eq!(
                numbers.next().await.unwrap().unwrap().number,
                expected,
                "{way:?}"
            );
        }
        let error = numbers.next().await.unwrap().unwrap_err();
        assert_eq!(error.code, ErrorCode::Formatted, "{way:?}");
        assert_eq!(
            error.internal_message, "no row 4 in \"numbers\" {}",
            "{way:?}"
        );
        assert!(numbers.next().await.is_none(), "{way:?}");
    }
}

#[tokio::test]
async fn remotes_called_like_what_their_files_need_answer() {
    let server = Server::start().await;
    let remotes = server.remotes(Way::ConnectProto);
    remotes.sync().ping().await.unwrap();
    remotes.result().ping().await.unwrap();
    remotes.iris_error().ping().await.unwrap();
}
