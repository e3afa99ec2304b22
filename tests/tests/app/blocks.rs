//! Handlers in blocks, which add to their rules or loosen one: the same file in the application of each framework.

use super::*;

#[tenant("dealer")]
#[require_role("a")]
mod block {
    use super::*;

    pub async fn plain() -> &'static str {
        ""
    }

    #[require_role("b")]
    pub async fn more() -> &'static str {
        ""
    }

    #[require_permission(namespace = "listings", relation = "edit", object = "listings:{id}")]
    pub async fn permitted(_: CurrentUser) -> &'static str {
        ""
    }

    #[tenant("admin", override)]
    pub async fn elsewhere() -> &'static str {
        ""
    }

    #[oauth2(override)]
    pub async fn machines() -> &'static str {
        ""
    }

    #[public]
    pub async fn open() -> &'static str {
        ""
    }

    pub mod nested {
        use super::*;

        #[require_role("b")]
        pub async fn deeper() -> &'static str {
            ""
        }
    }
}

struct Shop;

#[tenant("dealer")]
#[require_role("a")]
impl Shop {
    #[require_role("b")]
    pub async fn method() -> &'static str {
        ""
    }
}

/// A handler in a block for everybody that lets in fewer.
#[public]
mod everybody {
    use super::*;

    pub async fn free() -> &'static str {
        ""
    }

    #[tenant("dealer")]
    #[require_role("a")]
    pub async fn tightened() -> &'static str {
        ""
    }
}

pub fn add(router: AppRouter) -> AppRouter {
    router
        .route("/block/plain", get(block::plain))
        .route("/block/more", get(block::more))
        .route("/block/permitted/{id}", get(block::permitted))
        .route("/block/elsewhere", get(block::elsewhere))
        .route("/block/machines", get(block::machines))
        .route("/block/open", get(block::open))
        .route("/block/nested", get(block::nested::deeper))
        .route("/block/method", get(Shop::method))
        .route("/everybody/free", get(everybody::free))
        .route("/everybody/tightened", get(everybody::tightened))
}
