//! What differs between frameworks before any handler: which requests reach a route.
//! Each row says one status for each framework; on both, whatever reaches a handler is
//! decided by that handler's policy.

use super::{Framework, WebHost};
use crate::Here;
use crate::stage::{Stage, USUAL, cases};

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Meets {
    /// Its route's policy.
    Policy,
    /// No route: this status for everybody.
    Nothing(u16),
}
use Meets::{Nothing, Policy};

const NOT_FOUND: Meets = Nothing(404);
const NO_METHOD: Meets = Nothing(405);
const BAD: Meets = Nothing(400);

// Of each row: method, target, then what the request meets on axum and on actix. The
// routes at `/dealer/me` are `GET`, `POST` and `DELETE`; `/cases/json` is `POST`.
cases! { USUAL, a_request_meets_its_routes_policy_or_no_handler:
    get:                                  "GET",     b"/dealer/me",                  Policy,   Policy;
    head:                                 "HEAD",    b"/dealer/me",                  Policy,   Policy;
    head_of_a_post:                       "HEAD",    b"/cases/json",                 NO_METHOD, NO_METHOD;
    options:                              "OPTIONS", b"/dealer/me",                  NO_METHOD, NO_METHOD;
    trace:                                "TRACE",   b"/dealer/me",                  NO_METHOD, NO_METHOD;
    an_unknown_method:                    "PROPFIND", b"/dealer/me",                  NO_METHOD, NO_METHOD;
    a_method_in_small_letters:            "get",     b"/dealer/me",                  NO_METHOD, NO_METHOD;
    options_of_the_server:                "OPTIONS", b"*",                           NOT_FOUND, NOT_FOUND;
    an_empty_query:                       "GET",     b"/dealer/me?",                 Policy,   Policy;
    a_query_of_no_text:                   "GET",     b"/dealer/me?a=%ff",            Policy,   Policy;
    a_fragment:                           "GET",     b"/dealer/me#fragment",         Policy,   Policy;
    an_absolute_target:                   "GET",     b"http://other.test/dealer/me", Policy,   Policy;
    a_trailing_slash:                     "GET",     b"/dealer/me/",                 NOT_FOUND, NOT_FOUND;
    an_encoded_trailing_slash:            "GET",     b"/dealer/me%2F",               NOT_FOUND, NOT_FOUND;
    an_encoded_slash:                     "GET",     b"/dealer%2Fme",                NOT_FOUND, NOT_FOUND;
    an_encoded_letter:                    "GET",     b"/dealer/%6de",                NOT_FOUND, Policy;
    encoded_letters_of_the_first_segment: "GET",     b"/%64%65aler/me",              NOT_FOUND, Policy;
    a_letter_encoded_twice:               "GET",     b"/dealer/%256de",              NOT_FOUND, NOT_FOUND;
    a_capital_letter:                     "GET",     b"/Dealer/me",                  NOT_FOUND, NOT_FOUND;
    a_dot_segment:                        "GET",     b"/dealer/./me",                NOT_FOUND, NOT_FOUND;
    a_double_dot_segment:                 "GET",     b"/open/../dealer/me",          NOT_FOUND, NOT_FOUND;
    an_encoded_double_dot_segment:        "GET",     b"/open/%2e%2e/dealer/me",      NOT_FOUND, NOT_FOUND;
    an_encoded_nul:                       "GET",     b"/dealer/me%00",               NOT_FOUND, NOT_FOUND;
    an_encoded_blank:                     "GET",     b"/dealer/me%20",               NOT_FOUND, NOT_FOUND;
    an_encoded_question_mark:             "GET",     b"/dealer/me%3Fa",              NOT_FOUND, NOT_FOUND;
    a_segment_of_no_text:                 "GET",     b"/dealer/%ff",                 NOT_FOUND, NOT_FOUND;
    a_byte_that_is_no_text:               "GET",     b"/dealer/me%ff",               NOT_FOUND, NOT_FOUND;
    a_lone_percent_sign:                  "GET",     b"/dealer/me%",                 NOT_FOUND, NOT_FOUND;
    a_raw_byte_that_is_no_text:           "GET",     b"/dealer/me\xff",              BAD,      BAD;
    a_backslash:                          "GET",     b"/dealer\\me",                 NOT_FOUND, NOT_FOUND;
    no_slash_in_front:                    "GET",     b"dealer/me",                   BAD,      BAD;
}

