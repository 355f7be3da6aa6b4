//! An event of each kind, as AWS writes it, and what the handler of that kind finds in it.

use crate::support::{Event, RuntimeApi};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// `{"messageType":"DATA_MESSAGE", ..}`, compressed as CloudWatch does: made by `gzip -9`.
const LOGS: &str = include_str!("logs.base64");

async fn answer(kind: &str, event: Value) -> Value {
    let mut api = RuntimeApi::start().await;
    let _process = api.run("kinds", kind);
    let said = api.ask(Event::new("1", event.to_string())).await;
    assert_eq!(
        said.path,
        "invocation/1/response",
        "{kind}: {}",
        said.json()
    );
    said.json()
}

#[tokio::test]
async fn gateways() {
    let arn = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/lambda/abc";
    let event = json!({
        "requestContext": { "elb": { "targetGroupArn": arn } },
        "httpMethod": "GET", "path": "/", "queryStringParameters": { "a": "1" },
        "headers": { "host": "example.com" }, "body": "", "isBase64Encoded": false,
    });
    assert_eq!(answer("alb", event).await, arn);

    let event = json!({
        "resource": "/{proxy+}", "path": "/a", "httpMethod": "POST",
        "headers": { "Host": "example.com" }, "multiValueHeaders": { "Host": ["example.com"] },
        "queryStringParameters": null, "multiValueQueryStringParameters": null,
        "pathParameters": { "proxy": "a" }, "stageVariables": null,
        "requestContext": {
            "accountId": "123456789012", "resourceId": "x", "stage": "prod", "requestId": "y",
            "identity": { "sourceIp": "192.0.2.1", "userAgent": "curl" },
            "resourcePath": "/{proxy+}", "httpMethod": "POST", "apiId": "z",
        },
        "body": "{}", "isBase64Encoded": false,
    });
    assert_eq!(answer("apigw", event).await, "prod");

    let event = json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/a", "rawQueryString": "b=c",
        "headers": { "host": "example.com" }, "isBase64Encoded": false,
        "requestContext": {
            "accountId": "123456789012", "apiId": "x", "domainName": "example.com",
            "domainPrefix": "example", "requestId": "y", "routeKey": "$default", "stage": "$default",
            "time": "27/Nov/2026:12:00:00 +0000", "timeEpoch": 1795780800000u64,
            "http": {
                "method": "GET", "path": "/a", "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1", "userAgent": "curl",
            },
        },
    });
    assert_eq!(answer("apigw2", event.clone()).await, "192.0.2.1");
    assert_eq!(answer("lambda_function_urls", event).await, "/a");

    let event = json!({
        "arguments": { "id": "5" }, "identity": null, "source": null, "prev": null, "stash": {},
        "request": { "headers": { "host": "x" }, "domainName": null },
        "info": {
            "selectionSetList": ["name"], "selectionSetGraphQL": "{ name }",
            "parentTypeName": "Query", "fieldName": "getPost", "variables": {},
        },
    });
    assert_eq!(answer("appsync", event).await, "getPost");
}

#[tokio::test]
async fn skills_and_pools() {
    let event = json!({
        "version": "1.0",
        "session": {
            "new": true, "sessionId": "amzn1.echo-api.session.1",
            "application": { "applicationId": "amzn1.ask.skill.1" },
            "user": { "userId": "amzn1.ask.account.1" },
        },
        "context": { "System": { "apiEndpoint": "https://api.amazonalexa.com" } },
        "request": {
            "type": "IntentRequest", "requestId": "amzn1.echo-api.request.1",
            "timestamp": "2026-11-27T12:00:00Z", "locale": "en-GB", "dialogState": "COMPLETED",
            "intent": {
                "name": "Weather", "confirmationStatus": "NONE",
                "slots": { "city": { "name": "city", "value": "Leeds", "confirmationStatus": "NONE" } },
            },
        },
    });
    let expected = json!({
        "version": "1.0",
        "sessionAttributes": { "city": "Leeds" },
        "response": {
            "outputSpeech": { "type": "PlainText", "text": "Leeds in en-GB" },
            "shouldEndSession": true,
        },
    });
    assert_eq!(answer("alexa", event).await, expected);
    let event = json!({
        "version": "1.0",
        "request": { "type": "AudioPlayer.PlaybackStarted", "requestId": "1", "token": "x" },
    });
    assert_eq!(
        answer("alexa", event).await["response"]["shouldEndSession"],
        false
    );

    let event = json!({
        "version": "1", "triggerSource": "PreSignUp_SignUp", "region": "eu-central-1",
        "userPoolId": "eu-central-1_x", "userName": "ada",
        "callerContext": { "awsSdkVersion": "1", "clientId": "y" },
        "request": { "userAttributes": { "email": "ada@example.com" }, "validationData": null },
        "response": { "autoConfirmUser": false, "autoVerifyEmail": false, "autoVerifyPhone": false },
    });
    assert_eq!(answer("cognito", event).await, "ada@example.com");
}

