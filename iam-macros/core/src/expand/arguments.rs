//! The arguments: names for the signature, patterns for the body.
//!
//! An `async fn` moves every argument into its future and keeps it until the
//! end, used or not (a permit, say). An `async` block takes only what it names,
//! so each argument is named in it; patterns are taken apart there.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Ident, Meta, Pat, PatIdent, PatType, Token, parse_quote};

use super::agreement::agreement;
use super::conditions::conditions;
use super::policy::Meets;

/// What becomes of the arguments.
#[derive(Default)]
pub(super) struct Arguments {
    /// Statements at the start of the body.
    pub(super) moves: TokenStream,
    /// Statements that compare the types with the policy.
    pub(super) agreements: TokenStream,
}

/// Gives each argument of a signature a plain name.
pub(super) fn arguments(inputs: &mut Punctuated<FnArg, Token![,]>, meets: &Meets) -> Arguments {
    let mut arguments = Arguments::default();
    for (at, input) in inputs.iter_mut().enumerate() {
        let FnArg::Typed(argument) = input else { continue };
        if let Some(agreement) = agreement(argument, meets) {
            arguments.agreements.extend(agreement);
        }
        arguments.moves.extend(moved(argument, at));
    }
    arguments
}

fn moved(argument: &mut PatType, at: usize) -> TokenStream {
    let cfg = conditions(&argument.attrs);
    let lints: Vec<_> = argument.attrs.iter().filter(|attribute| !attribute.path().is_ident("cfg")).cloned().collect();
    argument.attrs.iter_mut().for_each(expect_in_the_body);
    if let Pat::Ident(PatIdent { attrs, by_ref: None, mutability, ident, subpat: None }) = &mut *argument.pat
        && attrs.is_empty()
    {
        let (mutability, unused) = (mutability.take(), meant_to_be_unused(ident));
        return quote!(#(#cfg)* #unused #(#lints)* let #mutability #ident = #ident;);
    }
    let mut names = Names::default();
    names.visit_pat_mut(&mut argument.pat);
    // `Path(id): Path<..>` is called `id` in the signature, and in its documentation.
    let name = match &names.0[..] {
        [only] if !only.to_string().starts_with('_') => only.clone(),
        _ => format_ident!("__iam_{at}"),
    };
    let plain = PatIdent { attrs: Vec::new(), by_ref: None, mutability: None, ident: name.clone(), subpat: None };
    let pattern = std::mem::replace(&mut *argument.pat, Pat::Ident(plain));
    let taken_apart = match pattern {
        Pat::Wild(_) => TokenStream::new(),
        pattern => quote!(#(#cfg)* #(#lints)* let #pattern = #name;),
    };
    let unused = meant_to_be_unused(&name);
    quote!(#(#cfg)* #unused let #name = #name; #taken_apart)
}

/// `_name` is moved like all others, which is no use of it.
fn meant_to_be_unused(name: &Ident) -> Option<TokenStream> {
    let is_marked = name.to_string().starts_with('_');
    is_marked.then(|| quote!(#[allow(clippy::no_effect_underscore_binding, clippy::used_underscore_binding)]))
}

/// What is expected of an argument, such as that nothing uses it, is met by the body's variable.
fn expect_in_the_body(attribute: &mut Attribute) {
    if attribute.path().is_ident("expect")
        && let Meta::List(lints) = &mut attribute.meta
    {
        lints.path = parse_quote!(allow);
    }
}

/// All names that a pattern binds.
#[derive(Default)]
struct Names(Vec<Ident>);

impl VisitMut for Names {
    fn visit_pat_ident_mut(&mut self, pattern: &mut PatIdent) {
        self.0.push(pattern.ident.clone());
        visit_mut::visit_pat_ident_mut(self, pattern);
    }
}
