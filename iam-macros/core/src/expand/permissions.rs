//! The namespaces of a file as types, their relations as constants.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use super::watched::watched;
use crate::errors::Errors;
use crate::model::{DeclaredNamespace, mistake_at, namespaces};
use crate::parse::opl::{self, MemberKind};
use crate::parse::{Permissions, SourceFile};

/// Expands `define_permissions!`; cannot fail: mistakes stand behind what could be read.
pub(crate) fn permissions(root: &Path, input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match Permissions::parse(input, &mut errors) {
        Some(written) => definition(root, &written, errors),
        None => errors.into_tokens(),
    }
}

fn definition(root: &Path, written: &Permissions, mut errors: Errors) -> TokenStream {
    let Permissions { attributes, visibility, module, file, root: own_root } = written;
    let root = own_root.as_ref().unwrap_or(root);
    let mut of_file = Errors::default();
    let source = of_file.take(SourceFile::read(file));
    let (read, mistakes) = source.as_ref().map(|source| opl::read(&source.text)).unwrap_or_default();
    if source.is_some() && mistakes.is_empty() && read.is_empty() {
        let message = "there is no namespace in this file: `class Listing implements Namespace { .. }`";
        of_file.push(syn::Error::new(file.span(), message));
    }
    mistakes.into_iter().for_each(|mistake| of_file.push(mistake_at(file, mistake)));
    let mut namespaces = namespaces(file, read, &mut of_file);
    if !of_file.is_empty() {
        // What a policy names may be what was not understood.
        namespaces.clear();
    }
    errors.take(of_file.into_result());
    // A file with mistakes in it is read again anyway.
    let watched = source.filter(|_| errors.is_empty()).map(|source| watched(&source.path));
    let declared = declared(root, &file.value(), &namespaces);
    // Among the items: the compiler says nothing of names that it misses beside one of these.
    let errors = errors.into_tokens();
    let within = |visibility: &TokenStream| {
        let types = namespaces.iter().enumerate().map(|(index, namespace)| {
            // The first one holds for all what they have in common.
            let (first, declared) = (&namespaces[0].ident, declared.as_ref().filter(|_| index == 0));
            let constants = constants(root, visibility, namespace, &quote!(<#first>::__IAM_DECLARED));
            let (ident, doc) = (&namespace.ident, format!("The namespace `{}`.", namespace.name));
            quote! {
                #[doc = #doc]
                #[allow(dead_code, non_camel_case_types, unreachable_pub)]
                #visibility struct #ident {}

                #[allow(dead_code, non_upper_case_globals, unreachable_pub)]
                impl #ident {
                    #declared
                    #constants
                }
            }
        });
        quote!(#watched #(#types)* #errors)
    };
    match module {
        Some(module) => {
            let is_documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
            let doc = format!("The namespaces of `{}`.", file.value());
            let doc = (!is_documented).then(|| quote!(#[doc = #doc]));
            let items = within(&quote!(pub));
            quote!(#doc #(#attributes)* #visibility mod #module { #items })
        }
        None => within(&quote!(#visibility)),
    }
}

/// What every constant of the file refers to.
fn declared(root: &Path, file: &str, namespaces: &[DeclaredNamespace]) -> Option<TokenStream> {
    let names = namespaces.iter().map(|namespace| &namespace.name);
    (!namespaces.is_empty()).then(|| {
        quote! {
            const __IAM_DECLARED: &'static #root::__private::DeclaredNamespaces =
                &#root::__private::DeclaredNamespaces { file: #file, names: &[#(#names),*] };
        }
    })
}

fn constants(
    root: &Path,
    visibility: &TokenStream,
    namespace: &DeclaredNamespace,
    declared: &TokenStream,
) -> TokenStream {
    let of = &namespace.name;
    let relation = quote!(#root::__private::Relation);
    let constants = namespace.members.iter().map(|member| {
        let (ident, name) = (&member.ident, &member.name);
        let what = match member.kind {
            MemberKind::Relation => "relation",
            MemberKind::Permission => "permission",
        };
        let doc = format!("The {what} `{name}` of `{of}`.");
        quote! {
            #[doc = #doc]
            #visibility const #ident: #relation = #relation::declared(#of, #name, #declared);
        }
    });
    constants.collect()
}
