//! A file in words and signs, comments left out.

use super::Mistake;

/// A word or a sign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    Word(String),
    /// In quotes.
    Text(String),
    /// One character, or `=>`, `||`, `&&`, `==`.
    Sign(&'static str),
    /// A character that means nothing to Keto.
    Other(char),
    End,
}

/// A token with the line it begins on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Located {
    pub(super) token: Token,
    pub(super) line: usize,
}

/// Longer ones first.
const SIGNS: [&str; 23] = [
    "=>", "||", "&&", "==", ":", ".", "(", ")", "[", "]", "{", "}", "<", ">", "=", ",", ";", "|", "!", "&", "?", "*",
    "/",
];

impl Token {
    /// For messages.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Word(word) => format!("`{word}`"),
            Self::Text(text) => format!("`\"{text}\"`"),
            Self::Sign(sign) => format!("`{sign}`"),
            Self::Other(other) => format!("`{}`", other.escape_default()),
            Self::End => "the end of the file".into(),
        }
    }
}

/// The tokens of a file, the last of them `End`, and what was never closed in it.
pub(super) fn tokens(text: &str) -> (Vec<Located>, Option<Mistake>) {
    let mut tokens = Vec::new();
    let unclosed = read(text, &mut tokens).err();
    (tokens, unclosed)
}

fn read(text: &str, tokens: &mut Vec<Located>) -> Result<(), Mistake> {
    let (mut rest, mut line) = (text, 1);
    loop {
        let blanks = rest.len() - rest.trim_start().len();
        let (skipped, behind) = rest.split_at(blanks);
        line += lines(skipped);
        rest = behind;
        if let Some(comment) = rest.strip_prefix("//") {
            rest = comment.trim_start_matches(|c| c != '\n');
            continue;
        }
        if let Some(comment) = rest.strip_prefix("/*") {
            let unclosed = || mistake(line, "this comment is never closed: `*/` belongs behind it");
            let (comment, behind) = comment.split_once("*/").ok_or_else(unclosed)?;
            line += lines(comment);
            rest = behind;
            continue;
        }
        let (token, length) = first(rest, line)?;
        let is_end = token == Token::End;
        tokens.push(Located { token, line });
        if is_end {
            return Ok(());
        }
        rest = &rest[length..];
    }
}

/// The token that `rest` begins with, and its length in bytes.
fn first(rest: &str, line: usize) -> Result<(Token, usize), Mistake> {
    let Some(start) = rest.chars().next() else { return Ok((Token::End, 0)) };
    if start == '"' || start == '\'' {
        let unclosed = || mistake(line, "this text is never closed: a quote belongs behind it, on the same line");
        let (inner, _) = rest[1..].split_once(start).filter(|(inner, _)| !inner.contains('\n')).ok_or_else(unclosed)?;
        return Ok((Token::Text(inner.into()), inner.len() + 2));
    }
    if is_of_word(start) && !start.is_ascii_digit() {
        let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
        return Ok((Token::Word(rest[..end].into()), end));
    }
    match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        Some(sign) => Ok((Token::Sign(sign), sign.len())),
        None => Ok((Token::Other(start), start.len_utf8())),
    }
}

/// As Keto's lexer: ASCII, without `$`.
fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

fn lines(text: &str) -> usize {
    text.matches('\n').count()
}

pub(super) fn mistake(line: usize, message: impl Into<String>) -> Mistake {
    Mistake { line, message: message.into() }
}
