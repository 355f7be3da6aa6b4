use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {}

fn main() {}
