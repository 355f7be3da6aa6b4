//! What is called what.

use described_client::{messages_v1, odd_even_v1, odd_odd_v1, odd_things, remotes_v1, root};

#[test]
fn remotes_are_told_apart() {
    assert_eq!(odd_odd_v1::PING.path(), "/odd.v1.Odd/Ping");
    assert_eq!(odd_even_v1::ECHO.path(), "/even.v1.Odd/Echo");
    assert_eq!(odd_things::DO.path(), "/odd.v1.odd_things/Do");
    assert_eq!(messages_v1::GET.path(), "/odd.v1.Messages/Get");
    assert_eq!(remotes_v1::CONNECT.path(), "/odd.v1.Remotes/Connect");
    assert_eq!(root::GET.path(), "/Root/Get");
}

#[test]
fn procedures_are_told_apart() {
    assert_eq!(odd_odd_v1::GET_THING.path(), "/odd.v1.Odd/getThing");
    assert_eq!(odd_odd_v1::GET_THING_.path(), "/odd.v1.Odd/GetThing");
    assert_eq!(odd_odd_v1::GET_THING__.path(), "/odd.v1.Odd/get_thing");
}
