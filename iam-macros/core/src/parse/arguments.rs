//! A comma-separated list of arguments, any of ours.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{Parse, ParseStream};
use syn::{Lit, LitStr, Path, Token};

use crate::Attribute;
use crate::errors::{Errors, nearest};

/// The arguments of one attribute.
pub(super) struct Arguments {
    /// `#[tenant]`, for messages.
    of: String,
    /// Whether its arguments are bare strings.
    wants_texts: bool,
    all: Vec<Argument>,
}

enum Argument {
    Text(LitStr),
    Word(Ident),
    Pair(Ident, Value),
}

/// What stands behind a `=`.
pub(super) enum Value {
    Text(LitStr),
    Path(Path),
    /// A number or the like, which no key takes.
    Other(Lit),
}

impl Arguments {
    /// What is left of `input`.
    pub(super) fn parse(attribute: Attribute, input: ParseStream<'_>) -> syn::Result<Self> {
        Self::parse_for(&format!("#[{}]", attribute.name()), input)
    }

    /// The same for a macro that is no attribute.
    pub(super) fn parse_for(of: &str, input: ParseStream<'_>) -> syn::Result<Self> {
        let all = input.parse_terminated(Argument::parse, Token![,])?;
        Ok(Self { of: of.into(), wants_texts: false, all: all.into_iter().collect() })
    }

    /// Takes out all bare strings.
    pub(super) fn texts(&mut self) -> Vec<LitStr> {
        self.wants_texts = true;
        self.take(|argument| if let Argument::Text(text) = argument { Ok(text) } else { Err(argument) })
    }

    /// A bare string where only keys are expected.
    pub(super) fn stray_text(&self) -> Option<&LitStr> {
        self.all.iter().find_map(|argument| if let Argument::Text(text) = argument { Some(text) } else { None })
    }

    /// Whether nobody took some of them, or never will.
    pub(super) fn has_others_than(&self, known: &[&str]) -> bool {
        self.all.iter().any(|argument| match argument {
            Argument::Text(_) => true,
            Argument::Word(word) => !known.iter().any(|known| word == known),
            Argument::Pair(key, _) => !known.iter().any(|known| key == known),
        })
    }

    /// Takes out a bare word.
    pub(super) fn word(&mut self, word: &str, errors: &mut Errors) -> Option<Span> {
        let found = self.take(|argument| match argument {
            Argument::Word(ident) if ident == word => Ok(ident.span()),
            other => Err(other),
        });
        once(word, found, |span| *span, errors)
    }

    /// Takes out the value of a key.
    pub(super) fn pair(&mut self, key: &str, errors: &mut Errors) -> Option<(Span, Value)> {
        let found = self.take(|argument| match argument {
            Argument::Pair(ident, value) if ident == key => Ok((ident.span(), value)),
            other => Err(other),
        });
        once(key, found, |(span, _)| *span, errors)
    }

    /// Takes out the string of a key.
    pub(super) fn text(&mut self, key: &str, errors: &mut Errors) -> Option<LitStr> {
        match self.pair(key, errors)? {
            (_, Value::Text(text)) => Some(text),
            (_, other) => {
                errors.push(syn::Error::new_spanned(other, format!("`{key}` takes a string: `{key} = \"..\"`")));
                None
            }
        }
    }

    /// Takes out the path of a key.
    pub(super) fn path(&mut self, key: &str, errors: &mut Errors) -> Option<Path> {
        match self.pair(key, errors)? {
            (_, Value::Path(path)) => Some(path),
            (_, other) => {
                errors.push(syn::Error::new_spanned(other, format!("`{key}` takes a path: `{key} = path::to::it`")));
                None
            }
        }
    }

    /// Takes out `crate = path`, the root that a facade sets.
    pub(super) fn root(&mut self, errors: &mut Errors) -> Option<Path> {
        const ADVICE: &str = "the crate is named from a root: `crate = ::name` or `crate = crate::name`";
        match self.pair("crate", errors)? {
            (_, Value::Path(path)) if is_rooted(&path) => Some(path),
            (_, other) => {
                errors.push(syn::Error::new_spanned(other, ADVICE));
                None
            }
        }
    }

