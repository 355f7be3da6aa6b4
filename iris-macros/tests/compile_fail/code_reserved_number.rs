use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    InvalidEmail = 920,
}

fn main() {}
