//! One question over HTTP: what a page answers, as a kubelet would ask for it.

use crate::failure::Failure;
use std::path::Path;
use std::time::Duration;
use ureq::Agent;
use ureq::tls::{PemItem, RootCerts, TlsConfig, parse_pem};

/// How servers that speak TLS are trusted.
pub enum Trust<'a> {
    /// By the authorities that browsers know.
    Public,
    /// By the authorities in a file of PEM, and no other.
    Authorities(&'a Path),
    /// Whoever they are: a kubelet doesn't look at certificates either.
    Anyone,
}

/// Asks pages; follows no redirects, keeps no state, heeds no proxy of the environment.
pub struct Client {
    agent: Agent,
}

impl Client {
    /// That gives up on a page after `patience`.
    pub fn new(trust: &Trust<'_>, patience: Duration) -> Result<Self, Failure> {
        let tls = match trust {
            Trust::Public => TlsConfig::builder().build(),
            Trust::Anyone => TlsConfig::builder().disable_verification(true).build(),
            Trust::Authorities(file) => {
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
                TlsConfig::builder().root_certs(RootCerts::new_with_certs(&certificates)).build()
            }
        };
        let config = Agent::config_builder()
            .tls_config(tls)
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
