//! Names of tenants: as written, as the enum's variant, as configuration spells them.

use proc_macro2::Ident;

/// What the enum of tenants is called where none is named.
pub(crate) const ENUM: &str = "Tenants";

/// `north_shop` for `north_shop`, `NorthShop`, `northShop` and `NORTH_SHOP`.
pub(crate) fn snake(written: &str) -> String {
    let written = written.strip_prefix("r#").unwrap_or(written);
    let letters: Vec<char> = written.chars().collect();
    let mut name = String::with_capacity(written.len() + 2);
    for (at, letter) in letters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| letters.get(at));
        let next_is_lower = letters.get(at + 1).is_some_and(char::is_ascii_lowercase);
        let starts_a_word = letter.is_ascii_uppercase()
            && before.is_some_and(|c| {
                c.is_ascii_lowercase() || c.is_ascii_digit() || (c.is_ascii_uppercase() && next_is_lower)
            });
        if starts_a_word {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

/// `NorthShop`; what is written as a variant already stays.
pub(crate) fn pascal(written: &str) -> String {
    let written = written.strip_prefix("r#").unwrap_or(written);
    if written.starts_with(|c: char| c.is_ascii_uppercase()) && !written.contains('_') {
        return written.into();
    }
    let capitalised = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect::<String>()
    };
    snake(written).split('_').map(capitalised).collect()
}

/// An identifier under the span of what was written, raw where it has to be.
pub(super) fn ident(text: &str, written: &Ident) -> Ident {
    match syn::parse_str::<Ident>(text) {
        Ok(_) => Ident::new(text, written.span()),
        Err(_) => Ident::new_raw(text, written.span()),
    }
}

/// Why this is no good name of a tenant.
pub(crate) fn complaint(written: &str) -> Option<String> {
    let bare = written.strip_prefix("r#").unwrap_or(written);
    // A file may call a tenant anything. Environment variables separate the steps of a path by `__`.
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let begins = bare.starts_with(|c: char| c.is_ascii_alphabetic());
    if !begins || !bare.chars().all(is_plain) || bare.ends_with('_') || bare.contains("__") {
        return Some(format!(
            "`{bare}` cannot name a tenant: use ASCII letters and digits with single `_` between",
            bare = bare.escape_debug(),
        ));
    }
    // These would shadow what the enum itself is asked for, or be no identifier.
    if ["self", "super", "crate", "name", "index", "default", "from_name", "from_str"].contains(&snake(bare).as_str()) {
        return Some(format!("`{bare}` cannot be a tenant's name: the word has a meaning of its own on the enum"));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings() {
        for (written, variant, name) in [
            ("admin", "Admin", "admin"),
            ("Admin", "Admin", "admin"),
            ("north_shop", "NorthShop", "north_shop"),
            ("NorthShop", "NorthShop", "north_shop"),
            ("northShop", "NorthShop", "north_shop"),
            ("NORTH_SHOP", "NorthShop", "north_shop"),
            ("EU", "EU", "eu"),
            ("HTTPShop", "HTTPShop", "http_shop"),
            ("eu_1", "Eu1", "eu_1"),
            ("Eu1", "Eu1", "eu1"),
            ("r#type", "Type", "type"),
        ] {
            assert_eq!((pascal(written).as_str(), snake(written).as_str()), (variant, name), "{written}");
        }
    }

    #[test]
    fn bad_names() {
        for bad in
            ["_admin", "admin_", "north__shop", "größe", "name", "Default", "self", "north-shop", "1st", "a b", ""]
        {
            assert!(complaint(bad).is_some(), "{bad}");
        }
        for good in ["admin", "NorthShop", "r#type", "all"] {
            assert_eq!(complaint(good), None, "{good}");
        }
    }
}
