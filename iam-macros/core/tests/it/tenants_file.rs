//! `define_tenants!(from "iam.toml")`: what of the file becomes the enum, and what is refused.

use std::path::{Path, PathBuf};

use quote::ToTokens;

use super::compiler::{errors, root};

/// A file of this text.
fn file(name: &str, text: impl AsRef<[u8]>) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn define(before: &str, path: &Path, behind: &str) -> Vec<syn::Item> {
    let input = format!("{before} from {:?} {behind}", path.to_str().unwrap());
    let output = iam_macros_core::define_tenants(&root(), input.parse().unwrap());
    syn::parse2::<syn::File>(output.clone()).unwrap_or_else(|e| panic!("{e}: {output}")).items
}

/// The enum's own line, without documentation and derives.
fn declaration(items: &[syn::Item]) -> String {
    let mut found: Vec<_> =
        items.iter().filter_map(|item| if let syn::Item::Enum(it) = item { Some(it) } else { None }).collect();
    let mut found = found.pop().unwrap().clone();
    found.attrs.clear();
    found.variants.iter_mut().for_each(|variant| variant.attrs.clear());
    found.to_token_stream().to_string()
}

/// Whether a type stands for the enum of which the compiler knows no more than the mistake.
fn is_unknown(items: &[syn::Item]) -> bool {
    let source = source(items);
    assert_eq!(items.len() > 1, source.contains("pub enum Tenants {"), "{source}");
    source.starts_with("# [allow (missing_docs)] pub type Tenants = < () as :: iam_axum :: __private :: Known < { :: core :: compile_error")
}

fn source(items: &[syn::Item]) -> String {
    items.iter().map(|item| item.to_token_stream().to_string()).collect()
}

#[test]
fn the_tenants_are_those_of_the_file_in_its_order() {
    let text = "default_tenant = 'admin'\n[tenants.north_shop.kratos]\n[tenants.admin]\n[tenants.type]\n[hosts]\n";
    let path = file("order.toml", text);
    for (before, behind, declared) in [
        ("", "", "pub enum Tenants { NorthShop , Admin , Type }"),
        ("#[doc = \"Mine.\"]", ", roles = Roles", "pub enum Tenants { NorthShop , Admin , Type }"),
        ("enum Shops", "", "enum Shops { NorthShop , Admin , Type }"),
        ("pub(crate) enum Shops", "roles = Roles", "pub (crate) enum Shops { NorthShop , Admin , Type }"),
    ] {
        let items = define(before, &path, behind);
        assert_eq!(errors(&items), Vec::<String>::new(), "{before} {behind}");
        assert_eq!(declaration(&items), declared);
        let source = source(&items);
        assert!(source.contains("const DEFAULT_TENANT : Self = Self :: Admin"), "{source}");
        assert!(source.contains("Self :: NorthShop => \"north_shop\""), "{source}");
        assert_eq!(source.contains("Roles"), !behind.is_empty());
        let watches = format!("include_str ! ({:?})", path.to_str().unwrap());
        assert_eq!(source.matches(&watches).count(), 1, "{source}");
    }
    let without = define("", &file("no_default.toml", "tenants = { a = {}, b = {} }"), "");
    assert!(errors(&without).is_empty() && !source(&without).contains("DEFAULT_TENANT"));
    let alone = define("", &file("alone.toml", "[tenants.only]"), "");
    assert!(source(&alone).contains("const DEFAULT_TENANT : Self = Self :: Only"), "{}", source(&alone));
}

