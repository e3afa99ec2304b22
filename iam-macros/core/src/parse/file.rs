//! A file that a macro reads while it expands.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use syn::LitStr;

use crate::errors::nearest;

/// The text of the file that a literal names, from the folder of the `Cargo.toml` of the crate
/// being compiled.
pub(crate) fn text_of(name: &LitStr) -> syn::Result<String> {
    let error = |message: String| Err(syn::Error::new(name.span(), message));
    let spelt = name.value();
    let Some(root) = env::var_os("CARGO_MANIFEST_DIR") else {
        return error(format!("nobody said from where `{spelt}` is to be read: `CARGO_MANIFEST_DIR` is not set"));
    };
    if Path::new(&spelt).has_root() {
        return error(
            "a path from the root is another one on each machine: begin at the folder of this crate's `Cargo.toml`"
                .into(),
        );
    }
    let path = Path::new(&root).join(&spelt);
    match fs::read(&path).map(String::from_utf8) {
        Ok(Ok(text)) => Ok(text),
        Ok(Err(_)) => error(format!("`{spelt}` is no text: it is not UTF-8")),
        Err(failed) if failed.kind() == ErrorKind::NotFound => {
            let near = near(&path)
                .map(|near| format!("; did you mean `{}`?", Path::new(&spelt).with_file_name(near).display()));
            let near = near.unwrap_or_default();
            error(format!(
                "there is no file `{spelt}`; its path begins at the folder of this crate's `Cargo.toml`{near}"
            ))
        }
        Err(failed) => error(format!("`{spelt}` cannot be read: {}", failed.kind())),
    }
}

/// The file beside it that was probably meant.
fn near(path: &Path) -> Option<String> {
    let spelt = path.file_name()?.to_str()?;
    let files = fs::read_dir(path.parent()?).ok()?.flatten();
    let mut names: Vec<String> = files.map(|file| file.file_name()).flat_map(OsString::into_string).collect();
    names.sort();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    nearest(spelt, &names).map(str::to_owned)
}
