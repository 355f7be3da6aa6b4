//! Health checks, asked by tonic's own client.

use crate::support::{RawRequest, Server};
use iris_core::Drained;
use iris_services::Health;
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

const SHAPES: &str = "testing.v1.Shapes";

async fn with_health() -> (Server, Health) {
    let health = Health::new();
    let served = health.clone();
    let server = Server::with(
        move |application| application.add_application(served.application()),
        |server| server,
    )
    .await;
    (server, health)
}

fn of(service: &str) -> HealthCheckRequest {
    HealthCheckRequest {
        service: service.into(),
    }
}

async fn client(server: &Server) -> HealthClient<tonic::transport::Channel> {
    HealthClient::new(server.channel().await)
}

#[tokio::test]
async fn a_service_is_what_it_was_set_to() {
    let (server, health) = with_health().await;
    let mut client = client(&server).await;
    let mut check = async |service: &str| match client.check(of(service)).await {
        Ok(response) => Ok(response.into_inner().status()),
        Err(status) => Err(status.code()),
    };
    assert_eq!(check("").await, Ok(ServingStatus::Serving));
    assert_eq!(check(SHAPES).await, Err(tonic::Code::NotFound));
    health.set_serving(SHAPES);
    assert_eq!(check(SHAPES).await, Ok(ServingStatus::Serving));
    health.set_not_serving(SHAPES);
    assert_eq!(check(SHAPES).await, Ok(ServingStatus::NotServing));
    health.remove(SHAPES);
    assert_eq!(check(SHAPES).await, Err(tonic::Code::NotFound));
    health.set_nothing_serving();
    assert_eq!(check("").await, Ok(ServingStatus::NotServing));
}

#[tokio::test]
async fn who_watches_hears_of_each_change_and_of_the_stop() {
    let (server, health) = with_health().await;
    let mut client = client(&server).await;
    let mut watched = client.watch(of(SHAPES)).await.unwrap().into_inner();
    let mut next = async || watched.message().await.unwrap().map(|told| told.status());
    assert_eq!(next().await, Some(ServingStatus::ServiceUnknown));
    health.set_serving(SHAPES);
    assert_eq!(next().await, Some(ServingStatus::Serving));
    // No change, and none of this service.
    health.set_serving(SHAPES);
    health.set_not_serving("");
    health.set_not_serving(SHAPES);
    assert_eq!(next().await, Some(ServingStatus::NotServing));
    health.set_serving(SHAPES);
    assert_eq!(next().await, Some(ServingStatus::Serving));
    let stopping = tokio::spawn(server.running.shutdown());
    assert_eq!(next().await, Some(ServingStatus::NotServing));
    assert_eq!(next().await, None);
    drop(client);
    assert_eq!(stopping.await.unwrap(), Drained::Completely);
}

#[tokio::test]
async fn health_is_plain_json_too_and_unlimited() {
    let health = Health::new();
    let served = health.clone();
    let server = Server::with(
        move |application| {
            // No call of the application's own is let in.
            application
                .max_calls(0)
                .add_application(served.application())
        },
        |server| server,
    )
    .await;
    health.set_not_serving(SHAPES);
    let path = "/grpc.health.v1.Health/List";
    let answer = server.send(RawRequest::post_json(path, "{}")).await;
    let expected = serde_json::json!({
        "statuses": { "": { "status": "SERVING" }, SHAPES: { "status": "NOT_SERVING" } },
    });
    assert_eq!(answer.json(), expected);
    let path = "/grpc.health.v1.Health/Check?encoding=json&message=%7B%7D";
    let answer = server.send(RawRequest::new("GET", path)).await;
    assert_eq!(answer.json()["status"], "SERVING");
    let echo = RawRequest::post_json("/testing.v1.Shapes/Echo", "{}");
    assert_eq!(server.send(echo).await.status.as_u16(), 503);

    for number in 0..100 {
        health.set_serving(&format!("testing.v1.Service{number}"));
    }
    let path = "/grpc.health.v1.Health/List";
    let answer = server.send(RawRequest::post_json(path, "{}")).await;
    assert_eq!(answer.json()["code"], "resource_exhausted");
}
