//! Every wrong use is refused with a message that says what to write instead.

#[test]
fn wrong_uses_say_what_to_write_instead() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
