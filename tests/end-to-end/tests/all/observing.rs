//! Those who watch calls learn of each, and how it ended.

use crate::log::Log;
use crate::support::{Server, Way};
use end_to_end_client::messages::testing::v1::{Range, Text};
use iris_core::{Ending, Observation, Observer, StartedCall, Status};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::mpsc;

/// Notes each call that began, and tells of each that ended.
#[derive(Clone)]
struct Notes {
    name: &'static str,
    begun: Arc<Mutex<Vec<String>>>,
    ended: mpsc::UnboundedSender<(String, Ending)>,
    /// Whose parts run at the moment, from the outermost to the innermost.
    running: Arc<Mutex<Vec<&'static str>>>,
    deepest: Arc<Mutex<Vec<&'static str>>>,
}

type Endings = mpsc::UnboundedReceiver<(String, Ending)>;

impl Notes {
    fn new(name: &'static str) -> (Notes, Endings) {
        #[expect(clippy::disallowed_methods, reason = "the test makes few of them")]
        let (ended, endings) = mpsc::unbounded_channel();
        let notes = Notes {
            name,
            begun: Arc::default(),
            ended,
            running: Arc::default(),
            deepest: Arc::default(),
        };
        (notes, endings)
    }
}

struct Noting(String, Notes);

impl Observer for Notes {
    fn begin(&self, call: &StartedCall<'_>) -> Option<Box<dyn Observation>> {
        let name = format!("{} {}", call.protocol(), call.request().path());
        self.begun.lock().unwrap().push(name.clone());
        Some(Box::new(Noting(name, self.clone())))
    }
}

impl Observation for Noting {
    fn run(&self, part: &mut dyn FnMut()) {
        let Noting(_, notes) = self;
        let running = {
            let mut running = notes.running.lock().unwrap();
            running.push(notes.name);
            running.clone()
        };
        let mut deepest = notes.deepest.lock().unwrap();
        if running.len() > deepest.len() {
            *deepest = running;
        }
        drop(deepest);
        part();
        notes.running.lock().unwrap().pop();
    }

    fn end(self: Box<Self>, ending: Ending) {
        let Noting(name, notes) = *self;
        notes.ended.send((name, ending)).unwrap();
    }
}

async fn watched() -> (Server, Notes, Endings) {
    let (notes, endings) = Notes::new("notes");
    let observer = notes.clone();
    let server = Server::with(
        move |application| application.observe(observer.clone()),
        |server| server,
    )
    .await;
    (server, notes, endings)
}

fn protocol(way: Way) -> &'static str {
    match way {
        Way::GrpcProto | Way::GrpcJson | Way::GrpcCompressed | Way::InProcessGrpc => "grpc",
        Way::GrpcWebHttp1
        | Way::GrpcWebHttp2
        | Way::GrpcWebTextHttp1
        | Way::GrpcWebTextHttp2
        | Way::GrpcWebCompressed => "grpc_web",
        _ => "connect",
    }
}

#[tokio::test]
async fn every_ending_is_told_in_every_way() {
    let (server, notes, mut endings) = watched().await;
    for way in Way::ALL {
        let remotes = server.remotes(way);
        let mut next = async |path: &str| {
            let (name, ending) = endings.recv().await.unwrap();
            assert_eq!(name, format!("{} {path}", protocol(way)), "{way:?}");
            ending
        };

        remotes.shapes().ping().await.unwrap();
        let ending = next("/testing.v1.Shapes/Ping").await;
        assert_eq!(ending, Ending::Completed, "{way:?}");

        let range = Range {
            from: 1,
            to: 3,
            fail_at: -1,
        };
        let mut numbers = remotes.shapes().count(range).await.unwrap();
        while numbers.next().await.is_some() {}
        let ending = next("/testing.v1.Shapes/Count").await;
        assert_eq!(ending, Ending::Completed, "{way:?}");

        let zero = Text {
            text: "zero".into(),
        };
        remotes.failures().fail(zero).await.unwrap_err();
        let (code, status) = (0, Status::Unauthenticated);
        let ending = next("/testing.v1.Failures/Fail").await;
        assert_eq!(ending, Ending::Failed { code, status }, "{way:?}");

        let mut stream = remotes.failures().panic_in_stream().await.unwrap();
        while stream.next().await.is_some() {}
        let (code, status) = (902, Status::Internal);
        let ending = next("/testing.v1.Failures/PanicInStream").await;
        assert_eq!(ending, Ending::Failed { code, status }, "{way:?}");

        let mut hanging = remotes.failures().hang_in_stream().await.unwrap();
        hanging.next().await.unwrap().unwrap();
        drop(hanging);
        let ending = next("/testing.v1.Failures/HangInStream").await;
        assert_eq!(ending, Ending::Abandoned, "{way:?}");
    }
    assert_eq!(notes.begun.lock().unwrap().len(), 5 * Way::ALL.len());
}

