//! One handler.

use proc_macro2::{Group, Ident, Span, TokenStream};
use quote::quote;
use syn::{Attribute, FnArg, LitStr, Pat, Path, ReturnType, Signature, Token, Type};

use super::paths::located;
use super::{Declaration, Expansion, answer, arguments, imports, policy, route};
use crate::errors::Errors;
use crate::model::{self, Policy};
use crate::parse::{Function, Route};

impl Expansion<'_> {
    pub(super) fn function(
        &self,
        root: &Path,
        attributes: Vec<Attribute>,
        function: Function,
        mut declaration: Declaration,
        errors: &mut Errors,
    ) -> TokenStream {
        let Function { visibility, mut signature, body } = function;
        let Some(body) = body else {
            errors.push(syn::Error::new(signature.ident.span(), "a handler needs a body"));
            return quote!(#(#attributes)* #visibility #signature;);
        };
        if !can_be_a_handler(&signature, errors) {
            return quote!(#(#attributes)* #visibility #signature #body);
        }
        let written = declaration.route.take();
        let stand_in = declaration.stand_in.clone();
        let mut policy = self.policy(&signature, declaration, written.as_ref(), errors);
        if let Some((_, at)) = &written
            && !model::fits(&policy, at, errors)
        {
            policy = Policy::Closed(stand_in);
        }
        // Where the route was not understood, its absence is no second mistake.
        let route = written.map(|(_, route)| route).or_else(|| self.route_meant());
        let policy = policy::tokens(root, &policy, route.is_some());

        let answer = answer::written(&signature.output);
        let arguments = arguments::arguments(&mut signature.inputs, &policy.meets);
        let bound = with_answer(&policy.bound, &answer);
        signature.asyncness = None;
        // Verbatim: nothing here looks into it, so it is not parsed once more.
        signature.output = ReturnType::Type(<Token![->]>::default(), Box::new(Type::Verbatim(bound)));

        let (items, kind, agreements) = (policy.items, policy.kind, arguments.agreements);
        let (moves, hint, statements) = (arguments.moves, answer::hint(&answer, body.stream()), body.stream());
        let mut handler = Group::new(body.delimiter(), quote!(#moves #hint #statements));
        handler.set_span(body.span());
        let route = route.as_ref().map(route::tokens);
        // Messages about the block are about the function.
        let block = located(signature.fn_token.span, quote!(async move));
        let declared = match &route {
            Some(_) => quote!(declared_at(#kind, __IamRoute, #block #handler)),
            None => quote!(declared(#kind, #block #handler)),
        };
        let fine = (!agreements.is_empty()).then(|| quote!(__iam::Fine as _));
        let is_argument = |name: &Ident| signature.inputs.iter().any(|input| is_called(input, name));
        let uses: Vec<_> = fine.into_iter().chain(self.uses(is_argument)).collect();
        let uses = imports(&uses);
        quote! {
            #(#attributes)* #visibility #signature {
                use #root::__private as __iam;
                #uses
                #items
                #route
                #agreements
                __iam::#declared
            }
        }
    }

    fn policy(
        &self,
        signature: &Signature,
        declaration: Declaration,
        route: Option<&(Span, Route)>,
        errors: &mut Errors,
    ) -> Policy {
        let Declaration { demands, failed, stand_in, handler, .. } = declaration;
        if failed {
            return Policy::Closed(stand_in);
        }
        demands.policy().unwrap_or_else(|| {
            const ADVICE: &str = "add `#[tenant(\"..\")]`, `#[authenticated]`, `#[oauth2]` or `#[public]`";
            errors.push(match (handler, route) {
                (None, Some((span, _))) => {
                    syn::Error::new(*span, format!("a route says where, and not who may call: {ADVICE}"))
                }
                _ => syn::Error::new(
                    handler.unwrap_or_else(|| signature.ident.span()),
                    format!(
                        "`#[handler]` takes the rules of the block around, and there are none: {ADVICE} here \
                         or to the `mod` or `impl` block"
                    ),
                ),
            });
            Policy::Closed(stand_in)
        })
    }

    /// A route for an attribute whose arguments were a mistake.
    fn route_meant(&self) -> Option<Route> {
        let method = self.inherited.own.iter().find_map(|written| written.attribute.method())?;
        Some(Route { method, path: LitStr::new("/", Span::call_site()) })
    }
}

/// Whether an argument, which has a plain name by now, has this one.
fn is_called(argument: &FnArg, name: &Ident) -> bool {
    matches!(argument, FnArg::Typed(typed) if matches!(&*typed.pat, Pat::Ident(found) if found.ident == *name))
}

/// `Guarded<Tenants, Answer = R>`, `Open<Answer = R>`, or the same with a route.
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
