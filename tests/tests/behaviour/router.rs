//! What the router makes of routes: nesting, layers on both sides of the decision,
//! foreign routes, the access matrix, and what start-up refuses.

use serde_json::json;

use super::WebHost;
use crate::Here;
use crate::stage::{Host, Stage, USUAL, Verdict, cases};

cases! { USUAL, nested_routes_keep_their_policies:
    the_root:   "/nested";
    a_route:    "/nested/me";
    another:    "/nested/kept";
    a_fallback: "/nested/anything/else";
}

async fn nested_routes_keep_their_policies(stage: &Stage, path: &str) {
    stage.get(path).ends("nobody", Verdict::unauthenticated("missing")).await;
    let foreign = stage.get(path).token_of("dealer", "ab");
    foreign.ends("another tenant's", Verdict::unauthenticated("rejected_by_tenant")).await;
    stage.get(path).token_of("admin", "plain").ends("a user", Verdict::allowed()).await;
}

cases! { USUAL, a_fallback_is_guarded_for_every_method:
    get:    "GET";
    post:   "POST";
    delete: "DELETE";
    purge:  "PURGE";
}

async fn a_fallback_is_guarded_for_every_method(stage: &Stage, method: &str) {
    let lost = || stage.ask(method, "/nested/nothing");
    lost().ends(method, Verdict::unauthenticated("missing")).await;
    let seen = lost().token_of("admin", "plain").ends(method, Verdict::allowed()).await;
    assert_eq!(seen.answer.text(), "nothing is here");
}

#[tokio::test]
async fn an_inner_layer_stands_behind_the_decision_and_an_outer_one_before_it() {
    let stage = Stage::new().await;
    let layers = |answer: &crate::stage::Answer| {
        (answer.header("x-outer").map(str::to_owned), answer.header("x-inner").map(str::to_owned))
    };
    let seen = |inner: Option<&str>| (Some("seen".to_owned()), inner.map(str::to_owned));
    let refused = stage.get("/nested/me").expect(401).await;
    assert_eq!(layers(&refused), seen(None), "refused");
    let refused = stage.get("/nested/me").token_of("dealer", "a").expect(401).await;
    assert_eq!(layers(&refused), seen(None), "refused after asking");
    let user = stage.get("/nested/me").token_of("admin", "a").expect(200).await;
    assert_eq!(layers(&user), seen(Some("user")), "a user");
    let public = stage.get("/nested/open").expect(200).await;
    assert_eq!(layers(&public), seen(Some("nobody")), "nobody");
    let elsewhere = stage.get("/admin/me").token_of("admin", "a").expect(200).await;
    assert_eq!(layers(&elsewhere), (None, None), "elsewhere");
}

#[tokio::test]
async fn a_foreign_router_is_mounted_by_its_own_door_only() {
    let stage = Stage::new().await;
    let answer = stage.get("/foreign").expect(200).await;
    assert_eq!(answer.text(), "foreign");
    assert_eq!(answer.header("x-request-id"), None, "nothing of ours touches it");
}

