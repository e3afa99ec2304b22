//! A `mod` or an `impl` block: its rules go to the handlers in it.

use proc_macro2::{Group, TokenStream};
use quote::quote;
use syn::{Attribute, Path};

use super::conditions::conditions;
use super::walk::{Inherit, Surroundings, walk};
use super::{Expansion, imports, paths, roles};
use crate::errors::Errors;
use crate::model::Demands;
use crate::parse::Inherited;

impl Expansion<'_> {
    /// The block with the hidden attribute above each handler in it.
    pub(super) fn block(
        &self,
        root: &Path,
        attributes: &[Attribute],
        (head, body, surroundings): (&TokenStream, &Group, Surroundings),
        (demands, failed): (&Demands, bool),
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
        let declared = demands.unsettled_roles().filter(|_| !failed).map(|(named, own)| {
            let tenants = paths::tenants_of(named);
            let checks = roles::declared(own.into_iter());
            quote!(use #root::__private as __iam; type __IamTenants = #tenants; #checks)
        });
        let uses = imports(&self.uses());
        let beside = quote!(#uses #declared);
        if beside.is_empty() {
            return quote!(#(#attributes)* #head #body);
        }
        let conditions = conditions(attributes);
        quote!(#(#attributes)* #head #body #(#conditions)* const _: () = { #beside };)
    }
}
