use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    #[code(status = "teapot")]
    InvalidEmail = 1,
}

fn main() {}
