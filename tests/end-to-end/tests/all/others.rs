//! Other callers, who are to notice nothing of what somebody does who means harm.

use crate::support::text;
use end_to_end::messages::testing::v1::Text;
use end_to_end_client::Remotes;
use end_to_end_client::iris_client::{Client, Protocol, RetryPolicy};
use iris_core::{IrisError, Request, Running, remote};
use std::fs;
use std::path::Path;
use std::time::Duration;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// Whoever waits for longer than this is not served. Far more than a call takes on a machine that is busy with
/// other things.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between two calls: the server has time for the attack as well.
const PAUSE: Duration = Duration::from_millis(2);

const PROTOCOLS: [Protocol; 4] = [
    Protocol::Connect,
    Protocol::Grpc,
    Protocol::GrpcWeb,
    Protocol::GrpcWebText,
];

/// One call after the other, all through a test: in each protocol in turn, each on a connection of its own, and none
/// sent again. None may fail, and none may wait.
pub(crate) struct Others {
    /// The number of calls that were answered.
    served: watch::Receiver<usize>,
    calling: JoinHandle<()>,
}

impl Others {
    /// Callers of `Shapes.Fetch`. They are there when this returns.
    pub(crate) async fn of(running: &Running) -> Self {
        let url = running.url();
        Others::calling(move |index| {
            let url = url.clone();
            async move {
                let protocol = PROTOCOLS[index % PROTOCOLS.len()];
                let client = Client::builder(&url)
                    .protocol(protocol)
                    .retry(RetryPolicy::never())
                    .build();
                let shapes = Remotes::new(client.unwrap()).shapes();
                let fetched = shapes.fetch().await;
                let fetched = fetched.unwrap_or_else(|error| panic!("{protocol:?}: {error}"));
                assert_eq!(fetched, text("fetched"), "{protocol:?}");
            }
        })
        .await
    }

    /// Callers who do this, which panics where they are not served. They are there when this returns.
    pub(crate) async fn calling<F>(call: impl Fn(usize) -> F + Send + 'static) -> Self
    where
        F: Future<Output = ()> + Send,
    {
        let (count, served) = watch::channel(0);
        let calling = tokio::spawn(async move {
            while !count.is_closed() {
                let index = *count.borrow();
                let answered = tokio::time::timeout(PATIENCE, call(index)).await;
                answered.unwrap_or_else(|_| panic!("call {index} was not answered"));
                count.send_replace(index + 1);
                tokio::time::sleep(PAUSE).await;
            }
        });
        let mut others = Others { served, calling };
        others.are_served().await;
        others
    }

    /// Returns once each of them was served anew.
    pub(crate) async fn are_served(&mut self) {
        let enough = self.soon();
        if self
            .served
            .wait_for(|served| *served >= enough)
            .await
            .is_err()
        {
            (&mut self.calling).await.unwrap();
        }
    }

    /// Does this, and again without a pause, until each of them was served anew in the midst of it.
    pub(crate) async fn are_served_during(&mut self, mut attack: impl AsyncFnMut()) {
        let enough = self.soon();
        while *self.served.borrow() < enough {
            attack().await;
            if self.calling.is_finished() {
                (&mut self.calling).await.unwrap();
            }
        }
    }

    /// How many calls were answered once each of them was served anew: the one that is on its way, and then one in each
    /// protocol.
    fn soon(&self) -> usize {
        *self.served.borrow() + 1 + PROTOCOLS.len()
    }

    /// They were served all the time, and are still; now they go.
    pub(crate) async fn were_served(mut self) {
        self.are_served().await;
        drop(self.served);
        self.calling.await.unwrap();
    }
}

/// What they call, for servers that have no `Shapes`.
pub(crate) struct Fetched;

#[remote(package = "testing.v1", name = "Shapes")]
impl Fetched {
    #[procedure(idempotent)]
    async fn fetch(&self, _: &Request) -> Result<Text, IrisError> {
        let text = "fetched".into();
        Ok(Text { text })
    }
}

/// `docs/hostile-input.md` says of every test it names that others are served meanwhile.
#[test]
fn each_test_that_the_docs_name_has_other_callers() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let docs = fs::read_to_string(here.join("../../docs/hostile-input.md")).unwrap();
    let words = docs.split('`').skip(1).step_by(2);
    let tests = words.filter_map(|word| word.rsplit_once("::"));
    let tests: Vec<_> = tests.filter(|(module, _)| !module.is_empty()).collect();
    assert!(tests.len() > 40, "{tests:?}");
    for (module, test) in tests {
        let file = here
            .join("tests/all")
            .join(module.replace("::", "/") + ".rs");
        let text =
            fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let beginning = format!("async fn {test}() {{\n");
        let (_, body) = text
            .split_once(&beginning)
            .unwrap_or_else(|| panic!("{} has no {test}", file.display()));
        let (body, _) = body.split_once("\n}\n").unwrap();
        // Two of the floods are said by a function that has them.
        let has_them = body.contains("others.were_served()") || body.contains("\n    ends_with(&");
        assert!(has_them, "{module}::{test}");
    }
}
