//! One running project.

use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use url::Url;

use super::hydra::{Hydra, HydraConfig};
use super::keto::Keto;
use super::kratos::{Kratos, KratosConfig};
use super::network::{self, Listeners};
use super::{NetworkConfig, Product, ProjectConfig};
use crate::port::{Bound, Port};

/// An Ory project on loopback ports, in memory. Dropping it closes its ports and forgets everything.
pub struct OryProject {
    name: String,
    urls: Urls,
    issuer: String,
    cookie_name: String,
    api_key: Option<String>,
    products: Products,
    ports: Vec<(Product, Port)>,
}

impl OryProject {
    /// Starts a project: on six ports, or on one if it is like Ory Network.
    ///
    /// # Errors
    /// If no loopback port is free.
    pub async fn start(config: ProjectConfig) -> io::Result<OryProject> {
        match config.network.clone() {
            None => OryProject::on_six_ports(config).await,
            Some(network) => OryProject::on_one_port(config, network).await,
        }
    }

    async fn on_six_ports(config: ProjectConfig) -> io::Result<OryProject> {
        let (kratos_public, kratos_admin) = (Bound::loopback().await?, Bound::loopback().await?);
        let (hydra_public, hydra_admin) = (Bound::loopback().await?, Bound::loopback().await?);
        let (keto_read, keto_write) = (Bound::loopback().await?, Bound::loopback().await?);
        let urls = Urls {
            kratos_public: url_of(&kratos_public)?,
            kratos_admin: url_of(&kratos_admin)?,
            hydra_public: url_of(&hydra_public)?,
            hydra_admin: url_of(&hydra_admin)?,
            keto_read: url_of(&keto_read)?,
            keto_write: url_of(&keto_write)?,
        };
        let mut project = OryProject::assemble(config, urls)?;
        let Products { kratos, hydra, keto, .. } = &project.products;
        project.ports = vec![
            (Product::Kratos, kratos_public.serve_router(kratos.public_router())),
            (Product::Kratos, kratos_admin.serve_router(kratos.admin_router())),
            (Product::Hydra, hydra_public.serve_router(hydra.public_router())),
            (Product::Hydra, hydra_admin.serve_router(hydra.admin_router())),
            (Product::Keto, keto_read.serve_router(keto.read_router())),
            (Product::Keto, keto_write.serve_router(keto.write_router())),
        ];
        Ok(project)
    }

    async fn on_one_port(config: ProjectConfig, network: NetworkConfig) -> io::Result<OryProject> {
        let bound = Bound::loopback().await?;
        let url = url_of(&bound)?;
        let mut project = OryProject::assemble(config, Urls::all_at(&url))?;
        let Products { kratos, hydra, keto, ready } = &project.products;
        let listeners = Listeners {
            kratos_public: kratos.public_router(),
            kratos_admin: kratos.admin_router(),
            hydra_public: hydra.public_router(),
            hydra_admin: hydra.admin_router(),
            keto_read: keto.read_router(),
            keto_write: keto.write_router(),
        };
        let ready = ready.clone();
        let port = bound.serve_router(network::router(network, listeners, move || ready.all()));
        // Whichever product is stopped, the one host goes away.
        project.ports = vec![(Product::Kratos, port)];
        Ok(project)
    }

    fn assemble(config: ProjectConfig, urls: Urls) -> io::Result<OryProject> {
        let issuer = config.issuer(&urls.hydra_public);
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
            session_lifespan: config.session_lifespan,
            required_aal: config.required_aal,
            ui_url: ui_url.clone(),
            admin_prefix_optional: self_hosted,
        });
        let hydra = Hydra::new(HydraConfig {
            public_url: urls.hydra_public.clone(),
            issuer: issuer.clone(),
            ui_url,
            access_token_lifespan: config.access_token_lifespan,
            admin_prefix_optional: self_hosted,
        });
        let products = Products { kratos, hydra, keto: Keto::new(config.namespaces), ready: Arc::default() };
        Ok(OryProject {
            name: config.name,
            urls,
            issuer,
            cookie_name,
            api_key: config.network.map(|network| network.api_key),
            products,
            ports: Vec::new(),
        })
    }

    /// Sets whether a product reports itself ready. Hydra that is not behaves as if its database were down:
    /// every introspection is inactive, every client unknown.
    pub fn set_ready(&self, product: Product, ready: bool) {
        self.products.set_ready(product, ready);
    }

    /// Takes a product's ports away, as after a crash; its state stays. On one host, all products go.
    ///
    /// # Errors
    /// If a port number cannot be kept for [`restart`](OryProject::restart).
    pub async fn stop(&self, product: Product) -> io::Result<()> {
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
        for port in self.ports_of(product) {
            port.resume().await?;
        }
        Ok(())
    }

    fn ports_of(&self, product: Product) -> impl Iterator<Item = &Port> {
        let one_host = self.ports.len() == 1;
        self.ports.iter().filter(move |(of, _)| one_host || *of == product).map(|(_, port)| port)
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

fn url_of(bound: &Bound) -> io::Result<Url> {
    Url::parse(&format!("http://{}/", bound.address())).map_err(io::Error::other)
}

struct Products {
    kratos: Arc<Kratos>,
    hydra: Arc<Hydra>,
    keto: Arc<Keto>,
    ready: Arc<Readiness>,
}

impl Products {
    fn set_ready(&self, product: Product, ready: bool) {
        match product {
            Product::Kratos => self.kratos.set_ready(ready),
            Product::Hydra => self.hydra.set_ready(ready),
            Product::Keto => self.keto.set_ready(ready),
        }
        self.ready.0[product as usize].store(!ready, Ordering::SeqCst);
    }
}

/// Which products are *not* ready, by [`Product`]'s order; for the one health answer of a single host.
#[derive(Default)]
struct Readiness([AtomicBool; 3]);

impl Readiness {
    fn all(&self) -> bool {
        !self.0.iter().any(|failing| failing.load(Ordering::SeqCst))
    }
}
