//! One handler.

use proc_macro2::{Group, TokenStream};
use quote::quote;
use syn::{Attribute, Path, Signature, parse_quote};

use super::{Declaration, Expansion, answer, arguments, policy};
use crate::errors::Errors;
use crate::model::Policy;
use crate::parse::Function;

impl Expansion<'_> {
    pub(super) fn function(
        &self,
        root: &Path,
        attributes: Vec<Attribute>,
        function: Function,
        declaration: Declaration,
        errors: &mut Errors,
    ) -> TokenStream {
        let Function { visibility, mut signature, body } = function;
        let Some(body) = body else {
            errors.push(syn::Error::new(signature.ident.span(), "a handler has a body"));
            return quote!(#(#attributes)* #visibility #signature;);
        };
        if !can_be_a_handler(&signature, errors) {
            return quote!(#(#attributes)* #visibility #signature #body);
        }
        let policy = self.policy(&signature, declaration, errors);
        let policy = policy::tokens(root, &policy);

        let answer = answer::written(&signature.output);
        let arguments = arguments::arguments(root, &mut signature.inputs, &policy.arguments);
        let bound = with_answer(&policy.bound, &answer);
        signature.asyncness = None;
        signature.output = parse_quote!(-> #bound);

        let (moves, hint, statements) = (arguments.moves, answer::hint(&answer, body.stream()), body.stream());
        let mut handler = Group::new(body.delimiter(), quote!(#moves #hint #statements));
        handler.set_span(body.span());
        let (items, agreements, kind, uses) = (policy.items, arguments.agreements, policy.kind, self.uses());
        quote! {
            #(#attributes)* #visibility #signature {
                #uses
                #items
                #agreements
                #root::__private::declared::<#kind, _>(async move #handler)
            }
        }
    }

    fn policy(&self, signature: &Signature, declaration: Declaration, errors: &mut Errors) -> Policy {
        let Declaration { demands, failed, stand_in, handler } = declaration;
        if failed {
            return Policy::Closed(stand_in);
        }
        demands.policy().unwrap_or_else(|| {
            errors.push(syn::Error::new(
                handler.unwrap_or_else(|| signature.ident.span()),
                "`#[handler]` takes the rules of the block around, and there are none: add `#[tenant(\"..\")]`, \
                 `#[authenticated]`, `#[oauth2]` or `#[public]` here or to the `mod` or `impl` block",
            ));
            Policy::Closed(stand_in)
        })
    }
}

/// `Guarded<Tenants, Answer = R>` or `Open<Answer = R>`.
fn with_answer(bound: &policy::Bound, answer: &syn::Type) -> TokenStream {
    let policy::Bound { name, arguments } = bound;
    quote!(impl #name<#arguments Answer = #answer>)
}

/// Refuses what no router can call; a function that merely lacks its `async`
/// is understood nevertheless, so that the one mistake stays one error.
fn can_be_a_handler(signature: &Signature, errors: &mut Errors) -> bool {
    let mut refuse = |span, message: &str| {
        errors.push(syn::Error::new(span, message));
        false
    };
    if let Some(receiver) = signature.receiver() {
        return refuse(
            receiver.self_token.span,
            "a router calls a handler without `self`: take what it needs as arguments, such as `State(..)`",
        );
    }
    if let Some(token) = &signature.unsafety {
        return refuse(token.span, "a handler is safe to call: remove `unsafe`");
    }
    if let Some(token) = &signature.constness {
        return refuse(token.span, "a handler is an `async fn`, not a `const fn`");
    }
    if let Some(abi) = &signature.abi {
        return refuse(abi.extern_token.span, "a handler has Rust's own calling convention: remove `extern`");
    }
    if let Some(variadic) = &signature.variadic {
        return refuse(variadic.dots.spans[0], "a handler names all its arguments");
    }
    if signature.asyncness.is_none() {
        refuse(signature.fn_token.span, "a handler is an `async fn`: write `async` before `fn`");
    }
    true
}
