//! What both programs' tests try out besides their cases.

use iam_core::config::IamConfig;
use iam_testing::access::Report;
use iam_testing::attack_every_route;
use iam_testing::client::http_client;
use iam_testing::dev::{SCENARIO_B, pasted};
use iam_testing::seed::{Seed, World};
use tokio::sync::oneshot;

use super::{Failure, Started, curl, serve, stand_in};

/// Who may call what, as reviewed; the tests of both programs compare their routes with it.
const REVIEWED: &str = include_str!("../../access-matrix.txt");

/// Tries every reviewed route with everybody who must not get in.
///
/// # Errors
/// Every wrong answer, with a curl line.
pub async fn attack<F>(start: impl FnOnce(IamConfig) -> F) -> Result<Report, Failure>
where
    F: Future<Output = Started>,
{
    let (world, app) = stand_in(start).await?;
    let report = attack_every_route(format!("http://{}", app.address), &REVIEWED.parse()?).world(&world).await?;
    app.serving.abort();
    Ok(report)
}

/// Pastes every line that the program prints to be tried: how many there are.
///
/// # Errors
/// A line that gives another status than the one it announces.
pub async fn paste<F>(start: impl FnOnce(IamConfig) -> F) -> Result<usize, Failure>
where
    F: Future<Output = Started>,
{
    let (world, app) = stand_in(start).await?;
    let (http, lines) = (http_client()?, curl::lines(&world, app.address));
    for line in &lines {
        let (announced, command) = line.split_once('\n').ok_or("a line without a comment")?;
        let request = pasted(&http, command).ok_or_else(|| format!("no curl line: {command}"))?;
        let status = request.send().await?.status();
        if !announced.starts_with(&format!("# {}", status.as_u16())) {
            return Err(format!("{line}\n{status}").into());
        }
    }
    app.serving.abort();
    Ok(lines.len())
}

/// Serves with the configuration of a file, as `--config` does: the status that a shopper gets there.
///
/// # Errors
/// What the program does not start for.
pub async fn with_file<F>(start: impl FnOnce(IamConfig) -> F) -> Result<u16, Failure>
where
    F: Future<Output = Started>,
{
    let world = World::start(&Seed::from_toml(SCENARIO_B)?).await?;
    let file = std::env::temp_dir().join(format!("iam-scenario-b-{}-{:p}.toml", std::process::id(), &world));
    std::fs::write(&file, world.iam_config()?)?;
    let (tell, told) = oneshot::channel();
    let starting = |config| async {
        let app = start(config).await?;
        // Nobody waits for it any more where the start has failed.
        tell.send(app.address).ok();
        Ok(app)
    };
    let asking = async {
        let url = format!("http://{}/customer/me", told.await?);
        let token = &world.tenant("customer").account("shopper@customer.example.test").session.token;
        Ok::<_, Failure>(http_client()?.get(url).bearer_auth(token).send().await?.status().as_u16())
    };
    let shown = file.to_string_lossy().into_owned();
    let status = tokio::select! {
        served = serve(&shown, starting) => Err(served.err().unwrap_or_else(|| "it ended".into())),
        status = asking => status,
    };
    std::fs::remove_file(file)?;
    status
}
