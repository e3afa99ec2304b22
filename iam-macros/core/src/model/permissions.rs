//! Namespaces with names that Rust can spell.

use proc_macro2::{Ident, Span};
use syn::LitStr;

use crate::errors::Errors;
use crate::parse::opl::{MemberKind, Mistake, Name, Namespace};
use crate::parse::{Place, identifier};

/// A namespace and the type that stands for it.
pub(crate) struct DeclaredNamespace {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) members: Vec<DeclaredRelation>,
}

/// A relation or permission and the constant that stands for it.
pub(crate) struct DeclaredRelation {
    pub(crate) ident: Ident,
    pub(crate) name: String,
    pub(crate) kind: MemberKind,
}

/// Settles the names; what has a bad one is left out, so that one mistake stays one error.
pub(crate) fn namespaces(file: &LitStr, read: Vec<Namespace>, errors: &mut Errors) -> Vec<DeclaredNamespace> {
    let mut settled: Vec<DeclaredNamespace> = Vec::with_capacity(read.len());
    for Namespace { name, members } in read {
        let taken = settled.iter().map(|other| (&other.ident, &*other.name));
        let Some(ident) = settle(file, &name, "this file", taken, errors) else { continue };
        let mut own: Vec<DeclaredRelation> = Vec::with_capacity(members.len());
        for member in members {
            let taken = own.iter().map(|other| (&other.ident, &*other.name));
            let place = format!("`{}`", name.text);
            if let Some(ident) = settle(file, &member.name, &place, taken, errors) {
                own.push(DeclaredRelation { ident, name: member.name.text, kind: member.kind });
            }
        }
        settled.push(DeclaredNamespace { ident, name: name.text, members: own });
    }
    settled
}

fn settle<'a>(
    file: &LitStr,
    name: &Name,
    place: &str,
    mut taken: impl Iterator<Item = (&'a Ident, &'a str)>,
    errors: &mut Errors,
) -> Option<Ident> {
    let text = &name.text;
    // Keto allows any text in quotes.
    let spelt: String = text.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { '_' }).collect();
    let mut refuse = |message| errors.push(at(file, Mistake { line: name.line, message }));
    let Some(ident) = identifier(&spelt, file.span().resolved_at(Span::call_site())) else {
        refuse(format!("`{text}` cannot be a name in Rust: call it otherwise"));
        return None;
    };
    match taken.find(|(other, _)| **other == ident) {
        None => Some(ident),
        Some((_, twin)) if twin == text => {
            refuse(format!("`{text}` stands twice in {place}"));
            None
        }
        Some((_, twin)) => {
            refuse(format!("`{text}` and `{twin}` of {place} are one name in Rust, `{ident}`: call one otherwise"));
            None
        }
    }
}

/// A mistake in the file, told where the file is named.
pub(crate) fn at(file: &LitStr, Mistake { line, message }: Mistake) -> syn::Error {
    syn::Error::new(file.span(), format!("{}: {message}", Place { file: file.value(), line }))
}
