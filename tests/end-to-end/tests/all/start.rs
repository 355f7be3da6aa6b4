//! What does not start says why.

use crate::log::Log;
use end_to_end::remotes::shapes::Shapes;
use iris_core::{Contract, HttpServer, Iris, IrisError, Request, StartError, WebSockets, remote};
use iris_services::{Health, Reflection};
use std::time::Duration;

struct Other;

#[remote(package = "testing.v1", name = "Shapes")]
impl Other {
    #[procedure]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }
}

struct Third;

#[remote(package = "testing.v1", name = "Shapes")]
impl Third {
    #[procedure]
    async fn ping(&self, _: &Request) -> Result<(), IrisError> {
        Ok(())
    }
}

#[tokio::test]
async fn a_remote_added_twice_is_named() {
    let application = end_to_end::application(std::sync::Arc::default()).add_remote(Shapes);
    let error = application.into_service().unwrap_err().to_string();
    assert!(
        error.contains("testing.v1.Shapes") && error.contains("added twice"),
        "{error}"
    );
}

#[tokio::test]
async fn colliding_remotes_are_both_named() {
    let application = Iris::without_context().add_remote(Other).add_remote(Third);
    let error = application
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .start()
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("start::Other") && error.contains("start::Third"),
        "{error}"
    );
}

#[tokio::test]
async fn a_main_that_returns_the_error_shows_what_a_person_reads() {
    let application = Iris::without_context().add_remote(Other).add_remote(Third);
    let error = application.into_service().unwrap_err();
    assert_eq!(format!("{error:?}"), error.to_string());
}

#[tokio::test]
async fn a_taken_port_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let error = Iris::without_context()
        .add_server(HttpServer::bind(&address))
        .start()
        .await
        .unwrap_err();
    assert!(
        matches!(error, StartError::Listen { .. }) && error.to_string().contains(&address),
        "{error}"
    );
}

#[tokio::test]
async fn no_server_and_a_wrong_prefix_are_told() {
    let error = Iris::without_context().start().await.unwrap_err();
    assert!(error.to_string().contains("add_server"), "{error}");
    let server = HttpServer::bind("127.0.0.1:0").prefix("api");
    let error = Iris::without_context()
        .add_server(server)
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("`api`"), "{error}");
}

