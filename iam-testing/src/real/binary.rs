//! A server's program: found in the cache, or built from the Go module proxy.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::RealError;
use crate::standin::Product;

/// Folders with a `go.mod` each, whose only content is the server as a tool.
const MODULES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/ory");

/// A program, and an empty database for it.
#[derive(Clone, Debug)]
pub(super) struct Binary {
    pub(super) product: Product,
    pub(super) path: PathBuf,
    pub(super) version: String,
    /// The database that every server begins with.
    pub(super) empty_database: PathBuf,
}

/// What came of a search.
pub(super) enum Found {
    Here(Binary),
    /// It is not to be had, for this reason, and that is no failure.
    Nowhere(String),
}

/// What Go needs to know.
struct Module {
    folder: PathBuf,
    package: &'static str,
    version: String,
    /// `go.mod` and `go.sum`, digested: a program of other dependencies is another program.
    digest: String,
}

impl Binary {
    /// Takes it from the cache, or builds it and migrates its empty database.
    pub(super) fn find(product: Product, say: &dyn Fn(&str)) -> Result<Found, RealError> {
        let binary = match product {
            Product::Kratos => Binary::built("kratos", "github.com/ory/kratos", product, say),
            Product::Hydra => Binary::built("hydra", "github.com/ory/hydra/v2", product, say),
            Product::Keto => match variable("IAM_ORY_KETO") {
                Some(path) => Binary::given(product, path),
                None => {
                    let refused = "the Go module proxy does not serve `github.com/ory/keto`";
                    return Ok(Found::Nowhere(format!("{refused}, and `IAM_ORY_KETO` names none")));
                }
            },
        };
        Ok(Found::Here(binary?))
    }

    fn built(name: &str, package: &'static str, product: Product, say: &dyn Fn(&str)) -> Result<Binary, RealError> {
        let module = Module::read(name, package)?;
        let version = module.version.clone();
        let cache = cache().join(format!("{product}-{version}-{}", module.digest));
        let path = cache.join(name);
        let binary = Binary { product, version, empty_database: path.with_extension("sqlite"), path };
        binary.complete(&cache, || {
            say(&format!("building {product} {} from the Go module proxy, once; that takes minutes", binary.version));
            module.build(&binary.path)
        })?;
        Ok(binary)
    }

    /// A program that somebody has, which tells its version itself.
    fn given(product: Product, path: PathBuf) -> Result<Binary, RealError> {
        let output = run(Command::new(&path).arg("version"), &format!("running {}", path.display()))?;
        let version = output.lines().find_map(|line| line.trim().strip_prefix("Version:")).map(str::trim);
        let version = version.ok_or_else(|| RealError::new(path.display().to_string(), "it tells no version"))?;
        let cache = cache().join(format!("{product}-{version}-given"));
        let empty_database = cache.join(product.to_string()).with_extension("sqlite");
        let binary = Binary { product, path, version: version.to_owned(), empty_database };
        binary.complete(&cache, || Ok(()))?;
        Ok(binary)
    }

    fn complete(&self, cache: &Path, build: impl FnOnce() -> Result<(), RealError>) -> Result<(), RealError> {
        if self.is_complete() {
            return Ok(());
        }
        fs::create_dir_all(cache).map_err(RealError::of(format!("making {}", cache.display())))?;
        // Several test programs start at once; one builds, the others wait.
        let lock = File::create(cache.join("lock")).map_err(RealError::of("locking the cache"))?;
        lock.lock().map_err(RealError::of("locking the cache"))?;
        if self.is_complete() {
            return Ok(());
        }
        build()?;
        self.migrate()
    }

    /// The database comes last.
    fn is_complete(&self) -> bool {
        self.path.is_file() && self.empty_database.is_file()
    }

    fn migrate(&self) -> Result<(), RealError> {
        let (done, draft) = (&self.empty_database, self.empty_database.with_extension("migrating"));
        let _ = fs::remove_file(&draft);
        let mut command = Command::new(&self.path);
        match self.product {
            Product::Kratos | Product::Hydra => command.args(["migrate", "sql", "--yes", "--read-from-env"]),
            Product::Keto => {
                // It demands a configuration, with namespaces.
                let file = draft.with_extension("json");
                fs::write(&file, r#"{"namespaces": []}"#)
                    .map_err(RealError::of(format!("writing {}", file.display())))?;
                command.args(["migrate", "up", "--yes", "--config"]).arg(file)
            }
        };
        command.env("DSN", dsn(&draft));
        run(quiet(&mut command), &format!("migrating {}'s database", self.product))?;
        fs::rename(&draft, done).map_err(RealError::of(format!("keeping {}", done.display())))
    }
}

/// `synchronous`: a killed process loses nothing by it, and what a power cut loses is nobody's here.
pub(super) fn dsn(database: &Path) -> String {
    format!("sqlite://{}?_fk=true&mode=rwc&_synchronous=off", database.display())
}

/// Without reports to Ory about its use.
pub(super) fn quiet(command: &mut Command) -> &mut Command {
    command.env("SQA_OPT_OUT", "true")
}

impl Module {
    fn read(name: &str, package: &'static str) -> Result<Module, RealError> {
        let folder = Path::new(MODULES).join(name);
        let read = |file: &str| {
            let path = folder.join(file);
            fs::read_to_string(&path).map_err(RealError::of(format!("reading {}", path.display())))
        };
        let (module, sums) = (read("go.mod")?, read("go.sum")?);
        let version = module.lines().find_map(|line| line.trim().strip_prefix(package)?.strip_prefix(' '));
        let version = version.and_then(|rest| rest.split(' ').next());
        let version = version.ok_or_else(|| RealError::new(format!("{name}'s go.mod"), "it requires no version"))?;
        let digest = Sha256::digest(format!("{module}{sums}"));
        let digest = digest[..6].iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Module { package, version: version.to_owned(), digest, folder })
    }

    fn build(&self, into: &Path) -> Result<(), RealError> {
        let draft = into.with_extension("building");
        let stamp = format!("-s -w -X {}/driver/config.Version={}", self.package, self.version);
        let mut command = Command::new("go");
        command.current_dir(&self.folder);
        command.args(["build", "-mod=readonly", "-tags", "sqlite", "-ldflags", &stamp, "-o"]);
        run(command.arg(&draft).arg(self.package), &format!("building {} {}", self.package, self.version))?;
        fs::rename(&draft, into).map_err(RealError::of(format!("keeping {}", into.display())))
    }
}

/// What it wrote.
fn run(command: &mut Command, what: &str) -> Result<String, RealError> {
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            RealError::new(what, format!("`{}` is not on the PATH", command.get_program().display()))
        }
        _ => RealError::new(what, error),
    })?;
    match output.status.success() {
        true => Ok(String::from_utf8_lossy(&output.stdout).into_owned()),
        false => Err(RealError::new(what, last_lines(&String::from_utf8_lossy(&output.stderr)))),
    }
}

/// The end of a long output, which is where the reason is.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

fn variable(name: &str) -> Option<PathBuf> {
    std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from)
}

/// Outside the project, so that it outlives every checkout of it.
fn cache() -> PathBuf {
    variable("IAM_ORY_CACHE").unwrap_or_else(|| {
        let user = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
        user.unwrap_or_else(std::env::temp_dir).join("iam-ory")
    })
}
