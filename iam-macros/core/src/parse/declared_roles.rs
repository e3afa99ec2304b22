//! The input of `define_roles!`.

use proc_macro2::{Ident, TokenStream};
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Fields, Lit, LitStr, Path, Token, Visibility};

use super::arguments::Arguments;
use super::rule::sound;
use crate::errors::{Errors, between};

/// The enum of roles as written.
pub(crate) struct DeclaredRoles {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) roles: Vec<DeclaredRole>,
    pub(crate) root: Option<Path>,
}

/// One role as written.
pub(crate) struct DeclaredRole {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) variant: Ident,
    pub(crate) name: LitStr,
}

const EXAMPLE: &str = "`pub enum Roles { PlatformAdmin = \"platform:admin\" }`";

impl DeclaredRoles {
    /// The enum as far as it is understood, if it is one; mistakes go to `errors`.
    pub(crate) fn parse(input: TokenStream, errors: &mut Errors) -> Option<Self> {
        let mut inner = Errors::default();
        let parsed = (|input: ParseStream<'_>| Self::parse_stream(input, &mut inner)).parse2(input);
        let roles = errors.take(parsed);
        errors.take(inner.into_result());
        roles
    }

    fn parse_stream(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Self> {
        if input.is_empty() {
            return Err(syn::Error::new(input.span(), format!("declare the roles: {EXAMPLE}")));
        }
        let attributes = input.call(Attribute::parse_outer)?;
        let visibility = input.parse()?;
        if !input.peek(Token![enum]) {
            return Err(input.error(format!("roles are declared as an enum: {EXAMPLE}")));
        }
        input.parse::<Token![enum]>()?;
        let name: Ident = input.parse()?;
        let generics: syn::Generics = input.parse()?;
        if !generics.params.is_empty() || input.peek(Token![where]) {
            return Err(syn::Error::new(name.span(), "the enum of roles has no generics"));
        }
        let body;
        syn::braced!(body in input);
        let written = Punctuated::<syn::Variant, Token![,]>::parse_terminated(&body)?;
        let mut roles: Vec<DeclaredRole> = Vec::new();
        for variant in written {
            let Some(role) = errors.take(DeclaredRole::of(variant)) else { continue };
            sound(&role.name, "a role", errors);
            match roles.iter().find(|other| other.name.value() == role.name.value()) {
                Some(twin) => {
                    let message = format!("`{}` and `{}` are one role: declare it once", twin.variant, role.variant);
                    errors.push(between(twin.name.span(), role.name.span(), message));
                }
                None => roles.push(role),
            }
        }
        if roles.is_empty() && errors.is_empty() {
            errors.push(syn::Error::new(name.span(), format!("declare at least one role: {EXAMPLE}")));
        }
        let root = if input.is_empty() {
            None
        } else {
            let mut args = Arguments::parse_for("define_roles!", input)?;
            let root = args.root(errors);
            args.finish(&["crate"], errors);
            root
        };
        Ok(Self { attributes, visibility, name, roles, root })
    }
}

impl DeclaredRole {
    fn of(variant: syn::Variant) -> syn::Result<Self> {
        let ident = variant.ident;
        if !matches!(variant.fields, Fields::Unit) {
            return Err(syn::Error::new_spanned(variant.fields, format!("a role has no fields: `{ident} = \"..\"`")));
        }
        match variant.discriminant {
            Some((_, Expr::Lit(ExprLit { lit: Lit::Str(name), .. }))) => {
                Ok(Self { attributes: variant.attrs, variant: ident, name })
            }
            Some((_, other)) => Err(syn::Error::new_spanned(
                other,
                format!("a role's name is a string, as identities and tokens have it: `{ident} = \"..\"`"),
            )),
            None => Err(syn::Error::new(
                ident.span(),
                format!("say how identities and tokens spell this role: `{ident} = \"..\"`"),
            )),
        }
    }
}
