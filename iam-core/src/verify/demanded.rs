use std::collections::BTreeMap;

/// What mounted policies demand of one tenant's Keto, each with a place that demands it first.
///
/// ```
/// use iam_core::verify::Demanded;
///
/// let mut demanded = Demanded::default();
/// demanded.relation("listings", "edit", "/listings/{id}");
/// demanded.relation("listings", "view", "/listings/{id}");
/// demanded.relation("listings", "edit", "/drafts/{id}");
/// let relations: Vec<_> = demanded.relations().collect();
/// assert_eq!(relations, [("listings", "edit", "/listings/{id}"), ("listings", "view", "/listings/{id}")]);
/// ```
#[derive(Debug, Clone, Default)]
pub struct Demanded {
    namespaces: BTreeMap<String, Namespace>,
}

#[derive(Debug, Clone)]
struct Namespace {
    by: String,
    relations: BTreeMap<String, String>,
}

impl Demanded {
    /// Notes that `by`, such as a route's path, demands a namespace.
    pub fn namespace(&mut self, namespace: &str, by: &str) {
        self.entry(namespace, by);
    }

    /// Notes that `by` demands a relation or permission of a namespace.
    pub fn relation(&mut self, namespace: &str, relation: &str, by: &str) {
        self.entry(namespace, by).relations.entry(relation.to_owned()).or_insert_with(|| by.to_owned());
    }

    /// All namespaces by name, each with who demands it.
    pub fn namespaces(&self) -> impl Iterator<Item = (&str, &str)> {
        self.namespaces.iter().map(|(name, namespace)| (&**name, &*namespace.by))
    }

    /// All relations, namespace by namespace, each with who demands it.
    pub fn relations(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.namespaces.iter().flat_map(|(name, namespace)| {
            namespace.relations.iter().map(move |(relation, by)| (&**name, &**relation, &**by))
        })
    }

    fn entry(&mut self, namespace: &str, by: &str) -> &mut Namespace {
        let new = || Namespace { by: by.to_owned(), relations: BTreeMap::new() };
        self.namespaces.entry(namespace.to_owned()).or_insert_with(new)
    }
}
