//! Projects: apart from each other, gone with their handles, and in Ory Network's shape.

use iam_testing::standin::{Namespace, NetworkConfig, OryProject, Product, ProjectConfig};
use reqwest::Method;
use serde_json::json;

use crate::http::{asked_until, call, client, form_as, get, inactive, introspect, machine, project, send};

#[tokio::test]
async fn projects_know_nothing_of_each_other() {
    let (one, two) = (project().await, project().await);
    machine(&one, "erp", "erp-secret").await;
    let grant = [("grant_type", "client_credentials")];
    let token = form_as(one.hydra_public(), "oauth2/token", ("erp", "erp-secret"), &grant).await.json(200);
    let access = token["access_token"].as_str().unwrap();
    assert_eq!(introspect(&one, access).await["iss"], one.hydra_public().as_str());
    assert_eq!(introspect(&two, access).await, inactive());
    assert_ne!(one.issuer(), two.issuer());
    assert_eq!(form_as(two.hydra_public(), "oauth2/token", ("erp", "erp-secret"), &grant).await.status, 401);
}

#[tokio::test]
async fn a_project_dies_with_its_handle() {
    let project = project().await;
    let urls = [project.kratos_public(), project.hydra_admin(), project.keto_read()].map(Clone::clone);
    for url in &urls {
        get(url, "health/ready").await;
    }
    drop(project);
    for url in urls {
        asked_until(url, reqwest::Error::is_connect).await;
    }
}

#[tokio::test]
async fn a_stopped_product_comes_back_with_its_state() {
    let project = project().await;
    machine(&project, "erp", "erp-secret").await;
    let url = project.hydra_admin().join("admin/clients/erp").unwrap();
    project.stop(Product::Hydra).await.unwrap();
    assert!(client().get(url.clone()).send().await.unwrap_err().is_connect());
    get(project.keto_read(), "health/ready").await.json(200);
    project.restart(Product::Hydra).await.unwrap();
    send(client().get(url)).await.json(200);
}

async fn network() -> OryProject {
    let network = NetworkConfig { slug: "dealer-abc-123".to_owned(), api_key: "ory_apikey_right".to_owned() };
    let namespaces = vec![Namespace::any("orders")];
    OryProject::start(ProjectConfig { network: Some(network), namespaces, ..ProjectConfig::default() }).await.unwrap()
}

#[tokio::test]
async fn on_network_one_host_serves_all_and_guards_admin_paths() {
    let project = network().await;
    let base = project.hydra_admin();
    for url in [
        project.kratos_public(),
        project.kratos_admin(),
        project.hydra_public(),
        project.keto_read(),
        project.keto_write(),
    ] {
        assert_eq!(url, base);
    }
    assert_eq!(project.cookie_name(), "ory_session_dealerabc123");
    assert_eq!(project.issuer(), "https://dealer-abc-123.projects.oryapis.com");

    let check = "relation-tuples/check?namespace=orders&object=1&relation=view&subject_id=a";
    let guarded = [("admin/clients", 200), ("admin/relation-tuples", 405), (check, 403), ("namespaces", 200)];
    for (path, with_key) in guarded {
        let refused = get(base, path).await;
        assert_eq!(refused.json(401)["error"]["status"], "Unauthorized", "{path}");
        let request = |key: &str| client().get(base.join(path).unwrap()).header("authorization", key);
        assert_eq!(send(request("Bearer ory_apikey_wrong")).await.status, 401, "{path}");
        assert_eq!(send(request("Basic ory_apikey_right")).await.status, 401, "{path}");
        assert_eq!(send(request("Bearer ory_apikey_right")).await.status, with_key, "{path}");
    }
    let open = get(base, ".well-known/openid-configuration").await;
    assert_eq!(open.json(200)["issuer"], project.issuer());
    let bare = client().get(base.join("clients").unwrap()).bearer_auth("ory_apikey_right");
    assert_eq!(send(bare).await.status, 404, "the prefix is not optional");
    let tuple = json!({"namespace": "orders", "object": "1", "relation": "view", "subject_id": "a"});
    assert_eq!(call(Method::PUT, base, "admin/relation-tuples", tuple.clone()).await.status, 401);
    let write = client().put(base.join("admin/relation-tuples").unwrap()).bearer_auth("ory_apikey_right").json(&tuple);
    assert_eq!(send(write).await.status, 201);
    assert_eq!(send(client().get(base.join(check).unwrap()).bearer_auth("ory_apikey_right")).await.status, 200);
}

#[tokio::test]
async fn on_network_the_allowance_counts_down_and_health_is_one() {
    let project = network().await;
    let base = project.hydra_public();
    let first = get(base, "health/ready").await;
    assert_eq!(first.header("x-ratelimit-limit"), "10, 10;w=1, 300;w=60");
    assert_eq!((first.header("x-ratelimit-remaining"), first.header("x-ratelimit-reset")), ("9", "1"));
    project.set_ready(Product::Keto, false);
    assert_eq!(get(base, "health/ready").await.status, 503);
    project.set_ready(Product::Keto, true);
    assert_eq!(get(base, "health/ready").await.status, 200);
}
