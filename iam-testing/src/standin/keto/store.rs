//! Namespaces and tuples.

use http::StatusCode;

use super::tuple::{Filter, Subject, SubjectSet, Tuple};
use crate::standin::Namespace;
use crate::standin::herodot::Herodot;

/// All tuples in the order they were written; the same one written twice is there twice, as on the server.
pub(super) struct Store {
    namespaces: Vec<Namespace>,
    rows: Vec<(u64, Tuple)>,
    next_row: u64,
}

impl Store {
    pub(super) fn new(namespaces: Vec<Namespace>) -> Store {
        Store { namespaces, rows: Vec::new(), next_row: 1 }
    }

    pub(super) fn namespaces(&self) -> &[Namespace] {
        &self.namespaces
    }

    /// 404 unless the namespace is configured.
    pub(super) fn namespace(&self, name: &str) -> Result<&Namespace, Herodot> {
        let found = self.namespaces.iter().find(|namespace| namespace.name == name);
        found.ok_or_else(|| {
            Herodot::new(StatusCode::NOT_FOUND, "The requested resource could not be found")
                .reason(format!("Unknown namespace with name {name:?}."))
        })
    }

    /// 404 unless every namespace that a tuple names is configured.
    pub(super) fn namespaces_of(&self, set: &SubjectSet, subject: Option<&Subject>) -> Result<(), Herodot> {
        self.namespace(&set.namespace)?;
        if let Some(Subject::Set(set)) = subject {
            self.namespace(&set.namespace)?;
        }
        Ok(())
    }

    /// 400 if the namespace declares relations and this is none of them.
    pub(super) fn relation(&self, set: &SubjectSet) -> Result<(), Herodot> {
        let declared = self.namespace(&set.namespace)?.relations.as_ref();
        match declared {
            // The empty relation stands for the object itself and is always fine.
            Some(relations) if !set.relation.is_empty() && !relations.contains(&set.relation) => {
                Err(Herodot::malformed(format!("relation {:?} does not exist", set.relation)))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn insert(&mut self, tuple: Tuple) {
        self.rows.push((self.next_row, tuple));
        self.next_row += 1;
    }

    pub(super) fn delete(&mut self, doomed: impl Fn(&Tuple) -> bool) {
        self.rows.retain(|(_, tuple)| !doomed(tuple));
    }

    pub(super) fn contains(&self, set: &SubjectSet, subject: &Subject) -> bool {
        self.subjects(set).any(|have| have == subject)
    }

    /// Who stands in a set directly.
    pub(super) fn subjects<'a>(&'a self, set: &'a SubjectSet) -> impl Iterator<Item = &'a Subject> {
        self.rows.iter().filter(move |(_, tuple)| tuple.set == *set).map(|(_, tuple)| &tuple.subject)
    }

    /// Matching rows behind row `after`, with their numbers.
    pub(super) fn list<'a>(&'a self, filter: &'a Filter, after: u64) -> impl Iterator<Item = &'a (u64, Tuple)> {
        self.rows.iter().filter(move |(row, tuple)| *row > after && filter.matches(tuple))
    }
}
