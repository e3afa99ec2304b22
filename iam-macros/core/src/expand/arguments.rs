//! The arguments: names for the signature, patterns for the body.
//!
//! An `async fn` moves every argument into its future and keeps it until the
//! end, used or not (a permit, say). An `async` block takes only what it names,
//! so each argument is named in it; patterns are taken apart there.

use proc_macro2::TokenStream;
use quote::{ToTokens, format_ident, quote};
use syn::punctuated::Punctuated;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, FnArg, Ident, Pat, PatIdent, PatType, Path, Token, parse_quote};

use super::agreement::agreement;
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
pub(super) fn arguments(root: &Path, inputs: &mut Punctuated<FnArg, Token![,]>, meets: &Meets) -> Arguments {
    let mut arguments = Arguments::default();
    for (at, input) in inputs.iter_mut().enumerate() {
        let FnArg::Typed(argument) = input else { continue };
        if let Some(agreement) = agreement(root, argument, meets) {
            arguments.agreements.extend(agreement);
        }
        arguments.moves.extend(moved(argument, at));
    }
    if !arguments.agreements.is_empty() {
        let uses = quote!(#[allow(unused_imports)] use #root::__private::Fine as _;);
        arguments.agreements = uses.into_iter().chain(std::mem::take(&mut arguments.agreements)).collect();
    }
    arguments
}

fn moved(argument: &mut PatType, at: usize) -> TokenStream {
    let cfg = conditions(&argument.attrs);
    let lints: Vec<_> = argument.attrs.iter().filter(|attribute| !attribute.path().is_ident("cfg")).collect();
    if let Pat::Ident(PatIdent { attrs, by_ref: None, mutability, ident, subpat: None }) = &mut *argument.pat
        && attrs.is_empty()
    {
        let mutability = mutability.take();
        return quote!(#(#cfg)* #(#lints)* let #mutability #ident = #ident;);
    }
    let mut names = Names::default();
    names.visit_pat_mut(&mut argument.pat);
    // `Path(id): Path<..>` is called `id` in the signature, and in its documentation.
    let name = match &names.0[..] {
        [only] => only.clone(),
        _ => format_ident!("__iam_{at}"),
    };
    let pattern = std::mem::replace(&mut *argument.pat, parse_quote!(#name));
    let taken_apart = match pattern {
        Pat::Wild(_) => TokenStream::new(),
        pattern => quote!(#(#cfg)* #(#lints)* let #pattern = #name;),
    };
    quote!(#(#cfg)* let #name = #name; #taken_apart)
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

/// The conditions under which something is there.
pub(super) fn conditions(attributes: &[Attribute]) -> Vec<TokenStream> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).map(ToTokens::to_token_stream).collect()
}
