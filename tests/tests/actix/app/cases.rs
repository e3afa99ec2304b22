//! Routes for faults that users of other projects reported.

use std::marker::PhantomData;

use super::*;

#[tenant("dealer")]
#[require_role("a")]
async fn json_body(_: Counted, counters: Data<Counters>, body: Json<Value>) -> Json<Value> {
    counters.ran();
    body
}

#[tenant("dealer")]
#[oauth2]
mod scopes {
    use super::*;

    pub async fn all(machine: CurrentMachine) -> Json<Value> {
        Json(json!(machine.scopes))
    }

    #[require_role("write")]
    pub async fn write() -> &'static str {
        ""
    }

    #[require_role("write\u{a0}x")]
    pub async fn with_no_break_space() -> &'static str {
        ""
    }
}

/// Everything that a handler may print while it looks for a fault.
#[tenant("customer")]
async fn shown(iam: Data<Iam<Tenants>>, counters: Data<Counters>, me: CurrentUser) -> String {
    format!("{iam:?} {counters:?} {:?} {me:?} {:?}", iam.tenant(Tenants::Customer), me.principal())
}

#[tenant("dealer")]
#[oauth2]
async fn shown_machine(iam: Data<Iam<Tenants>>, me: CurrentMachine) -> String {
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

fn early(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam).route("/early", get(dealer::me))
}

fn late(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam).route("/late", get(dealer::me))
}

/// One guarded handler, mounted before and after layers in every order.
fn orders(iam: &Iam<Tenants>) -> Router<Tenants> {
    let outer = || || from_fn(mark);
    let inner = || || from_fn(name_caller);
    Router::new(iam)
        .nest("/cases/orders/layer-merge", early(iam).layer(outer()).merge(late(iam)))
        .nest("/cases/orders/merge-layer", early(iam).merge(late(iam)).layer(outer()))
        .nest("/cases/orders/inner-merge", early(iam).inner_layer(inner()).merge(late(iam)))
        .nest("/cases/orders/layer-nest", early(iam).layer(outer()).nest("/below", late(iam)))
        .nest("/cases/orders/nest-layer", early(iam).nest("/below", late(iam)).layer(outer()))
        .nest("/cases/orders/inner-nest", early(iam).inner_layer(inner()).nest("/below", late(iam)))
        .nest("/cases/orders/layer-fallback", early(iam).layer(outer()).fallback(dealer::me))
        .nest("/cases/orders/fallback-layer", early(iam).fallback(dealer::me).layer(outer()))
        .nest("/cases/orders/layer-route", early(iam).layer(outer()).route("/late", get(dealer::me)))
}

/// Several policies at one path.
fn methods(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam)
        .route("/cases/methods/merged", get(dealer::me))
        .merge(Router::new(iam).route("/cases/methods/merged", post(admin::change).delete(admin::change)))
        .route("/cases/methods/any", get(dealer::me).any(admin::me))
        .route("/cases/methods/head", get(dealer::me).head(admin::me).options(dealer::me))
}

pub fn routes(iam: &Iam<Tenants>) -> Router<Tenants> {
    Router::new(iam)
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
        .merge(orders(iam))
        .merge(methods(iam))
}
