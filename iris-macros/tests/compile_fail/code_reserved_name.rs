use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
enum UserError {
    IrisUnknown = 1,
    Unrecognized = 2,
}

fn main() {}
