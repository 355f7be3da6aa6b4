//! How Rust names become names on the wire, and which names are reserved.

/// `create_user` becomes `CreateUser`; a raw `r#type` becomes `Type`.
pub fn method_name(function: &str) -> String {
    let function = function.strip_prefix("r#").unwrap_or(function);
    let mut name = String::with_capacity(function.len());
    for word in function.split('_').filter(|word| !word.is_empty()) {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
    }
    name
}

/// `UserProfiles` becomes `user_profiles`, `HTTPProxy` becomes `http_proxy`.
pub fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::with_capacity(name.len() + 4);
    for (index, letter) in letters.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|before| letters.get(before));
        let after = letters.get(index + 1);
        let word_starts = letter.is_uppercase()
            && before.is_some_and(|before| {
                *before != '_'
                    && (!before.is_uppercase() || after.is_some_and(|after| after.is_lowercase()))
            });
        if word_starts {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

/// `InvalidEmail` becomes `INVALID_EMAIL`.
pub fn screaming_snake_case(name: &str) -> String {
    snake_case(name).to_uppercase()
}

/// Whether `name` is an identifier of the protobuf language: a letter, then letters, digits and `_`.
pub fn is_identifier(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name
            .chars()
            .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// Whether `package` is a protobuf package: identifiers joined by dots.
pub fn is_package(package: &str) -> bool {
    package.split('.').all(is_identifier)
}

/// The numbers Iris keeps for itself.
pub const RESERVED_CODES: std::ops::RangeInclusive<i32> = 900..=999;

/// Whether an error code's name is kept for Iris: `IrisAnything` and `IRIS_ANYTHING`.
pub fn is_reserved_code_name(variant: &str) -> bool {
    screaming_snake_case(variant).starts_with("IRIS_")
        || variant == "Iris"
        || variant == "Unrecognized"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn methods_are_pascal_case() {
        assert_eq!(method_name("create"), "Create");
        assert_eq!(method_name("create_user"), "CreateUser");
        assert_eq!(method_name("r#type"), "Type");
        assert_eq!(method_name("_list__all_v2"), "ListAllV2");
    }

    #[test]
    fn snake_case_keeps_acronyms_together() {
        assert_eq!(snake_case("Users"), "users");
        assert_eq!(snake_case("UserProfiles"), "user_profiles");
        assert_eq!(snake_case("HTTPProxy"), "http_proxy");
        assert_eq!(snake_case("already_snake"), "already_snake");
        assert_eq!(snake_case("V2Users"), "v2_users");
    }

    #[test]
    fn packages_are_dotted_identifiers() {
        assert!(is_package("users.v1"));
        for wrong in ["", "users.", ".users", "users-v1", "users/v1", "1users"] {
            assert!(!is_package(wrong), "{wrong}");
        }
    }
}
