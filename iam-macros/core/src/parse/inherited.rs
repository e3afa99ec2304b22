//! The hidden attribute's arguments: what a block hands to the items in it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::{Parse, ParseStream};
use syn::{LitInt, Token};

use super::Written;

/// Rules on their way to a handler.
#[derive(Clone, Default)]
pub(crate) struct Inherited {
    /// The blocks around the item, the outermost first.
    pub(crate) blocks: Vec<Block>,
    /// The item's own rules, where its attributes had to be set in order first.
    pub(crate) own: Vec<Written>,
    /// Whether all other attribute macros of the item have had their turn.
    pub(crate) last: bool,
    /// Whether the item may be a helper: rules of its own make it a handler.
    pub(crate) perhaps: bool,
    /// Whether a block's mistake was reported already; its handlers let nobody in.
    pub(crate) failed: bool,
}

/// A block's own rules.
#[derive(Clone)]
pub(crate) struct Block {
    /// How many modules lie between the block's attributes and the item.
    pub(crate) up: usize,
    pub(crate) written: Vec<Written>,
}

impl Inherited {
    /// With what another attribute on the same item carries.
    pub(crate) fn absorb(&mut self, other: Self) {
        self.blocks.extend(other.blocks);
        self.own.extend(other.own);
        self.failed |= other.failed;
    }

    /// For an item inside this one; `modules` is 1 if this one is a module.
    pub(crate) fn handed_down(&self, modules: usize, failed: bool) -> Self {
        let mut blocks = self.blocks.clone();
        blocks.push(Block { up: 0, written: self.own.clone() });
        for block in &mut blocks {
            block.up += modules;
        }
        Self { blocks, own: Vec::new(), last: false, perhaps: false, failed }
    }
}

impl Parse for Inherited {
    fn parse(input: ParseStream<'_>) -> syn::Result<Self> {
        let mut inherited = Self::default();
        while !input.is_empty() {
            let section: Ident = input.parse()?;
            match section.to_string().as_str() {
                "last" => inherited.last = true,
                "perhaps" => inherited.perhaps = true,
                "failed" => inherited.failed = true,
                "own" => inherited.own = written(input)?,
                "block" => {
                    let up = input.parse::<LitInt>()?.base10_parse()?;
                    inherited.blocks.push(Block { up, written: written(input)? });
                }
                _ => return Err(syn::Error::new(section.span(), "this attribute is written by blocks only")),
            }
            input.parse::<Token![;]>()?;
        }
        Ok(inherited)
    }
}

fn written(input: ParseStream<'_>) -> syn::Result<Vec<Written>> {
    let braces;
    syn::braced!(braces in input);
    let written = braces.parse_terminated(Written::parse, Token![;])?;
    Ok(written.into_iter().collect())
}

impl ToTokens for Inherited {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        if self.last {
            tokens.extend(quote!(last;));
        }
        if self.perhaps {
            tokens.extend(quote!(perhaps;));
        }
        if self.failed {
            tokens.extend(quote!(failed;));
        }
        for Block { up, written } in &self.blocks {
            let up = LitInt::new(&up.to_string(), Span::call_site());
            tokens.extend(quote!(block #up { #(#written);* };));
        }
        if !self.own.is_empty() {
            let own = &self.own;
            tokens.extend(quote!(own { #(#own);* };));
        }
    }
}
