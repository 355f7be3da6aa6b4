//! What strangers can make the server keep.

use browser::error::PicnicError;
use browser::messages::picnic::v1::Remark;
use browser::picnic::Picnic;

#[test]
fn a_full_list_takes_no_more_until_something_is_removed() {
    let list = Picnic::default().list;
    for number in 1..=50 {
        list.add(&format!("cake {number}")).unwrap();
    }
    assert!(matches!(list.add("another"), Err(PicnicError::ListFull)));
    list.remove(7, "ada").unwrap();
    list.add("another").unwrap();
    assert_eq!(list.things().len(), 50);
}

fn remark(id: &str, text: &str) -> Remark {
    Remark {
        id: id.into(),
        text: text.into(),
    }
}

#[test]
fn of_many_lines_the_last_are_kept() {
    let room = Picnic::default().room;
    for number in 1..=60 {
        room.say("ada", remark(&number.to_string(), "hello"))
            .unwrap();
    }
    let (lines, _) = room.enter();
    assert_eq!(lines.len(), 50);
    assert_eq!(lines[0].id, "11");
    for wrong in [remark("61", &"a".repeat(501)), remark("", "hello")] {
        let refused = room.say("ada", wrong);
        assert!(matches!(refused, Err(PicnicError::InvalidRemark)));
    }
}

#[test]
fn a_remark_that_is_sent_again_is_said_once() {
    let room = Picnic::default().room;
    for guest in ["ada", "bob", "ada"] {
        room.say(guest, remark("1", "hello")).unwrap();
    }
    assert_eq!(room.enter().0.len(), 2);
}

#[tokio::test]
async fn the_oldest_session_ends_where_there_are_too_many() {
    let guests = Picnic::planned().guests;
    guests.sign_in("ada", "lovelace", "first").unwrap();
    let mut first = guests.session("first").unwrap();
    for number in 0..1000 {
        guests
            .sign_in("ada", "lovelace", &number.to_string())
            .unwrap();
    }
    // Ready, or the test would hang.
    first.ended().await;
    assert!(guests.session("first").is_none());
    assert!(guests.session("0").is_some());
}

#[test]
fn there_is_an_end_to_guests() {
    let guests = Picnic::default().guests;
    for number in 0..1000 {
        guests.join(&number.to_string(), "secret").unwrap();
    }
    let one_more = guests.join("ada", "lovelace");
    assert!(matches!(one_more, Err(PicnicError::TooManyGuests)));
}
