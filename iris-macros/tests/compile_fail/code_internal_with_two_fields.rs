use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    #[code(internal)]
    Query(String, std::io::Error),
}

fn main() {}
