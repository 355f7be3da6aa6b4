//! Messages in types of serde.

use protojson::included::everything::v1::{Aliased, Choices, Level, Scalars, choices};

#[test]
fn messages_stand_in_types_of_serde() {
    let pair: (Choices, Level) =
        serde_json::from_str(r#"[{"scalars": {"aBool": true}}, "LEVEL_LOW"]"#).expect("a pair");
    assert!(matches!(
        pair.0.choice,
        Some(choices::Choice::Scalars(Scalars { a_bool: true, .. }))
    ));
    assert_eq!(
        serde_json::to_string(&pair).expect("JSON"),
        r#"[{"scalars":{"aBool":true}},"LEVEL_LOW"]"#
    );
    assert_eq!(
        serde_json::from_str::<Level>("2").expect("a level"),
        Level::High
    );
    assert!(serde_json::from_str::<Level>("17").is_err());
    assert_eq!(
        serde_json::from_str::<Aliased>("\"ALIASED_ALSO_FIRST\"").expect("one"),
        Aliased::First
    );
}
