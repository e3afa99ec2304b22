//! The enum of tenants with all it can do.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Path, Visibility};

use super::conditions::conditions;
use super::paths::{is_function, located};
use super::tenant_types;
use super::watched::watched;
use crate::errors::Errors;
use crate::model::{self, Model, TenantVariant};
use crate::parse::Tenants;

/// Expands `define_tenants!`; cannot fail: mistakes stand behind the enum.
pub(crate) fn tenants(root: &Path, input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(written) = Tenants::parse(input, &mut errors) else { return errors.into_tokens() };
    let root = written.root.clone().unwrap_or_else(|| root.clone());
    let model = model::tenants(written, &mut errors);
    if !model.is_whole {
        return unknown(&root, &model, errors);
    }
    // A file with mistakes in it is read again anyway.
    let watched = model.file.as_ref().filter(|_| errors.is_empty()).map(|path| watched(path));
    let definition = definition(&root, &model);
    let errors = errors.into_tokens();
    quote!(#definition #watched #errors)
}

/// Stands in for an enum of which some tenants are not known: a type that depends on the mistake, so
/// that no use of the enum and its names is a second one.
fn unknown(root: &Path, model: &Model, errors: Errors) -> TokenStream {
    let Model { attributes, visibility, name, types, .. } = model;
    let (conditions, errors) = (conditions(attributes), errors.into_tokens());
    // Of names in a module with a mistake like this in it the compiler says nothing.
    let (module, mistake) = match types {
        Some(types) => {
            let module = quote!(#(#conditions)* #[allow(missing_docs)] #visibility mod #types { #errors });
            (module, quote!(#types::UNKNOWN))
        }
        None => (TokenStream::new(), errors),
    };
    quote! {
        #module
        #(#conditions)*
        #[allow(missing_docs)]
        #visibility type #name = <() as #root::__private::Known<{ #mistake }>>::Itself;
    }
}

fn definition(root: &Path, model: &Model) -> TokenStream {
    let Model { attributes, visibility, name, variants, roles, .. } = model;
    let roles = roles.as_ref().map(|roles| {
        let declared = located(roles.span(), quote!(#root::__private::DeclaredRoles));
        let names = quote_spanned!(roles.span()=> <#roles as #declared>::NAMES);
        quote! {
            const ROLES: ::core::option::Option<#root::__private::RoleNames> = ::core::option::Option::Some(#names);
        }
    });
    let declared = variants.iter().map(|TenantVariant { attributes, variant, name, .. }| {
        // A short declaration has no room for a sentence each; `missing_docs` wants one.
        let is_documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
        let documented = (!is_documented).then(|| format!("The tenant `{name}`.")).map(|text| quote!(#[doc = #text]));
        quote!(#documented #(#attributes)* #variant)
    });
    let spellings = spellings(model);
    let all = each(variants, |tenant| {
        let variant = &tenant.variant;
        quote!(Self::#variant)
    });
    let names = each(variants, |tenant| {
        let (variant, name) = (&tenant.variant, &tenant.name);
        quote!(Self::#variant => #name)
    });
    let default = variants.iter().find(|tenant| tenant.is_default).map(|tenant| &tenant.variant);
    let default_value = match default {
        Some(variant) => quote!(::core::option::Option::Some(Self::#variant)),
        None => quote!(::core::option::Option::None),
    };
    let with_default = default.map(|default| with_default(root, model, default));
    let (text, types) = (text(root, model), tenant_types::types(root, model));
    quote! {
        #(#attributes)*
        #[derive(
            ::core::fmt::Debug,
            ::core::clone::Clone,
            ::core::marker::Copy,
            ::core::cmp::PartialEq,
            ::core::cmp::Eq,
            ::core::hash::Hash,
        )]
        #visibility enum #name { #(#declared),* }

        #spellings

        impl #name {
            /// Every tenant, in the order of declaration.
            #visibility const ALL: &'static [Self] = &[#(#all),*];

            /// The name used in configuration, events and messages.
            #[must_use]
            #visibility const fn name(self) -> &'static str {
                match self { #(#names),* }
            }
        }

        impl #root::__private::Tenant for #name {
            const ALL: &'static [Self] = <#name>::ALL;
            const DEFAULT: ::core::option::Option<Self> = #default_value;
            #roles

            fn name(self) -> &'static str {
                <#name>::name(self)
            }

            fn index(self) -> usize {
                self as usize
            }
        }

        #with_default
        #text
        #types
    }
}

/// Something for each tenant, under the tenant's own `cfg`.
pub(super) fn each(variants: &[TenantVariant], tokens: impl Fn(&TenantVariant) -> TokenStream) -> Vec<TokenStream> {
    variants
        .iter()
        .map(|tenant| {
            let (conditions, tokens) = (conditions(&tenant.attributes), tokens(tenant));
            quote!(#(#conditions)* #tokens)
        })
        .collect()
}

/// What `#[tenant("admin")]` looks up: functions of the names as written, which the compiler
/// suggests where one is near, and lists.
fn spellings(Model { visibility, name, variants, .. }: &Model) -> TokenStream {
    let spelt = variants.iter().flat_map(|tenant| {
        let variant = &tenant.variant;
        tenant.spellings.iter().map(move |spelling| {
            let conditions = conditions(&tenant.attributes);
            let value = if is_function(spelling) {
                // The list underlines the whole of it, of which the name is what the user wrote.
                let (visibility, span) = (placed(visibility, spelling.span()), spelling.span());
                quote_spanned!(span=> #visibility const fn #spelling() -> Self { Self::#variant })
            } else {
                quote!(#visibility const #spelling: Self = Self::#variant;)
            };
            quote!(#(#conditions)* #[doc(hidden)] #value)
        })
    });
    quote! {
        #[allow(
            non_upper_case_globals,
            non_snake_case,
            dead_code,
            unreachable_pub,
            clippy::must_use_candidate,
        )]
        impl #name { #(#spelt)* }
    }
}

/// A visibility that seems to stand there.
fn placed(visibility: &Visibility, span: Span) -> TokenStream {
    let tokens = visibility.to_token_stream().into_iter().map(|mut token| {
        token.set_span(span);
        token
    });
    tokens.collect()
}

/// What exists only with a default tenant.
fn with_default(root: &Path, Model { name, .. }: &Model, default: &Ident) -> TokenStream {
    quote! {
        impl #root::__private::DefaultTenant for #name {
            const DEFAULT_TENANT: Self = Self::#default;
        }

        impl ::core::default::Default for #name {
            fn default() -> Self {
                Self::#default
            }
        }
    }
}

/// From and to text: `Display`, `FromStr` and serde, all by the name.
fn text(root: &Path, Model { name, .. }: &Model) -> TokenStream {
    let serde = quote!(#root::__private::serde);
    quote! {
        impl ::core::fmt::Display for #name {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.pad(<#name>::name(*self))
            }
        }

        impl ::core::str::FromStr for #name {
            type Err = #root::__private::UnknownTenant;

            fn from_str(name: &str) -> ::core::result::Result<Self, Self::Err> {
                match <Self as #root::__private::Tenant>::from_name(name) {
                    ::core::option::Option::Some(tenant) => ::core::result::Result::Ok(tenant),
                    ::core::option::Option::None => {
                        ::core::result::Result::Err(#root::__private::UnknownTenant::new::<Self>(name))
                    }
                }
            }
        }

        impl #serde::Serialize for #name {
            fn serialize<S: #serde::Serializer>(&self, serializer: S) -> ::core::result::Result<S::Ok, S::Error> {
                #serde::Serializer::serialize_str(serializer, <#name>::name(*self))
            }
        }

        impl<'de> #serde::Deserialize<'de> for #name {
            fn deserialize<D: #serde::Deserializer<'de>>(deserializer: D) -> ::core::result::Result<Self, D::Error> {
                #root::__private::tenant_from_name(deserializer)
            }
        }
    }
}
