//! A handler for each kind of event, which answers with something that only stands deep in such an event.

use iris_lambda::events::alb::AlbTargetGroupRequest;
use iris_lambda::events::alexa::{AlexaRequest, AlexaResponse, Request};
use iris_lambda::events::apigw::{ApiGatewayProxyRequest, ApiGatewayV2httpRequest};
use iris_lambda::events::appsync::AppSyncDirectResolverEvent;
use iris_lambda::events::cloudwatch_events::CloudWatchEvent;
use iris_lambda::events::cloudwatch_logs::LogsEvent;
use iris_lambda::events::cognito::CognitoEventUserPoolsPreSignup;
use iris_lambda::events::dynamodb::Event as DynamoDbEvent;
use iris_lambda::events::eventbridge::EventBridgeEvent;
use iris_lambda::events::firehose::KinesisFirehoseEvent;
use iris_lambda::events::kinesis::KinesisEvent;
use iris_lambda::events::lambda_function_urls::LambdaFunctionUrlRequest;
use iris_lambda::events::s3::S3Event;
use iris_lambda::events::serde_dynamo::from_item;
use iris_lambda::events::sqs::SqsEvent;
use iris_lambda::{Context, Event, IntoAnswer, RunError, Runtime};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::error::Error;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Result<(), RunError> {
    Runtime::new()
        .register(
            "alb",
            of(|event: AlbTargetGroupRequest| Ok(event.request_context.elb.target_group_arn)),
        )
        .register("alexa", of(alexa))
        .register(
            "apigw",
            of(|event: ApiGatewayProxyRequest| Ok(event.request_context.stage)),
        )
        .register(
            "apigw2",
            of(|event: ApiGatewayV2httpRequest| Ok(event.request_context.http.source_ip)),
        )
        .register(
            "appsync",
            of(|event: AppSyncDirectResolverEvent| Ok(event.info.field_name)),
        )
        .register(
            "cloudwatch_events",
            of(|event: CloudWatchEvent<Change>| Ok(event.detail)),
        )
        .register(
            "cloudwatch_logs",
            of(|event: LogsEvent| Ok(event.aws_logs.data.log_events[0].message.clone())),
        )
        .register(
            "cognito",
            of(|event: CognitoEventUserPoolsPreSignup| {
                Ok(event.request.user_attributes["email"].clone())
            }),
        )
        .register("dynamodb", of(dynamodb))
        .register(
            "eventbridge",
            of(|event: EventBridgeEvent<Change>| Ok(event.detail)),
        )
        .register(
            "firehose",
            of(|event: KinesisFirehoseEvent| {
                Ok(String::from_utf8(event.records[0].data.0.clone())?)
            }),
        )
        .register(
            "kinesis",
            of(|event: KinesisEvent| {
                Ok(String::from_utf8(event.records[0].kinesis.data.0.clone())?)
            }),
        )
        .register(
            "lambda_function_urls",
            of(|event: LambdaFunctionUrlRequest| Ok(event.request_context.http.path)),
        )
        .register(
            "s3",
            of(|event: S3Event| Ok(event.records[0].s3.object.key.clone())),
        )
        .register(
            "sqs",
            of(|event: SqsEvent| Ok(event.records[0].body.clone())),
        )
        .run()
        .await
}

/// A handler of a function that is not async.
fn of<E: Event, A: IntoAnswer>(
    function: fn(E) -> Outcome<A>,
) -> impl Fn(E, Context) -> std::future::Ready<Outcome<A>> {
    move |event, _| std::future::ready(function(event))
}

#[derive(Deserialize, Serialize)]
struct Change {
    state: String,
}

#[derive(Deserialize)]
struct Item {
    count: u32,
}

fn alexa(event: AlexaRequest) -> Outcome<AlexaResponse> {
    let Request::Intent { intent, origin, .. } = &event.request else {
        return Ok(AlexaResponse::silence());
    };
    let city = intent.slot("city").unwrap_or_default();
    let locale = origin.locale.as_deref().unwrap_or_default();
    Ok(AlexaResponse::say(format!("{city} in {locale}"))
        .with_attribute("city", city)
        .end())
}

fn dynamodb(event: DynamoDbEvent) -> Outcome<Value> {
    let change = &event.records[0].change;
    let old: Item = from_item(change.old_image.clone())?;
    let new: Item = from_item(change.new_image.clone())?;
    Ok(json!({ "old": old.count, "new": new.count }))
}
