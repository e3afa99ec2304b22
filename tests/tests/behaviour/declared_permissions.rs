//! Permissions that a file in Ory Permission Language declares: what Keto is asked, and whether
//! it was given the same file.

use iam_core::verify::Finding;
use iam_testing::standin::Namespace;
use reqwest::Url;

use crate::stage::{Stage, USUAL, Verdict, cases};

cases! { USUAL, keto_is_asked_for_the_classes_and_names_of_the_file:
    of_the_path:       "/declared/42",           &["Listing edit 42"];
    of_a_function:     "/declared/42/computed",  &["Listing view listings:42"];
    another_relation:  "/declared/42/view",      &["Listing view 42"];
    both_relations:    "/declared/42/both",      &["Listing edit 42", "Listing view 42"];
    around_a_service:  "/declared/42/files/one", &["Listing edit 42"];
}

async fn keto_is_asked_for_the_classes_and_names_of_the_file(stage: &Stage, path: &str, asked: &[&str]) {
    stage.get(path).token_of("dealer", "b").ends("asked", Verdict::forbidden("permission")).await;
    let id = &stage.account("dealer", "b").identity.id;
    let requests = stage.proxies("dealer").keto_read.requests();
    let mut questions: Vec<_> = requests.iter().map(|request| question(&request.target, id)).collect();
    questions.sort();
    assert_eq!(questions, asked);
}

/// `namespace relation object` of a check for this user.
fn question(target: &str, user: &str) -> String {
    let url = Url::parse(&format!("http://keto{target}")).unwrap();
    assert_eq!(url.path(), "/relation-tuples/check");
    let of = |name: &str| url.query_pairs().find(|(key, _)| key == name).unwrap().1.into_owned();
    assert_eq!(of("subject_id"), format!("user:{user}"));
    format!("{} {} {}", of("namespace"), of("relation"), of("object"))
}

#[tokio::test]
async fn each_of_them_counts() {
    let stage = Stage::new().await;
    let user = format!("user:{}", stage.account("dealer", "b").identity.id);
    let ory = &stage.tenant("dealer").client;
    let ends = async |path: &str, verdict: Verdict| {
        stage.get(path).token_of("dealer", "b").ends(path, verdict).await;
    };
    let denied = || Verdict::forbidden("permission");
    ory.create_tuple("listings", "listings:7", "edit", &user).await.unwrap();
    ends("/declared/7", denied()).await;
    ory.create_tuple("Listing", "7", "view", &user).await.unwrap();
    ends("/declared/7/view", Verdict::allowed()).await;
    ends("/declared/7/both", denied()).await;
    ends("/declared/7", denied()).await;
    ory.create_tuple("Listing", "7", "edit", &user).await.unwrap();
    ends("/declared/7/both", Verdict::allowed()).await;
    ends("/declared/7", Verdict::allowed()).await;
    ends("/declared/7/files/one", Verdict::allowed()).await;
    ends("/declared/8", denied()).await;
}

#[tokio::test]
async fn a_keto_that_was_given_another_file_is_told() {
    let change = |seed: &mut iam_testing::seed::Seed| {
        let namespaces = &mut seed.tenants.get_mut("dealer").unwrap().namespaces;
        namespaces.retain(|namespace| namespace.name != "Team");
        let listing = namespaces.iter_mut().find(|namespace| namespace.name == "Listing").unwrap();
        *listing = Namespace::with_relations("Listing", &["owners", "viewers", "edit"]);
    };
    let stage = Stage::plan().start_seeded(change).await;
    let unverified = stage.iam.verify_upstreams().await.unwrap_err();
    let [team, view] = unverified.problems() else { panic!("{unverified}") };
    // No policy names it: it is of the file.
    assert!(
        matches!(team.finding(), Finding::Namespace { namespace, by, .. }
            if namespace == "Team" && by == "tests/stage/namespaces.keto.ts"),
        "{unverified}"
    );
    assert!(
        matches!(view.finding(), Finding::Relation { namespace, relation, by }
            if namespace == "Listing" && relation == "view" && by.starts_with("/declared/")),
        "{unverified}"
    );
}
