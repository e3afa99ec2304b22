//! The fault proxy, in front of a stand-in's Hydra.

mod faults;
mod proxy;

use std::time::Duration;

use iam_testing::fault::{Ending, FaultProxy};
use iam_testing::standin::OryProject;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::http::project;

pub(crate) const HEALTH: &str = "health/alive";

pub(crate) async fn proxied() -> (OryProject, FaultProxy) {
    let project = project().await;
    let proxy = FaultProxy::start(project.hydra_public().clone()).await.unwrap();
    (project, proxy)
}

/// Everything that a bare request gets until the connection ends.
pub(crate) async fn raw(proxy: &FaultProxy) -> std::io::Result<Vec<u8>> {
    let mut stream = TcpStream::connect((proxy.url().host_str().unwrap(), proxy.url().port().unwrap())).await?;
    stream.write_all(format!("GET /{HEALTH} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").as_bytes()).await?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await?;
    Ok(bytes)
}

/// Waits until the last request has ended.
pub(crate) async fn ending(proxy: &FaultProxy) -> Ending {
    for _ in 0..2000 {
        match proxy.requests().last().unwrap().ending {
            Ending::Pending => tokio::time::sleep(Duration::from_millis(10)).await,
            ending => return ending,
        }
    }
    Ending::Pending
}
