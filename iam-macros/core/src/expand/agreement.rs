//! Does an argument agree with the policy? The compiler is asked, at the argument's type.
//!
//! Each question costs its share of a handler's checking time, so that those are left out
//! whose answer shows in the type's name. Aliases are seen through by the compiler; one that
//! is called like a framework's own extractor gets its answer from the extractor, at run time.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{GenericArgument, PatType, PathArguments, PathSegment, Type};

use super::conditions::conditions;
use super::paths::located;
use super::policy::Meets;

/// The questions under the type's span; a type that cannot be named is not asked about.
pub(super) fn agreement(argument: &PatType, meets: &Meets) -> Option<TokenStream> {
    let ty = &*argument.ty;
    let caller = Caller::by_name(ty);
    if caller == Caller::No {
        return None;
    }
    let mut nameable = Nameable(true);
    nameable.visit_type_mut(&mut ty.clone());
    if !nameable.0 {
        return None;
    }
    let (cfg, span) = (conditions(&argument.attrs), ty.span());
    let kind = located(span, meets.credential.clone());
    let agree = located(span, quote!(__iam::Agree));
    let within = meets.tenant.as_ref().filter(|_| caller == Caller::PerhapsOfOneTenant).map(|tenant| {
        let tenant = located(span, tenant.clone());
        let within = located(span, quote!(__iam::Within));
        quote_spanned!(span=> #(#cfg)* #within::<#ty, #tenant>::check::<()>();)
    });
    Some(quote_spanned!(span=> #(#cfg)* #agree::<#ty, #kind>::check::<#kind>(); #within))
}

/// What a type's name says of it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Caller {
    /// It is none.
    No,
    /// It may be one of any tenant.
    OfAny,
    /// It may be one of a tenant that its type names.
    PerhapsOfOneTenant,
}

impl Caller {
    fn by_name(ty: &Type) -> Self {
        const OTHERS: [&str; 14] = [
            "Path",
            "Query",
            "State",
            "Json",
            "Form",
            "Extension",
            "Data",
            "String",
            "Bytes",
            "HeaderMap",
            "Request",
            "HttpRequest",
            "Result",
            "Vec",
        ];
        const CALLERS: [&str; 4] = ["CurrentUser", "CurrentMachine", "CurrentDelegate", "CurrentPrincipal"];
        // A tuple, a reference and the like are no callers, whatever is in them.
        let Some(PathSegment { ident, arguments }) = last_segment(ty) else { return Self::No };
        if OTHERS.iter().any(|other| ident == other) {
            return Self::No;
        }
        if CALLERS.iter().any(|caller| ident == caller) && arguments.is_none() {
            return Self::OfAny;
        }
        match arguments {
            PathArguments::AngleBracketed(inner) if ident == "Option" => match inner.args.first() {
                Some(GenericArgument::Type(inner)) => Self::by_name(inner),
                _ => Self::PerhapsOfOneTenant,
            },
            _ => Self::PerhapsOfOneTenant,
        }
    }
}

fn last_segment(ty: &Type) -> Option<&PathSegment> {
    match ty {
        Type::Path(path) if path.qself.is_none() => path.path.segments.last(),
        Type::Group(group) => last_segment(&group.elem),
        Type::Paren(paren) => last_segment(&paren.elem),
        _ => None,
    }
}

struct Nameable(bool);

impl VisitMut for Nameable {
    fn visit_type_mut(&mut self, ty: &mut Type) {
        self.0 &= !matches!(ty, Type::ImplTrait(_) | Type::Infer(_));
        visit_mut::visit_type_mut(self, ty);
    }
}
