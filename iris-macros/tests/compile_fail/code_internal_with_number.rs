use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    #[code(internal, status = "internal")]
    Database(std::io::Error),
}

fn main() {}
