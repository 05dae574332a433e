//! One question over HTTP: what a page answers, as a kubelet would ask for it.

use crate::failure::Failure;
use std::path::{Path, PathBuf};
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{Certificate, ClientCert, PemItem, PrivateKey, RootCerts, TlsConfig, parse_pem};

/// How servers that speak TLS are trusted.
pub enum Trust<'a> {
    /// By the authorities that browsers know.
    Public,
    /// By the authorities in a file of PEM, and no other.
    Authorities(&'a Path),
    /// Whoever they are: a kubelet doesn't look at certificates either.
    Anyone,
}

/// A file with a certificate and what signed it, and one with its key.
pub type Identity = (PathBuf, PathBuf);

/// Asks pages; follows no redirects, keeps no state, heeds no proxy of the environment.
pub struct Client {
    agent: Agent,
}

impl Client {
    /// That gives up on a page after `patience`.
    pub fn new(trust: &Trust<'_>, identity: Option<&Identity>, patience: Duration) -> Result<Self, Failure> {
        let tls = TlsConfig::builder().client_cert(identity.map(shown).transpose()?);
        let tls = match trust {
            Trust::Public => tls,
            Trust::Anyone => tls.disable_verification(true),
            Trust::Authorities(file) => tls.root_certs(RootCerts::new_with_certs(&certificates(file)?)),
        };
        let config = Agent::config_builder()
            .tls_config(tls.build())
            .timeout_global(Some(patience))
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .user_agent(concat!("obs/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: config.into() })
    }

    /// The status that a page answers with; why there was no answer otherwise.
    pub fn status(&self, url: &str) -> Result<u16, String> {
        match self.agent.get(url).call() {
            Ok(answer) => Ok(answer.status().as_u16()),
            Err(ureq::Error::Timeout(_)) => Err("no answer in time".to_owned()),
            Err(ureq::Error::Io(error)) => Err(obs_compiler::disk::reason(&error)),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// What is shown to who asks for it.
fn shown((file, key): &Identity) -> Result<ClientCert, Failure> {
    let pem = std::fs::read(key).map_err(|e| Failure::io("read", key, &e))?;
    let key = PrivateKey::from_pem(&pem).map_err(|_| {
        Failure::new(format!("there is no key in `{}`", key.display()))
            .help("it has to hold PEM, `-----BEGIN PRIVATE KEY-----`")
    })?;
    Ok(ClientCert::new_with_certs(&certificates(file)?, key))
}

/// The certificates in a file of PEM: at least one.
fn certificates(file: &Path) -> Result<Vec<Certificate<'static>>, Failure> {
    let pem = std::fs::read(file).map_err(|e| Failure::io("read", file, &e))?;
    let found = parse_pem(&pem).filter_map(|item| match item {
        Ok(PemItem::Certificate(certificate)) => Some(certificate),
        _ => None,
    });
    let certificates: Vec<_> = found.collect();
    if certificates.is_empty() {
        return Err(Failure::new(format!("there is no certificate in `{}`", file.display()))
            .help("it has to hold PEM, `-----BEGIN CERTIFICATE-----`"));
    }
    Ok(certificates)
}
