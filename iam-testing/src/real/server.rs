//! One running server.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use url::Url;

use super::RealError;
use super::binary::{Binary, last_lines};
use super::child::{Watched, Word};
use super::hydra::HydraSpec;
use super::keto::{self, KetoSpec};
use super::kratos::KratosSpec;
use super::listen::Reserved;
use super::lock::DatabaseLock;
use crate::client::http_client;
use crate::standin::{Product, ProjectConfig};

/// More than a server takes on a machine that is busy with something else.
const PATIENCE: Duration = Duration::from_secs(60);

/// How a server is set up; servers of equal specs can take each other's place.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Spec {
    Kratos(KratosSpec),
    Hydra(HydraSpec),
    Keto(KetoSpec),
}

impl Spec {
    pub(crate) fn kratos(config: &ProjectConfig) -> Spec {
        Spec::Kratos(KratosSpec::of(config))
    }

    pub(crate) fn hydra(config: &ProjectConfig) -> Spec {
        Spec::Hydra(HydraSpec::of(config))
    }

    pub(crate) fn keto(config: &ProjectConfig) -> Spec {
        Spec::Keto(KetoSpec::of(config))
    }

    pub(super) fn product(&self) -> Product {
        match self {
            Spec::Kratos(_) => Product::Kratos,
            Spec::Hydra(_) => Product::Hydra,
            Spec::Keto(_) => Product::Keto,
        }
    }

    fn document(&self, place: &Place<'_>) -> Value {
        match self {
            Spec::Kratos(spec) => spec.document(place),
            Spec::Hydra(spec) => spec.document(place),
            Spec::Keto(spec) => spec.document(place),
        }
    }

    fn serve(&self) -> &'static [&'static str] {
        match self {
            Spec::Kratos(_) | Spec::Keto(_) => &["serve"],
            Spec::Hydra(spec) => spec.serve(),
        }
    }
}

/// What a configuration file needs besides the spec.
pub(super) struct Place<'a> {
    pub(super) version: &'a str,
    pub(super) dsn: String,
    pub(super) public: Url,
    pub(super) public_port: u16,
    pub(super) admin: Url,
    pub(super) admin_port: u16,
    /// Keto has four listeners.
    pub(super) further_ports: [u16; 2],
    pub(super) folder: &'a Path,
}

/// One of Ory's own servers, on loopback ports. It ends with this handle.
pub struct RealServer {
    pub(super) spec: Spec,
    version: String,
    process: Mutex<Watched>,
    database: PathBuf,
    public: Url,
    admin: Url,
    /// Held, not read.
    _ports: [Reserved; 4],
}

impl RealServer {
    pub(super) async fn start(binary: &Binary, spec: Spec) -> Result<RealServer, RealError> {
        let what = format!("starting {} {}", binary.product, binary.version);
        let failed = |error: &dyn fmt::Display| RealError::new(what.clone(), error);
        let folder = new_folder().map_err(|error| failed(&error))?;
        let (database, file) = (folder.join("sqlite"), folder.join("config.json"));
        fs::copy(&binary.empty_database, &database).map_err(|error| failed(&error))?;
        let port = || Reserved::new().map_err(|error| failed(&error));
        let ports = [port()?, port()?, port()?, port()?];
        let place = Place {
            version: &binary.version,
            dsn: super::binary::dsn(&database),
            public: ports[0].url().map_err(|error| failed(&error))?,
            public_port: ports[0].number,
            admin: ports[1].url().map_err(|error| failed(&error))?,
            admin_port: ports[1].number,
            further_ports: [ports[2].number, ports[3].number],
            folder: &folder,
        };
        fs::write(&file, spec.document(&place).to_string()).map_err(|error| failed(&error))?;
        if let Spec::Keto(spec) = &spec {
            fs::write(folder.join(keto::FILE), spec.namespaces_file()).map_err(|error| failed(&error))?;
        }
        let file = file.display().to_string();
        let arguments = [spec.serve(), &["--config", &file]].concat();
        let Place { public, admin, .. } = place;
        let process = Watched::start(folder, &binary.path, &arguments).map_err(|error| failed(&error))?;
        let version = binary.version.clone();
        let server = RealServer { spec, version, process: Mutex::new(process), database, public, admin, _ports: ports };
        server.ready().await?;
        if server.product() == Product::Hydra {
            let client = http_client().map_err(|error| failed(&error))?;
            super::hydra::make_keys(&client, &server.admin).await.map_err(|error| failed(&error))?;
        }
        Ok(server)
    }

