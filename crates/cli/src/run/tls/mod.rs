//! TLS, by `rustls`.

mod trust;

use std::collections::HashMap;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use berus_runtime::host::tls::{Agreed, Failed, Part, Settings, Side, State, Tls};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, IpAddr, Ipv4Addr, PrivateKeyDer, ServerName};
use rustls::server::ResolvesServerCertUsingSni;
use rustls::sign::CertifiedKey;
use rustls::{ClientConfig, ClientConnection, Connection, Error, RootCertStore, ServerConfig, ServerConnection};

/// The connections of the process.
#[derive(Default)]
pub struct StdTls(Mutex<Table>);

#[derive(Default)]
struct Table {
    open: HashMap<i32, Open>,
    last: i32,
}

/// A connection.
struct Open {
    connection: Connection,
    /// Records to be sent.
    records: Vec<u8>,
    /// Whether all has come that will.
    is_ended: bool,
}

/// The most that waits to be sent before no more data is taken, in bytes.
const ENOUGH: usize = 1 << 16;

impl Open {
    /// Takes up the records that `rustls` has made.
    fn collect(&mut self) {
        while self.connection.wants_write() {
            // Writing to a vector cannot fail.
            let _ = self.connection.write_tls(&mut self.records);
        }
    }
}

impl StdTls {
    fn table(&self) -> MutexGuard<'_, Table> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Calls `with` with a connection, if there is one of that number.
    fn with<R>(&self, connection: i32, with: impl FnOnce(&mut Open) -> R) -> Option<R> {
        self.table().open.get_mut(&connection).map(with)
    }
}

impl Tls for StdTls {
    fn suites(&self) -> Vec<&'static str> {
        ring::ALL_CIPHER_SUITES.iter().filter_map(|suite| suite.suite().as_str()).collect()
    }

    fn is_usable(&self, part: Part, bytes: &[u8]) -> bool {
        match part {
            Part::Certificates => roots(bytes).is_ok_and(|roots| !roots.is_empty()),
            Part::Key => key(bytes).is_ok(),
        }
    }

    fn open(&self, settings: &Settings<'_>) -> Result<i32, Failed> {
        let connection = match settings.side {
            Side::Client => Connection::Client(client(settings)?),
            Side::Server => Connection::Server(server(settings)?),
        };
        let mut table = self.table();
        while {
            table.last = table.last.wrapping_add(1) & i32::MAX;
            table.open.contains_key(&table.last)
        } {}
        let (number, mut open) = (table.last, Open { connection, records: Vec::new(), is_ended: false });
        open.collect();
        table.open.insert(number, open);
        Ok(number)
    }

    fn close(&self, connection: i32) {
        self.table().open.remove(&connection);
    }

    fn put(&self, connection: i32, mut records: &[u8]) -> Result<(), Failed> {
        self.with(connection, |open| {
            open.is_ended |= records.is_empty();
            if open.is_ended && open.connection.is_handshaking() {
                return Err(Failed::ENDED);
            }
            let mut processed = Ok(());
            while !records.is_empty() && processed.is_ok() {
                open.connection.read_tls(&mut records).map_err(|_| Failed::NO_RECORD)?;
                processed = open.connection.process_new_packets().map(drop);
            }
            // The other end is told what was wrong, too.
            open.collect();
            processed.map_err(|error| failed(&error))
        })
        .unwrap_or(Err(Failed::ENDED))
    }

    fn peek(&self, connection: i32, records: &mut [u8]) -> usize {
        self.with(connection, |open| {
            let count = open.records.len().min(records.len());
            records[..count].copy_from_slice(&open.records[..count]);
            count
        })
        .unwrap_or(0)
    }

    fn sent(&self, connection: i32, count: usize) {
        self.with(connection, |open| open.records.drain(..count.min(open.records.len())).for_each(drop));
    }

    fn read(&self, connection: i32, data: &mut [u8]) -> Result<usize, Failed> {
        self.with(connection, |open| match open.connection.reader().read(data) {
            Ok(count) => Ok(count),
            // No more data, with or without a word of farewell.
            Err(_) if open.is_ended => Ok(0),
            Err(_) => Err(Failed::Again),
        })
        .unwrap_or(Ok(0))
    }

    fn write(&self, connection: i32, data: &[u8]) -> Result<usize, Failed> {
        self.with(connection, |open| {
            if open.connection.is_handshaking() || open.records.len() > ENOUGH {
                return Err(Failed::Again);
            }
            let count = open.connection.writer().write(data).map_err(|_| Failed::ENDED)?;
            open.collect();
            Ok(count)
        })
        .unwrap_or(Err(Failed::ENDED))
    }

    fn end(&self, connection: i32) {
        self.with(connection, |open| {
            open.connection.send_close_notify();
            open.collect();
        });
    }

    fn state(&self, connection: i32) -> State {
        self.with(connection, |open| State {
            is_beginning: open.connection.is_handshaking(),
            has_records: !open.records.is_empty(),
            has_data: open.is_ended || open.connection.reader().into_first_chunk().is_ok(),
        })
        .unwrap_or_default()
    }

    fn certificate(&self, connection: i32, number: usize) -> Option<Vec<u8>> {
        self.with(connection, |open| Some(open.connection.peer_certificates()?.get(number)?.to_vec()))?
    }

    fn agreed(&self, connection: i32) -> Option<Agreed> {
        self.with(connection, |open| {
            let version = match open.connection.protocol_version()? {
                rustls::ProtocolVersion::TLSv1_3 => "TLSv1.3",
                _ => "TLSv1.2",
            };
            let suite = open.connection.negotiated_cipher_suite()?.suite().as_str()?;
            Some(Agreed { suite, version, protocol: open.connection.alpn_protocol().map(<[u8]>::to_vec) })
        })?
    }
}