#[test]
fn one_mistake_is_one_error_with_its_line() {
    for (text, expected) in [
        ("", "` names no tenant: each tenant is a table of its own: `[tenants.customer]`"),
        ("x = 1\n[tenants]", "`, line 2: `tenants` names none: each"),
        ("\ntenants = 3", "`, line 2: `tenants` names none: each"),
        ("[tenants]\na = {}\nb = 1", "`, line 3: `tenants.b` is no table: each"),
        ("[tenants.a]\n[tenants.north-shop]", "`, line 2: `north-shop` cannot name a tenant"),
        ("[tenants.a]\n[tenants.'north shop']", "`, line 2: `north shop` cannot name a tenant"),
        ("[tenants.a]\n[tenants.1st]", "`, line 2: `1st` cannot name a tenant"),
        ("[tenants.a]\n[tenants.'']", "`, line 2: `` cannot name a tenant"),
        ("[tenants.a]\n[tenants.self]", "`, line 2: `self` cannot be a tenant's name"),
        (
            "[tenants.a]\n\n[tenants.NorthShop]",
            "`, line 3: `NorthShop` cannot name a tenant: a configuration spells it `north_shop`",
        ),
        ("[tenants.eu1]\n[tenants.eu_1]", "`, line 2: `eu_1` and the tenant `eu1` above have one name"),
        (
            "default_tenant = 'c'\n[tenants.a]\n[tenants.b]",
            "`, line 1: `default_tenant` has to be one of the file's tenants, `a`, `b`",
        ),
        (
            "default_tenant = 'custmer'\n[tenants.customer]\n[tenants.b]",
            "one of the file's tenants, `customer`, `b`; did you mean `customer`?",
        ),
        ("[tenants.a]\nmode = 'cloüd\n", "`, line 2: not valid TOML at column 14"),
        ("[tenants.a]\n[tenants.a]", "`, line 2: not valid TOML"),
    ] {
        let items = define("", &file("mistake.toml", text), "");
        let errors = errors(&items);
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{text}: {errors:?}");
        let has_all_names = text.starts_with("default_tenant") || text.ends_with("b = 1");
        assert_eq!(is_unknown(&items), !has_all_names, "{text}");
        assert!(!source(&items).contains("include_str"), "{text}: an unread file is no second error");
    }
    for (path, expected) in [
        (PathBuf::from("nowhere/iam.toml"), "`nowhere/iam.toml` cannot be read (entity not found): the path begins at"),
        (file("latin.toml", b"# \xe4"), "cannot be read (invalid data)"),
        (PathBuf::from("src"), "`src` cannot be read (is a directory)"),
    ] {
        let items = define("", &path, "");
        let errors = errors(&items);
        assert!(matches!(&errors[..], [only] if only.contains(expected)), "{path:?}: {errors:?}");
        assert!(is_unknown(&items), "{path:?}");
    }
    for (input, expected) in [
        ("from", "name the configuration file: `from \"iam.toml\"`"),
        ("from Tenants", "name the configuration file"),
        ("enum T from", "name the configuration file"),
        ("pub from \"a\"", "the tenants are an enum"),
    ] {
        let output = iam_macros_core::define_tenants(&root(), input.parse().unwrap()).to_string();
        assert!(
            output.contains("compile_error") && output.contains(&expected.replace('"', "\\\"")),
            "{input}: {output}"
        );
    }
}

#[test]
fn a_broken_line_is_one_error_and_what_stands_beside_it_is_read() {
    for text in [
        "[tenants.a]\nmode = 'cloud\n[tenants.b]\n",
        "default_tenant = 'b\n[tenants.a]\n[tenants.b]\n",
        "[tenants.a\n[tenants.b]\n",
        "default_tenant = 'a'\n[tenants.a\n[tenants.b]\n",
        "[tenants.a]\nurl = \n[tenants.b]\n",
        "[tenants.a]\n= 3\n[tenants.b]\n",
        "[tenants.a]\n[tenants.b]\nhosts = [\"x\"\n",
        "[tenants]\na = {}\nb = { mode = }\n",
    ] {
        let items = define("", &file("broken.toml", text), "");
        let errors = errors(&items);
        assert!(matches!(&errors[..], [only] if only.contains("not valid TOML")), "{text}: {errors:?}");
        assert!(is_unknown(&items), "{text}");
    }
    let items = define("", &file("twice_broken.toml", "a = \n[tenants.a]\nb = 'x\n[tenants.a-b]\n"), "");
    assert_eq!(errors(&items).len(), 3, "{:?}", errors(&items));
}

