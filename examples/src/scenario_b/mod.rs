//! Three tenants, one process, whichever the web framework: command line, world and cases.

mod cases;
mod curl;
mod trial;

use std::error::Error;
use std::net::SocketAddr;
use std::process::ExitCode;

use iam_core::config::IamConfig;
use iam_core::policy::AccessMatrix;
use iam_testing::dev::SCENARIO_B;
use iam_testing::real::Servers;
use iam_testing::seed::{Seed, World};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::task::JoinHandle;

pub use trial::{attack, paste, with_file};

/// What stops a program.
pub type Failure = Box<dyn Error + Send + Sync>;

/// The application, serving.
#[derive(Debug)]
pub struct App {
    /// Where.
    pub address: SocketAddr,
    /// All routes with what they demand.
    pub matrix: AccessMatrix,
    /// Ends when serving ends.
    pub serving: JoinHandle<std::io::Result<()>>,
}

/// What starting the application gives.
pub type Started = Result<App, Failure>;

/// A user, to themselves.
#[derive(Debug, Serialize)]
pub struct Profile {
    /// The identity's id.
    pub id: String,
    /// Whatever the identity schema has.
    pub traits: Value,
}

/// Something to order or to keep in stock.
#[derive(Debug, Serialize, Deserialize)]
pub struct Item {
    /// Which.
    pub sku: String,
}

const USAGE: &str = "usage: [--check] [--real] | --config FILE";

/// Runs the program: `start` serves the application with a configuration.
pub async fn main<F>(program: &str, start: impl FnOnce(IamConfig) -> F) -> ExitCode
where
    F: Future<Output = Started>,
{
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match outcome(&arguments, start).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            println!("{program}: {failure}");
            ExitCode::FAILURE
        }
    }
}

async fn outcome<F>(arguments: &[&str], start: impl FnOnce(IamConfig) -> F) -> Result<bool, Failure>
where
    F: Future<Output = Started>,
{
    match *arguments {
        [] => show(&Servers::none(), start).await,
        ["--real"] => show(&real().await?, start).await,
        ["--check"] => check(&Servers::none(), start).await,
        ["--check", "--real"] => check(&real().await?, start).await,
        ["--config", file] => serve(file, start).await,
        _ => Err(USAGE.into()),
    }
}

/// Ory's own Kratos and Hydra.
async fn real() -> Result<Servers, Failure> {
    let servers = Servers::find(|progress| println!("{progress}")).await?;
    println!("{}", servers.summary());
    Ok(servers)
}

/// The application over an Ory stand-in, for as long as the world is kept.
///
/// # Errors
/// What the stand-in or the application does not start for.
pub async fn stand_in<F>(start: impl FnOnce(IamConfig) -> F) -> Result<(World, App), Failure>
where
    F: Future<Output = Started>,
{
    over(&Servers::none(), start).await
}

async fn over<F>(servers: &Servers, start: impl FnOnce(IamConfig) -> F) -> Result<(World, App), Failure>
where
    F: Future<Output = Started>,
{
    let world = World::start_on(servers, &Seed::from_toml(SCENARIO_B)?).await?;
    let app = start(IamConfig::from_toml(&world.iam_config()?)?).await?;
    Ok((world, app))
}

/// Serves against Ory as it is here, with curl lines to try.
async fn show<F>(servers: &Servers, start: impl FnOnce(IamConfig) -> F) -> Result<bool, Failure>
where
    F: Future<Output = Started>,
{
    let (world, app) = over(servers, start).await?;
    println!("{}\nAn Ory with well-known passwords: for trying things out, never for production.\n", app.matrix);
    curl::lines(&world, app.address).iter().for_each(|line| println!("{line}"));
    println!("\nCtrl-C ends it.");
    tokio::signal::ctrl_c().await?;
    Ok(true)
}

/// Plays every case.
async fn check<F>(servers: &Servers, start: impl FnOnce(IamConfig) -> F) -> Result<bool, Failure>
where
    F: Future<Output = Started>,
{
    let (world, app) = over(servers, start).await?;
    let failed = cases::play(&world, app.address).await?;
    app.serving.abort();
    Ok(failed == 0)
}

/// Serves against real Ory servers.
async fn serve<F: Future<Output = Started>>(file: &str, start: impl FnOnce(IamConfig) -> F) -> Result<bool, Failure> {
    let app = start(IamConfig::load(file)?).await?;
    println!("{}\nserving at http://{}", app.matrix, app.address);
    app.serving.await??;
    Ok(true)
}
