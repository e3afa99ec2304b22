//! A valid enum of tenants.

use proc_macro2::Ident;
use syn::{Attribute, Visibility};

use super::names::{complaint, ident, pascal, snake};
use crate::errors::{Errors, between};
use crate::parse::{Tenants, Variant};

/// The enum, names settled.
pub(crate) struct Model {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) variants: Vec<TenantVariant>,
    /// Whether these are all: the others have names that are no good.
    pub(crate) is_whole: bool,
    pub(crate) roles: Option<syn::Path>,
    /// What the module of the tenants as types is called, if it is asked for.
    pub(crate) types: Option<Ident>,
    /// The file that the tenants were read from.
    pub(crate) file: Option<String>,
}

pub(crate) struct TenantVariant {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) variant: Ident,
    /// In configuration, events and messages.
    pub(crate) name: String,
    /// Other spellings that `#[tenant(..)]` may use.
    pub(crate) spellings: Vec<Ident>,
    /// What a policy means that names no tenant.
    pub(crate) is_default: bool,
}

/// Settles the names; tenants with a bad one are left out.
pub(crate) fn tenants(written: Tenants, errors: &mut Errors) -> Model {
    let Tenants { attributes, visibility, name, variants, is_whole, roles, types, file, .. } = written;
    // Of a file that names none that was said.
    if variants.is_empty() && file.is_none() {
        errors.push(syn::Error::new(name.span(), format!("name at least one tenant: `enum {name} {{ customer }}`")));
    }
    let declared = variants.len();
    let mut marked = None;
    let mut settled: Vec<TenantVariant> = Vec::with_capacity(variants.len());
    for Variant { attributes, written, default, place } in variants {
        let spelt = written.to_string();
        let refused = |complaint: String| {
            let message = place.iter().map(|place| format!("{place}: ")).chain([complaint]).collect::<String>();
            syn::Error::new(written.span(), message)
        };
        if let Some(complaint) = complaint(&spelt) {
            errors.push(refused(complaint));
            continue;
        }
        let (variant, name) = (ident(&pascal(&spelt), &written), snake(&spelt));
        let twin = settled.iter().find(|other| other.variant == variant || other.name == name);
        if let Some(twin) = twin {
            let complaint =
                format!("`{spelt}` and the tenant `{}` above have one name: each tenant is named once", twin.name);
            errors.push(refused(complaint));
            continue;
        }
        let is_default = match (marked, default) {
            (Some(first), Some(again)) => {
                errors.push(between(first, again, "two tenants are marked `#[default]`: at most one can be"));
                false
            }
            (None, Some(span)) => {
                if depends_on_cfg(&attributes) {
                    errors.push(syn::Error::new(
                        span,
                        "the default tenant is there in every build: it stands under no `cfg`",
                    ));
                }
                marked = default;
                true
            }
            (_, None) => declared == 1 && !depends_on_cfg(&attributes),
        };
        let mut spellings: Vec<Ident> = Vec::new();
        for spelling in [ident(&name, &written), written.clone()] {
            if spelling != variant && !spellings.contains(&spelling) {
                spellings.push(spelling);
            }
        }
        settled.push(TenantVariant { attributes, variant, name, spellings, is_default });
    }
    let is_whole = is_whole && !settled.is_empty() && settled.len() == declared;
    Model { attributes, visibility, name, variants: settled, is_whole, roles, types, file }
}

fn depends_on_cfg(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("cfg"))
}
