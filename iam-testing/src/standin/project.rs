//! One running project.

use std::fmt;
use std::io;

use axum::Router;
use url::Url;

use super::hydra::{Hydra, HydraConfig};
use super::keto::Keto;
use super::kratos::{Kratos, KratosConfig};
use super::network::{self, Listeners};
use super::products::Products;
use super::{NetworkConfig, Product, ProjectConfig};
use crate::forward;
use crate::port::{Bound, Port};
use crate::real::{Lease, RealError, RealServer, Servers, Spec};

/// An Ory project on loopback ports, in memory. Dropping it closes its ports and forgets everything.
///
/// [`start_on`](OryProject::start_on) puts Ory's own servers in the place of products.
pub struct OryProject {
    name: String,
    urls: Urls,
    issuer: String,
    cookie_name: String,
    api_key: Option<String>,
    products: Products,
    ports: Vec<(Product, Port)>,
    servers: Vec<Lease>,
}

impl OryProject {
    /// Starts a project: on six ports, or on one if it is like Ory Network.
    ///
    /// # Errors
    /// If no loopback port is free.
    pub async fn start(config: ProjectConfig) -> io::Result<OryProject> {
        OryProject::start_with(config, Vec::new()).await
    }

    /// The same with Ory's own server for each product of which `servers` has one. A project like Ory Network
    /// has them behind its one host.
    ///
    /// # Errors
    /// If a server does not start, or no loopback port is free.
    pub async fn start_on(servers: &Servers, config: ProjectConfig) -> Result<OryProject, RealError> {
        let mut leases = Vec::new();
        for spec in [Spec::kratos(&config), Spec::hydra(&config), Spec::keto(&config)] {
            leases.extend(servers.lease(spec).await?);
        }
        let name = config.name.clone();
        OryProject::start_with(config, leases).await.map_err(RealError::of(format!("starting `{name}`")))
    }

    async fn start_with(config: ProjectConfig, servers: Vec<Lease>) -> io::Result<OryProject> {
        match config.network.clone() {
            None => OryProject::on_six_ports(config, servers).await,
            Some(network) => OryProject::on_one_port(config, network, servers).await,
        }
    }

    async fn on_six_ports(config: ProjectConfig, servers: Vec<Lease>) -> io::Result<OryProject> {
        let real = |product| server_of(&servers, product);
        let sides = [
            Side::new(Product::Kratos, real(Product::Kratos).map(RealServer::public_url)).await?,
            Side::new(Product::Kratos, real(Product::Kratos).map(RealServer::admin_url)).await?,
            Side::new(Product::Hydra, real(Product::Hydra).map(RealServer::public_url)).await?,
            Side::new(Product::Hydra, real(Product::Hydra).map(RealServer::admin_url)).await?,
            Side::new(Product::Keto, real(Product::Keto).map(RealServer::public_url)).await?,
            Side::new(Product::Keto, real(Product::Keto).map(RealServer::admin_url)).await?,
        ];
        let [kratos_public, kratos_admin, hydra_public, hydra_admin, keto_read, keto_write] =
            sides.each_ref().map(|side| side.url.clone());
        let urls = Urls { kratos_public, kratos_admin, hydra_public, hydra_admin, keto_read, keto_write };
        let mut project = OryProject::assemble(config, urls, servers)?;
        let routers = project.products.routers();
        project.ports = sides.into_iter().zip(routers).filter_map(|(side, router)| side.serve(router)).collect();
        Ok(project)
    }

    async fn on_one_port(config: ProjectConfig, network: NetworkConfig, servers: Vec<Lease>) -> io::Result<OryProject> {
        let bound = Bound::loopback().await?;
        let url = url_of(&bound)?;
        let mut project = OryProject::assemble(config, Urls::all_at(&url), servers)?;
        let [mut kratos_public, mut kratos_admin, mut hydra_public, mut hydra_admin, mut keto_read, mut keto_write] =
            project.products.routers();
        if let Some(kratos) = project.server(Product::Kratos) {
            (kratos_public, kratos_admin) =
                (forward::router(kratos.public_url())?, forward::router(kratos.admin_url())?);
        }
        if let Some(hydra) = project.server(Product::Hydra) {
            (hydra_public, hydra_admin) = (forward::router(hydra.public_url())?, forward::router(hydra.admin_url())?);
        }
        if let Some(keto) = project.server(Product::Keto) {
            (keto_read, keto_write) = (forward::router(keto.public_url())?, forward::router(keto.admin_url())?);
        }
        let listeners = Listeners { kratos_public, kratos_admin, hydra_public, hydra_admin, keto_read, keto_write };
        let ready = project.products.readiness();
        let port = bound.serve_router(network::router(network, listeners, move || ready.all()));
        // Whichever product is stopped, the one host goes away.
        project.ports = vec![(Product::Kratos, port)];
        Ok(project)
    }