#[test]
fn the_access_matrix_shows_every_route_and_what_stands_out() {
    let matrix = Here::access_matrix();
    let text = matrix.to_string();
    let shows = |line: &[&str]| {
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let meant = words(&line.join(" "));
        assert!(text.lines().any(|line| words(line) == meant), "{line:?} is missing:\n{text}");
    };
    shows(&["GET /dealer/me", "dealer: session"]);
    shows(&["POST /dealer/me", "dealer: session"]);
    shows(&["GET /dealer/a-or-b", "dealer: session, role a or b"]);
    shows(&["GET /dealer/a-and-b", "dealer: session, role a, role b"]);
    shows(&["! GET /dealer/optional", "dealer: optional session, override credential"]);
    shows(&["! GET /dealer/stale", "dealer: optional session (stale is anonymous), override credential"]);
    shows(&["GET /admin/customers/{id}", "admin: session, role platform:admin or platform:support"]);
    shows(&["GET /dealer/listings/{id}", "dealer: session, permission listings#edit@listings:{id}"]);
    shows(&["GET /dealer/partner/read", "dealer: machine, role inventory:read"]);
    shows(&["GET /dealer/demands/number/{id}", "dealer: session, permission listings#edit@listings:{id:u64}"]);
    shows(&["GET /nested/listings/{id}", "dealer: session, permission listings#edit@listings:{id}"]);
    shows(&["* /nested/(fallback)", "admin: session"]);
    shows(&["GET /by-host/me", "customer or dealer by host: session"]);
    shows(&["* /admin/files/..", "admin: session, role a"]);
    shows(&["* /dealer/listings/{id}/files/..", "dealer: session, permission listings#edit@listings:{id}"]);
    shows(&["* /admin/layered/files/..", "admin: session, role a"]);
    shows(&["* /customer/root/..", "customer: optional session"]);
    shows(&["! GET /open", "PUBLIC"]);
    shows(&["! * /(foreign)", "UNGUARDED"]);
    shows(&["GET /dealer/delegated", "dealer: delegated, scope profile, scope orders"]);
    shows(&["GET /customer/demands/strong", "customer: session, aal2"]);
    shows(&["GET /customer/demands/young", "customer: session, session at most 900 s old"]);
    shows(&["GET /customer/demands/fresh", "customer: session, role a, asked at most 5000 ms ago"]);
    shows(&["GET /customer/demands/a-without-b", "customer: session, role all(a, not(b))"]);
    shows(&["GET /customer/demands/checked/{mood}/{route}", "customer: session, check mood, check route"]);
    let (markdown, html) = (matrix.to_markdown(), matrix.to_html());
    for row in &matrix.rows {
        assert!(markdown.contains(&row.path), "{} is not in the Markdown", row.path);
        assert!(html.contains(&row.path), "{} is not in the HTML", row.path);
    }
    assert_eq!(text.lines().count(), matrix.rows.len());

    let rows = serde_json::to_value(&matrix).unwrap();
    let rows = rows.as_array().unwrap();
    let row = |path: &str| rows.iter().find(|row| row["path"] == path).unwrap_or_else(|| panic!("{path}: {rows:#?}"));
    assert_eq!(
        *row("/dealer/listings/{id}/both"),
        json!({
            "method": "GET",
            "path": "/dealer/listings/{id}/both",
            "exposure": "guarded",
            "tenants": ["dealer"],
            "by_host": false,
            "credential": "session",
            "scopes": [],
            "roles": [],
            "permissions": ["listings#edit@listings:{id}", "listings#view@(computed)"],
            "aal": 1,
            "max_session_age_s": null,
            "fresh_ms": null,
            "checks": [],
            "notes": [],
            "source": row("/dealer/listings/{id}/both")["source"],
        })
    );
    assert_eq!(row("/dealer/a-and-b")["roles"], json!([["a"], ["b"]]));
    assert_eq!(row("/dealer/delegated")["scopes"], json!(["profile", "orders"]));
    assert_eq!(row("/dealer/optional")["notes"], json!(["override credential"]));
    assert_eq!((&row("/open")["exposure"], &row("/open")["tenants"]), (&json!("public"), &json!([])));
    assert_eq!(row("/(foreign)")["exposure"], "unguarded");
}

#[tokio::test]
async fn start_up_refuses_routes_that_cannot_work_all_at_once() {
    let stage = Stage::new().await;
    let said = Here::misfits(stage.iam.clone());
    for misfit in [
        "GET /me: `#[oauth2]` needs `tenants.admin.hydra.admin_url`",
        "POST /me: `#[require_permission]` needs `tenants.admin.keto.read_url`",
        "GET /shops/{shop}/listings/{number}: the object `listings:{id}` names `{id}`, which the path lacks",
        "GET /shops/{shop}/twice/{shop}: the object `shops:{shop}` names `{shop}`, which the path has more than once",
        "* /guarded/{shop}/robots/..: `#[oauth2]` needs `tenants.admin.hydra.admin_url`",
        "* /guarded/{shop}/files/..: the object `listings:{id}` names `{id}`, which the path lacks",
    ] {
        assert!(said.contains(misfit), "{misfit} is missing:\n{said}");
    }
    // actix itself takes no path that names a parameter twice.
    let lines = said.lines().filter(|line| !line.contains("duplicate capture group name")).count();
    assert_eq!(lines, 1 + 6, "and nothing else is wrong:\n{said}");
}

#[tokio::test]
async fn a_parameter_that_the_path_has_twice_is_nobodys() {
    let stage = Stage::new().await;
    stage.get("/foreign/mine/twice/theirs").ends("nobody", Verdict::unauthenticated("missing")).await;
    let ask = stage.get("/foreign/mine/twice/theirs").token_of("dealer", "plain");
    ask.ends("a user", Verdict::bad_parameter()).await;
    let checks = stage.proxies("dealer").keto_read.count(|_| true);
    assert_eq!(checks, 0, "Keto was asked about one of them");
}