#[test]
fn every_line_with_a_secret_is_told_and_no_secret_is() {
    const CANARY: &str = "canary-3f9a77";
    let environment = "is a secret; leave it to the environment";
    for (line, expected) in [
        (
            format!("cloud.api_key = '{CANARY}'"),
            "`tenants.a.cloud.api_key` is a secret; leave it to the environment: `IAM__TENANTS__A__CLOUD__API_KEY`",
        ),
        (
            format!("kratos.admin_tokn = '{CANARY}'"),
            "`tenants.a.kratos.admin_tokn` is a secret; leave it to the environment: `IAM__TENANTS__A__KRATOS__ADMIN_TOKEN`",
        ),
        (format!("kratos = {{ adminToken = ['{CANARY}'] }}"), environment),
        (format!("hydra.client_secret = {{ value = '{CANARY}' }}"), environment),
        (format!("token_profile = '{CANARY}'"), environment),
        (format!("password = '{CANARY}'"), "`tenants.a.password` is a secret; leave it to the environment"),
        (format!("transport = 'ory_pat_{CANARY}'"), "`ory_pat_..` is how Ory's own keys begin"),
        (format!("transport = \"ory\\u005fpat_{CANARY}\""), "`ory_pat_..` is how Ory's own keys begin"),
        (format!("audience = ['x', 'ory_at_{CANARY}']"), "`ory_at_..` is how"),
        (format!("mode = 'cloud' # ory_apikey_{CANARY}"), "`ory_apikey_..` is how"),
        (format!("kratos.public_url = 'https://user:{CANARY}@ory.test'"), "a URL with user info"),
        (format!("kratos.public_url = '{CANARY}:word@ory.test'"), "a URL with user info"),
        (format!("kratos.public_url = \"https:/\\u002f{CANARY}\\u0040ory.test\""), "a URL with user info"),
        (format!("allowed_origins = ['https://{CANARY}@app.test']"), "a URL with user info"),
        (format!("# http.proxy_url = 'http://user:{CANARY}@proxy.test'"), "a URL with user info"),
    ] {
        let path = file("secret.toml", format!("[tenants.a]\n{line}\n[tenants.b]\n"));
        let items = define("", &path, "");
        let errors = errors(&items);
        let told = matches!(&errors[..], [only] if only.contains("`, line 2: ") && only.contains(expected));
        assert!(told && !errors[0].contains(CANARY), "{line}: {errors:?}");
        assert_eq!(declaration(&items), "pub enum Tenants { A , B }", "one mistake stays one error");
    }
    let all = define("", &file("several.toml", "[tenants.a]\nx.api_key = 'ory_apikey_1'\ny.api_key = ''"), "");
    assert_eq!(errors(&all).len(), 2, "{:?}", errors(&all));
}

#[test]
fn what_only_looks_like_a_secret_is_none() {
    let text = "
        # Ask ops: mail@ops.test; https://docs.test/a@b.
        [hosts]
        'token.shop.test' = 'token'
        [tenants.token]
        kratos.cookie_name = 'ory_session_slug'
        kratos.admin_url = 'http://kratos.test:4434/path@1?a=b@c'
        kratos.admin_token_file = '/run/secrets/admin'
        hydra.client_id = 'service@shop'
        hydra.client_secret_file = '/run/secrets/client'
        hydra.client_authentication = 'post'
        keto.user_prefix = 'user:'
        tls.ca_file = '/etc/ca.pem'
        [tenants.api_key]";
    let items = define("", &file("innocent.toml", text), "");
    assert_eq!(errors(&items), Vec::<String>::new());
    assert_eq!(declaration(&items), "pub enum Tenants { Token , ApiKey }");
}

/// The file is a reason to build again, and no artefact has a word of it.
#[test]
fn the_compiler_watches_the_file_and_keeps_nothing_of_it() {
    const WORD: &[u8] = b"quetzalcoatlus";
    let path = file("kept.toml", [b"# ", WORD, b"\n[tenants.a]\n"].concat());
    let watching =
        define("", &path, "").into_iter().filter(|item| matches!(item, syn::Item::Const(it) if it.ident == "_"));
    let [watching] = &watching.collect::<Vec<_>>()[..] else { panic!("one constant that watches") };
    let folder = path.with_extension("built");
    let library = folder.join("library.rs");
    for flags in [&[][..], &["-O"], &["-C", "link-dead-code"], &["-C", "instrument-coverage"]] {
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(&library, format!("{}\npub fn all() {{}}\n", watching.to_token_stream())).unwrap();
        let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        let told = std::process::Command::new(rustc)
            .args(["--crate-type=lib", "--edition=2024", "--emit=link,metadata,dep-info", "-C", "incremental=state"])
            .args(flags)
            .arg(&library)
            .current_dir(&folder)
            .env("CARGO_PKG_NAME", "library")
            .output()
            .unwrap();
        assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
        let watched = std::fs::read_to_string(folder.join("library.d")).unwrap();
        assert!(watched.contains("kept.toml"), "{watched}");
        let artefacts = files(&folder);
        assert!(artefacts.iter().any(|path| path.ends_with("liblibrary.rmeta")), "{artefacts:?}");
        for artefact in artefacts {
            let kept = std::fs::read(&artefact).unwrap();
            assert!(!kept.windows(WORD.len()).any(|bytes| bytes == WORD), "{flags:?}: {artefact:?} has the file");
        }
    }
}

/// All below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
