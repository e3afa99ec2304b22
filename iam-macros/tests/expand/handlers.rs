//! The function stays the user's, whatever its shape.

use std::fmt::Display;
use std::rc::Rc;
use std::sync::Arc;

use crate::root::prelude::*;
use crate::root::{line, now};

define_tenants! { pub(crate) enum Tenants { admin } }

struct State<T>(T);

#[tenant("admin")]
async fn patterns(State(mut count): State<u8>, mut more: Vec<u8>, _: u8, (a, b): (u8, u8), unit: ()) -> Vec<u8> {
    count += 1;
    more.extend([count, a, b]);
    assert_eq!(unit, ());
    more
}

#[authenticated]
#[tenant("admin")]
#[require_role("a")]
async fn named_like_attributes(tenant: u8, State(require_role): State<u8>) -> u8 {
    tenant + require_role
}

#[tenant("admin")]
async fn early(text: String) -> Result<u8, Box<dyn std::error::Error + Send + Sync>> {
    if text.is_empty() {
        return Ok(0);
    }
    let number: u8 = text.parse()?;
    Ok(number)
}

#[tenant("admin")]
async fn coerced() -> Box<dyn Display> {
    Box::new(5)
}

#[tenant("admin")]
async fn existential(shown: impl Display + Send) -> impl Display {
    format!("<{shown}>")
}

#[tenant("admin")]
async fn fallible(fails: bool) -> Result<impl Display, String> {
    if fails {
        Err("no")?;
    }
    Ok("yes")
}

#[tenant("admin")]
async fn generic<T, const N: usize>(all: [T; N]) -> usize
where
    T: Send,
{
    all.len()
}

#[tenant("admin")]
async fn borrowed<'a>(text: &'a str, _other: &str) -> &'a str {
    text.trim()
}

#[tenant("admin")]
async fn r#type(r#fn: u8) -> u8 {
    r#fn
}

#[tenant("admin")]
async fn attributed(#[cfg(any())] never: u8, #[cfg(test)] always: u8, #[allow(unused_variables)] unused: u8) -> u8 {
    #![allow(clippy::let_and_return)]
    let answer = always;
    answer
}

#[tenant("admin")]
async fn diverges() -> u8 {
    panic!("never called")
}

/// Documented.
#[tenant("admin")]
#[deprecated]
#[expect(clippy::too_many_arguments)]
async fn many(_a: u8, _b: u8, _c: u8, _d: u8, _e: u8, _f: u8, _g: u8, _h: u8) {}

#[tracing::instrument(skip_all)]
#[tenant("admin")]
async fn instrumented_above() -> u8 {
    1
}

#[tenant("admin")]
#[tracing::instrument(skip_all)]
#[rustfmt::skip]
#[require_role("x")]
async fn instrumented_below() -> u8 { 2 }

#[tenant("admin")]
#[cfg(any())]
#[require_role("x")]
async fn configured() -> u8 {
    compile_error!("not in this build")
}

#[tenant("admin")]
#[cfg_attr(test, require_role("x"))]
#[cfg_attr(any(), require_role("y"))]
async fn configured() -> u8 {
    3
}

struct Api<S>(S);

trait Store {
    const NAME: &'static str;
}

impl Store for u8 {
    const NAME: &'static str = "u8";
}

impl<S: Store> Api<S> {
    #[tenant("admin")]
    async fn name(extra: &'static str) -> String {
        Self::NAMED.to_owned() + S::NAME + extra
    }

    const NAMED: &'static str = "store ";
}

macro_rules! handlers {
    ($($name:ident $tenant:literal $role:expr => $answer:ty $body:block)*) => {$(
        #[tenant($tenant)]
        #[require_role($role)]
        pub(crate) async fn $name() -> $answer $body
    )*};
}

handlers! {
    made "admin" "a" => u8 { 1 + 1 }
    made_too "admin" "b" => &'static str { "two" }
}

macro_rules! annotated {
    ($item:item) => {
        #[tenant("admin")]
        $item
    };
}

annotated! { async fn wrapped() -> u8 { 9 } }

#[test]
fn answers_are_as_written() {
    assert_eq!(now(patterns(State(1), vec![0], 9, (3, 4), ())), [0, 2, 3, 4]);
    assert_eq!(now(named_like_attributes(3, State(4))), 7);
    assert_eq!(now(early("7".into())).unwrap(), 7);
    assert_eq!(now(early(String::new())).unwrap(), 0);
    assert!(now(early("x".into())).is_err());
    assert_eq!(now(coerced()).to_string(), "5");
    assert_eq!(now(existential(3)).to_string(), "<3>");
    assert_eq!(now(fallible(false)).map(|shown| shown.to_string()), Ok("yes".into()));
    assert_eq!(now(fallible(true)).map(|shown| shown.to_string()), Err("no".into()));
    assert_eq!(now(generic([1, 2, 3])), 3);
    assert_eq!(now(borrowed(" a ", "b")), "a");
    assert_eq!(now(r#type(4)), 4);
    assert_eq!(now(attributed(5, 6)), 5);
    let _ = diverges;
    #[expect(deprecated)]
    now(many(1, 2, 3, 4, 5, 6, 7, 8));
    assert_eq!((now(instrumented_above()), now(instrumented_below()), now(configured())), (1, 2, 3));
    assert_eq!(now(Api::<u8>::name("!")), "store u8!");
    assert_eq!(Api(1).0, 1);
    assert_eq!((now(made()), now(made_too()), now(wrapped())), (2, "two", 9));
}

#[test]
fn other_attributes_lose_no_rule() {
    assert_eq!(line(&instrumented_above()), "admin: Session");
    assert_eq!(line(&instrumented_below()), "admin: Session, role x");
    assert_eq!(line(&configured()), "admin: Session, role x");
    assert_eq!(line(&made()), "admin: Session, role a");
    assert_eq!(line(&made_too()), "admin: Session, role b");
    assert_eq!(line(&wrapped()), "admin: Session");
}

#[tenant("admin")]
async fn holds(_permit: Arc<()>, _: Arc<()>, State(_): State<Arc<()>>) {}

#[test]
fn unused_arguments_live_as_long_as_the_future() {
    let permit = Arc::new(());
    let called = holds(permit.clone(), permit.clone(), State(permit.clone()));
    assert_eq!(Arc::strong_count(&permit), 4, "kept while the handler has not run");
    now(called);
    assert_eq!(Arc::strong_count(&permit), 1);
}

#[tenant("admin")]
async fn not_send(shared: Rc<u8>) -> u8 {
    *shared
}

fn is_send<T: Send>(value: T) -> T {
    value
}

#[test]
fn auto_traits_leak() {
    assert_eq!(now(is_send(early("5".into()))).unwrap(), 5);
    assert_eq!(now(not_send(Rc::new(1))), 1);
}
