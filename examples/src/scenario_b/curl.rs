use std::net::SocketAddr;

use iam_testing::seed::World;

/// Lines to paste into a shell, each with the status it gives.
pub(super) fn lines(world: &World, address: SocketAddr) -> Vec<String> {
    let base = format!("http://{address}");
    let token = |tenant: &str, name: &str| {
        let email = format!("{name}@{tenant}.example.test");
        format!("-H 'Authorization: Bearer {}'", world.tenant(tenant).account(&email).session.token)
    };
    let cookie = |tenant: &str, name: &str| {
        let email = format!("{name}@{tenant}.example.test");
        format!("-H 'Cookie: {}'", world.tenant(tenant).account(&email).browser.cookie())
    };
    let shopper = world.tenant("customer").account("shopper@customer.example.test");
    let partner = world.tenant("dealer").machine("dealer-123").token.clone().unwrap_or_default();
    let rows = [
        ("200", cookie("customer", "shopper"), "/customer/me".to_owned()),
        ("401: a customer is nobody at `admin`", token("customer", "shopper"), "/admin/report".to_owned()),
        ("200", token("admin", "admin"), "/admin/report".to_owned()),
        ("403: no role", token("admin", "newcomer"), "/admin/report".to_owned()),
        ("200: across tenants", token("admin", "support"), format!("/admin/customers/{}", shopper.identity.id)),
        (
            "200: a partner's machine",
            format!("-H 'Authorization: Bearer {partner}'"),
            "/dealer/partner-api/inventory".to_owned(),
        ),
        ("200: anybody", String::new(), "/health".to_owned()),
    ];
    rows.iter().map(|(what, credential, path)| format!("# {what}\ncurl -i {credential} {base}{path}")).collect()
}