#[tokio::test]
async fn a_call_that_was_refused_or_came_too_late_has_failed() {
    let (notes, mut endings) = Notes::new("notes");
    let server = Server::with(
        move |application| application.observe(notes.clone()).max_calls(1),
        |server| server,
    )
    .await;
    let failures = server.remotes(Way::GrpcProto).failures();
    // So long that the call has reached the server before.
    let short = failures.hang().deadline(Duration::from_secs(1)).await;
    short.unwrap_err();
    let (_, ending) = endings.recv().await.unwrap();
    // Whether the server saw the deadline first, or the caller's reset, is chance.
    let too_late = Ending::Failed {
        code: 900,
        status: Status::DeadlineExceeded,
    };
    assert!(
        [too_late, Ending::Abandoned].contains(&ending),
        "{ending:?}"
    );

    let waiting = {
        let failures = server.remotes(Way::ConnectProto).failures();
        tokio::spawn(async move { failures.wait().await })
    };
    // The one that hung has told as well.
    server.probe.started.notified().await;
    while !waiting.is_finished() {
        let refused = server.remotes(Way::ConnectProto).failures().wait();
        if let Err(error) = refused.deadline(Duration::from_millis(200)).await
            && error.status == Status::Unavailable
        {
            break;
        }
    }
    let refused = Ending::Failed {
        code: 900,
        status: Status::Unavailable,
    };
    while endings.recv().await.unwrap().1 != refused {}
    server.probe.proceed.notify_waiters();
    server.probe.proceed.notify_one();
    waiting.await.unwrap().unwrap();
}

#[tokio::test]
async fn several_watch_and_the_first_is_the_outermost() {
    let (outer, mut endings) = Notes::new("outer");
    let (mut inner, mut inner_endings) = Notes::new("inner");
    inner.running = outer.running.clone();
    inner.deepest = outer.deepest.clone();
    let deepest = outer.deepest.clone();
    let server = Server::with(
        move |application| application.observe(outer.clone()).observe(inner.clone()),
        |server| server,
    )
    .await;
    server
        .remotes(Way::GrpcProto)
        .shapes()
        .ping()
        .await
        .unwrap();
    assert_eq!(endings.recv().await.unwrap().1, Ending::Completed);
    assert_eq!(inner_endings.recv().await.unwrap().1, Ending::Completed);
    assert_eq!(*deepest.lock().unwrap(), ["outer", "inner"]);
}

/// Panics wherever it may.
struct Clumsy(&'static str);

impl Observer for Clumsy {
    fn begin(&self, _: &StartedCall<'_>) -> Option<Box<dyn Observation>> {
        assert!(self.0 != "begin", "a clumsy observer");
        Some(Box::new(Clumsy(self.0)))
    }
}

impl Observation for Clumsy {
    fn run(&self, part: &mut dyn FnMut()) {
        assert!(self.0 != "before", "a clumsy observer");
        part();
        assert!(self.0 != "after", "a clumsy observer");
    }

    fn end(self: Box<Self>, _: Ending) {
        assert!(self.0 != "end", "a clumsy observer");
    }
}

#[tokio::test]
async fn an_observer_that_panics_takes_nothing_from_the_call_and_from_other_observers() {
    let log = Log::of_the_process();
    for place in ["begin", "before", "after", "end"] {
        let (notes, mut endings) = Notes::new("notes");
        let server = Server::with(
            move |application| {
                application
                    .observe(Clumsy(place))
                    .observe(notes.clone())
                    .observe(Clumsy(place))
            },
            |server| server,
        )
        .await;
        let remotes = server.remotes(Way::GrpcProto);
        let text = "well".to_owned();
        let answer = remotes.shapes().echo(Text { text }).await.unwrap();
        assert_eq!(answer.text, "well", "{place}");
        let ended = endings.recv().await.unwrap();
        assert_eq!(ended.1, Ending::Completed, "{place}");
        let mut counted = remotes
            .shapes()
            .count(Range {
                from: 1,
                to: 3,
                fail_at: -1,
            })
            .await
            .unwrap();
        let mut numbers = Vec::new();
        while let Some(number) = counted.next().await {
            numbers.push(number.unwrap().number);
        }
        assert_eq!(numbers, [1, 2], "{place}");
        assert_eq!(endings.recv().await.unwrap().1, Ending::Completed);
        // The call's own panic is still its own.
        let error = remotes.failures().panic().await.unwrap_err();
        assert_eq!(i32::from(error.code), 902, "{place}");
        let ending = endings.recv().await.unwrap().1;
        assert!(
            matches!(ending, Ending::Failed { code: 902, .. }),
            "{place}"
        );
    }
    let line = "ERROR iris_core::observe::watch: an observer panicked: ";
    assert!(log.lines_with(&[line, "a clumsy observer", "/testing.v1.Shapes/Echo"]) > 0);
}
