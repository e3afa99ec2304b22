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

/// A program, and an empty database beside it.
#[derive(Clone, Debug)]
pub(super) struct Binary {
    pub(super) product: Product,
    pub(super) path: PathBuf,
    pub(super) version: String,
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
    pub(super) fn find(product: Product, say: &dyn Fn(&str)) -> Result<Binary, RealError> {
        let module = Module::of(product)?;
        let version = module.version.clone();
        let cache = cache().join(format!("{product}-{version}-{}", module.digest));
        let binary = Binary { product, path: cache.join(product.to_string()), version };
        if !binary.is_complete() {
            fs::create_dir_all(&cache).map_err(RealError::of(format!("making {}", cache.display())))?;
            // Several test programs start at once; one builds, the others wait.
            let lock = File::create(cache.join("lock")).map_err(RealError::of("locking the cache"))?;
            lock.lock().map_err(RealError::of("locking the cache"))?;
            if !binary.is_complete() {
                say(&format!(
                    "building {product} {} from the Go module proxy, once; that takes minutes",
                    binary.version
                ));
                module.build(&binary.path)?;
                binary.migrate()?;
            }
        }
        Ok(binary)
    }

    /// The database that every server begins with.
    pub(super) fn empty_database(&self) -> PathBuf {
        self.path.with_extension("sqlite")
    }

    /// The database comes last.
    fn is_complete(&self) -> bool {
        self.path.is_file() && self.empty_database().is_file()
    }

    fn migrate(&self) -> Result<(), RealError> {
        let (done, draft) = (self.empty_database(), self.path.with_extension("migrating"));
        let _ = fs::remove_file(&draft);
        let mut command = Command::new(&self.path);
        command.args(["migrate", "sql", "--yes", "--read-from-env"]).env("DSN", dsn(&draft));
        run(quiet(&mut command), &format!("migrating {}'s database", self.product))?;
        fs::rename(&draft, &done).map_err(RealError::of(format!("keeping {}", done.display())))
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
    fn of(product: Product) -> Result<Module, RealError> {
        let (name, package) = match product {
            Product::Kratos => ("kratos", "github.com/ory/kratos"),
            Product::Hydra => ("hydra", "github.com/ory/hydra/v2"),
            Product::Keto => {
                return Err(RealError::new("the Go module proxy", "it does not serve `github.com/ory/keto`"));
            }
        };
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
        run(command.arg(&draft).arg(self.package), &format!("building {}", self.package))?;
        fs::rename(&draft, into).map_err(RealError::of(format!("keeping {}", into.display())))
    }
}

fn run(command: &mut Command, what: &str) -> Result<(), RealError> {
    let output = command.output().map_err(|error| match error.kind() {
        io::ErrorKind::NotFound => {
            RealError::new(what, format!("`{}` is not on the PATH", command.get_program().display()))
        }
        _ => RealError::new(what, error),
    })?;
    match output.status.success() {
        true => Ok(()),
        false => Err(RealError::new(what, last_lines(&String::from_utf8_lossy(&output.stderr)))),
    }
}

/// The end of a long output, which is where the reason is.
pub(super) fn last_lines(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(12)..].join("\n")
}

/// Outside the project, so that it outlives every checkout of it.
fn cache() -> PathBuf {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    variable("IAM_ORY_CACHE").unwrap_or_else(|| {
        let user = variable("XDG_CACHE_HOME").or_else(|| variable("HOME").map(|home| home.join(".cache")));
        user.unwrap_or_else(std::env::temp_dir).join("iam-ory")
    })
}
