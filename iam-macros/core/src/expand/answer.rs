//! What a handler returns, told to the compiler in time.
//!
//! An `async fn` knows its return type, an `async` block has to find it out: too
//! late for `?`, for coercions, and for a good message. So the block is given a
//! `return` of that type that never runs, wherever this can matter: it is a
//! tenth of a small handler's checking time.

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::token::Paren;
use syn::visit_mut::{self, VisitMut};
use syn::{ReturnType, Type, TypeTuple, parse_quote};

use super::paths::located;

/// The type as written, `()` if none is.
pub(super) fn written(output: &ReturnType) -> Type {
    match output {
        ReturnType::Default => Type::Tuple(TypeTuple { paren_token: Paren::default(), elems: Punctuated::new() }),
        ReturnType::Type(_, answer) => (**answer).clone(),
    }
}

/// The `return` that never runs, or nothing where it would tell nothing.
pub(super) fn hint(answer: &Type, body: TokenStream) -> TokenStream {
    if is_settled(answer) && !can_leave_early(body) {
        return TokenStream::new();
    }
    let mut known = answer.clone();
    Infer.visit_type_mut(&mut known);
    // At the type, which messages about it then show.
    let never = located(answer.span(), quote!(return __iam::never::<#known>()));
    quote!(if false { #never; })
}

/// `impl Trait` stands for whatever the body gives.
struct Infer;

impl VisitMut for Infer {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        match ty {
            Type::ImplTrait(_) => *ty = parse_quote!(_),
            ty => visit_mut::visit_type_mut(self, ty),
        }
    }
}

/// Whether the body's last expression can have this type by itself only.
fn is_settled(answer: &Type) -> bool {
    match answer {
        Type::ImplTrait(_) => true,
        Type::Tuple(tuple) => tuple.elems.is_empty(),
        _ => false,
    }
}

/// Whether a `return` or `?` may stand in the body; a macro can hide one.
fn can_leave_early(body: TokenStream) -> bool {
    const HARMLESS: [&str; 10] =
        ["format", "vec", "json", "matches", "concat", "include_str", "env", "stringify", "html", "println"];
    let (mut word, mut called) = (None, None);
    for token in body {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == '?' => return true,
            TokenTree::Punct(punct) if punct.as_char() == '!' => called = word.take(),
            TokenTree::Ident(ident) if ident == "return" => return true,
            TokenTree::Ident(ident) => (word, called) = (Some(ident.to_string()), None),
            TokenTree::Group(group) => {
                let hides_one = called.take().is_some_and(|name| !HARMLESS.contains(&name.as_str()));
                if hides_one || can_leave_early(group.stream()) {
                    return true;
                }
                word = None;
            }
            _ => (word, called) = (None, None),
        }
    }
    false
}