async fn a_request_meets_its_routes_policy_or_no_handler(
    stage: &Stage,
    method: &str,
    target: &[u8],
    on_axum: Meets,
    on_actix: Meets,
) {
    let meets = match Here::FRAMEWORK {
        Framework::Axum => on_axum,
        Framework::Actix => on_actix,
    };
    meets_as_meant(stage, &[method.as_bytes(), b" ", target].concat(), meets).await;
}

/// Asks without a credential, with another tenant's and with one of `dealer`.
async fn meets_as_meant(stage: &Stage, request: &[u8], meets: Meets) {
    let token = |tenant| format!("authorization: Bearer {}\r\n", stage.account(tenant, "plain").session.token);
    for (who, credential, of_policy) in
        [("nobody", String::new(), 401), ("admin's", token("admin"), 401), ("dealer's", token("dealer"), 200)]
    {
        let rest = format!(" HTTP/1.1\r\nhost: app.test\r\n{credential}connection: close\r\n\r\n");
        let before = stage.counters.seen();
        let status = stage.raw(&[request, rest.as_bytes()].concat()).await;
        let decided = stage.events().await.len();
        let ran = stage.counters.seen() != before;
        let meant = match meets {
            Policy => (of_policy, 1, of_policy == 200),
            Nothing(status) => (status, 0, false),
        };
        assert_eq!((status, decided, ran), meant, "{who}: status, decisions, whether something ran");
    }
}

// Several policies at one path: of a merged router, beside `any`, and for `HEAD` by itself.
cases! { USUAL, of_handlers_at_one_path_the_one_that_answers_is_the_one_that_decides:
    get_of_merged:      "GET",      "merged", "dealer";
    head_of_merged:     "HEAD",     "merged", "dealer";
    post_of_merged:     "POST",     "merged", "admin";
    delete_of_merged:   "DELETE",   "merged", "admin";
    get_beside_any:     "GET",      "any",    "dealer";
    head_beside_any:    "HEAD",     "any",    "dealer";
    post_by_any:        "POST",     "any",    "admin";
    options_by_any:     "OPTIONS",  "any",    "admin";
    propfind_by_any:    "PROPFIND", "any",    "admin";
    get_beside_head:    "GET",      "head",   "dealer";
    head_of_its_own:    "HEAD",     "head",   "admin";
    options_beside_get: "OPTIONS",  "head",   "dealer";
}

async fn of_handlers_at_one_path_the_one_that_answers_is_the_one_that_decides(
    stage: &Stage,
    method: &str,
    path: &str,
    tenant: &str,
) {
    let path = format!("/cases/methods/{path}");
    let ask = || stage.ask(method, &path);
    let other = if tenant == "admin" { "dealer" } else { "admin" };
    ask().expect(401).await;
    assert_eq!(stage.event().await, ("denied", Some("missing")));
    ask().token_of(other, "ab").expect(401).await;
    assert_eq!(stage.event().await, ("denied", Some("rejected_by_tenant")));
    let before = stage.counters.seen();
    ask().token_of(tenant, "plain").expect(200).await;
    assert_eq!(stage.event().await, ("allowed", None));
    assert_ne!(stage.counters.seen(), before);
}

cases! { USUAL, what_no_handler_at_a_path_answers_is_405_and_no_decision:
    put_of_merged:    "PUT",  "merged";
    post_beside_head: "POST", "head";
}

async fn what_no_handler_at_a_path_answers_is_405_and_no_decision(stage: &Stage, method: &str, path: &str) {
    let ask = stage.ask(method, &format!("/cases/methods/{path}")).token_of("dealer", "ab");
    ask.expect(405).await;
    assert!(stage.events().await.is_empty());
}
