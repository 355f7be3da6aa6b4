//! The cases, by their subject.

mod cancelling;
mod errors;
mod metadata;
mod origins;
mod restarts;
mod sockets;
mod strangers;
mod streams;
mod unary;

use crate::world::World;
use futures_util::future::LocalBoxFuture;

pub(crate) type Case = fn(World) -> LocalBoxFuture<'static, ()>;

macro_rules! cases {
    ($($module:ident::$name:ident,)*) => {
        /// Every case with its name.
        pub(crate) fn all() -> Vec<(&'static str, Case)> {
            vec![$((
                concat!(stringify!($module), "::", stringify!($name)),
                |world| Box::pin($module::$name(world)),
            ),)*]
        }
    };
}

cases! {
    unary::answers_come_in_both_formats,
    unary::integers_beyond_those_of_javascript_are_exact,
    unary::a_query_may_be_answered_from_a_cache,
    unary::large_messages_go_both_ways,
    unary::what_begins_with_a_slash_is_the_pages_own_server,
    unary::a_mock_stands_in_for_the_server,
    unary::a_wrong_url_is_an_error_at_once,
    unary::failures_are_told,
    unary::an_idempotent_call_is_sent_again,
    metadata::metadata_goes_both_ways,
    metadata::a_call_says_by_what_right_it_comes,
    metadata::trailers_of_streams_arrive,
    streams::a_stream_arrives,
    streams::a_stream_is_sent,
    streams::both_sides_stream_at_the_same_time,
    streams::an_answer_may_come_before_the_requests_end,
    streams::many_calls_share_a_socket,
    streams::large_streams_go_both_ways,
    streams::a_slow_reader_slows_the_server,
    streams::a_slow_server_slows_the_sender,
    streams::without_a_socket_nothing_is_streamed,
    cancelling::a_dropped_call_is_cancelled,
    cancelling::a_dropped_stream_is_cancelled,
    cancelling::a_dropped_upload_is_cancelled,
    cancelling::a_call_ends_at_its_deadline,
    cancelling::a_stream_ends_at_its_deadline,
    errors::every_code_arrives,
    errors::a_code_of_a_newer_server_arrives,
    errors::an_error_ends_a_stream,
    errors::messages_over_the_limit,
    errors::unknown_fields_are_passed_over,
    strangers::nobody_listens,
    strangers::a_page_is_no_answer,
    strangers::an_answer_breaks_off,
    strangers::a_stream_breaks_off,
    strangers::a_stream_ends_without_saying_how,
    strangers::a_message_is_longer_than_memory,
    strangers::an_error_that_is_none,
    origins::a_server_that_does_not_allow_the_page,
    origins::cookies_go_where_they_are_allowed_to,
    origins::without_a_network,
    sockets::what_is_no_socket,
    sockets::a_server_that_breaks_the_protocol,
    sockets::a_server_that_closes_within_a_frame,
    sockets::a_stream_that_is_cut_short,
    sockets::a_call_that_is_refused,
    sockets::a_server_that_goes_away,
    sockets::a_server_that_does_not_read_fills_no_page,
    sockets::an_idle_socket_is_closed,
    sockets::a_silent_server_is_given_up,
    sockets::node_says_where_sockets_come_from,
    restarts::a_restarted_server_is_found_again,
    restarts::what_runs_is_finished_before_a_server_stops,
}
