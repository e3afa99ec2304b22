//! A file that a macro reads while it expands.

use std::ffi::OsString;
use std::path::Path;
use std::{env, fmt, fs};

use syn::LitStr;

use crate::errors::nearest;

/// A file and where it was found.
pub(crate) struct SourceFile {
    pub(crate) text: String,
    pub(crate) path: String,
}

/// A place in a file, for messages.
#[derive(Clone)]
pub(crate) struct Place {
    pub(crate) file: String,
    /// Counted from 1.
    pub(crate) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`, line {}", self.file, self.line)
    }
}

impl SourceFile {
    /// The file that a literal names, from the folder of the `Cargo.toml` of the package being compiled.
    pub(crate) fn read(literal: &LitStr) -> syn::Result<Self> {
        let name = literal.value();
        let path = Path::new(&env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default()).join(&name);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self { text, path: path.to_string_lossy().into_owned() }),
            Err(error) => {
                let near = near(&path).map(|near| Path::new(&name).with_file_name(near));
                let near = near.map(|near| format!("; did you mean `{}`?", near.display())).unwrap_or_default();
                let kind = error.kind();
                let message = format!(
                    "`{name}` cannot be read ({kind}): the path begins at the folder of this package's `Cargo.toml`{near}"
                );
                Err(syn::Error::new(literal.span(), message))
            }
        }
    }
}

/// The file beside it that was probably meant.
fn near(path: &Path) -> Option<String> {
    let spelt = path.file_name()?.to_str()?;
    let files = fs::read_dir(path.parent()?).ok()?.flatten();
    let mut names: Vec<String> = files.map(|file| file.file_name()).flat_map(OsString::into_string).collect();
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    nearest(spelt, &names).filter(|near| *near != spelt).map(str::to_owned)
}
