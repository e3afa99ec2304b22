use super::tokens::{Located, Token, mistake, tokens};
use super::{Member, MemberKind, Mistake, Name, Namespace};

/// The namespaces of a file, as far as they are understood, and every class's first mistake.
pub(crate) fn read(text: &str) -> (Vec<Namespace>, Vec<Mistake>) {
    let (tokens, unclosed) = tokens(text);
    let mut reader = Reader { tokens, at: 0, mistakes: Vec::new() };
    let namespaces = reader.file();
    let mut mistakes = reader.mistakes;
    if let Some(unclosed) = unclosed {
        // The file ends there, which is no second mistake.
        mistakes.retain(|mistake| mistake.line < unclosed.line);
        mistakes.push(unclosed);
    }
    (namespaces, mistakes)
}

struct Reader {
    tokens: Vec<Located>,
    at: usize,
    mistakes: Vec<Mistake>,
}

type Read<T> = Result<T, Mistake>;

impl Reader {
    fn file(&mut self) -> Vec<Namespace> {
        let mut namespaces = Vec::new();
        loop {
            match self.next().token {
                Token::End => return namespaces,
                Token::Word(word) if word == "class" => namespaces.extend(self.class()),
                // Imports and the like mean nothing to Keto either.
                _ => {}
            }
        }
    }

    /// Behind `class`. One with a mistake in it is a namespace too, so that its name is no second one.
    fn class(&mut self) -> Option<Namespace> {
        let mut namespace = match self.name("the name of the class") {
            Ok(name) => Namespace { name, members: Vec::new() },
            Err(mistake) => {
                self.mistakes.push(mistake);
                return None;
            }
        };
        if let Err(mistake) = self.rest_of_class(&mut namespace) {
            self.mistakes.push(mistake);
            self.skip_class(&mut namespace.members);
        }
        Some(namespace)
    }

    /// Behind the name of a class.
    fn rest_of_class(&mut self, Namespace { name, members }: &mut Namespace) -> Read<()> {
        for word in ["implements", "Namespace"] {
            let class = &name.text;
            self.expect_word(word, || format!("`class {class} implements Namespace {{ .. }}`"))?;
        }
        self.expect("{")?;
        loop {
            let Located { token, line } = self.next();
            match &token {
                Token::Sign("}") => return Ok(()),
                Token::Sign(";") => {}
                Token::Word(word) if word == "related" => self.related(members)?,
                Token::Word(word) if word == "permits" => self.permits(members)?,
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

    /// Goes on to the next class. On the way whatever looks like a member's name is taken for one.
    fn skip_class(&mut self, members: &mut Vec<Member>) {
        while !matches!(self.peek(), Token::End) && self.peek() != &Token::Word("class".into()) {
            let Located { token, line } = self.next();
            if let (Token::Word(text) | Token::Text(text), Token::Sign(":")) = (token, self.peek())
                && !text.is_empty()
                && members.iter().all(|member| member.name.text != text)
            {
                members.push(Member { name: Name { text, line }, kind: MemberKind::Permission });
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
            let types = self.expect(":").and_then(|()| self.types(&name));
            members.push(Member { name, kind: MemberKind::Relation });
            types?;
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
                format!("a relation's type is a list: `{text}: User[]`, `{text}: (User | Group)[]`"),
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
            let meaning = self.meaning(&name);
            members.push(Member { name, kind: MemberKind::Permission });
            meaning?;
        }
    }

    /// Behind the name of a permission.
    fn meaning(&mut self, name: &Name) -> Read<()> {
        let permission = &name.text;
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
        self.body(name)
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
