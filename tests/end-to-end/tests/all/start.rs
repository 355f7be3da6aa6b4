//! What does not start says why.

use end_to_end::remotes::shapes::Shapes;
use iris_core::{HttpServer, Iris, IrisError, Request, StartError, remote};

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
