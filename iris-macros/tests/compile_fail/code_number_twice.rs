use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    #[code(number = 2)]
    InvalidEmail = 1,
}

fn main() {}
