//! Which types are events, and what they are called.

macro_rules! kind {
    ($feature:literal, $kind:literal: $($module:ident $(:: $type:ident)+ $(<$($parameter:ident),*>)?),* $(,)?) => {$(
        #[cfg(feature = $feature)]
        impl $(<$($parameter: serde::Serialize + serde::de::DeserializeOwned + Send + 'static),*>)? crate::Event
            for super::$module $(::$type)+ $(<$($parameter),*>)?
        {
            const KIND: &'static str = $kind;
        }
    )*};
}

kind!("alb", "event of a load balancer": alb::AlbTargetGroupRequest);

kind!("alexa", "request of Alexa's": alexa::AlexaRequest);

kind!("apigw", "event of API Gateway":
    apigw::ApiGatewayProxyRequest,
    apigw::ApiGatewayV2httpRequest,
    apigw::ApiGatewayWebsocketProxyRequest,
    apigw::ApiGatewayCustomAuthorizerRequest,
    apigw::ApiGatewayCustomAuthorizerRequestTypeRequest,
    apigw::ApiGatewayV2CustomAuthorizerV1Request,
    apigw::ApiGatewayV2CustomAuthorizerV2Request,
);

kind!("appsync", "event of AppSync":
    appsync::AppSyncDirectResolverEvent<A, S, T>,
    appsync::AppSyncLambdaAuthorizerRequest,
);

kind!("cloudwatch_events", "event of CloudWatch": cloudwatch_events::CloudWatchEvent<T>);

kind!("cloudwatch_logs", "event of CloudWatch's logs": cloudwatch_logs::LogsEvent);

kind!("cognito", "event of Cognito":
    cognito::CognitoEvent,
    cognito::CognitoEventUserPoolsPreSignup,
    cognito::CognitoEventUserPoolsPreAuthentication,
    cognito::CognitoEventUserPoolsPostConfirmation,
    cognito::CognitoEventUserPoolsPreTokenGen,
    cognito::CognitoEventUserPoolsPreTokenGenV2,
    cognito::CognitoEventUserPoolsPostAuthentication,
    cognito::CognitoEventUserPoolsMigrateUser,
    cognito::CognitoEventUserPoolsDefineAuthChallenge,
    cognito::CognitoEventUserPoolsCreateAuthChallenge,
    cognito::CognitoEventUserPoolsVerifyAuthChallenge,
    cognito::CognitoEventUserPoolsCustomMessage,
);

kind!("dynamodb", "event of DynamoDB": dynamodb::Event, dynamodb::TimeWindowEvent);

kind!("eventbridge", "event of EventBridge": eventbridge::EventBridgeEvent<T>);

kind!("firehose", "event of Firehose": firehose::KinesisFirehoseEvent);

kind!("kinesis", "event of Kinesis": kinesis::KinesisEvent, kinesis::KinesisTimeWindowEvent);

kind!("lambda_function_urls", "event of a function URL": lambda_function_urls::LambdaFunctionUrlRequest);

kind!("s3", "event of S3":
    s3::S3Event,
    s3::batch_job::S3BatchJobEvent,
    s3::object_lambda::S3ObjectLambdaEvent,
);

kind!("sqs", "event of SQS":
    sqs::SqsEvent,
    sqs::SqsEventObj<T>,
);
