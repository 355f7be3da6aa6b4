//! Calls of every kind, with messages of every form.

use crate::server::server;
use described_client::iris_client::json::WellKnown;
use described_client::iris_client::{Client, Format, Protocol, Status};
use described_client::messages::odd::v1::everything::nested::Deep;
use described_client::messages::odd::v1::everything::{Choice, Kind, Nested};
use described_client::messages::odd::v1::{Count, Everything, Result as Result_};
use described_client::messages::{RootMessage, old, r#type};
use described_client::odd_odd_v1::Odd;
use described_client::{ErrorCode, Remotes};
use futures_util::stream;
use prost_types::{FieldMask, Struct, Timestamp, Value};

/// The same in both formats, and in two protocols.
async fn each(call: impl AsyncFn(Odd)) {
    let (running, url) = server().await;
    for protocol in [Protocol::Connect, Protocol::Grpc] {
        for format in [Format::Proto, Format::Json] {
            let client = Client::builder(&url).protocol(protocol).format(format);
            call(Remotes::new(client.build().expect("a client")).odd_odd_v1()).await;
        }
    }
    running.shutdown().await;
}

#[tokio::test]
async fn well_known_messages_are_given_as_they_are() {
    each(async |odd| {
        odd.ping().await.unwrap();
        assert_eq!(odd.now().await.unwrap().seconds, 7);
        assert_eq!(odd.upper("text".to_owned()).await.unwrap(), "TEXT");
        assert_eq!(
            odd.tick(Count { count: 0 })
                .await
                .unwrap()
                .next()
                .await
                .transpose()
                .unwrap(),
            None
        );
        let fields = [("a".to_owned(), Value::from(1.0))];
        let object = Struct {
            fields: fields.into(),
        };
        let merged = odd.merge(object.into()).await.unwrap();
        assert_eq!(merged.fields["a"], Value::from(1.0));
        assert_eq!(merged.fields["seen"], Value::from(true));
        let mask = FieldMask {
            paths: vec!["name".to_owned(), "address".to_owned()],
        };
        let list = odd.list(WellKnown(mask)).await.unwrap();
        assert_eq!(list.values, ["name", "address"].map(Value::from));
    })
    .await;
}

#[tokio::test]
async fn what_an_any_holds_is_known() {
    let (running, url) = server().await;
    let client = Client::builder(&url).format(Format::Json).build().unwrap();
    let packed = Remotes::new(client)
        .odd_odd_v1()
        .pack(vec![8, 10])
        .await
        .unwrap();
    assert_eq!(packed.to_msg::<Count>().unwrap(), Count { count: 5 });
    running.shutdown().await;
}

#[tokio::test]
async fn every_kind_of_field_comes_back() {
    each(async |odd| {
        let sent = everything();
        let got = odd.echo(sent.clone()).await.unwrap();
        assert_eq!(got, sent);
    })
    .await;
}

fn everything() -> Everything {
    let deep = Deep {
        back: Some(Box::default()),
        top: None,
    };
    Everything {
        r#type: 0.5,
        r#fn: -1,
        r#gen: 3,
        constructor: 4,
        proto: "quoted".to_owned(),
        kind: Kind::Negative.into(),
        numbers: vec![1, -1],
        by_name: [("one".to_owned(), deep)].into(),
        by_number: [(1, Kind::Self_.into())].into(),
        by_truth: [(true, vec![1, 2].into())].into(),
        maybe: Some(String::new()),
        choice: Some(Choice::Inside(Box::default())),
        at: Some(Timestamp {
            seconds: 1,
            nanos: 5,
        }),
        wrapped: Some("wrapped".to_owned()),
        other: Some(r#type::Type::default()),
        old: Some(old::Old {
            name: "name".to_owned(),
            ..old::Old::default()
        }),
        root: Some(RootMessage {
            text: "root".to_owned(),
        }),
        many: vec![Nested::default()],
        ..Everything::default()
    }
}

#[tokio::test]
async fn calls_may_stream() {
    each(async |odd| {
        let mut ticks = odd.tick(Count { count: 3 }).await.unwrap();
        let mut seconds = Vec::new();
        while let Some(tick) = ticks.next().await {
            seconds.push(tick.unwrap().seconds);
        }
        assert_eq!(seconds, [0, 1, 2]);
    })
    .await;
    let (running, url) = server().await;
    let client = Client::builder(&url).protocol(Protocol::Grpc);
    let odd = Remotes::new(client.build().unwrap()).odd_odd_v1();
    let sum = odd.sum(stream::iter([1, 2, 3])).await.unwrap();
    assert_eq!(sum.count, 6);
    let count = odd.count_all(stream::iter([(), ()])).await.unwrap();
    assert_eq!(count.count, 2);
    let sent = [everything(), Everything::default()];
    let mut talk = odd.talk(stream::iter(sent.clone())).await.unwrap();
    for sent in sent {
        assert_eq!(talk.next().await.unwrap().unwrap(), sent);
    }
    assert!(talk.next().await.is_none());
    running.shutdown().await;
}

#[tokio::test]
async fn procedures_whose_names_are_one_in_rust_are_all_called() {
    each(async |odd| {
        let count = || Count::default();
        assert_eq!(odd.get_thing(count()).await.unwrap().count, 1);
        assert_eq!(odd.get_thing_(count()).await.unwrap().count, 2);
        assert_eq!(odd.get_thing__(count()).await.unwrap().count, 3);
        let made = odd
            .new_(Result_ {
                ok: "ok".to_owned(),
            })
            .await
            .unwrap();
        assert_eq!(made.some, "ok");
    })
    .await;
}

#[tokio::test]
async fn a_failure_has_a_code_of_iris_or_a_number() {
    each(async |odd| {
        let refused = odd.upper(String::new()).await.unwrap_err();
        assert_eq!(refused.status, Status::InvalidArgument);
        let missing = odd.clone(described_client::messages::odd::v1::Send {});
        let missing = missing.await.unwrap_err();
        assert_eq!(missing.code, ErrorCode::IrisProcedureNotFound);
    })
    .await;
    assert_eq!(ErrorCode::from(7), ErrorCode::Unrecognized(7));
}
