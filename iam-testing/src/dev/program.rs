//! The programs `ory-dev` and `ory-up`: command line, start, output, end.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::{SCENARIO_B, WARNING, addresses, environment, report, verify};
use crate::real::{Servers, end_idle};
use crate::seed::{Seed, World};

const FILE: &str = "  --tenants FILE  a seed file; without it, the built-in three tenants\n";

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Program {
    /// The stand-in, unless `--real`; prints all that a developer pastes somewhere.
    OryDev,
    /// Ory's own servers; prints where they are.
    OryUp,
}

impl Program {
    const fn name(self) -> &'static str {
        match self {
            Program::OryDev => "ory-dev",
            Program::OryUp => "ory-up",
        }
    }

    fn usage(self) -> String {
        match self {
            Program::OryDev => format!(
                "usage: ory-dev [--tenants FILE] [--env] [--real]\n\n{FILE}\
                 \x20 --env           print only the environment block, for `ory-dev --env > .env`\n\
                 \x20 --real          Ory's own Kratos and Hydra, built once with Go\n"
            ),
            Program::OryUp => format!(
                "usage: ory-up [--tenants FILE]\n\n{FILE}\n\
                 prints where every listener is, `IAM_ORY_<TENANT>_<LISTENER>=url`, for scripts;\n\
                 the SDK reads `IAM__TENANTS__..`, which `ory-dev --real --env` prints\n"
            ),
        }
    }

    /// Serves until Ctrl-C or `SIGTERM`.
    pub async fn run(self) -> ExitCode {
        match self.start().await {
            Ok(()) => ExitCode::SUCCESS,
            Err(Unstarted::Help) => {
                say(&self.usage());
                ExitCode::SUCCESS
            }
            Err(Unstarted::Usage(problem)) => {
                say(&format!("{}: {problem}\n\n{}", self.name(), self.usage()));
                ExitCode::from(2)
            }
            Err(Unstarted::Failed(error)) => {
                say(&format!("{}: {error}\n", self.name()));
                ExitCode::FAILURE
            }
        }
    }

    async fn start(self) -> Result<(), Unstarted> {
        let arguments = Arguments::read(self, std::env::args().skip(1))?;
        let seed = match &arguments.tenants {
            None => Seed::from_toml(SCENARIO_B)?,
            Some(file) => Seed::from_toml(&read(file)?)?,
        };
        // Listening from here on: whoever reads "serving" may end it at once.
        let mut end = tokio::spawn(told_to_end());
        say(WARNING);
        let world = tokio::select! {
            world = world(&seed, arguments.is_real) => world?,
            ended = &mut end => return Ok(ended??),
        };
        if self == Program::OryDev
            && let Err(problem) = verify(&world).await
        {
            say(&format!("this configuration will not do: {problem}\n"));
        }
        let text = match self {
            Program::OryUp => addresses(&world),
            Program::OryDev if arguments.only_environment => environment(&world)?,
            Program::OryDev => report(&world)?,
        };
        let mut out = io::stdout();
        out.write_all(text.as_bytes())?;
        out.flush()?;
        say("serving until Ctrl-C\n");
        end.await??;
        // With the program, all that it started is gone, rather than a moment later.
        drop(world);
        end_idle();
        Ok(())
    }
}

/// Ctrl-C, or `SIGTERM`, by which everything but a terminal ends a program.
async fn told_to_end() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            ended = tokio::signal::ctrl_c() => ended,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}

async fn world(seed: &Seed, is_real: bool) -> Result<World, Unstarted> {
    if !is_real {
        return Ok(World::start(seed).await?);
    }
    let servers = Servers::find(|progress| say(&format!("{progress}\n"))).await?;
    say(&servers.summary());
    Ok(World::start_on(&servers, seed).await?)
}

/// Nothing better to do if the terminal is gone.
fn say(text: &str) {
    let _ = io::stderr().write_all(text.as_bytes());
}

fn read(file: &Path) -> Result<String, Unstarted> {
    std::fs::read_to_string(file)
        .map_err(|error| io::Error::new(error.kind(), format!("{}: {error}", file.display())).into())
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

/// What was asked for.
#[derive(Debug)]
struct Arguments {
    tenants: Option<PathBuf>,
    only_environment: bool,
    is_real: bool,
}

impl Arguments {
    fn read(program: Program, mut words: impl Iterator<Item = String>) -> Result<Arguments, Unstarted> {
        let is_real = program == Program::OryUp;
        let mut arguments = Arguments { tenants: None, only_environment: false, is_real };
        while let Some(word) = words.next() {
            match (program, word.as_str()) {
                (_, "--tenants") => {
                    let file = words.next().ok_or_else(|| Unstarted::Usage("--tenants needs a file".to_owned()))?;
                    arguments.tenants = Some(file.into());
                }
                (Program::OryDev, "--env") => arguments.only_environment = true,
                (Program::OryDev, "--real") => arguments.is_real = true,
                (_, "--help" | "-h") => return Err(Unstarted::Help),
                (_, other) => return Err(Unstarted::Usage(format!("unknown argument `{other}`"))),
            }
        }
        Ok(arguments)
    }
}