    fn assemble(config: ProjectConfig, urls: Urls, servers: Vec<Lease>) -> io::Result<OryProject> {
        let issuer = config.given_issuer().unwrap_or_else(|| urls.hydra_public.to_string());
        let cookie_name = config.cookie_name();
        let ui_url = match config.ui_url {
            Some(url) => url,
            None => urls.kratos_public.join("ui/").map_err(io::Error::other)?,
        };
        let self_hosted = config.network.is_none();
        let kratos = Kratos::new(KratosConfig {
            public_url: urls.kratos_public.clone(),
            admin_url: urls.kratos_admin.clone(),
            cookie_name: cookie_name.clone(),
            switches: config.kratos,
            ui_url: ui_url.clone(),
            admin_prefix_optional: self_hosted,
        });
        let hydra = Hydra::new(HydraConfig {
            public_url: urls.hydra_public.clone(),
            issuer: issuer.clone(),
            ui_url,
            switches: config.hydra,
            admin_prefix_optional: self_hosted,
        });
        let products = Products::new(kratos, hydra, Keto::new(config.namespaces));
        Ok(OryProject {
            name: config.name,
            urls,
            issuer,
            cookie_name,
            api_key: config.network.map(|network| network.api_key),
            products,
            ports: Vec::new(),
            servers,
        })
    }

    /// Sets whether a product reports itself ready. Hydra that is not behaves as if its database were down:
    /// every introspection is inactive, every client unknown.
    ///
    /// # Panics
    /// If the product is Ory's own server, which reports what is so.
    #[track_caller]
    pub fn set_ready(&self, product: Product, ready: bool) {
        assert!(self.server(product).is_none(), "{product} is Ory's own server and reports what is so");
        self.products.set_ready(product, ready);
    }

    /// Takes a product's ports away, as after a crash; its state stays. On one host, all products go. Ory's own
    /// server is killed.
    ///
    /// # Errors
    /// If a port number cannot be kept for [`restart`](OryProject::restart).
    pub async fn stop(&self, product: Product) -> io::Result<()> {
        if let Some(server) = self.server(product) {
            return server.kill().map_err(io::Error::other);
        }
        for port in self.ports_of(product) {
            port.refuse().await?;
        }
        Ok(())
    }

    /// Brings a stopped product back, on the same ports and with its state.
    ///
    /// # Errors
    /// If the system will not let it listen there again.
    pub async fn restart(&self, product: Product) -> io::Result<()> {
        if let Some(server) = self.server(product) {
            return server.restart().await.map_err(io::Error::other);
        }
        for port in self.ports_of(product) {
            port.resume().await?;
        }
        Ok(())
    }

    fn ports_of(&self, product: Product) -> impl Iterator<Item = &Port> {
        let one_host = self.ports.len() == 1;
        self.ports.iter().filter(move |(of, _)| one_host || *of == product).map(|(_, port)| port)
    }

    /// Ory's own server of this product, if that is what runs.
    #[must_use]
    pub fn server(&self, product: Product) -> Option<&RealServer> {
        server_of(&self.servers, product)
    }

    /// The configured name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Kratos' public address. Like all of these, it ends in a slash.
    #[must_use]
    pub fn kratos_public(&self) -> &Url {
        &self.urls.kratos_public
    }

    /// Kratos' admin address.
    #[must_use]
    pub fn kratos_admin(&self) -> &Url {
        &self.urls.kratos_admin
    }

    /// Hydra's public address.
    #[must_use]
    pub fn hydra_public(&self) -> &Url {
        &self.urls.hydra_public
    }

    /// Hydra's admin address.
    #[must_use]
    pub fn hydra_admin(&self) -> &Url {
        &self.urls.hydra_admin
    }

    /// Keto's read address.
    #[must_use]
    pub fn keto_read(&self) -> &Url {
        &self.urls.keto_read
    }

    /// Keto's write address.
    #[must_use]
    pub fn keto_write(&self) -> &Url {
        &self.urls.keto_write
    }

    /// Hydra's issuer, byte for byte.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The session cookie's name.
    #[must_use]
    pub fn cookie_name(&self) -> &str {
        &self.cookie_name
    }

    /// What admin calls and permission checks must bring, if the project is like Ory Network.
    #[must_use]
    pub fn api_key(&self) -> Option<&str> {
        self.api_key.as_deref()
    }
}

impl fmt::Debug for OryProject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OryProject").field("name", &self.name).field("issuer", &self.issuer).finish_non_exhaustive()
    }
}

struct Urls {
    kratos_public: Url,
    kratos_admin: Url,
    hydra_public: Url,
    hydra_admin: Url,
    keto_read: Url,
    keto_write: Url,
}

impl Urls {
    fn all_at(url: &Url) -> Urls {
        Urls {
            kratos_public: url.clone(),
            kratos_admin: url.clone(),
            hydra_public: url.clone(),
            hydra_admin: url.clone(),
            keto_read: url.clone(),
            keto_write: url.clone(),
        }
    }
}

fn server_of(servers: &[Lease], product: Product) -> Option<&RealServer> {
    servers.iter().filter_map(Lease::server).find(|server| server.product() == product)
}

/// One of the six listeners: a port of ours, or a server's.
struct Side {
    product: Product,
    url: Url,
    bound: Option<Bound>,
}

impl Side {
    async fn new(product: Product, real: Option<&Url>) -> io::Result<Side> {
        if let Some(url) = real {
            return Ok(Side { product, url: url.clone(), bound: None });
        }
        let bound = Bound::loopback().await?;
        Ok(Side { product, url: url_of(&bound)?, bound: Some(bound) })
    }

    fn serve(self, router: Router) -> Option<(Product, Port)> {
        Some((self.product, self.bound?.serve_router(router)))
    }
}

fn url_of(bound: &Bound) -> io::Result<Url> {
    Url::parse(&format!("http://{}/", bound.address())).map_err(io::Error::other)
}
