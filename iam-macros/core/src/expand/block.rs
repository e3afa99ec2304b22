//! A `mod` or an `impl` block: its rules go to the handlers in it.

use proc_macro2::{Group, TokenStream};
use quote::quote;
use syn::{Attribute, Path};

use super::conditions::conditions;
use super::walk::{Inherit, Surroundings, walk};
use super::{Expansion, imports, paths, roles};
use crate::errors::Errors;
use crate::model::Demands;
use crate::parse::{Inherited, Kind};

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
        let body = walked(root, body, surroundings, inherited, errors);
        let declared = demands.unsettled_roles().filter(|_| !failed).map(|(named, own)| {
            let tenants = paths::tenants_of(named);
            let checks = roles::declared(own.into_iter());
            quote!(use #root::__private as __iam; type __IamTenants = #tenants; #checks)
        });
        let uses = imports(&self.uses(|_| false));
        let beside = quote!(#uses #declared);
        if beside.is_empty() {
            return quote!(#(#attributes)* #head #body);
        }
        let conditions = conditions(attributes);
        quote!(#(#attributes)* #head #body #(#conditions)* const _: () = { #beside };)
    }

    /// What carried rules on trial, and no attribute of ours by any name: it stays as written,
    /// and so does what is in it but for what has one.
    pub(super) fn no_handler(&self, attributes: &[Attribute], kind: Kind, errors: &mut Errors) -> TokenStream {
        let Kind::Impl { head, body } = kind else { return quote!(#(#attributes)* #kind) };
        let inherited = Inherited { last: false, perhaps: false, ..self.inherited.clone() };
        let body = walked(&self.named_root(), &body, Surroundings::Elsewhere, inherited, errors);
        quote!(#(#attributes)* #head #body)
    }
}

fn walked(root: &Path, body: &Group, surroundings: Surroundings, inherited: Inherited, errors: &mut Errors) -> Group {
    let perhaps = Inherited { perhaps: true, ..inherited.clone() };
    let inherit = Inherit {
        handlers: quote!(#[#root::__private::inherit(#inherited)]),
        perhaps: quote!(#[#root::__private::inherit(#perhaps)]),
    };
    match walk(body.stream(), surroundings, &inherit, errors) {
        Some(changed) => {
            let mut with_rules = Group::new(body.delimiter(), changed);
            with_rules.set_span(body.span());
            with_rules
        }
        None => body.clone(),
    }
}