/// Whether `bytes` are PEM.
fn is_pem(bytes: &[u8]) -> bool {
    bytes.windows(11).any(|window| window == b"-----BEGIN ")
}

/// The certificates that `bytes` are.
fn certificates(bytes: &[u8]) -> Result<Vec<CertificateDer<'static>>, Failed> {
    if is_pem(bytes) {
        return CertificateDer::pem_slice_iter(bytes).collect::<Result<_, _>>().map_err(|_| Failed::Certificate);
    }
    Ok(vec![CertificateDer::from(bytes.to_vec())])
}

/// The private key that `bytes` are.
fn key(bytes: &[u8]) -> Result<PrivateKeyDer<'static>, Failed> {
    if is_pem(bytes) {
        return PrivateKeyDer::from_pem_slice(bytes).map_err(|_| Failed::Key);
    }
    PrivateKeyDer::try_from(bytes.to_vec()).map_err(|_| Failed::Key)
}

/// Those who are believed.
fn roots(bytes: &[u8]) -> Result<RootCertStore, Failed> {
    let mut roots = RootCertStore::empty();
    for certificate in if bytes.is_empty() { Vec::new() } else { certificates(bytes)? } {
        roots.add(certificate).map_err(|_| Failed::Certificate)?;
    }
    Ok(roots)
}

/// The cryptography, with the suites that were chosen.
fn provider(settings: &Settings<'_>) -> Result<Arc<CryptoProvider>, Failed> {
    let mut provider = ring::default_provider();
    if !settings.suites.is_empty() {
        let is_chosen = |name: Option<&str>| settings.suites.iter().any(|suite| Some(suite.as_str()) == name);
        provider.cipher_suites.retain(|suite| is_chosen(suite.suite().as_str()));
    }
    if provider.cipher_suites.is_empty() { Err(Failed::SETTINGS) } else { Ok(Arc::new(provider)) }
}

fn client(settings: &Settings<'_>) -> Result<ClientConnection, Failed> {
    let provider = provider(settings)?;
    let verifier = trust::Servers::new(settings, &provider)?;
    let builder = ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions().map_err(|_| Failed::SETTINGS)?;
    let builder = builder.dangerous().with_custom_certificate_verifier(Arc::new(verifier));
    let mut config = match settings.identity {
        Some((chain, own_key)) => {
            builder.with_client_auth_cert(certificates(chain)?, key(own_key)?).map_err(|_| Failed::Key)?
        }
        None => builder.with_no_client_auth(),
    };
    config.alpn_protocols = settings.protocols.to_vec();
    // An address as a name is not told to the other end.
    let nobody = ServerName::IpAddress(IpAddr::V4(Ipv4Addr::from([0, 0, 0, 0])));
    let name = match settings.name {
        Some(name) => ServerName::try_from(name.to_owned()).map_err(|_| Failed::SETTINGS)?,
        None => nobody,
    };
    ClientConnection::new(Arc::new(config), name).map_err(|error| failed(&error))
}

fn server(settings: &Settings<'_>) -> Result<ServerConnection, Failed> {
    let provider = provider(settings)?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider));
    let builder = builder.with_safe_default_protocol_versions().map_err(|_| Failed::SETTINGS)?;
    let builder = match settings.is_verified {
        true => builder.with_client_cert_verifier(Arc::new(trust::Clients::new(settings, &provider)?)),
        false => builder.with_no_client_auth(),
    };
    let mut config = match settings.identity {
        Some((chain, own_key)) => {
            let own_key = provider.key_provider.load_private_key(key(own_key)?).map_err(|_| Failed::Key)?;
            let own = CertifiedKey::new(certificates(chain)?, own_key);
            builder.with_cert_resolver(Arc::new(rustls::sign::SingleCertAndKey::from(own)))
        }
        // No certificate at all, with which no client will agree.
        None => builder.with_cert_resolver(Arc::new(ResolvesServerCertUsingSni::new())),
    };
    config.alpn_protocols = settings.protocols.to_vec();
    ServerConnection::new(Arc::new(config)).map_err(|error| failed(&error))
}

/// What an error of `rustls` is to programs.
fn failed(error: &Error) -> Failed {
    match error {
        Error::AlertReceived(_) => Failed::TOLD,
        Error::InvalidCertificate(error) => Failed::Disbelief(trust::reason(error)),
        Error::NoCertificatesPresented => Failed::Protocol(-0x7480, "MBEDTLS_ERR_SSL_NO_CLIENT_CERTIFICATE"),
        Error::PeerIncompatible(_) | Error::NoApplicationProtocol => Failed::NOTHING_IN_COMMON,
        Error::InvalidMessage(_) | Error::DecryptError | Error::PeerSentOversizedRecord => Failed::NO_RECORD,
        _ => Failed::Protocol(-0x7700, "MBEDTLS_ERR_SSL_UNEXPECTED_MESSAGE"),
    }
}
