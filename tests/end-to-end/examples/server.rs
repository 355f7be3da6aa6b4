//! The whole application for foreign callers, with and without TLS, on free ports of this machine until it is killed.
//!
//!     server [CERTIFICATE]
//!
//! CERTIFICATE is the path that the certificate is written to before anything listens; it is made for this run.

use iris_core::{HttpServer, Pem, Tls};
use rcgen::CertifiedKey;
use std::error::Error;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    // The addresses are told in the log.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .init();
    let CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()])?;
    if let Some(path) = std::env::args_os().nth(1) {
        std::fs::write(path, cert.pem())?;
    }
    let tls = Tls::from_pem(
        Pem::bytes(cert.pem()),
        Pem::bytes(signing_key.serialize_pem()),
    );
    let plain = HttpServer::bind("127.0.0.1:0").explorer(true);
    let secured = HttpServer::bind("127.0.0.1:0").explorer(true).tls(tls);
    let application = end_to_end::application(Default::default());
    application
        .compress_responses(1024)
        .add_server(plain)
        .add_server(secured)
        .serve()
        .await?;
    Ok(())
}
