//! What ends a program before it serves.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::process::{ORY_DEV, ORY_UP, in_tmp};

#[test]
fn a_mistake_ends_it_with_words() {
    let broken = in_tmp("ory-dev-broken.toml");
    fs::write(&broken, "[tenants.shop]\ntransport = \"cookie\"\ncookie = \"x\"\n").unwrap();
    let broken = broken.to_str().unwrap();
    for (program, arguments, code, words) in [
        (ORY_DEV, &["--tenant", "x"][..], 2, "unknown argument `--tenant`"),
        (ORY_DEV, &["--tenants"], 2, "--tenants needs a file"),
        (ORY_DEV, &["--tenants", "/no/such/file"], 1, "/no/such/file: "),
        (ORY_DEV, &["--tenants", broken], 1, "unknown field `cookie`"),
        (ORY_DEV, &["--help"], 0, "usage: ory-dev"),
        (ORY_UP, &["--env"], 2, "unknown argument `--env`"),
        (ORY_UP, &["--tenants", broken], 1, "unknown field `cookie`"),
        (ORY_UP, &["--help"], 0, "usage: ory-up"),
        (ORY_UP, &["-h"], 0, "the SDK reads `IAM__TENANTS__..`, which `ory-dev --real --env` prints"),
    ] {
        let output = Command::new(program).args(arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        assert!(stderr.contains(words), "{stderr}");
        assert!(output.stdout.is_empty());
    }
}

/// Nobody who asks for Ory's own servers gets a stand-in for one that was not built.
#[test]
fn a_server_that_cannot_be_built_ends_it_with_the_reason() {
    let (cache, nothing) = (in_tmp("ory-up-cache"), in_tmp("ory-up-no-go"));
    let _ = fs::remove_dir_all(&cache);
    fs::create_dir_all(&nothing).unwrap();
    let run = |program: &str, arguments: &[&str], keto: &str| {
        let mut command = Command::new(program);
        command.args(arguments).env("IAM_ORY_CACHE", &cache).env("PATH", &nothing).env("IAM_ORY_KETO", keto);
        failed(&command.output().unwrap())
    };
    for (program, arguments) in [(ORY_UP, &[][..]), (ORY_DEV, &["--real"])] {
        let stderr = run(program, arguments, "");
        for product in ["kratos", "hydra"] {
            let why = format!("{product}: building github.com/ory/{product}");
            assert!(stderr.contains(&why), "nothing of {product}: {stderr}");
        }
        assert!(stderr.contains("`go` is not on the PATH"), "{stderr}");
    }

    // With a Kratos, it is Hydra alone that is missing.
    let kratos = fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().path());
    let kratos = kratos.into_iter().find(|folder| has_name(folder, "kratos-v")).unwrap();
    for file in ["kratos", "kratos.sqlite"] {
        fs::write(kratos.join(file), "").unwrap();
    }
    let stderr = run(ORY_UP, &[], "");
    assert!(stderr.contains("hydra: building github.com/ory/hydra") && !stderr.contains("kratos: "), "{stderr}");
    let stderr = run(ORY_UP, &[], "/no/such/keto");
    assert!(stderr.contains("keto: running /no/such/keto: "), "{stderr}");
}

fn has_name(folder: &Path, beginning: &str) -> bool {
    folder.file_name().is_some_and(|name| name.to_string_lossy().starts_with(beginning))
}

fn failed(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{stderr}");
    assert!(output.stdout.is_empty() && !stderr.contains("serving"), "{stderr}");
    stderr
}