    /// Refuses what nobody took, naming what this attribute knows.
    pub(super) fn finish(self, known: &[&str], errors: &mut Errors) {
        let of = self.of;
        // `crate` is for facades: no help to whoever looks for an argument.
        let helpful: Vec<_> = known.iter().copied().filter(|known| *known != "crate").collect();
        let allowed = helpful.join("`, `");
        for argument in self.all {
            let (span, found, is_word) = match argument {
                Argument::Text(text) => (text.span(), format!("\"{}\"", text.value()), false),
                Argument::Word(word) => (word.span(), word.to_string(), true),
                Argument::Pair(word, _) => (word.span(), word.to_string(), false),
            };
            let message = match nearest(&found, known) {
                None if self.wants_texts && is_word => {
                    format!("`{of}` takes strings: write `\"..\"` in place of `{found}`")
                }
                None if self.wants_texts => format!("`{found}` is no argument of `{of}`, which takes strings only"),
                Some(near) if near == found => format!("`{found}` is not used this way in `{of}`"),
                Some(near) => format!("`{found}` is no argument of `{of}`; did you mean `{near}`?"),
                None if helpful.is_empty() => format!("`{found}` is no argument of `{of}`, which takes none"),
                None => format!("`{found}` is no argument of `{of}`, which takes `{allowed}`"),
            };
            errors.push(syn::Error::new(span, message));
        }
    }

    fn take<T>(&mut self, mut wanted: impl FnMut(Argument) -> Result<T, Argument>) -> Vec<T> {
        let mut taken = Vec::new();
        for argument in std::mem::take(&mut self.all) {
            match wanted(argument) {
                Ok(value) => taken.push(value),
                Err(argument) => self.all.push(argument),
            }
        }
        taken
    }
}

/// What stands between two arguments.
pub(super) fn comma(input: ParseStream<'_>) -> syn::Result<()> {
    if !input.is_empty() {
        input.parse::<Token![,]>().map_err(|error| syn::Error::new(error.span(), "a comma belongs here"))?;
    }
    Ok(())
}

fn once<T>(name: &str, found: Vec<T>, span: impl Fn(&T) -> Span, errors: &mut Errors) -> Option<T> {
    let mut found = found.into_iter();
    let first = found.next();
    for again in found {
        errors.push(syn::Error::new(span(&again), format!("`{name}` stands twice: keep one")));
    }
    first
}

fn is_rooted(path: &Path) -> bool {
    // `$crate` of a declarative macro arrives as an identifier of that spelling.
    path.leading_colon.is_some()
        || path.segments.first().is_some_and(|first| first.ident == "crate" || first.ident == "$crate")
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Text(text) => text.to_tokens(tokens),
            Self::Path(path) => path.to_tokens(tokens),
            Self::Other(literal) => literal.to_tokens(tokens),
        }
    }
}

impl Parse for Argument {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        if input.peek(LitStr) {
            return Ok(Self::Text(input.parse()?));
        }
        if !input.peek(Ident::peek_any) {
            return Err(input.error("an argument is a string, a word or `key = value`"));
        }
        let name = input.call(Ident::parse_any)?;
        if !input.peek(Token![=]) {
            return Ok(Self::Word(name));
        }
        input.parse::<Token![=]>()?;
        let value = if input.peek(LitStr) {
            Value::Text(input.parse()?)
        } else if input.peek(Token![::]) || input.peek(Ident::peek_any) {
            Value::Path(input.call(Path::parse_mod_style)?)
        } else if input.peek(Lit) {
            Value::Other(input.parse()?)
        } else {
            return Err(input.error(format!("`{name}` takes a string or a path")));
        };
        Ok(Self::Pair(name, value))
    }
}
