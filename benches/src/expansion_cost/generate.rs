//! Writes the crates: the same handlers with their attributes and without.

use std::fs;
use std::ops::Range;
use std::path::Path;

use crate::Failure;

/// How much there is in the handlers.
pub(crate) struct Length {
    pub(crate) name: &'static str,
    /// Handlers of every shape, separated by lines of `// ---`; `@` is a handler's number.
    handlers: &'static str,
}

pub(crate) const LENGTHS: &[Length] = &[
    Length { name: "short", handlers: include_str!("../../templates/short.rs") },
    Length { name: "ordinary", handlers: include_str!("../../templates/ordinary.rs") },
];

impl Length {
    fn shapes(&self) -> Vec<&'static str> {
        self.handlers.split("// ---\n").collect()
    }

    /// How many lines the body of a handler has, on average.
    pub(crate) fn lines(&self) -> f64 {
        let shapes = self.shapes();
        let bodies = shapes.iter().map(|shape| {
            let behind_the_signature = shape.lines().skip_while(|line| !line.contains(" fn ")).skip(1);
            behind_the_signature.take_while(|line| *line != "}").count()
        });
        bodies.sum::<usize>() as f64 / shapes.len() as f64
    }
}

/// What all crates have; marked lines as in `Framework::main`.
const COMMON: &str = include_str!("../../templates/common.rs");
/// So many handlers stand in one module.
const IN_A_MODULE: usize = 50;

/// A web framework and its adapter.
pub(crate) struct Framework {
    pub(crate) name: &'static str,
    adapter: &'static str,
    dependency: &'static str,
    /// `main.rs`, in which a line marked `// plain` or `// annotated` is for that crate alone.
    main: &'static str,
    /// What handlers spell otherwise.
    spellings: &'static [(&'static str, &'static str)],
    /// How a plain crate says that a method is for the handler `@`.
    plain_method: &'static str,
    /// What collects the routes of a plain crate.
    plain_routes: &'static str,
}

pub(crate) const FRAMEWORKS: &[Framework] = &[
    Framework {
        name: "axum",
        adapter: "iam-axum",
        dependency: "axum = \"0.8\"",
        main: include_str!("../../templates/axum.rs"),
        spellings: &[],
        plain_method: "(@)",
        plain_routes: "Routes",
    },
    Framework {
        name: "actix-web",
        adapter: "iam-actix",
        dependency: "actix-web = { version = \"4\", default-features = false }",
        main: include_str!("../../templates/actix.rs"),
        spellings: &[("Path(id): Path<u64>", "id: Path<u64>"), ("find(id)", "find(*id)")],
        plain_method: "().to(@)",
        plain_routes: "Routes<'_>",
    },
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Annotated,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Annotated => "annotated",
        }
    }
}

/// All crates, in a workspace of their own, with the versions of this repository's lock file.
pub(crate) fn workspace(repository: &Path, folder: &Path, handlers: usize) -> Result<(), Failure> {
    let mut members = Vec::new();
    for framework in FRAMEWORKS {
        for length in LENGTHS {
            for kind in [Kind::Plain, Kind::Annotated] {
                framework.generate(length, kind, repository, folder, handlers)?;
                members.push(framework.package(length, kind));
            }
        }
    }
    let manifest = format!("[workspace]\nresolver = \"3\"\nmembers = {members:?}\n\n[profile.release]\nstrip = true\n");
    fs::write(folder.join("Cargo.toml"), manifest)?;
    fs::copy(repository.join("Cargo.lock"), folder.join("Cargo.lock"))?;
    Ok(())
}

impl Framework {
    /// The crate's name.
    pub(crate) fn package(&self, length: &Length, kind: Kind) -> String {
        format!("{}-{}-{}", self.name, length.name, kind.name())
    }

    fn generate(
        &self,
        length: &Length,
        kind: Kind,
        repository: &Path,
        folder: &Path,
        handlers: usize,
    ) -> Result<(), Failure> {
        let (package, adapter) = (self.package(length, kind), self.adapter);
        let (source, path) = (folder.join(&package).join("src"), repository.join(adapter));
        fs::create_dir_all(&source)?;
        let manifest = format!(
            "[package]\nname = {package:?}\nedition = \"2024\"\n\n[dependencies]\n{}\n{adapter} = {{ path = {path:?} }}\n\
             serde = {{ version = \"1\", features = [\"derive\"] }}\n\
             tokio = {{ version = \"1\", features = [\"macros\", \"net\", \"rt-multi-thread\"] }}\n",
            self.dependency,
        );
        fs::write(source.with_file_name("Cargo.toml"), manifest)?;

        let firsts: Vec<_> = (0..handlers).step_by(IN_A_MODULE).collect();
        for first in &firsts {
            let module = self.module(length, kind, *first..handlers.min(first + IN_A_MODULE));
            fs::write(source.join(format!("h{first}.rs")), module)?;
        }
        fs::write(source.join("main.rs"), self.main(kind, &firsts))?;
        Ok(())
    }

    fn main(&self, kind: Kind, modules: &[usize]) -> String {
        let other = match kind {
            Kind::Plain => " // annotated",
            Kind::Annotated => " // plain",
        };
        let of_this = |source: &'static str| source.lines().filter(|line| !line.ends_with(other)).collect::<Vec<_>>();
        let declared: String = modules.iter().map(|first| format!("mod h{first};\n")).collect();
        let calls: String = modules.iter().map(|first| format!("    let to = h{first}::routes(to);\n")).collect();
        let routes = self.routes(kind);
        format!(
            "mod edited;\n{declared}\n{}\n\nfn routes(to: {routes}) -> {routes} {{\n{calls}    to\n}}\n\n{}\n",
            of_this(self.main).join("\n"),
            of_this(COMMON).join("\n")
        )
    }

    fn module(&self, length: &Length, kind: Kind, handlers: Range<usize>) -> String {
        let shapes = length.shapes();
        let belongs = |line: &&str| kind == Kind::Annotated || !line.starts_with("#[") || line.starts_with("#[derive(");
        let (mut source, mut calls) = (String::from("use super::*;\n"), String::new());
        for number in handlers {
            let shape = shapes[number % shapes.len()];
            for line in shape.lines().filter(belongs) {
                source += &format!("\n{line}");
            }
            let method = if shape.contains("Json(change)") { "post" } else { "get" };
            let parameter = if shape.contains("Path(id)") { "/{id}" } else { "" };
            let call = if kind == Kind::Plain { self.plain_method } else { "(@)" };
            calls += &format!("\n        .route(\"/@{parameter}\", {method}{})", call.replace('@', "h@"));
            (source, calls) = (source.replace('@', &number.to_string()), calls.replace('@', &number.to_string()));
            source.push('\n');
        }
        for (here, there) in self.spellings {
            source = source.replace(here, there);
        }
        let routes = self.routes(kind);
        format!("{source}\npub(super) fn routes(to: {routes}) -> {routes} {{\n    to{calls}\n}}\n")
    }

    /// What collects routes.
    fn routes(&self, kind: Kind) -> &'static str {
        match kind {
            Kind::Plain => self.plain_routes,
            Kind::Annotated => "Routes",
        }
    }
}
