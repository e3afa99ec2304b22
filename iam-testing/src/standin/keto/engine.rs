//! Check and expand, with Keto's limits.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::store::Store;
use super::tuple::{RawTuple, Subject, SubjectSet, Tuple};
use crate::standin::herodot::Herodot;

/// `limit.max_read_depth` of a server that configures nothing.
const MAX_DEPTH: usize = 5;

/// `limit.max_read_width` of a server that configures nothing.
const MAX_WIDTH: usize = 100;

fn depth(wanted: usize) -> usize {
    if wanted == 0 { MAX_DEPTH } else { wanted.min(MAX_DEPTH) }
}

/// Whether the subject is in the set, directly or through other sets. Running into a limit is a plain no.
pub(super) fn check(store: &Store, tuple: &Tuple, max_depth: usize) -> Result<bool, Herodot> {
    store.relation(&tuple.set)?;
    let rest_depth = depth(max_depth);
    if rest_depth > 1 && store.contains(&tuple.set, &tuple.subject) {
        return Ok(true);
    }
    through_sets(store, &tuple.set, &tuple.subject, rest_depth, &mut HashSet::new())
}

fn through_sets(
    store: &Store,
    set: &SubjectSet,
    subject: &Subject,
    rest_depth: usize,
    visited: &mut HashSet<SubjectSet>,
) -> Result<bool, Herodot> {
    let members = || {
        store.subjects(set).filter_map(|member| match member {
            Subject::Set(set) => Some(set),
            Subject::Id(_) => None,
        })
    };
    // The last of the depth is for nothing: with 1 not even the tuple itself is found.
    if rest_depth <= 1 {
        return Ok(false);
    }
    // One hop is looked at before the depth counts, as the server's traversal query does.
    if members().any(|member| store.contains(member, subject)) {
        return Ok(true);
    }
    for member in members().take(MAX_WIDTH) {
        if !visited.insert(member.clone()) {
            continue;
        }
        store.relation(member)?;
        if through_sets(store, member, subject, rest_depth - 1, visited)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The tree of everybody in the set; `None` if nobody is. Limits and cycles cut it without a mark.
pub(super) fn expand(store: &Store, set: &SubjectSet, max_depth: usize) -> Option<Value> {
    tree(store, set, depth(max_depth), &mut Vec::new())
}

fn tree<'a>(store: &'a Store, set: &'a SubjectSet, rest_depth: usize, path: &mut Vec<&'a SubjectSet>) -> Option<Value> {
    store.subjects(set).next()?;
    if rest_depth <= 1 || path.contains(&set) {
        return Some(node("leaf", &Subject::Set(set.clone())));
    }
    path.push(set);
    let children: Vec<Value> = store
        .subjects(set)
        .map(|member| match member {
            Subject::Set(inner) => tree(store, inner, rest_depth - 1, path).unwrap_or_else(|| node("leaf", member)),
            Subject::Id(_) => node("leaf", member),
        })
        .collect();
    path.pop();
    let mut union = node("union", &Subject::Set(set.clone()));
    union["children"] = Value::Array(children);
    Some(union)
}

/// A node names its subject in a tuple whose other fields are empty.
fn node(kind: &str, subject: &Subject) -> Value {
    let (subject_id, subject_set) = match subject.clone() {
        Subject::Id(id) => (Some(id), None),
        Subject::Set(set) => (None, Some(set)),
    };
    json!({"type": kind, "tuple": RawTuple { subject_id, subject_set, ..RawTuple::default() }})
}
