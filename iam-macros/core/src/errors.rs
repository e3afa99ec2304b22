//! All mistakes of one run.

use proc_macro2::{Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::quote;

/// Collects mistakes, so that a user sees them all at once.
#[derive(Default)]
pub(crate) struct Errors(Option<syn::Error>);

impl Errors {
    pub(crate) fn push(&mut self, error: syn::Error) {
        match &mut self.0 {
            Some(first) => first.combine(error),
            None => self.0 = Some(error),
        }
    }

    /// The value, or `None` with the mistake kept.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_none()
    }

    pub(crate) fn into_result(self) -> syn::Result<()> {
        self.0.map_or(Ok(()), Err)
    }

    /// One `compile_error!` for each mistake.
    pub(crate) fn into_tokens(self) -> TokenStream {
        self.0.map(|error| error.to_compile_error()).unwrap_or_default()
    }

    /// The same with each message changed, and the underlines kept.
    pub(crate) fn into_tokens_with(self, change: fn(&str) -> String) -> TokenStream {
        reworded(self.into_tokens(), change)
    }
}

fn reworded(tokens: TokenStream, change: fn(&str) -> String) -> TokenStream {
    let reword = |token| match token {
        TokenTree::Group(group) => {
            let mut changed = Group::new(group.delimiter(), reworded(group.stream(), change));
            changed.set_span(group.span());
            TokenTree::Group(changed)
        }
        TokenTree::Literal(literal) => match syn::parse2::<syn::LitStr>(TokenTree::from(literal.clone()).into()) {
            Ok(text) => {
                let mut changed = Literal::string(&change(&text.value()));
                changed.set_span(literal.span());
                changed.into()
            }
            Err(_) => literal.into(),
        },
        token => token,
    };
    tokens.into_iter().map(reword).collect()
}

/// One mistake made in two places: the underline reaches from one to the other.
pub(crate) fn between(one: Span, other: Span, message: impl std::fmt::Display) -> syn::Error {
    // Spans join only within one hygiene context.
    let ends = [one, other].map(|span| Ident::new("end", span.resolved_at(Span::call_site())));
    let [one, other] = ends;
    syn::Error::new_spanned(quote!(#one #other), message)
}

/// The candidate that someone who typed `found` probably meant.
pub(crate) fn nearest<'a>(found: &str, candidates: &[&'a str]) -> Option<&'a str> {
    candidates
        .iter()
        .map(|candidate| (strsim::damerau_levenshtein(found, candidate), *candidate))
        .filter(|(distance, candidate)| *distance <= 1 + candidate.len() / 4)
        .min()
        .map(|(_, candidate)| candidate)
}
