//! What blocks hand down, and to whom.

use crate::root::prelude::*;
use crate::root::{line, now, open};

define_tenants! { pub(crate) enum Tenants { customer, admin, dealer } }

fn object(_: &iam_core::RequestSnapshot) -> Option<String> {
    None
}

#[tenant("dealer")]
#[oauth2]
#[require_role("outer")]
#[require_permission(namespace = "n", relation = "r", object = object)]
mod machines {
    use super::*;
    use crate::root::prelude::{require_role as only, tenant as own_tenant};

    type Same = Tenants;

    pub(super) async fn plain() {}

    #[require_role("own")]
    pub(super) async fn adds() {}

    #[tenant("dealer")]
    pub(super) async fn says_it_again() {}

    #[tenant(Dealer in Same)]
    pub(super) async fn by_another_path() {}

    #[tenant("admin", override)]
    pub(super) async fn other_tenant() {}

    #[authenticated(override)]
    pub(super) async fn other_kind() {}

    #[public]
    pub(super) async fn ping() {}

    #[handler]
    async fn private_handler() {}

    async fn helper() -> u8 {
        3
    }

    pub(super) async fn uses_the_helper() -> u8 {
        helper().await + decorated_helper().await
    }

    /// No attribute of ours, so that it stays a helper.
    #[cfg_attr(all(), cfg(all()))]
    async fn decorated_helper() -> u8 {
        1
    }

    #[only("own")]
    async fn under_another_name() {}

    #[own_tenant("dealer")]
    #[only("own")]
    async fn under_other_names() {}

    pub(super) struct Renamed;

    #[own_tenant("dealer")]
    impl Renamed {
        pub(in super::super) async fn list() {}

        #[only("own")]
        async fn adds() {}
    }

    /// None of ours, so that only what has one is a handler.
    #[cfg_attr(all(), cfg(all()))]
    impl Renamed {
        pub(in super::super) async fn helper() -> u8 {
            1
        }

        #[require_role("own")]
        async fn explicit() {}

        #[only("own")]
        async fn explicit_by_another_name() {}
    }

    #[own_tenant("dealer")]
    mod renamed {
        pub(in super::super) async fn list() {}
    }

    pub(super) fn impls_under_other_names() -> [String; 5] {
        let (own, added) = (line(&Renamed::list()), line(&Renamed::adds()));
        let explicit = [line(&Renamed::explicit()), line(&Renamed::explicit_by_another_name())];
        let [first, second] = explicit;
        [own, line(&renamed::list()), added, first, second]
    }

    pub(super) fn private() -> String {
        line(&private_handler())
    }

    pub(super) fn under_another_name_as_text() -> [String; 2] {
        [line(&under_another_name()), line(&under_other_names())]
    }

    /// Two levels in, without any import.
    pub(super) mod inner {
        pub(in super::super) async fn deep() {}

        #[super::super::require_role("inner")]
        pub(in super::super) mod innermost {
            pub(in super::super::super) async fn deepest() {}
        }
    }

    #[public]
    pub(super) mod open {
        use super::*;

        pub(in super::super) async fn anybody() {}

        #[require_role("back")]
        pub(in super::super) async fn restricted_again() {}
    }

    pub(super) struct Api<S>(S);

    impl<S> Api<S> {
        #[require_role("method")]
        pub(in super::super) async fn explicit(_: S) {}

        pub(in super::super) async fn untouched(value: S) -> Self {
            Self(value)
        }

        pub(in super::super) fn value(self) -> S {
            self.0
        }
    }

    pub(super) fn in_a_body() -> String {
        #[require_role("local")]
        async fn local() {}
        line(&local())
    }

    macro_rules! made {
        ($vis:vis $name:ident $body:block) => {
            #[require_role("made")]
            $vis async fn $name() $body
        };
        ($item:item) => {
            #[require_role("made")]
            $item
        };
    }
    made!(pub(super) made {});
    made!(
        pub(super) async fn made_whole() {}
    );
}

struct Users<S>(S);

#[require_role("staff")]
#[tenant("customer")]
impl<S: Copy + Send> Users<S> {
    pub(crate) async fn list() -> u8 {
        Self::HOW_MANY
    }

    #[require_role("chief")]
    async fn generic<T: Send>(_: T, _: S) {}

    pub(crate) async fn with_self(&self) -> S {
        self.0
    }

    async fn helper() -> u8 {
        1
    }

    const HOW_MANY: u8 = 4;
}

#[public]
mod site {
    pub(super) async fn page() -> &'static str {
        "page"
    }

    #[super::tenant("customer" in super::Tenants)]
    pub(super) async fn account() {}
}

#[test]
fn restrictions_add_up() {
    let block = "dealer: Machine, role outer";
    let end = ", n#r@(computed)";
    assert_eq!(line(&machines::plain()), format!("{block}{end}"));
    assert_eq!(line(&machines::adds()), format!("{block}, role own{end}"));
    assert_eq!(line(&machines::says_it_again()), format!("{block}{end}"));
    assert_eq!(line(&machines::by_another_path()), format!("{block}{end}"));
    assert_eq!(line(&machines::other_tenant()), format!("admin: Machine, role outer{end}, OverridesTenant"));
    assert_eq!(line(&machines::other_kind()), format!("dealer: Session, role outer{end}, OverridesCredential"));
    assert_eq!(machines::private(), format!("{block}{end}"));
    let own = format!("{block}, role own{end}");
    assert_eq!(machines::under_another_name_as_text(), [own.clone(), own]);
    let outer = format!("{block}{end}");
    let added = format!("{block}, role own{end}");
    let expected = [outer.clone(), outer, added.clone(), added.clone(), added];
    assert_eq!(machines::impls_under_other_names(), expected);
    assert_eq!(line(&machines::inner::deep()), format!("{block}{end}"));
    assert_eq!(line(&machines::inner::innermost::deepest()), format!("{block}, role inner{end}"));
}

#[test]
fn public_is_its_own_word() {
    now(open(machines::ping()));
    now(open(machines::open::anybody()));
    assert_eq!(line(&machines::open::restricted_again()), "dealer: Machine, role outer, role back, n#r@(computed)");
    assert_eq!(now(open(site::page())), "page");
    assert_eq!(line(&site::account()), "customer: Session");
}

#[test]
fn no_nesting_loses_a_rule() {
    let block = "dealer: Machine, role outer";
    let end = ", n#r@(computed)";
    assert_eq!(line(&machines::Api::explicit(1)), format!("{block}, role method{end}"));
    assert_eq!(machines::in_a_body(), format!("{block}, role local{end}"));
    assert_eq!(line(&machines::made()), format!("{block}, role made{end}"));
    assert_eq!(line(&machines::made_whole()), format!("{block}, role made{end}"));
}

#[test]
fn helpers_stay_as_they_are() {
    assert_eq!(now(machines::uses_the_helper()), 4);
    assert_eq!(now_plain(machines::Renamed::helper()), 1);
    assert_eq!(now_plain(machines::Api::untouched(5)).value(), 5);
}

/// Of a function that is no handler.
fn now_plain<T>(future: impl Future<Output = T>) -> T {
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(value) = std::pin::pin!(future).poll(&mut context) else { panic!("ready at once") };
    value
}

#[test]
fn methods() {
    assert_eq!(line(&Users::<u8>::list()), "customer: Session, role staff");
    assert_eq!(line(&Users::generic("x", 1)), "customer: Session, role staff, role chief");
    assert_eq!(now(Users::<u8>::list()), 4);
    let _ = (Users(1).with_self(), Users::<u8>::helper());
}
