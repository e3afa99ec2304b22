//! Route macros of actix-web's that are more than one route.

use syn::{Attribute, Meta};

/// What to write in the place of `#[route]` and `#[routes]`: an adapter's own attributes have no such.
pub(crate) fn refused(attribute: &Attribute) -> Option<syn::Error> {
    let path = attribute.path();
    let name = path.segments.last()?.ident.to_string();
    let is_actix = path.segments.len() > 1 && path.segments.first()?.ident == "actix_web";
    let looks_like_it = match (&*name, &attribute.meta) {
        ("route", Meta::List(list)) => is_actix || list.tokens.to_string().contains("method ="),
        ("routes", Meta::Path(_)) => is_actix || path.segments.len() == 1,
        _ => false,
    };
    looks_like_it.then(|| {
        syn::Error::new_spanned(
            path,
            format!(
                "actix-web's `#[{name}]` would mount the handler past its policy: leave it out, \
                 and write `.route(\"/path\", get(handler).post(handler))` on the guarded router"
            ),
        )
    })
}
