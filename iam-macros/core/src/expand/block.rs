//! A `mod` or an `impl` block: its rules go to the handlers in it.

use proc_macro2::{Group, TokenStream};
use quote::quote;
use syn::{Attribute, Path};

use super::Expansion;
use super::walk::{Inherit, Surroundings, walk};
use crate::errors::Errors;
use crate::parse::Inherited;

impl Expansion<'_> {
    /// The block with the hidden attribute above each handler in it.
    pub(super) fn block(
        &self,
        root: &Path,
        attributes: &[Attribute],
        (head, body, surroundings): (&TokenStream, &Group, Surroundings),
        failed: bool,
        errors: &mut Errors,
    ) -> TokenStream {
        let modules = usize::from(surroundings == Surroundings::Module);
        let inherited = self.inherited.handed_down(modules, failed);
        let perhaps = Inherited { perhaps: true, ..inherited.clone() };
        let inherit = Inherit {
            handlers: quote!(#[#root::__private::inherit(#inherited)]),
            perhaps: quote!(#[#root::__private::inherit(#perhaps)]),
        };
        let body = match walk(body.stream(), surroundings, &inherit, errors) {
            Some(changed) => {
                let mut with_rules = Group::new(body.delimiter(), changed);
                with_rules.set_span(body.span());
                with_rules
            }
            None => body.clone(),
        };
        let uses = self.uses_beside(attributes);
        quote!(#(#attributes)* #head #body #uses)
    }

    /// The same beside a block.
    fn uses_beside(&self, attributes: &[Attribute]) -> TokenStream {
        if self.uses.is_empty() {
            return TokenStream::new();
        }
        let conditions = attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"));
        let uses = self.uses();
        quote!(#(#conditions)* const _: () = { #uses };)
    }
}