#[tokio::test]
async fn settings_with_which_nothing_could_be_served_are_named() {
    type Set = fn(HttpServer) -> HttpServer;
    let none = Duration::ZERO;
    let settings: [(&str, Set); 9] = [
        ("header_timeout", |server| {
            server.header_timeout(Duration::ZERO)
        }),
        ("body_timeout", |server| server.body_timeout(Duration::ZERO)),
        ("write_timeout", |server| {
            server.write_timeout(Duration::ZERO)
        }),
        ("idle_timeout", |server| server.idle_timeout(Duration::ZERO)),
        ("max_connection_age", |server| {
            server.max_connection_age(Duration::ZERO)
        }),
        ("max_connections", |server| server.max_connections(0)),
        ("keep_alive", |server| server.keep_alive(Duration::ZERO)),
        ("keep_alive_timeout", |server| {
            server.keep_alive_timeout(Duration::ZERO)
        }),
        ("max_concurrent_streams", |server| {
            server.max_concurrent_streams(0)
        }),
    ];
    for (name, set) in settings {
        let server = set(HttpServer::bind("127.0.0.1:0"));
        let started = Iris::without_context().add_server(server).start().await;
        let error = started.unwrap_err();
        assert!(
            matches!(&error, StartError::Setting(why) if why.starts_with(&format!("{name}: 0 "))),
            "{name}: {error}"
        );
    }
    let sockets = WebSockets::new().max_sockets(0);
    let service = Iris::without_context().into_service().unwrap();
    let error = service.with_websockets(&sockets).err().unwrap();
    assert!(error.to_string().contains("max_sockets: 0"), "{error}");
    for (words, application) in [
        (
            "min_timeout of 2s and max_timeout of 1s",
            Iris::without_context()
                .max_timeout(Duration::from_secs(1))
                .min_timeout(Duration::from_secs(2)),
        ),
        ("max_timeout: 0", Iris::without_context().max_timeout(none)),
        (
            "default_timeout: 0",
            Iris::without_context().default_timeout(none),
        ),
    ] {
        let error = application.into_service().err().unwrap();
        assert!(matches!(error, StartError::Setting(_)), "{error}");
        assert!(error.to_string().contains(words), "{words}: {error}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_file_that_is_no_socket_is_never_replaced() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("app.conf");
    std::fs::write(&path, "precious").unwrap();
    let error = Iris::without_context()
        .add_server(HttpServer::unix(&path))
        .start()
        .await
        .unwrap_err();
    assert!(error.to_string().contains("app.conf"), "{error}");
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "precious");
}

mod disagreeing {
    //! Remotes that are not what their callers are told.

    use end_to_end::messages::testing::v1::{Number, Text as Shown};
    use futures_util::stream;
    use iris_core::{IrisError, Request, Stream, remote};

    /// What the generator would take for the message of that name.
    type Text = Number;

    pub(super) struct Shapes;

    #[remote(package = "testing.v1")]
    impl Shapes {
        #[procedure]
        async fn echo(&self, _: &Request, request: Text) -> Result<Shown, IrisError> {
            Ok(Shown {
                text: request.number.to_string(),
            })
        }

        #[procedure]
        async fn fetch(
            &self,
            _: &Request,
        ) -> Result<impl Stream<Item = Result<Shown, IrisError>>, IrisError> {
            Ok(stream::empty())
        }

        #[procedure]
        async fn forgotten(&self, _: &Request) -> Result<(), IrisError> {
            Ok(())
        }
    }
}

#[test]
fn remotes_that_disagree_with_what_callers_are_told_are_named() {
    let application = Iris::without_context()
        .contract(end_to_end::messages::CONTRACT)
        .add_remote(disagreeing::Shapes);
    let error = application.into_service().unwrap_err().to_string();
    for expected in [
        "/testing.v1.Shapes/Echo",
        "its request is testing.v1.Text, the server has testing.v1.Number",
        "/testing.v1.Shapes/Fetch",
        "other streams",
        "/testing.v1.Shapes/Forgotten",
        "not in the contract",
        "/testing.v1.Shapes/Sum is in the contract, and all::start::disagreeing::Shapes",
        "has no such procedure",
    ] {
        assert!(error.contains(expected), "{expected}: {error}");
    }
    // Remotes that are not added at all may be served elsewhere.
    assert!(!error.contains("testing.v1.Failures"), "{error}");
    let error = Iris::without_context()
        .contract(Contract::new(b"\xff", &[], ""))
        .into_service()
        .unwrap_err();
    assert!(error.to_string().contains("no descriptors"), "{error}");
}

#[test]
fn reflection_that_cannot_tell_of_what_it_was_given_says_so() {
    let damaged = Contract::new(b"\xff", &[], "");
    let reflection = Reflection::new()
        .contract(damaged)
        .contract(iris_services::CONTRACT);
    let application = Iris::without_context().add_application(reflection.application());
    let error = application.into_service().err().unwrap();
    assert!(error.to_string().contains("no descriptors"), "{error}");
    let error = Reflection::new().descriptors(vec![0xff]).unwrap_err();
    assert!(error.to_string().contains("FileDescriptorSet"), "{error}");
    // A set that was made while the program runs.
    let made = iris_services::CONTRACT.descriptors.to_vec();
    let reflection = Reflection::new().descriptors(made).unwrap();
    reflection.application().into_service().unwrap();
}

#[test]
fn a_remote_of_the_contract_that_is_not_served_is_named_in_the_log() {
    let log = Log::of_the_process();
    // It has no reflection either, but that is for the application around it to say.
    let application = Iris::without_context().add_application(Health::new().application());
    application
        .contract(iris_services::CONTRACT)
        .into_service()
        .unwrap();
    let line = "INFO iris_core::application: in the contract, and not served by this application: \
        grpc.reflection.v1.ServerReflection, grpc.reflection.v1alpha.ServerReflection";
    assert_eq!(log.lines_with(&[line]), 1);
}
