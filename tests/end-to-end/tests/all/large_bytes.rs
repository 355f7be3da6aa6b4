//! Messages with long `bytes`, which are sent from where they are: alone and among others, in every way.

use crate::support::Way;
use end_to_end::messages::testing::v1::Blob;
use end_to_end_client::iris_client::{Bidirectional, Client, Method, Unary, kind};
use end_to_end_client::messages::testing::v1 as sent;
use futures_util::{TryStreamExt, stream};
use iris_core::{
    HttpServer, Iris, IrisError, IrisService, Request, Running, Stream, Streaming, remote,
};

const ONE: Method<sent::Blob, sent::Blob> = Method::new("/testing.v1.Mirror/One");
const MANY: Method<sent::Blob, sent::Blob, kind::Bidirectional> =
    Method::new("/testing.v1.Mirror/Many");

/// The lengths of what is sent: none, short, at the limit from which on nothing is copied, and longer than any frame.
const LENGTHS: [usize; 12] = [
    0, 1, 100, 32_767, 32_768, 32_769, 3, 40_000, 65_536, 1, 300_000, 5,
];

/// Answers what it is asked.
struct Mirror;

#[remote(package = "testing.v1")]
impl Mirror {
    /// The same blob.
    #[procedure]
    async fn one(&self, _: &Request, request: Blob) -> Result<Blob, IrisError> {
        Ok(request)
    }

    /// The same blobs.
    #[procedure]
    async fn many(
        &self,
        _: &Request,
        requests: Streaming<Blob>,
    ) -> Result<impl Stream<Item = Result<Blob, IrisError>>, IrisError> {
        Ok(requests)
    }
}

fn blobs() -> Vec<sent::Blob> {
    let blob = |(number, length)| sent::Blob {
        data: vec![number; length].into(),
    };
    (1..).zip(LENGTHS).map(blob).collect()
}

/// The application, by itself and with every answer compressed.
struct Mirrors {
    running: Running,
    compressing: Running,
    service: IrisService<Request>,
}

impl Mirrors {
    async fn start() -> Mirrors {
        let iris = || Iris::without_context().add_remote(Mirror);
        let start = |iris: Iris<Request>| iris.add_server(HttpServer::bind("127.0.0.1:0")).start();
        Mirrors {
            running: start(iris()).await.unwrap(),
            compressing: start(iris().compress_responses(0)).await.unwrap(),
            service: iris().into_service().unwrap(),
        }
    }

    fn client(&self, way: Way) -> Client {
        way.client(&self.running, &self.compressing, self.service.clone())
    }
}

#[tokio::test]
async fn one_is_answered_as_it_was() {
    let mirrors = Mirrors::start().await;
    for way in Way::ALL {
        let client = mirrors.client(way);
        for blob in blobs() {
            let length = blob.data.len();
            let call: Unary<_, sent::Blob> = client.unary(ONE, blob.clone());
            assert!(call.await.unwrap() == blob, "{way:?}, {length} bytes");
        }
    }
}

#[tokio::test]
async fn many_come_whole_and_in_order() {
    let mirrors = Mirrors::start().await;
    for way in Way::ALL {
        // Over HTTP/1.1 the answers would wait for the last request.
        if matches!(way, Way::GrpcWebHttp1 | Way::GrpcWebTextHttp1) {
            continue;
        }
        let client = mirrors.client(way);
        let call: Bidirectional<sent::Blob, sent::Blob> =
            client.bidirectional(MANY, stream::iter(blobs()));
        let answers: Vec<_> = call.await.unwrap().try_collect().await.unwrap();
        let lengths: Vec<_> = answers.iter().map(|blob| blob.data.len()).collect();
        assert_eq!(lengths, LENGTHS, "{way:?}");
        assert!(answers == blobs(), "{way:?}");
    }
}
