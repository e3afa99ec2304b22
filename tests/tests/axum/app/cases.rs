//! Routes for faults that users of other projects reported.

use std::marker::PhantomData;

use super::*;

#[tenant("dealer")]
#[require_role("a")]
async fn json_body(_: Counted, State(counters): State<Arc<Counters>>, Json(body): Json<Value>) -> Json<Value> {
    counters.ran();
    Json(body)
}

#[tenant("dealer")]
#[oauth2]
mod scopes {
    use super::*;

    pub async fn all(machine: CurrentMachine) -> Json<Value> {
        Json(json!(machine.scopes))
    }

    #[require_role("write")]
    pub async fn write() {}

    #[require_role("write\u{a0}x")]
    pub async fn with_no_break_space() {}
}

/// Everything that a handler may print while it looks for a fault.
#[tenant("customer")]
async fn shown(State(app): State<App>, me: CurrentUser) -> String {
    format!("{:?} {:?} {:?} {me:?} {:?}", app.iam, app.counters, app.iam.tenant(Tenants::Customer), me.principal())
}

#[tenant("dealer")]
#[oauth2]
async fn shown_machine(State(iam): State<Iam<Tenants>>, me: CurrentMachine) -> String {
    format!("{iam:?} {:?} {me:?} {:?}", iam.tenant(Tenants::Dealer), me.principal())
}

trait Store: Send + Sync + 'static {
    const NAME: &'static str;

    fn name(&self) -> &'static str {
        Self::NAME
    }
}

#[derive(Default)]
struct Books;

impl Store for Books {
    const NAME: &'static str = "books";
}

struct Api<S>(PhantomData<S>);

/// Handlers of a generic type: one plain, one that adds to the block, one generic itself.
#[tenant("dealer")]
#[require_role("a")]
impl<S: Store> Api<S> {
    pub async fn name() -> &'static str {
        S::NAME
    }

    #[require_role("b")]
    pub async fn more() -> &'static str {
        S::NAME
    }

    pub async fn of<K: Store + Default>() -> &'static str {
        K::default().name()
    }
}

#[tenant("dealer")]
#[require_role("a")]
mod outer {
    pub mod inner {
        pub mod innermost {
            pub async fn deep() -> &'static str {
                "deep"
            }
        }
    }
}

fn early() -> Router<App> {
    Router::new().route("/early", get(dealer::me))
}

fn late() -> Router<App> {
    Router::new().route("/late", get(dealer::me))
}

/// One guarded handler, mounted before and after layers in every order. One nesting deep: axum
/// forgets the fallback of a router that is nested twice.
fn orders() -> Router<App> {
    let outer = || from_fn(mark);
    let inner = || from_fn(name_caller);
    Router::new()
        .nest("/cases/orders/layer-merge", early().layer(outer()).merge(late()))
        .nest("/cases/orders/merge-layer", early().merge(late()).layer(outer()))
        .nest("/cases/orders/inner-merge", early().inner_layer(inner()).merge(late()))
        .nest("/cases/orders/layer-nest", early().layer(outer()).nest("/below", late()))
        .nest("/cases/orders/nest-layer", early().nest("/below", late()).layer(outer()))
        .nest("/cases/orders/inner-nest", early().inner_layer(inner()).nest("/below", late()))
        .nest("/cases/orders/layer-fallback", early().layer(outer()).fallback(dealer::me))
        .nest("/cases/orders/fallback-layer", early().fallback(dealer::me).layer(outer()))
        .nest("/cases/orders/layer-route", early().layer(outer()).route("/late", get(dealer::me)))
}

/// Several policies at one path.
fn methods() -> Router<App> {
    Router::new()
        .route("/cases/methods/merged", get(dealer::me))
        .merge(Router::new().route("/cases/methods/merged", post(admin::change).delete(admin::change)))
        .route("/cases/methods/any", get(dealer::me).any(admin::me))
        .route("/cases/methods/head", get(dealer::me).head(admin::me).options(dealer::me))
}

pub fn routes() -> Router<App> {
    Router::new()
        .route("/cases/json", post(json_body))
        .route("/cases/scopes", get(scopes::all))
        .route("/cases/scopes/write", get(scopes::write))
        .route("/cases/scopes/no-break", get(scopes::with_no_break_space))
        .route("/cases/generic/name", get(Api::<Books>::name))
        .route("/cases/generic/more", get(Api::<Books>::more))
        .route("/cases/generic/of", get(Api::<Books>::of::<Books>))
        .route("/cases/nested/deep", get(outer::inner::innermost::deep))
        .route("/cases/shown", get(shown))
        .route("/cases/shown/machine", get(shown_machine))
        .merge(orders())
        .merge(methods())
}