#[tokio::test]
async fn buses_and_logs() {
    let event = json!({
        "version": "0", "id": "7bf73129-1428-4cd3-a780-95db273d1602",
        "detail-type": "EC2 Instance State-change Notification", "source": "aws.ec2",
        "account": "123456789012", "time": "2026-11-27T12:00:00Z", "region": "us-east-1",
        "resources": ["arn:aws:ec2:us-east-1:123456789012:instance/i-abcd1111"],
        "detail": { "instance-id": "i-abcd1111", "state": "pending" },
    });
    let expected = json!({ "state": "pending" });
    assert_eq!(answer("cloudwatch_events", event.clone()).await, expected);
    assert_eq!(answer("eventbridge", event).await, expected);

    let event = json!({ "awslogs": { "data": LOGS.trim() } });
    assert_eq!(answer("cloudwatch_logs", event).await, "it rains");
}

#[tokio::test]
async fn queues_and_streams() {
    let event = json!({ "Records": [{
        "messageId": "19dd0b57", "receiptHandle": "x", "body": "Hello from SQS",
        "attributes": { "ApproximateReceiveCount": "1" }, "messageAttributes": {},
        "md5OfBody": "y", "eventSource": "aws:sqs",
        "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:MyQueue", "awsRegion": "us-east-1",
    }]});
    assert_eq!(answer("sqs", event).await, "Hello from SQS");

    let data = STANDARD.encode("it rains");
    let event = json!({ "Records": [{
        "kinesis": {
            "kinesisSchemaVersion": "1.0", "partitionKey": "1", "sequenceNumber": "495903",
            "data": data, "approximateArrivalTimestamp": 1545084650.987,
        },
        "eventSource": "aws:kinesis", "eventVersion": "1.0", "eventID": "shardId-0:495903",
        "eventName": "aws:kinesis:record", "awsRegion": "us-east-2",
        "invokeIdentityArn": "arn:aws:iam::123456789012:role/lambda",
        "eventSourceARN": "arn:aws:kinesis:us-east-2:123456789012:stream/s",
    }]});
    assert_eq!(answer("kinesis", event).await, "it rains");

    let event = json!({
        "invocationId": "x", "region": "us-west-2",
        "deliveryStreamArn": "arn:aws:firehose:us-west-2:123456789012:deliverystream/d",
        "records": [{
            "recordId": "1", "approximateArrivalTimestamp": 1495072949453u64, "data": data,
        }],
    });
    assert_eq!(answer("firehose", event).await, "it rains");
}

#[tokio::test]
async fn stores() {
    let event = json!({ "Records": [{
        "eventVersion": "2.1", "eventSource": "aws:s3", "awsRegion": "us-east-2",
        "eventTime": "2026-11-27T12:00:00.000Z", "eventName": "ObjectCreated:Put",
        "userIdentity": { "principalId": "AWS:x" },
        "requestParameters": { "sourceIPAddress": "192.0.2.1" },
        "responseElements": { "x-amz-request-id": "y" },
        "s3": {
            "s3SchemaVersion": "1.0", "configurationId": "z",
            "bucket": {
                "name": "b", "ownerIdentity": { "principalId": "o" }, "arn": "arn:aws:s3:::b",
            },
            "object": { "key": "a+b.jpg", "size": 1305107, "eTag": "e", "sequencer": "0C0F6F405D6ED209E1" },
        },
    }]});
    assert_eq!(answer("s3", event).await, "a+b.jpg");

    // The original took one image for the other.
    let event = json!({ "Records": [{
        "eventID": "1", "eventVersion": "1.1", "eventName": "MODIFY", "awsRegion": "us-east-1",
        "eventSource": "aws:dynamodb",
        "eventSourceARN": "arn:aws:dynamodb:us-east-1:123456789012:table/t/stream/s",
        "dynamodb": {
            "ApproximateCreationDateTime": 1479499740.0,
            "Keys": { "id": { "S": "a" } },
            "OldImage": { "id": { "S": "a" }, "count": { "N": "1" } },
            "NewImage": { "id": { "S": "a" }, "count": { "N": "2" } },
            "SequenceNumber": "4421584500000000017450439091", "SizeBytes": 26,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    }]});
    assert_eq!(
        answer("dynamodb", event).await,
        json!({ "old": 1, "new": 2 })
    );
}

#[tokio::test]
async fn an_event_of_another_kind_is_told_by_its_name() {
    let mut api = RuntimeApi::start().await;
    let _process = api.run("kinds", "sqs");
    let said = api.ask(Event::new("1", r#"{"path":"/"}"#)).await;
    let told = said.json();
    let message = told["errorMessage"].as_str().unwrap();
    let start = "the event is no event of SQS: missing field `Records`";
    assert!(message.starts_with(start), "{message}");
}
