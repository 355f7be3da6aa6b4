//! The quickstart's Iris application as a function, unchanged.

use iris_lambda::{Application, RunError};
use quickstart::application;
use quickstart::directory::Directory;
use std::sync::Arc;

#[tokio::main]
async fn main() -> Result<(), RunError> {
    let service = iris_lambda::init(async {
        let directory = Arc::new(Directory::with_admin("ada", "lovelace"));
        application(directory).into_service()
    });
    Application::new(service.await?).run().await
}
