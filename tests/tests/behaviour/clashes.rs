//! Routes of which one leaves the other no request, or that the framework cannot take: start-up names them, and
//! where both stand.

use super::WebHost;
use crate::Here;
use crate::stage::{Stage, USUAL, cases};

cases! { USUAL, routes_that_clash_are_named_with_both_places:
    twice:              "twice",              "GET /x";
    twice_by_merging:   "twice_by_merging",   "GET /x/{id}";
    other_names:        "other_names",        "POST /x/{name}";
    other_names_nested: "other_names_nested", "GET /x/{name}/y";
    two_fallbacks:      "two_fallbacks",      "* /(fallback)";
}

async fn routes_that_clash_are_named_with_both_places(stage: &Stage, row: &str, route: &str) {
    let said = Here::verified(&stage.iam, row).unwrap_err();
    let [title, line] = &said.lines().collect::<Vec<_>>()[..] else { panic!("one and nothing else: {said}") };
    assert_eq!(*title, "1 route(s) cannot work as mounted:");
    assert!(line.starts_with(&format!("  {route}: ")), "{said}");
    let mut places: Vec<_> = line.split("app/clashes.rs:").skip(1).collect();
    places.iter_mut().for_each(|place| *place = place.split(|c: char| !c.is_ascii_digit()).next().unwrap());
    assert!(places.len() == 2 && places[0] != places[1], "{said}");
}

cases! { USUAL, paths_that_the_framework_does_not_take_are_named:
    no_end_of_a_parameter:  "no_end_of_a_parameter",  &["GET /x/{id: "];
    no_name_of_a_parameter: "no_name_of_a_parameter", &["GET /x/{}: "];
    both_at_once:           "both_at_once",           &["GET /a: ", "GET /x/{id: "];
}

async fn paths_that_the_framework_does_not_take_are_named(stage: &Stage, row: &str, routes: &[&str]) {
    let said = Here::verified(&stage.iam, row).unwrap_err();
    let lines: Vec<_> = said.lines().skip(1).map(str::trim_start).collect();
    assert_eq!(lines.len(), routes.len(), "{said}");
    for (line, route) in lines.into_iter().zip(routes) {
        assert!(line.starts_with(route) && line.len() > route.len(), "{said}");
    }
}

cases! { USUAL, routes_that_only_look_alike_pass:
    all: "alike";
}

async fn routes_that_only_look_alike_pass(stage: &Stage, row: &str) {
    assert_eq!(Here::verified(&stage.iam, row), Ok(()));
}
