//! The input of `define_tenants!`.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Fields, LitStr, Meta, Path, Token, Visibility, parse_quote};

use super::arguments::Arguments;
use super::file::Place;
use super::tenants_file::TenantsFile;
use crate::errors::Errors;
use crate::model::ENUM;

/// The enum as written.
pub(crate) struct Tenants {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) visibility: Visibility,
    pub(crate) name: Ident,
    pub(crate) variants: Vec<Variant>,
    /// Whether these are all that there are.
    pub(crate) is_whole: bool,
    /// The file that they were read from.
    pub(crate) file: Option<String>,
    pub(crate) root: Option<Path>,
    /// The enum of roles, if they are declared.
    pub(crate) roles: Option<Path>,
    /// What the module of the tenants as types is called, if it is asked for.
    pub(crate) types: Option<Ident>,
}

/// One tenant as written.
pub(crate) struct Variant {
    pub(crate) attributes: Vec<Attribute>,
    pub(crate) written: Ident,
    /// Where `#[default]` stands.
    pub(crate) default: Option<Span>,
    /// Where it stands in the file that it was read from.
    pub(crate) place: Option<Place>,
}

const DERIVED: [&str; 9] = ["Debug", "Clone", "Copy", "PartialEq", "Eq", "Hash", "Default", "Serialize", "Deserialize"];

impl Tenants {
    /// The enum as far as it is understood, if it is one; mistakes go to `errors`.
    pub(crate) fn parse(input: TokenStream, errors: &mut Errors) -> Option<Self> {
        let mut inner = Errors::default();
        let parsed = (|input: ParseStream<'_>| Self::parse_stream(input, &mut inner)).parse2(input);
        let tenants = errors.take(parsed);
        errors.take(inner.into_result());
        tenants
    }

    fn parse_stream(input: ParseStream<'_>, errors: &mut Errors) -> syn::Result<Self> {
        if input.is_empty() {
            return Err(syn::Error::new(input.span(), "name the tenants: `pub enum Tenants { customer, admin }`"));
        }
        let mut attributes = input.call(Attribute::parse_outer)?;
        let (visibility, name) = if is_from(input) {
            (Visibility::Public(Token![pub](Span::call_site())), Ident::new(ENUM, Span::call_site()))
        } else {
            head(input)?
        };
        let (variants, is_whole, file) = if is_from(input) {
            input.call(Ident::parse_any)?;
            let Ok(literal) = input.parse::<LitStr>() else {
                return Err(input.error("name the configuration file: `from \"iam.toml\"`"));
            };
            input.parse::<Option<Token![,]>>()?;
            attributes.extend(documented(&attributes, &literal));
            let TenantsFile { variants, is_whole, path } = TenantsFile::read(&literal, errors);
            (variants, is_whole, Some(path))
        } else {
            let body;
            syn::braced!(body in input);
            let written = Punctuated::<syn::Variant, Token![,]>::parse_terminated(&body)?;
            (written.into_iter().map(|variant| Variant::of(variant, errors)).collect(), true, None)
        };
        attributes.retain(|attribute| !repeats_a_derive(attribute, errors));
        let Trailing { root, roles, types } = trailing(input, errors);
        input.parse::<TokenStream>()?;
        Ok(Self { attributes, visibility, name, variants, is_whole, file, root, roles, types })
    }
}

/// `pub enum Tenants`
fn head(input: ParseStream<'_>) -> syn::Result<(Visibility, Ident)> {
    let visibility = input.parse()?;
    if !input.peek(Token![enum]) {
        return Err(input.error("the tenants are an enum: `pub enum Tenants { customer, admin }`"));
    }
    input.parse::<Token![enum]>()?;
    let name = input.parse::<Ident>()?;
    let generics: syn::Generics = input.parse()?;
    if !generics.params.is_empty() || input.peek(Token![where]) {
        return Err(syn::Error::new(name.span(), "the enum of tenants has no generics"));
    }
    Ok((visibility, name))
}

/// Whether the tenants are in a file.
fn is_from(input: ParseStream<'_>) -> bool {
    input.fork().call(Ident::parse_any).is_ok_and(|word| word == "from")
}

/// A sentence for an enum that has none; `missing_docs` wants one.
fn documented(attributes: &[Attribute], literal: &LitStr) -> Option<Attribute> {
    let is_documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    let text = format!("The tenants of `{}`.", literal.value());
    (!is_documented).then(|| parse_quote!(#[doc = #text]))
}

impl Variant {
    fn of(variant: syn::Variant, errors: &mut Errors) -> Self {
        if !matches!(variant.fields, Fields::Unit) {
            errors.push(syn::Error::new_spanned(
                &variant.fields,
                format!("a tenant is a bare name, without fields: `{}`", variant.ident),
            ));
        }
        if let Some((_, value)) = &variant.discriminant {
            errors.push(syn::Error::new_spanned(value, "tenants are counted in the order of declaration, without `=`"));
        }
        let mut default = None;
        let mut attributes = variant.attrs;
        attributes.retain(|attribute| {
            let marks = matches!(&attribute.meta, Meta::Path(path) if path.is_ident("default"));
            if marks {
                default = Some(attribute.meta.path().segments[0].ident.span());
            }
            !marks
        });
        Self { attributes, written: variant.ident, default, place: None }
    }
}

/// Behind the enum: `roles = Roles`, `types = tenants`, and `crate = path` for facades.
#[derive(Default)]
struct Trailing {
    root: Option<Path>,
    roles: Option<Path>,
    types: Option<Ident>,
}

fn trailing(input: ParseStream<'_>, errors: &mut Errors) -> Trailing {
    if input.is_empty() {
        return Trailing::default();
    }
    if input.peek(Token![enum]) || input.peek(Token![pub]) || input.peek(Token![#]) {
        errors.push(input.error("one enum per call: write another `define_tenants!` for this one"));
        return Trailing::default();
    }
    let Some(mut args) = errors.take(Arguments::parse_for("define_tenants!", input)) else {
        return Trailing::default();
    };
    let root = args.root(errors);
    let roles = args.path("roles", errors);
    let types = args.path("types", errors).and_then(|path| match path.require_ident() {
        Ok(name) => Some(name.clone()),
        Err(_) => {
            let message = "a module is made under this name, which is no path: `types = tenants`";
            errors.push(syn::Error::new_spanned(path, message));
            None
        }
    });
    args.finish(&["roles", "types", "crate"], errors);
    Trailing { root, roles, types }
}

/// A second `derive` of what is derived anyway would be two long errors of the compiler.
fn repeats_a_derive(attribute: &Attribute, errors: &mut Errors) -> bool {
    if !attribute.path().is_ident("derive") {
        return false;
    }
    let Ok(derives) = attribute.parse_args_with(Punctuated::<Path, Token![,]>::parse_terminated) else {
        return false;
    };
    let mut repeats = false;
    for path in &derives {
        let Some(last) = path.segments.last() else { continue };
        if DERIVED.iter().any(|derived| last.ident == derived) {
            repeats = true;
            let found = path.to_token_stream();
            errors.push(syn::Error::new_spanned(
                path,
                format!("`define_tenants!` gives `{found}` already: leave it out"),
            ));
        }
    }
    repeats
}
