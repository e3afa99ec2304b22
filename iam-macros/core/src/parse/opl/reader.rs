use super::tokens::{Located, Token, mistake, tokens};
use super::{Member, MemberKind, Mistake, Name, Namespace};

/// The namespaces of a file, up to its first mistake if it has one.
pub(crate) fn read(text: &str) -> (Vec<Namespace>, Option<Mistake>) {
    let mut namespaces = Vec::new();
    let outcome = tokens(text).and_then(|tokens| Reader { tokens, at: 0 }.file(&mut namespaces));
    (namespaces, outcome.err())
}

struct Reader {
    tokens: Vec<Located>,
    at: usize,
}

type Read<T> = Result<T, Mistake>;

impl Reader {
    fn file(&mut self, namespaces: &mut Vec<Namespace>) -> Read<()> {
        loop {
            match self.next().token {
                Token::End => return Ok(()),
                Token::Word(word) if word == "class" => namespaces.push(self.class()?),
                // Imports and the like mean nothing to Keto either.
                _ => {}
            }
        }
    }

    /// Behind `class`.
    fn class(&mut self) -> Read<Namespace> {
        let name = self.name("the name of the class")?;
        for word in ["implements", "Namespace"] {
            let class = &name.text;
            self.expect_word(word, || format!("`class {class} implements Namespace {{ .. }}`"))?;
        }
        self.expect("{")?;
        let mut members = Vec::new();
        loop {
            let Located { token, line } = self.next();
            match &token {
                Token::Sign("}") => return Ok(Namespace { name, members }),
                Token::Sign(";") => {}
                Token::Word(word) if word == "related" => self.related(&mut members)?,
                Token::Word(word) if word == "permits" => self.permits(&mut members)?,
                found => {
                    let found = found.shown();
                    let class = &name.text;
                    return Err(mistake(
                        line,
                        format!("`related: {{`, `permits = {{` or the `}}` of `{class}` belongs here, not {found}"),
                    ));
                }
            }
        }
    }

    /// Behind `related`.
    fn related(&mut self, members: &mut Vec<Member>) -> Read<()> {
        self.expect(":")?;
        self.expect("{")?;
        loop {
            if self.takes("}") {
                return Ok(());
            }
            if self.takes(";") || self.takes(",") {
                continue;
            }
            let name = self.name("the name of a relation, or `}`,")?;
            self.expect(":")?;
            self.types(&name)?;
            members.push(Member { name, kind: MemberKind::Relation });
        }
    }

    /// `User[]`, `SubjectSet<Group, "members">[]`, `(User | ..)[]` or `Array<User | ..>`.
    fn types(&mut self, relation: &Name) -> Read<()> {
        if self.takes("(") {
            self.union(")")?;
        } else if self.peek() == &Token::Word("Array".into()) {
            self.next();
            self.expect("<")?;
            return self.union(">");
        } else {
            self.one_type()?;
        }
        if !(self.takes("[") && self.takes("]")) {
            let Name { text, line } = relation;
            return Err(mistake(
                *line,
                format!("a relation is of lists: `{text}: User[]`, `{text}: (User | Group)[]`"),
            ));
        }
        Ok(())
    }

    fn union(&mut self, end: &'static str) -> Read<()> {
        loop {
            self.one_type()?;
            if self.takes(end) {
                return Ok(());
            }
            self.expect("|")?;
        }
    }

    fn one_type(&mut self) -> Read<()> {
        let name = self.name("a namespace, or `SubjectSet<..>`,")?;
        if name.text == "SubjectSet" {
            self.expect("<")?;
            self.name("the namespace of the set")?;
            self.expect(",")?;
            self.name("the relation of the set, in quotes,")?;
            self.expect(">")?;
        }
        Ok(())
    }

