//! The order of filters, what they answer, and what they find.

use crate::support::{Server, Way, text};
use end_to_end_client::ErrorCode;

#[tokio::test]
async fn everything_runs_in_the_mandated_order() {
    let server = Server::start().await;
    for way in Way::ALL {
        let order = server
            .remotes(way)
            .guarded()
            .order()
            .metadata("x-name", "Ada")
            .await
            .unwrap();
        assert_eq!(
            order.steps,
            ["initializer", "first", "second", "named", "procedure"],
            "{way:?}"
        );
    }
}

#[tokio::test]
async fn a_rejection_is_920_and_names_its_filter() {
    let server = Server::start().await;
    for way in Way::ALL {
        let guarded = server.remotes(way).guarded();
        for (reject, filter) in [
            ("first", "first"),
            ("second", "second"),
            ("nothing", "named"),
        ] {
            let error = guarded
                .order()
                .metadata("x-reject", reject)
                .await
                .unwrap_err();
            assert_eq!(
                error.code,
                ErrorCode::IrisRejectedByFilter,
                "{way:?} {filter}"
            );
            assert!(
                error.internal_message.contains(&format!("`{filter}`")),
                "{way:?} {error}"
            );
        }
    }
}

#[tokio::test]
async fn a_filter_may_fail_with_its_own_code() {
    let server = Server::start().await;
    for way in Way::ALL {
        let guarded = server.remotes(way).guarded();
        let error = guarded
            .order()
            .metadata("x-reject", "second-code")
            .await
            .unwrap_err();
        assert_eq!(error.code, ErrorCode::Zero, "{way:?}");
        let error = guarded.who().metadata("x-name", "Ada").await.unwrap_err();
        assert_eq!(error.code, ErrorCode::Named, "{way:?}");
    }
}

#[tokio::test]
async fn what_filters_find_reaches_the_procedure() {
    let server = Server::start().await;
    for way in Way::ALL {
        let guarded = server.remotes(way).guarded();
        let who = guarded
            .who()
            .metadata("x-name", "Ada")
            .metadata("x-age", "36")
            .await
            .unwrap();
        assert_eq!(who, text("Ada is 36"), "{way:?}");
        let greeting = guarded
            .greet(text("Hello"))
            .metadata("x-name", "Ada")
            .await
            .unwrap();
        assert_eq!(greeting, text("Hello, Ada!"), "{way:?}");
        let error = guarded.greet(text("Hello")).await.unwrap_err();
        assert_eq!(error.code, ErrorCode::IrisRejectedByFilter, "{way:?}");
    }
}

#[tokio::test]
async fn a_filter_may_have_arguments() {
    let server = Server::start().await;
    let guarded = server.remotes(Way::ConnectProto).guarded();
    guarded.blue().metadata("x-colour", "blue").await.unwrap();
    let error = guarded
        .blue()
        .metadata("x-colour", "red")
        .await
        .unwrap_err();
    assert!(
        error.internal_message.contains(r#"`wearing("blue")`"#),
        "{error}"
    );
}

#[tokio::test]
async fn a_rejection_arrives_though_the_message_is_large_and_unread() {
    let server = Server::start().await;
    for way in Way::ALL {
        let guarded = server.remotes(way).guarded();
        let large = "x".repeat(3 * 1024 * 1024);
        for _ in 0..20 {
            let error = guarded.greet(text(&large)).await.unwrap_err();
            assert_eq!(
                error.code,
                ErrorCode::IrisRejectedByFilter,
                "{way:?} {error:?}"
            );
        }
    }
}
