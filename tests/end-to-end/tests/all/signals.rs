//! A process that serves until it is told to stop.

use end_to_end_client::iris_client::{Client, Method, RetryPolicy, Unary};
use iris_core::{HttpServer, Iris, IrisError, Request, remote};
use std::io::{BufRead, BufReader, stdout};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::{env, future};
use tokio::task::{JoinHandle, block_in_place};

/// Set in a process that serves.
const SERVES: &str = "IRIS_TEST_SERVES";

struct Patient;

#[remote(package = "testing.v1")]
impl Patient {
    /// Is done as soon as the server stops.
    #[procedure]
    async fn finish(&self, request: &Request) -> Result<(), IrisError> {
        println!("begun");
        request.stopping().await;
        Ok(())
    }

    /// Is never done.
    #[procedure]
    async fn hang(&self, _: &Request) -> Result<(), IrisError> {
        println!("begun");
        future::pending().await
    }
}

async fn serve() {
    tracing_subscriber::fmt()
        .with_ansi(false)
        .with_writer(stdout)
        .init();
    let drained = Iris::without_context()
        .add_remote(Patient)
        .add_server(HttpServer::bind("127.0.0.1:0"))
        .serve()
        .await
        .unwrap();
    println!("ended: {drained:?}");
}

/// The other process. Dropped, it is killed.
struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
}

impl Server {
    /// Starts it, as the same test once more.
    fn start() -> Self {
        let mut process = Command::new(env::current_exe().unwrap())
            .args(["--exact", TEST, "--nocapture"])
            .env(SERVES, "1")
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let output = BufReader::new(process.stdout.take().unwrap());
        Server { process, output }
    }

    /// The next line that it prints with this in it.
    fn line(&mut self, part: &str) -> String {
        block_in_place(|| {
            let mut line = String::new();
            while !line.contains(part) {
                line.clear();
                assert!(self.output.read_line(&mut line).unwrap() > 0, "no {part}");
            }
            line
        })
    }

    /// A call that the server has begun with, at the URL that its log names.
    fn call(&mut self, path: &'static str) -> JoinHandle<Result<(), IrisError>> {
        let line = self.line("listening at");
        let url = line.trim().rsplit(' ').next().unwrap();
        let client = Client::builder(url).retry(RetryPolicy::never());
        let call: Unary<(), ()> = client.build().unwrap().unary(Method::new(path), ());
        let call = tokio::spawn(call.into_future());
        self.line("begun");
        call
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let told = Command::new("kill").args([name, &id]).status().unwrap();
        assert!(told.success());
    }

    /// How draining ended, by which it ends too.
    fn drained(&mut self) -> String {
        let line = self.line("ended: ");
        assert!(block_in_place(|| self.process.wait()).unwrap().success());
        line.trim().rsplit(' ').next().unwrap().to_owned()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

const TEST: &str = "signals::a_signal_lets_calls_finish_and_another_does_not";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_lets_calls_finish_and_another_does_not() {
    if env::var_os(SERVES).is_some() {
        return serve().await;
    }
    for signal in ["-TERM", "-INT"] {
        let mut server = Server::start();
        let call = server.call("/testing.v1.Patient/Finish");
        server.signal(signal);
        call.await.unwrap().unwrap();
        assert_eq!(server.drained(), "Completely", "{signal}");
    }
    for (first, second) in [("-TERM", "-TERM"), ("-TERM", "-INT")] {
        let mut server = Server::start();
        let call = server.call("/testing.v1.Patient/Hang");
        server.signal(first);
        server.line("once more to stop at once");
        assert!(!call.is_finished());
        server.signal(second);
        assert_eq!(server.drained(), "Interrupted", "{first} {second}");
        let error = call.await.unwrap().unwrap_err();
        assert_eq!(error.code, 900, "{error}");
    }
}
