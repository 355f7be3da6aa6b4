//! What is called what.

use described_client::{odd_things, root};

#[test]
fn remotes_are_told_apart() {
    let path = described_client::odd_v1::PING.path();
    assert_eq!(path, "/odd.v1.Odd/Ping");
    #[expect(deprecated, reason = "the descriptors say so")]
    let path = described_client::odd_even_v1::ECHO.path();
    assert_eq!(path, "/even.v1.Odd/Echo");
    assert_eq!(odd_things::DO.path(), "/odd.v1.odd_things/Do");
    assert_eq!(root::GET.path(), "/Root/Get");
}
