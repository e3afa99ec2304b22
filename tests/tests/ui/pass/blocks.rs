//! Rules of blocks reach every handler in them, however deep, and add up.

use iam_axum::prelude::*;

use super::{axum, cases};
use crate::Tenants;

#[tenant("dealer")]
#[require_role("outer")]
mod outer {
    use super::*;

    pub async fn plain() {}

    #[require_role("own")]
    pub async fn adds() {}

    #[tenant("admin", override)]
    pub async fn elsewhere() {}

    #[public]
    pub async fn open() {}

    #[handler]
    async fn marked() {}

    async fn helper() -> u8 {
        1
    }

    pub(super) mod inner {
        use super::*;

        pub(crate) struct Stock;

        #[require_role("inner")]
        impl Stock {
            pub async fn list() {}

            pub(crate) async fn helper(&self) -> u8 {
                2
            }
        }
    }

    #[tokio::test]
    async fn helpers_stay_as_written() {
        assert_eq!(helper().await + inner::Stock.helper().await, 3);
        assert_eq!(axum!(marked), axum!(plain));
    }
}

#[tenant("dealer")]
mod mixed {
    //! Everything else that a module may hold stays as written.
    #![allow(clippy::wildcard_imports, reason = "an inner attribute stays where it is")]

    use super::*;

    pub(super) const LIMIT: usize = 2;
    pub(super) static NAME: &str = "mixed";

    pub(super) struct Page<const N: usize>;

    pub(super) trait Described {
        fn described(&self) -> String;
    }

    impl<const N: usize> Described for Page<N> {
        fn described(&self) -> String {
            format!("{N} of {LIMIT} {NAME}")
        }
    }

    macro_rules! handler {
        ($name:ident) => {
            #[require_role("macro")]
            pub(super) async fn $name() {}
        };
    }

    handler!(made_by_a_macro);

    pub(super) fn no_handler() -> String {
        Page::<1>.described()
    }

    pub(super) async fn beside_them() -> String {
        no_handler()
    }

    /// Its handlers are for tests.
    #[cfg(test)]
    mod tests {
        pub(crate) async fn helper() -> u8 {
            1
        }

        #[tokio::test]
        async fn stays_as_written() {
            assert_eq!((helper().await, super::no_handler()), (1, "1 of 2 mixed".into()));
        }
    }
}

define_roles! {
    enum Staff { Clerk = "clerk" }
}

/// Three modules deep, with enums that are in scope outside alone.
#[tenant("dealer")]
#[require_role(Staff::Clerk)]
mod first {
    pub(super) mod second {
        pub(in super::super) mod third {
            pub(crate) async fn deep() {}
        }
    }
}

cases! { on axum:
    plain = outer::plain => "dealer: session, role outer";
    adds = outer::adds => "dealer: session, role outer, role own";
    elsewhere = outer::elsewhere => "admin: session, role outer, override tenant";
    open = outer::open => "PUBLIC";
    of_an_impl_in_a_module = outer::inner::Stock::list => "dealer: session, role outer, role inner";
    beside_them = mixed::beside_them => "dealer: session";
    made_by_a_macro = mixed::made_by_a_macro => "dealer: session, role macro";
    deep = first::second::third::deep => "dealer: session, role clerk";
}
