use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
struct UserError;

fn main() {}
