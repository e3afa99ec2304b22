//! Relation tuples: as JSON, and as the query that finds them.

use serde::{Deserialize, Serialize};

use crate::standin::herodot::Herodot;
use crate::standin::params::Params;

/// Everybody who has a relation to an object.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub(super) struct SubjectSet {
    #[serde(default)]
    pub(super) namespace: String,
    #[serde(default)]
    pub(super) object: String,
    #[serde(default)]
    pub(super) relation: String,
}

/// Who a tuple is about.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Subject {
    Id(String),
    Set(SubjectSet),
}

/// A tuple as it comes in and goes out.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct RawTuple {
    pub(super) namespace: String,
    pub(super) object: String,
    pub(super) relation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) subject_set: Option<SubjectSet>,
}

/// A tuple as it is stored and asked for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Tuple {
    pub(super) set: SubjectSet,
    pub(super) subject: Subject,
}

impl RawTuple {
    /// The subject; of two, the id wins, as on the server.
    pub(super) fn subject(&self) -> Option<Subject> {
        self.subject_id.clone().map(Subject::Id).or_else(|| self.subject_set.clone().map(Subject::Set))
    }

    pub(super) fn checked(&self) -> Result<Tuple, Herodot> {
        let set = SubjectSet {
            namespace: self.namespace.clone(),
            object: self.object.clone(),
            relation: self.relation.clone(),
        };
        let subject = self.subject().ok_or_else(nil_subject)?;
        Ok(Tuple { set, subject })
    }
}

impl From<&Tuple> for RawTuple {
    fn from(Tuple { set, subject }: &Tuple) -> RawTuple {
        let (subject_id, subject_set) = match subject.clone() {
            Subject::Id(id) => (Some(id), None),
            Subject::Set(set) => (None, Some(set)),
        };
        let SubjectSet { namespace, object, relation } = set.clone();
        RawTuple { namespace, object, relation, subject_id, subject_set }
    }
}

/// A body that is no JSON, or not of the right shape.
pub(super) fn undecodable(what: String) -> Herodot {
    Herodot::bad_request(format!("could not unmarshal json: {what}"))
}

fn nil_subject() -> Herodot {
    Herodot::bad_request("subject is not allowed to be nil")
}

/// The parameters of a URL.
pub(super) struct Query(Params);

/// The parameters that name tuples.
pub(super) const TUPLE_KEYS: [&str; 7] = [
    "namespace",
    "object",
    "relation",
    "subject_id",
    "subject_set.namespace",
    "subject_set.object",
    "subject_set.relation",
];

impl Query {
    pub(super) fn new(query: Option<&str>) -> Query {
        Query(Params::parse(query.unwrap_or_default()))
    }

    pub(super) fn first(&self, key: &str) -> Option<&str> {
        self.0.first(key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys()
    }

    /// `max-depth`, where nothing and zero both leave it to the server.
    pub(super) fn max_depth(&self) -> Result<usize, Herodot> {
        let depth = self.first("max-depth").filter(|depth| !depth.is_empty()).unwrap_or("0");
        let depth: i64 = depth.parse().map_err(|_| Herodot::bad_request("unable to parse max-depth"))?;
        Ok(usize::try_from(depth).unwrap_or(0))
    }

    pub(super) fn filter(&self) -> Result<Filter, Herodot> {
        if self.first("subject").is_some() {
            return Err(Herodot::bad_request(
                "provide \"subject_id\" or \"subject_set.*\"; support for \"subject\" was dropped",
            ));
        }
        let owned = |key: &str| self.first(key).map(str::to_owned);
        let set = (owned("subject_set.namespace"), owned("subject_set.object"), owned("subject_set.relation"));
        let subject = match (owned("subject_id"), set) {
            (None, (None, None, None)) => None,
            (Some(id), (None, None, None)) => Some(Subject::Id(id)),
            (Some(_), _) => {
                return Err(Herodot::bad_request("exactly one of subject_set or subject_id has to be provided"));
            }
            (None, (Some(namespace), Some(object), Some(relation))) => {
                Some(Subject::Set(SubjectSet { namespace, object, relation }))
            }
            (None, _) => {
                return Err(Herodot::bad_request(
                    "incomplete subject, provide \"subject_id\" or a complete \"subject_set.*\"",
                ));
            }
        };
        Ok(Filter { namespace: owned("namespace"), object: owned("object"), relation: owned("relation"), subject })
    }

    pub(super) fn tuple(&self) -> Result<Tuple, Herodot> {
        let Filter { namespace, object, relation, subject } = self.filter()?;
        let subject = subject.ok_or_else(nil_subject)?;
        match (namespace, object, relation) {
            (Some(namespace), Some(object), Some(relation)) => {
                Ok(Tuple { set: SubjectSet { namespace, object, relation }, subject })
            }
            _ => Err(Herodot::bad_request(
                "incomplete tuple, provide \"namespace\", \"object\", \"relation\", and a subject",
            )),
        }
    }
}

/// Which tuples a list or a delete is about; what is absent is any.
#[derive(Clone, Debug)]
pub(super) struct Filter {
    pub(super) namespace: Option<String>,
    pub(super) object: Option<String>,
    pub(super) relation: Option<String>,
    pub(super) subject: Option<Subject>,
}

impl Filter {
    pub(super) fn matches(&self, tuple: &Tuple) -> bool {
        let fits = |wanted: &Option<String>, have: &str| wanted.as_deref().is_none_or(|wanted| wanted == have);
        fits(&self.namespace, &tuple.set.namespace)
            && fits(&self.object, &tuple.set.object)
            && fits(&self.relation, &tuple.set.relation)
            && self.subject.as_ref().is_none_or(|subject| *subject == tuple.subject)
    }

    /// One text per filter, to which a page token belongs.
    pub(super) fn identity(&self) -> String {
        format!("{self:?}")
    }
}
