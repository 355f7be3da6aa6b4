use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    #[code(http = 404)]
    InvalidEmail = 1,
}

fn main() {}
