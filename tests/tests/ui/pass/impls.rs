//! Handlers in `impl` blocks.

use std::marker::PhantomData;

use axum::extract::{FromRef, State};
use axum::response::IntoResponse;
use iam_axum::prelude::*;

use super::cases;
use crate::Tenants;

struct Resource;

impl Resource {
    const NAME: &'static str = "resource";

    #[tenant("admin")]
    async fn of_self(_: CurrentTenant<Tenants>) -> &'static str {
        Self::NAME
    }

    #[tenant("admin")]
    async fn existential() -> impl IntoResponse {
        Self::helper().await
    }

    async fn helper() -> &'static str {
        Self::NAME
    }
}

trait Store: Send + Sync + 'static {
    const NAME: &'static str;
}

struct Books;

impl Store for Books {
    const NAME: &'static str = "books";
}

struct Api<S>(PhantomData<S>);

impl<S: Store> Api<S> {
    #[tenant("admin")]
    async fn generic() -> String {
        S::NAME.into()
    }

    #[tenant("admin")]
    async fn generic_twice<F>(State(of): State<F>) -> &'static str
    where
        F: FromRef<Iam<Tenants>> + Send + Sync + 'static,
    {
        drop(of);
        S::NAME
    }
}

#[tenant("admin")]
#[require_role("block")]
impl<S> Api<S>
where
    S: Store,
{
    pub async fn in_a_block() -> &'static str {
        S::NAME
    }

    #[require_role("own")]
    async fn marked_by_a_rule() {}

    #[public]
    async fn open() {}

    async fn helper(&self) -> &'static str {
        S::NAME
    }
}

struct Borrowing<'a>(&'a str);

impl<'a> Borrowing<'a> {
    #[tenant("admin")]
    async fn of_a_lifetime() -> String {
        size_of::<&'a str>().to_string()
    }

    #[tenant("admin")]
    async fn borrowed(text: &'a str) -> &'a str {
        Borrowing(text).0
    }
}

cases! { on axum:
    of_self = Resource::of_self => "admin: session";
    existential = Resource::existential => "admin: session";
    generic = Api::<Books>::generic => "admin: session";
    generic_twice = Api::<Books>::generic_twice::<Iam<Tenants>> => "admin: session";
    in_a_block = Api::<Books>::in_a_block => "admin: session, role block";
    marked_by_a_rule = Api::<Books>::marked_by_a_rule => "admin: session, role block, role own";
    open = Api::<Books>::open => "PUBLIC";
    of_a_lifetime = Borrowing::of_a_lifetime => "admin: session";
}

#[tokio::test]
async fn all_of_them_can_be_called() {
    assert_eq!(Api::<Books>::generic().await.unguarded(), "books");
    assert_eq!(Api::<Books>(PhantomData).helper().await, "books");
    assert_eq!(Borrowing::borrowed("text").await.unguarded(), "text");
}
