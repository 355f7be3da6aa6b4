use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    InvalidEmail,
}

fn main() {}
