//! How names and values are shown: short, escaped, and never a key that slipped into the wrong place.

/// The longest value that is shown.
const SHOWN: usize = 64;

/// What Ory's own tokens and keys begin with; `ory_session_` and `ory_kratos_` begin cookie names.
pub(super) const KEY_PREFIXES: [&str; 8] =
    ["ory_apikey_", "ory_pat_", "ory_wak_", "ory_st_", "ory_lo_", "ory_at_", "ory_rt_", "ory_ac_"];

/// A value in backticks, or a description of one that should not be shown.
pub(crate) fn shown(value: &str) -> String {
    if value.is_empty() {
        "an empty text".to_owned()
    } else if KEY_PREFIXES.iter().any(|prefix| value.contains(prefix)) {
        "what looks like a key".to_owned()
    } else if value.chars().count() > SHOWN {
        format!("a text of {} characters", value.chars().count())
    } else {
        format!("`{}`", value.escape_debug())
    }
}

/// A key or variable name as part of a path.
pub(super) fn name(name: &str) -> String {
    let shown: String = name.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    if name.chars().count() > SHOWN { shown + "…" } else { shown }
}

/// Names in backticks, comma separated.
pub(super) fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    names.into_iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// The candidate that is probably meant: at most a third of its letters away.
pub(crate) fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = fold(name);
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= (candidate.chars().count() / 3).max(1))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `publicUrl`, `public-url` and `PUBLIC_URL` are all `publicurl`.
fn fold(name: &str) -> String {
    name.chars().take(4 * SHOWN).filter(|letter| !matches!(letter, '_' | '-')).flat_map(char::to_lowercase).collect()
}
