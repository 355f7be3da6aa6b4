use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    InvalidEmail = -1,
}

fn main() {}
