//! Paths that were written some modules further out.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Path;
use syn::ext::IdentExt;

use crate::model::{ENUM, Named};

/// The path as it reads `up` modules further inside.
///
/// Paths from a root stay; `dep::..` stays too, as it names a crate as a rule, while `Roles::Clerk`
/// begins with a type.
pub(super) fn inside(path: &Path, up: usize) -> TokenStream {
    let Some(first) = path.segments.first() else { return path.to_token_stream() };
    let names_a_type = first.ident.unraw().to_string().starts_with(char::is_uppercase);
    let is_relative = path.segments.len() == 1 || names_a_type || first.ident == "self" || first.ident == "super";
    if up == 0 || path.leading_colon.is_some() || !is_relative || first.ident == "crate" || first.ident == "$crate" {
        return path.to_token_stream();
    }
    // Nobody wrote this `super`, so lints about superfluous ones are not to see it.
    let span = first.ident.span().resolved_at(Span::call_site());
    let outwards = (0..up).map(|_| Ident::new("super", span));
    let rest = path.segments.iter().skip(usize::from(first.ident == "self"));
    quote!(#(#outwards::)* #(#rest)::*)
}

/// The enum, `Tenants` unless one is named.
pub(super) fn tenants(of: Option<&Path>, up: usize, span: Span) -> TokenStream {
    match of {
        Some(path) => inside(path, up),
        None => inside(&Path::from(Ident::new(ENUM, span)), up),
    }
}

/// The enum of these names, read at the place where they were written.
pub(super) fn tenants_of(named: &Named) -> TokenStream {
    tenants(named.of.as_ref(), named.up, named.names.span())
}

/// `<Tenants>::admin()`, all under the span of the name: an unknown one is an
/// error of the compiler, with its suggestion, at what the user typed.
pub(super) fn member(tenants: TokenStream, name: &Ident) -> TokenStream {
    let call = is_function(name).then(|| quote_spanned!(name.span()=> ()));
    quote_spanned!(name.span()=> <#tenants>::#name #call)
}

/// Whether a tenant of this spelling is given by a function: the variant's own, and those that
/// begin as one, are constants.
pub(super) fn is_function(name: &Ident) -> bool {
    !name.to_string().starts_with(char::is_uppercase)
}

/// A path that errors show at `span`, and that means what it did: one token
/// elsewhere would move the whole error to the attribute.
pub(super) fn located(span: Span, path: TokenStream) -> TokenStream {
    let tokens = path.into_iter().map(|mut token| {
        token.set_span(span.resolved_at(token.span()));
        token
    });
    tokens.collect()
}