    /// Waits for `/health/ready`, on the public listener: Kratos v1 redirects elsewhere on the other one.
    async fn ready(&self) -> Result<(), RealError> {
        let what = || format!("waiting for {}", self.product());
        let client = http_client().map_err(RealError::of(what()))?;
        let url = self.public.join("health/ready").map_err(RealError::of(what()))?;
        let deadline = Instant::now() + PATIENCE;
        loop {
            match client.get(url.clone()).send().await {
                Ok(answer) if answer.status().is_success() => return Ok(()),
                _ if Instant::now() < deadline => tokio::time::sleep(Duration::from_millis(20)).await,
                _ => return Err(RealError::new(what(), last_lines(&self.log()))),
            }
        }
    }

    /// Its product.
    #[must_use]
    pub fn product(&self) -> Product {
        self.spec.product()
    }

    /// Its version, such as `v1.3.1`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Its public listener.
    #[must_use]
    pub fn public_url(&self) -> &Url {
        &self.public
    }

    /// Its admin listener.
    #[must_use]
    pub fn admin_url(&self) -> &Url {
        &self.admin
    }

    /// What it has written so far.
    #[must_use]
    pub fn log(&self) -> String {
        self.process.lock().unwrap_or_else(PoisonError::into_inner).log()
    }

    /// Kills it (`SIGKILL`), as a crash does. Its database stays.
    ///
    /// # Errors
    /// If the system does not let it.
    pub fn kill(&self) -> Result<(), RealError> {
        self.tell(Word::End)
    }

    /// Starts it again after [`kill`](RealServer::kill), on its ports and its database, and waits until it is ready.
    ///
    /// # Errors
    /// If it does not get ready, with the end of its log.
    pub async fn restart(&self) -> Result<(), RealError> {
        self.tell(Word::Begin)?;
        self.ready().await
    }

    /// Stops it where it stands (`SIGSTOP`): connections are accepted and never answered.
    ///
    /// # Errors
    /// If the system does not let it.
    pub fn pause(&self) -> Result<(), RealError> {
        self.tell(Word::Stop)
    }

    /// Lets it go on after [`pause`](RealServer::pause).
    ///
    /// # Errors
    /// If the system does not let it.
    pub fn resume(&self) -> Result<(), RealError> {
        self.tell(Word::Continue)
    }

    /// Empties its database under it: the tables are gone, though the server still says that it is ready. Nothing
    /// may be on its way to the server meanwhile.
    ///
    /// # Errors
    /// If the system does not let it.
    pub fn lose_database(&self) -> Result<(), RealError> {
        let lost = fs::copy(&self.database, self.aside()).and_then(|_| fs::write(&self.database, []));
        lost.map_err(RealError::of(format!("losing {}'s database", self.product())))
    }

    /// Brings back what [`lose_database`](RealServer::lose_database) took, as an operator does: with the server
    /// started again, since its open connections do not notice.
    ///
    /// # Errors
    /// If nothing was taken, or the server does not get ready.
    pub async fn recover_database(&self) -> Result<(), RealError> {
        self.kill()?;
        let found = fs::rename(self.aside(), &self.database);
        found.map_err(RealError::of(format!("recovering {}'s database", self.product())))?;
        self.restart().await
    }

    /// Locks its database, as a transaction that hangs does: until the lock is dropped nobody reads or writes it.
    /// The server waits, five seconds by the default of Ory's driver (`_busy_timeout`), and then calls it a failure.
    ///
    /// # Errors
    /// If the server does not let go of it, or the system has no such locks.
    pub async fn lock_database(&self) -> Result<DatabaseLock, RealError> {
        DatabaseLock::take(&self.database, PATIENCE)
            .await
            .map_err(RealError::of(format!("locking {}'s database", self.product())))
    }

    fn aside(&self) -> PathBuf {
        self.database.with_extension("aside")
    }

    fn tell(&self, word: Word) -> Result<(), RealError> {
        let mut process = self.process.lock().unwrap_or_else(PoisonError::into_inner);
        process.tell(word).map_err(RealError::of(format!("telling {} `{word:?}`", self.product())))
    }

    /// Whether it still answers as it should.
    pub(super) async fn is_well(&self) -> bool {
        let Ok(client) = http_client() else { return false };
        let Ok(url) = self.public.join("health/ready") else { return false };
        let answer = client.get(url).timeout(Duration::from_secs(5)).send().await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}

impl fmt::Debug for RealServer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RealServer")
            .field("product", &self.product())
            .field("version", &self.version)
            .field("admin", &self.admin.as_str())
            .finish_non_exhaustive()
    }
}

fn new_folder() -> std::io::Result<PathBuf> {
    let folder = std::env::temp_dir().join(format!("iam-ory-{}", uuid::Uuid::new_v4()));
    fs::create_dir(&folder)?;
    Ok(folder)
}
