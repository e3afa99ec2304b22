use super::{Member, MemberKind, Namespace, read};

/// `Class: relation permission()`
fn shown(text: &str) -> Vec<String> {
    let (namespaces, mistakes) = read(text);
    assert_eq!(mistakes, [], "{text}");
    let member = |member: &Member| match member.kind {
        MemberKind::Relation => format!(" {}", member.name.text),
        MemberKind::Permission => format!(" {}()", member.name.text),
    };
    let namespace = |namespace: &Namespace| {
        format!("{}:{}", namespace.name.text, namespace.members.iter().map(member).collect::<String>())
    };
    namespaces.iter().map(namespace).collect()
}

#[test]
fn classes_relations_and_permissions_are_found() {
    let text = r#"
        // Copyright, class Nobody implements Namespace {}
        import { Namespace, SubjectSet, Context } from "@ory/keto-namespace-types"
        /* class Nobody
           implements Namespace */
        class User implements Namespace {}

        class Group implements Namespace {
          related: { members: (User | Group)[] }
        };
        export class File implements Namespace {
          related: {
            parents: (File | Folder)[],
            viewers: (User | SubjectSet<Group, "members">)[]
            owners: Array<User | SubjectSet<Group, 'members'>>;
            "can-see": SubjectSet<Group, "members">[]
          }
          // Some comment with a } in it
          permits = {
            view: (ctx: Context): boolean =>
              this.related.parents.traverse((p) => p.permits.view(ctx)) ||
              (this.related["can-see"].includes(ctx.subject) && !this.permits.edit(ctx)),
            edit: (ctx) => this.related.owners.includes(ctx.subject), // , }
            'isOwner': (ctx: Context) =>
              this.related.owners.traverse((m) => m instanceof User ? m == ctx.subject : false),
          }
        }
        class Folder implements Namespace { permits = { all: (ctx: Context): boolean => this.related.x.includes(ctx.subject) } }
    "#;
    assert_eq!(
        shown(text),
        ["User:", "Group: members", "File: parents viewers owners can-see view() edit() isOwner()", "Folder: all()"]
    );
    assert_eq!(shown(""), Vec::<String>::new());
}

#[test]
fn names_know_their_lines() {
    let (namespaces, _) = read("class A implements Namespace {\n related: { /*\n\n*/ b: A[]\n c: A[] } }");
    let lines = |namespace: &Namespace| {
        (namespace.name.line, namespace.members.iter().map(|member| member.name.line).collect::<Vec<_>>())
    };
    assert_eq!(namespaces.iter().map(lines).collect::<Vec<_>>(), [(1, vec![4, 5])]);
}

#[test]
fn mistakes_name_their_line_and_what_belongs_there() {
    let class = |body: &str| format!("class A implements Namespace {{\n{body}\n}}");
    for (text, line, message) in [
        ("class".to_owned(), 1, "the name of the class belongs here, not the end of the file"),
        (
            "class A extends Namespace {}".into(),
            1,
            "`implements` belongs here, not `extends`: write `class A implements Namespace { .. }`",
        ),
        ("class A implements\nName {}".into(), 2, "`Namespace` belongs here, not `Name`"),
        (
            "class A implements Namespace {".into(),
            1,
            "`related: {`, `permits = {` or the `}` of `A` belongs here, not the end",
        ),
        (class("relations: {}"), 2, "or the `}` of `A` belongs here, not `relations`"),
        (class("related = {}"), 2, "`:` belongs here, not `=`"),
        (class("permits: {}"), 2, "`=` belongs here, not `:`"),
        (class("related: { b: A }"), 2, "a relation's type is a list: `b: User[]`"),
        (class("related: { b: (A & A)[] }"), 2, "`|` belongs here, not `&`"),
        (class("related: { b: SubjectSet<A>[] }"), 2, "`,` belongs here, not `>`"),
        (class("related: { b A[] }"), 2, "`:` belongs here, not `A`"),
        (class("related: { b: A[]"), 3, "not the end of the file"),
        (class("related: {\n1: A[] }"), 3, "the name of a relation, or `}`, belongs here, not `1`"),
        (class("related: {\n\"\": A[] }"), 3, "the name of a relation"),
        (class("permits = {\nb(ctx: Context) { return true } }"), 3, "`:` belongs here, not `(`"),
        (
            class("permits = {\nb: (context) => true }"),
            3,
            "`ctx` belongs here, not `context`: write `b: (ctx: Context): boolean => ..`",
        ),
        (class("permits = {\nb: (ctx) =>\n, c: (ctx) => true }"), 4, "what `b` means belongs here"),
        (class("permits = {\nb: (ctx) => (true }"), 3, "`)` belongs here, not `}`, in the permission `b`"),
        ("\n/* class".into(), 2, "this comment is never closed"),
        ("\n\nimport \"x".into(), 3, "this text is never closed"),
    ] {
        let mistakes = read(&text).1;
        let [mistake] = &mistakes[..] else { panic!("{text}: {mistakes:?}") };
        assert_eq!(mistake.line, line, "{text}: {mistake:?}");
        assert!(mistake.message.contains(message), "{text}: {mistake:?}");
    }
}

#[test]
fn a_mistake_hides_no_name_and_no_further_one() {
    let text = r#"
        class A implements Namespace {}
        class B extends Namespace { related: { owners: A[] } }
        class C implements Namespace {
          related: { viewers: A, editors: A[] }
          permits = { view: (ctx: Context): boolean => this.related.viewers.includes(ctx.subject) }
        }
        class D implements Namespace { related: { readers: A[] } }
        class E implements Namespace { permits = { edit: (context) => true } }
        import "x
        class F implements Namespace {}
    "#;
    let (namespaces, mistakes) = read(text);
    let names = |namespace: &Namespace| {
        let members = namespace.members.iter().map(|member| member.name.text.clone());
        (namespace.name.text.clone(), members.collect::<Vec<_>>())
    };
    let names: Vec<_> = namespaces.iter().map(names).collect();
    let has = |class: &str, member: &str| {
        names.iter().any(|(name, members)| name == class && members.iter().any(|name| name == member))
    };
    assert_eq!(names.iter().map(|(name, _)| name.as_str()).collect::<String>(), "ABCDE");
    for (class, member) in
        [("B", "owners"), ("C", "viewers"), ("C", "editors"), ("C", "view"), ("D", "readers"), ("E", "edit")]
    {
        assert!(has(class, member), "{class}::{member}: {names:?}");
    }
    assert_eq!(mistakes.iter().map(|mistake| mistake.line).collect::<Vec<_>>(), [3, 5, 9, 10], "{mistakes:?}");
}
