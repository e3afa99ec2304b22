use std::net::SocketAddr;

use iam_testing::client::http_client;
use iam_testing::seed::World;
use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};

use super::Failure;

/// What a request is authenticated with.
#[derive(Clone, Copy)]
enum With {
    Nothing,
    Token(&'static str, &'static str),
    Cookie(&'static str, &'static str),
    Machine,
    Text(&'static str),
}
use With::{Cookie, Machine, Nothing, Text, Token};

struct Case {
    name: &'static str,
    method: Method,
    path: String,
    with: With,
    status: u16,
}

/// Plays every case, prints one line each, and counts those that failed.
pub(super) async fn play(world: &World, address: SocketAddr) -> Result<usize, Failure> {
    let client = http_client()?;
    let player = Player { world, client, base: format!("http://{address}") };
    let (mut passed, mut failed) = (0, 0);
    let mut report = |name: &str, outcome: Result<(), String>| match outcome {
        Ok(()) => {
            passed += 1;
            println!("pass  {name}");
        }
        Err(what) => {
            failed += 1;
            println!("FAIL  {name}: {what}");
        }
    };
    for case in cases(world) {
        report(case.name, player.play(&case).await?);
    }
    report("an admin looks a customer up, and gets that customer", player.looks_up_the_right_customer().await?);
    report("an issued partner token works at the partner API and nowhere else", player.issued_token_works().await?);
    println!("\n{passed} passed, {failed} failed");
    Ok(failed)
}

fn cases(world: &World) -> Vec<Case> {
    let case = |name, method: Method, path: &str, with, status| Case { name, method, path: path.into(), with, status };
    let get = |name, path: &str, with, status| case(name, Method::GET, path, with, status);
    let shopper = &world.tenant("customer").account("shopper@customer.example.test").identity.id;
    let customer = format!("/admin/customers/{shopper}");
    let nobody = "/admin/customers/00000000-0000-4000-8000-000000000000";
    vec![
        get("customer: session cookie", "/customer/me", Cookie("customer", "shopper"), 200),
        get("customer: session token", "/customer/me", Token("customer", "shopper"), 200),
        get("customer: no credential", "/customer/me", Nothing, 401),
        get("customer: unknown token", "/customer/me", Text("ory_st_unknown"), 401),
        get("customer: an admin's session", "/customer/me", Token("admin", "admin"), 401),
        get("customer: a dealer's session", "/customer/me", Token("dealer", "first"), 401),
        case("customer: orders", Method::POST, "/customer/orders", Cookie("customer", "shopper"), 200),
        case("customer: sells with the role", Method::POST, "/customer/listings", Token("customer", "seller"), 200),
        case("customer: sells without the role", Method::POST, "/customer/listings", Token("customer", "shopper"), 403),
        get("customer: storefront for a visitor", "/customer/storefront", Nothing, 200),
        get("customer: storefront for a user", "/customer/storefront", Cookie("customer", "shopper"), 200),
        get("customer: storefront with a bad token", "/customer/storefront", Text("ory_st_unknown"), 401),
        get("admin: report with the role", "/admin/report", Token("admin", "admin"), 200),
        get("admin: report with another role", "/admin/report", Token("admin", "support"), 403),
        get("admin: report without a role", "/admin/report", Token("admin", "newcomer"), 403),
        get("admin: a cookie where only bearer counts", "/admin/report", Cookie("admin", "admin"), 401),
        get("admin: a customer's session", "/admin/report", Token("customer", "seller"), 401),
        get("admin: looks a customer up", &customer, Token("admin", "support"), 200),
        get("admin: looks a customer up without a role", &customer, Token("admin", "newcomer"), 403),
        get("admin: looks an unknown customer up", nobody, Token("admin", "admin"), 404),
        get("admin: looks an odd id up", "/admin/customers/..%2Fsessions", Token("admin", "admin"), 404),
        get("dealer: session token", "/dealer/me", Token("dealer", "first"), 200),
        get("dealer: session cookie", "/dealer/me", Cookie("dealer", "second"), 200),
        case("dealer: edits their own listing", Method::PUT, "/dealer/listings/42", Token("dealer", "first"), 200),
        case("dealer: edits another's listing", Method::PUT, "/dealer/listings/42", Token("dealer", "second"), 403),
        get("partner: inventory", "/dealer/partner-api/inventory", Machine, 200),
        case("partner: scope missing", Method::POST, "/dealer/partner-api/inventory", Machine, 403),
        get("partner: a session instead of a token", "/dealer/partner-api/inventory", Token("dealer", "first"), 401),
        get("partner: a token instead of a session", "/dealer/me", Machine, 401),
        get("partner: no token", "/dealer/partner-api/inventory", Nothing, 401),
        get("everybody: health", "/health", Nothing, 200),
    ]
}

struct Player<'a> {
    world: &'a World,
    client: Client,
    base: String,
}

impl Player<'_> {
    async fn play(&self, case: &Case) -> Result<Result<(), String>, Failure> {
        let (status, body) = self.ask(case.method.clone(), &case.path, case.with).await?;
        let as_told = status.as_u16() == case.status;
        Ok(if as_told { Ok(()) } else { Err(format!("{status} instead of {}: {body}", case.status)) })
    }

    async fn looks_up_the_right_customer(&self) -> Result<Result<(), String>, Failure> {
        let shopper = &self.world.tenant("customer").account("shopper@customer.example.test").identity.id;
        let (_, body) = self.ask(Method::GET, &format!("/admin/customers/{shopper}"), Token("admin", "admin")).await?;
        let identity: Value = serde_json::from_str(&body)?;
        Ok(if identity["id"] == **shopper { Ok(()) } else { Err(body) })
    }

    async fn issued_token_works(&self) -> Result<Result<(), String>, Failure> {
        let (status, body) = self.ask(Method::POST, "/admin/partner-tokens", Token("admin", "admin")).await?;
        if status != StatusCode::OK {
            return Ok(Err(format!("{status}: {body}")));
        }
        let issued: Value = serde_json::from_str(&body)?;
        let token = issued["access_token"].as_str().unwrap_or_default();
        let mut statuses = Vec::new();
        for path in ["/dealer/partner-api/inventory", "/dealer/me", "/customer/me", "/admin/report"] {
            let request = self.client.get(format!("{}{path}", self.base)).bearer_auth(token);
            statuses.push(request.send().await?.status().as_u16());
        }
        Ok(if statuses == [200, 401, 401, 401] { Ok(()) } else { Err(format!("{statuses:?}")) })
    }

    async fn ask(&self, method: Method, path: &str, with: With) -> Result<(StatusCode, String), Failure> {
        let account = |tenant: &str, name: &str| {
            self.world.tenant(tenant).account(&format!("{name}@{tenant}.example.test")).clone()
        };
        let mut request = self.client.request(method.clone(), format!("{}{path}", self.base));
        request = match with {
            Nothing => request,
            Token(tenant, name) => request.bearer_auth(account(tenant, name).session.token),
            Cookie(tenant, name) => request.header("cookie", account(tenant, name).browser.cookie()),
            Machine => request
                .bearer_auth(self.world.tenant("dealer").machine("dealer-123").token.as_deref().unwrap_or_default()),
            Text(token) => request.bearer_auth(token),
        };
        if method != Method::GET {
            request = request.json(&json!({ "sku": "teapot" }));
        }
        let response = request.send().await?;
        Ok((response.status(), response.text().await?))
    }
}
