//! Policies as values: a unit struct each.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::conditions::conditions;
use super::{policy, rules};
use crate::Attribute;
use crate::errors::Errors;
use crate::model::{Demands, Level, Policy, StandIn, TenantsOf};
use crate::parse::{Demand, NamedPolicy, Rule};

/// Expands `policy!`; cannot fail: mistakes stand behind the structs.
pub(crate) fn policies(root: &Path, input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let policies: Vec<_> = NamedPolicy::parse_all(input, &mut errors)
        .into_iter()
        .map(|written| definition(root, written, &mut errors))
        .collect();
    let errors = errors.into_tokens_with(in_rules);
    quote!(#(#policies)* #errors)
}

/// A message about attributes, in the words of a policy: `#[require_role("a")]` is `require_role("a")` here.
fn in_rules(message: &str) -> String {
    let mut parts = message.split("#[");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_rule = |name| Attribute::from_name(name).is_some_and(Attribute::demands);
        match part.split_once(']') {
            Some((rule, behind)) if is_rule(rule.split('(').next().unwrap_or_default()) => {
                text.extend([rule, behind]);
            }
            _ => text.extend(["#[", part]),
        }
    }
    text
}

fn definition(root: &Path, written: NamedPolicy, errors: &mut Errors) -> TokenStream {
    let mut found = Errors::default();
    let (rules, failed) = rules(&written.rules, &mut found);
    let root = rules.iter().find_map(|rule| rule.root.clone()).unwrap_or_else(|| root.clone());
    let stand_in = rules.iter().find_map(stand_in);
    let policy = (!written.failed).then(|| demanded(&written, rules, &mut found)).flatten();
    let policy = policy.filter(|_| !failed && found.is_empty());
    errors.take(found.into_result());

    let NamedPolicy { attributes, visibility, name, .. } = &written;
    let constant = policy::constant(&root, &policy.unwrap_or(Policy::Closed(stand_in)));
    let implementation = constant.map(|constant| {
        let (policy, base) = (constant.implemented(&quote!(#name)), constant.as_base(name));
        quote!(#policy #base)
    });
    let conditions = conditions(attributes);
    quote! {
        #(#attributes)*
        #[derive(::core::fmt::Debug, ::core::clone::Clone, ::core::marker::Copy)]
        #visibility struct #name;
        #(#conditions)* const _: () = {
            use #root::__private as __iam;
            #implementation
        };
    }
}

/// What the rules demand together; none if nothing, or not only that.
fn demanded(written: &NamedPolicy, rules: Vec<Rule>, errors: &mut Errors) -> Option<Policy> {
    for rule in &rules {
        let message = match rule.demand {
            Demand::Public => {
                "`public` guards nothing: what everybody may reach is mounted by `Router::merge_unguarded`, \
                 and a handler says `#[public]`"
            }
            Demand::Handler => "`handler` marks a function of a block: in a policy it says nothing",
            Demand::Route(_) => "a policy has no path: `Router::nest_guarded` gives one to the service",
            _ => continue,
        };
        errors.push(syn::Error::new(rule.span, message));
    }
    if written.rules.is_empty() {
        let name = &written.name;
        let message = format!("`{name}` demands nothing: give it a rule, such as `{name}: tenant(\"admin\")`");
        errors.push(syn::Error::new(name.span(), message));
    }
    let level = errors.is_empty().then(|| Level::of(0, rules, errors))?;
    Demands::of(vec![level], errors).policy()
}

fn stand_in(rule: &Rule) -> Option<StandIn> {
    let tenants = match &rule.demand {
        Demand::Tenant { of, .. } => TenantsOf::Enum(of.clone()?),
        Demand::Policy(path) => TenantsOf::Policy(path.clone()),
        _ => return None,
    };
    Some(StandIn { tenants, up: 0 })
}
