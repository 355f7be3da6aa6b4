use iris_core::ErrorCodes;

#[derive(ErrorCodes)]
#[allow(non_camel_case_types)]
enum UserError {
    IrisUnknown = 1,
    Unrecognized = 2,
    IRIS_UNKNOWN = 3,
}

fn main() {}
