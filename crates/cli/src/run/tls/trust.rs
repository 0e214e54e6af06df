//! Which certificates are believed.
//!
//! `rustls` decides about chains. A certificate that is itself among those who are believed, as small servers and boards
//! have it, no chain leads to: such a one is believed while it is valid, for the names that it is for.

use std::sync::Arc;

use berus_runtime::host::tls::{Failed, Settings};
use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::WebPkiClientVerifier;
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{CertificateError, DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

use super::{certificates, roots};

/// Decides about servers.
#[derive(Debug)]
pub struct Servers {
    /// `None` where all are believed.
    chains: Option<Arc<WebPkiServerVerifier>>,
    /// Certificates that are believed themselves.
    known: Vec<CertificateDer<'static>>,
    provider: Arc<CryptoProvider>,
}

impl Servers {
    /// The decision that `settings` ask for.
    pub fn new(settings: &Settings<'_>, provider: &Arc<CryptoProvider>) -> Result<Servers, Failed> {
        let provider = Arc::clone(provider);
        let is_verified = settings.is_verified;
        let known = if settings.roots.is_empty() { Vec::new() } else { certificates(settings.roots)? };
        let chains = match is_verified && !known.is_empty() {
            true => {
                let roots = Arc::new(roots(settings.roots)?);
                let verifier = WebPkiServerVerifier::builder_with_provider(roots, Arc::clone(&provider)).build();
                Some(verifier.map_err(|_| Failed::Certificate)?)
            }
            // Nobody is believed.
            false if is_verified => return Err(Failed::Disbelief(UNKNOWN)),
            false => None,
        };
        Ok(Servers { chains, known, provider })
    }
}

/// The texts that `mbedtls` has for why a certificate is not believed.
const UNKNOWN: &str = "\nThe certificate is not correctly signed by the trusted CA\n";
const EXPIRED: &str = "\nThe certificate validity has expired\n";
const TOO_EARLY: &str = "\nThe certificate validity starts in the future\n";
const OTHER_NAME: &str = "\nThe certificate Common Name (CN) does not match with the expected CN\n";
const REVOKED: &str = "\nThe certificate has been revoked (is on a CRL)\n";

/// The text for why a certificate is not believed.
pub fn reason(error: &CertificateError) -> &'static str {
    match error {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => EXPIRED,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => TOO_EARLY,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => OTHER_NAME,
        CertificateError::Revoked => REVOKED,
        _ => UNKNOWN,
    }
}

impl ServerCertVerifier for Servers {
    fn verify_server_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        stapled: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let Some(chains) = &self.chains else { return Ok(ServerCertVerified::assertion()) };
        if self.known.iter().any(|known| known.as_ref() == own.as_ref()) {
            let certificate = Certificate::parse(own).ok_or(CertificateError::BadEncoding)?;
            certificate.check_time(now)?;
            certificate.check_name(name)?;
            return Ok(ServerCertVerified::assertion());
        }
        chains.verify_server_cert(own, others, name, stapled, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, own, signed, &self.provider.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, own, signed, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}

/// Decides about clients.
#[derive(Debug)]
pub struct Clients {
    chains: Arc<dyn ClientCertVerifier>,
    known: Vec<CertificateDer<'static>>,
}

impl Clients {
    /// The decision that `settings` ask for.
    pub fn new(settings: &Settings<'_>, provider: &Arc<CryptoProvider>) -> Result<Clients, Failed> {
        let trusted = Arc::new(roots(settings.roots)?);
        let chains = WebPkiClientVerifier::builder_with_provider(trusted, Arc::clone(provider)).build();
        let chains = chains.map_err(|_| Failed::Disbelief(UNKNOWN))?;
        Ok(Clients { chains, known: certificates(settings.roots)? })
    }
}

impl ClientCertVerifier for Clients {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        self.chains.root_hint_subjects()
    }

    fn verify_client_cert(
        &self,
        own: &CertificateDer<'_>,
        others: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        if self.known.iter().any(|known| known.as_ref() == own.as_ref()) {
            Certificate::parse(own).ok_or(CertificateError::BadEncoding)?.check_time(now)?;
            return Ok(ClientCertVerified::assertion());
        }
        self.chains.verify_client_cert(own, others, now)
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains.verify_tls12_signature(message, own, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        own: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.chains.verify_tls13_signature(message, own, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.chains.supported_verify_schemes()
    }
}

/// What has to be known of a certificate that is believed itself.
struct Certificate {
    not_before: u64,
    not_after: u64,
    names: Vec<Vec<u8>>,
}

impl Certificate {
    fn parse(bytes: &[u8]) -> Option<Certificate> {
        use x509_parser::prelude::*;
        let (_, certificate) = X509Certificate::from_der(bytes).ok()?;
        let seconds = |time: ASN1Time| u64::try_from(time.timestamp()).unwrap_or(0);
        let validity = certificate.validity();
        let (not_before, not_after) = (seconds(validity.not_before), seconds(validity.not_after));
        let mut names = Vec::new();
        match certificate.subject_alternative_name().ok()? {
            Some(others) => {
                for name in &others.value.general_names {
                    match name {
                        GeneralName::DNSName(name) => names.push(name.as_bytes().to_vec()),
                        GeneralName::IPAddress(octets) => names.push(octets.to_vec()),
                        _ => {}
                    }
                }
            }
            None => names.extend(certificate.subject().iter_common_name().map(|name| name.as_slice().to_vec())),
        }
        Some(Certificate { not_before, not_after, names })
    }

    fn check_time(&self, now: UnixTime) -> Result<(), CertificateError> {
        match now.as_secs() {
            now if now < self.not_before => Err(CertificateError::NotValidYet),
            now if now > self.not_after => Err(CertificateError::Expired),
            _ => Ok(()),
        }
    }

    fn check_name(&self, name: &ServerName<'_>) -> Result<(), CertificateError> {
        let octets;
        let wanted = match name {
            ServerName::DnsName(name) => name.as_ref().as_bytes(),
            ServerName::IpAddress(address) => {
                octets = match std::net::IpAddr::from(*address) {
                    std::net::IpAddr::V4(address) => address.octets().to_vec(),
                    std::net::IpAddr::V6(address) => address.octets().to_vec(),
                };
                &octets[..]
            }
            _ => return Err(CertificateError::NotValidForName),
        };
        let is_it = |name: &Vec<u8>| match name.strip_prefix(b"*") {
            // A star stands for the first part of a name.
            Some(rest) => wanted
                .iter()
                .position(|byte| *byte == b'.')
                .is_some_and(|dot| dot > 0 && wanted[dot..].eq_ignore_ascii_case(rest)),
            None => name.eq_ignore_ascii_case(wanted),
        };
        if self.names.iter().any(is_it) { Ok(()) } else { Err(CertificateError::NotValidForName) }
    }
}
