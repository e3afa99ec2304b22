//! Starts an Ory stand-in for every tenant of a seed file, fills it, prints what a developer needs, and serves
//! until Ctrl-C.
//!
//! ```text
//! ory-dev [--tenants FILE] [--env]
//! ```

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use iam_testing::dev;
use iam_testing::seed::{Seed, World};

const USAGE: &str = "\
usage: ory-dev [--tenants FILE] [--env]

  --tenants FILE  a seed file; without it, the built-in three tenants
  --env           print only the environment block, for `ory-dev --env > .env`
";

/// What was asked for.
#[derive(Debug, Default)]
struct Arguments {
    tenants: Option<PathBuf>,
    only_environment: bool,
}

/// Why nothing is started.
enum Unstarted {
    /// `--help`.
    Help,
    /// The command line is wrong.
    Usage(String),
    /// Something else is.
    Failed(Box<dyn std::error::Error>),
}

impl<E: std::error::Error + 'static> From<E> for Unstarted {
    fn from(error: E) -> Unstarted {
        Unstarted::Failed(Box::new(error))
    }
}

#[tokio::main]
async fn main() -> ExitCode {
    // Nothing better to do if the terminal is gone.
    let say = |text: &str| drop(io::stderr().write_all(text.as_bytes()));
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(Unstarted::Help) => {
            say(USAGE);
            ExitCode::SUCCESS
        }
        Err(Unstarted::Usage(problem)) => {
            say(&format!("ory-dev: {problem}\n\n{USAGE}"));
            ExitCode::from(2)
        }
        Err(Unstarted::Failed(error)) => {
            say(&format!("ory-dev: {error}\n"));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Unstarted> {
    let arguments = Arguments::read(std::env::args().skip(1))?;
    let seed = match &arguments.tenants {
        None => Seed::from_toml(dev::SCENARIO_B)?,
        Some(file) => Seed::from_toml(&read(file)?)?,
    };
    // Listening from here on: whoever reads "serving" may end it at once.
    let ctrl_c = tokio::spawn(tokio::signal::ctrl_c());
    io::stderr().write_all(dev::WARNING.as_bytes())?;
    let world = World::start(&seed).await?;
    let text = if arguments.only_environment { dev::environment(&world)? } else { dev::report(&world)? };
    let mut out = io::stdout();
    out.write_all(text.as_bytes())?;
    out.flush()?;
    io::stderr().write_all(b"serving until Ctrl-C\n")?;
    ctrl_c.await??;
    Ok(())
}

fn read(file: &PathBuf) -> Result<String, Unstarted> {
    std::fs::read_to_string(file)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())).into())
}

impl Arguments {
    fn read(mut words: impl Iterator<Item = String>) -> Result<Arguments, Unstarted> {
        let mut arguments = Arguments::default();
        while let Some(word) = words.next() {
            match word.as_str() {
                "--tenants" => {
                    let file = words.next().ok_or_else(|| Unstarted::Usage("--tenants needs a file".to_owned()))?;
                    arguments.tenants = Some(file.into());
                }
                "--env" => arguments.only_environment = true,
                "--help" | "-h" => return Err(Unstarted::Help),
                other => return Err(Unstarted::Usage(format!("unknown argument `{other}`"))),
            }
        }
        Ok(arguments)
    }
}