    /// Behind `permits`.
    fn permits(&mut self, members: &mut Vec<Member>) -> Read<()> {
        self.expect("=")?;
        self.expect("{")?;
        loop {
            if self.takes("}") {
                return Ok(());
            }
            let name = self.name("the name of a permission, or `}`,")?;
            let permission = name.text.clone();
            let form = || format!("`{permission}: (ctx: Context): boolean => ..`");
            self.expect(":")?;
            self.expect("(")?;
            self.expect_word("ctx", form)?;
            if self.takes(":") {
                self.expect_word("Context", form)?;
            }
            self.expect(")")?;
            if self.takes(":") {
                self.expect_word("boolean", form)?;
            }
            self.expect("=>")?;
            self.body(&name)?;
            members.push(Member { name, kind: MemberKind::Permission });
        }
    }

    /// Up to the comma behind it, or the `}` behind the last one.
    fn body(&mut self, of: &Name) -> Read<()> {
        let (mut open, mut is_empty) = (Vec::new(), true);
        loop {
            let closes = open.last().copied();
            match self.peek() {
                Token::Sign(end @ ("," | "}")) if closes.is_none() => {
                    let is_comma = *end == ",";
                    if is_empty {
                        return Err(mistake(self.line(), format!("what `{}` means belongs here", of.text)));
                    }
                    if is_comma {
                        self.next();
                    }
                    return Ok(());
                }
                Token::Sign("(") => open.push(")"),
                Token::Sign("[") => open.push("]"),
                Token::Sign("{") => open.push("}"),
                Token::Sign(sign @ (")" | "]" | "}")) if closes == Some(*sign) => drop(open.pop()),
                found @ (Token::Sign(")" | "]" | "}") | Token::End) => {
                    let wanted = closes.unwrap_or("}");
                    let message =
                        format!("`{wanted}` belongs here, not {}, in the permission `{}`", found.shown(), of.text);
                    return Err(mistake(self.line(), message));
                }
                _ => {}
            }
            is_empty = false;
            self.next();
        }
    }

    /// A word, or a text in quotes; `what` is said to be missing otherwise.
    fn name(&mut self, what: &str) -> Read<Name> {
        let Located { token, line } = self.next();
        match token {
            Token::Word(text) | Token::Text(text) if !text.is_empty() => Ok(Name { text, line }),
            found => Err(mistake(line, format!("{what} belongs here, not {}", found.shown()))),
        }
    }

    fn expect(&mut self, sign: &'static str) -> Read<()> {
        let Located { token, line } = self.next();
        if token == Token::Sign(sign) {
            return Ok(());
        }
        Err(mistake(line, format!("`{sign}` belongs here, not {}", token.shown())))
    }

    fn expect_word(&mut self, word: &str, form: impl Fn() -> String) -> Read<()> {
        let Located { token, line } = self.next();
        if token == Token::Word(word.into()) {
            return Ok(());
        }
        Err(mistake(line, format!("`{word}` belongs here, not {}: write {}", token.shown(), form())))
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let takes = self.peek() == &Token::Sign(sign);
        if takes {
            self.next();
        }
        takes
    }

    fn peek(&self) -> &Token {
        self.tokens.get(self.at).map_or(&Token::End, |located| &located.token)
    }

    fn line(&self) -> usize {
        self.tokens.get(self.at).or(self.tokens.last()).map_or(1, |located| located.line)
    }

    /// The end again and again, once it is reached.
    fn next(&mut self) -> Located {
        let located = Located { token: self.peek().clone(), line: self.line() };
        self.at += 1;
        located
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `Class: relation permission()`
    fn shown(text: &str) -> Vec<String> {
        let (namespaces, mistake) = read(text);
        assert_eq!(mistake, None, "{text}");
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
            [
                "User:",
                "Group: members",
                "File: parents viewers owners can-see view() edit() isOwner()",
                "Folder: all()"
            ]
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
            (class("related: { b: A }"), 2, "a relation is of lists: `b: User[]`"),
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
            let mistake = read(&text).1.expect(&text);
            assert_eq!(mistake.line, line, "{text}: {mistake:?}");
            assert!(mistake.message.contains(message), "{text}: {mistake:?}");
        }
        let (namespaces, mistake) = read("class A implements Namespace {}\nclass B {}");
        assert_eq!((namespaces.len(), mistake.map(|mistake| mistake.line)), (1, Some(2)), "what is before it counts");
    }
}
