use std::path::Path;
use std::sync::Arc;

use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};

use super::ClientBuildError;
use crate::config::TenantSettings;

/// Whom a tenant's clients trust: the machine's authorities and `tls.ca_file`,
/// over TLS 1.2 or later. There is no way to accept anything else.
pub(crate) struct Tls(ClientConfig);

impl Tls {
    pub(crate) fn new(settings: &TenantSettings) -> Result<Self, ClientBuildError> {
        let tenant = settings.name;
        let mut roots = RootCertStore::empty();
        // Reading the machine's store can partly fail (one broken file among
        // many), which is no reason to distrust the rest.
        roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        if let Some(path) = &settings.http.ca_file {
            add_file(&mut roots, path).map_err(|problem| ClientBuildError::CaFile {
                tenant,
                path: path.clone(),
                problem,
            })?;
        }
        if roots.is_empty() && uses_https(settings) {
            return Err(ClientBuildError::NothingTrusted { tenant });
        }
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_protocol_versions(&[&rustls::version::TLS13, &rustls::version::TLS12])
            .map_err(|_| ClientBuildError::Tls { tenant })?
            .with_root_certificates(roots)
            .with_no_client_auth();
        Ok(Self(config))
    }

    pub(super) fn config(&self) -> ClientConfig {
        self.0.clone()
    }
}

fn add_file(roots: &mut RootCertStore, path: &Path) -> Result<(), &'static str> {
    let certificates = CertificateDer::pem_file_iter(path).map_err(|_| "cannot be read")?;
    let before = roots.len();
    for certificate in certificates {
        let certificate = certificate.map_err(|_| "is not a PEM file")?;
        roots.add(certificate).map_err(|_| "holds a certificate that is no usable authority")?;
    }
    if roots.len() == before { Err("holds no certificate") } else { Ok(()) }
}

fn uses_https(settings: &TenantSettings) -> bool {
    let kratos = &settings.kratos;
    let hydra = settings.hydra.iter().flat_map(|hydra| hydra.public.iter().chain(&hydra.admin));
    let keto = settings.keto.iter().flat_map(|keto| std::iter::once(&keto.read).chain(&keto.write));
    std::iter::once(&kratos.public)
        .chain(&kratos.admin)
        .chain(hydra)
        .chain(keto)
        .any(|endpoint| endpoint.url.scheme() == "https")
}
