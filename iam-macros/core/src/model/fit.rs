//! Policy and route of one handler, side by side.

use super::{Guarded, Policy};
use crate::errors::Errors;
use crate::parse::{PermissionObject, Route};

/// Whether the path has every parameter that a permission's object names; a mistake stands at the template.
pub(crate) fn fits(policy: &Policy, route: &Route, errors: &mut Errors) -> bool {
    let Policy::Guarded(Guarded { permissions, .. }) = policy else { return true };
    let mut fits = true;
    for (permission, _) in permissions {
        let PermissionObject::Template(template) = &permission.object else { continue };
        for piece in permission.pieces().into_iter().flatten() {
            if let Some(complaint) = piece.parameter().and_then(|name| route.lacks(name)) {
                errors.push(syn::Error::new(template.span(), complaint));
                fits = false;
            }
        }
    }
    fits
}
