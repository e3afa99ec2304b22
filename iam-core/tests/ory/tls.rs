//! Whom the clients trust.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::path::PathBuf;
use std::sync::Arc;

use iam_core::UpstreamFault;
use iam_core::ory::Ory;
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion};
use url::Url;

use super::{SESSION, settings, whoami};

/// An authority of its own, with a certificate for `localhost`.
struct Authority {
    file: PathBuf,
    certificate: CertificateDer<'static>,
    key: Vec<u8>,
}

fn authority(name: &str) -> Authority {
    let mut ca_params = CertificateParams::new(Vec::new()).unwrap();
    ca_params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let ca_key = KeyPair::generate().unwrap();
    let ca = ca_params.self_signed(&ca_key).unwrap();
    let file = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-ca.pem"));
    std::fs::write(&file, ca.pem()).unwrap();

    let key = KeyPair::generate().unwrap();
    let params = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
    let issuer = Issuer::from_params(&ca_params, &ca_key);
    let certificate = params.signed_by(&key, &issuer).unwrap().der().clone();
    Authority { file, certificate, key: key.serialize_der() }
}

/// Answers a session to whoever completes the handshake.
fn serve(authority: &Authority, versions: &[&'static SupportedProtocolVersion]) -> Url {
    let key = PrivateKeyDer::try_from(authority.key.clone()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(versions)
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![authority.certificate.clone()], key)
        .unwrap();
    let config = Arc::new(config);
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream);
            // A client that does not trust this certificate leaves during the handshake.
            if stream.read(&mut [0; 4096]).is_ok() {
                let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n";
                let _ = write!(stream, "{head}content-length: {}\r\n\r\n{SESSION}", SESSION.len());
                stream.conn.send_close_notify();
                let _ = stream.flush();
            }
        }
    });
    format!("https://localhost:{port}/").parse().unwrap()
}

#[tokio::test]
async fn an_authority_of_the_ca_file_is_trusted() {
    let ours = authority("ours");
    for version in [&rustls::version::TLS12, &rustls::version::TLS13] {
        let mut settings = settings(&serve(&ours, &[version]));
        settings.http.ca_file = Some(ours.file.clone());
        whoami(&Ory::new(&settings).unwrap()).await.unwrap();
    }
}

#[tokio::test]
async fn no_other_authority_is_trusted() {
    let (theirs, other) = (authority("theirs"), authority("other"));
    let url = serve(&theirs, rustls::ALL_VERSIONS);
    let mut settings = settings(&url);
    settings.http.ca_file = Some(other.file);
    let error = whoami(&Ory::new(&settings).unwrap()).await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::NoConnection);

    // The right authority, but another host.
    settings.http.ca_file = Some(theirs.file);
    settings.kratos.public.url.set_host(Some("127.0.0.1")).unwrap();
    let error = whoami(&Ory::new(&settings).unwrap()).await.unwrap_err();
    assert_eq!(error.fault, UpstreamFault::NoConnection);
}
