//! Ory Permission Language, as far as names go: the classes of a file that are
//! namespaces, and what each relates and permits.
//!
//! Read as Keto reads it (`schema/parser.go` of Keto's sources), apart from the
//! bodies of permissions: Keto checks those itself, and nothing here depends on them.

mod reader;
mod tokens;

pub(crate) use reader::read;

/// A class that is a namespace.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Namespace {
    pub(crate) name: Name,
    /// What it has, in the order of the file.
    pub(crate) members: Vec<Member>,
}

/// A relation or permission of a namespace.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) name: Name,
    pub(crate) kind: MemberKind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum MemberKind {
    /// Of `related`.
    Relation,
    /// Of `permits`.
    Permission,
}

/// A name and where it stands, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// What is wrong in a file, and where.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mistake {
    pub(crate) line: usize,
    pub(crate) message: String,
}
