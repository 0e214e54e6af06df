//! Encrypted connections (TLS) of a host, without the network that they run over: records in, records out.
//!
//! A connection is a number. Its owner [puts](Tls::put) into it what the other end has sent, [looks](Tls::peek) for what is
//! to be sent there, and reads and writes the data that is protected by this.

use alloc::string::String;
use alloc::vec::Vec;

/// The TLS of a host.
pub trait Tls {
    /// The names of the cipher suites that can be agreed on, the best first, as IANA spells them.
    fn suites(&self) -> Vec<&'static str>;

    /// Whether `bytes` are what a connection could use as `part`: DER, or PEM.
    fn is_usable(&self, part: Part, bytes: &[u8]) -> bool;

    /// Begins a connection: its number.
    ///
    /// # Errors
    /// What is wrong with the settings.
    fn open(&self, settings: &Settings<'_>) -> Result<i32, Failed>;

    /// Forgets a connection.
    fn close(&self, connection: i32);

    /// Takes records that came from the other end; none at all is the end of what comes.
    ///
    /// # Errors
    /// Why the connection is over.
    fn put(&self, connection: i32, records: &[u8]) -> Result<(), Failed>;

    /// Copies records that are to be sent to the other end: how many bytes. They stay until they are [sent](Tls::sent).
    fn peek(&self, connection: i32, records: &mut [u8]) -> usize;

    /// Forgets the first `count` bytes of the records that are to be sent.
    fn sent(&self, connection: i32, count: usize);

    /// Reads data that came: how many bytes, 0 if there will be no more.
    ///
    /// # Errors
    /// [`Failed::Again`] if none is there.
    fn read(&self, connection: i32, data: &mut [u8]) -> Result<usize, Failed>;

    /// Takes data to be sent: how many bytes were taken.
    ///
    /// # Errors
    /// [`Failed::Again`] while the ends have not agreed yet.
    fn write(&self, connection: i32, data: &[u8]) -> Result<usize, Failed>;

    /// Tells the other end that no more data will be sent.
    fn end(&self, connection: i32);

    /// How far a connection is.
    fn state(&self, connection: i32) -> State;

    /// The certificate `number` of the other end, in DER, its own first.
    fn certificate(&self, connection: i32, number: usize) -> Option<Vec<u8>>;

    /// What the ends have agreed on, if they have.
    fn agreed(&self, connection: i32) -> Option<Agreed>;
}

/// Parts of settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Certificates, of which there may be several in PEM.
    Certificates,
    /// A private key.
    Key,
}

/// Which end of a connection this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that begins.
    Client,
    /// The one that answers.
    Server,
}

/// How a connection is to be.
#[derive(Clone, Debug)]
pub struct Settings<'a> {
    /// Which end this is.
    pub side: Side,
    /// Whether the other end has to show a certificate that [`Settings::roots`] vouch for.
    pub is_verified: bool,
    /// The name of the other end, which its certificate has to be for.
    pub name: Option<&'a str>,
    /// This end's certificates, its own first, and the private key.
    pub identity: Option<(&'a [u8], &'a [u8])>,
    /// Certificates of those who are believed.
    pub roots: &'a [u8],
    /// Names of cipher suites to choose from; none for all.
    pub suites: &'a [String],
    /// Names of protocols over TLS to choose from (ALPN).
    pub protocols: &'a [Vec<u8>],
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct State {
    /// Whether the ends have yet to agree.
    pub is_beginning: bool,
    /// Whether there are records to be sent.
    pub has_records: bool,
    /// Whether there is data to be read, or the end of data.
    pub has_data: bool,
}

/// What the ends of a connection have agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// The name of the cipher suite.
    pub suite: &'static str,
    /// The version of TLS.
    pub version: &'static str,
    /// The protocol over TLS.
    pub protocol: Option<Vec<u8>>,
}

/// Why something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It is not possible now.
    Again,
    /// The private key is none, or too weak.
    Key,
    /// A certificate is none.
    Certificate,
    /// The other end's certificate is not believed, and why.
    Disbelief(&'static str),
    /// The other end, or what it sent, is to blame; the number and the name that `mbedtls` has for it.
    Protocol(i32, &'static str),
}

impl Failed {
    /// The other end has ended the connection while the ends had yet to agree.
    pub const ENDED: Failed = Failed::Protocol(-0x7280, "MBEDTLS_ERR_SSL_CONN_EOF");
    /// The connection has been closed at this end.
    pub const CLOSED: Failed = Failed::Protocol(-0x7100, "MBEDTLS_ERR_SSL_BAD_INPUT_DATA");
    /// The other end has said that something was wrong.
    pub const TOLD: Failed = Failed::Protocol(-0x7780, "MBEDTLS_ERR_SSL_FATAL_ALERT_MESSAGE");
    /// What came is no record.
    pub const NO_RECORD: Failed = Failed::Protocol(-0x7200, "MBEDTLS_ERR_SSL_INVALID_RECORD");
    /// The ends have nothing in common.
    pub const NOTHING_IN_COMMON: Failed = Failed::Protocol(-0x6e00, "MBEDTLS_ERR_SSL_HANDSHAKE_FAILURE");
    /// The settings make no sense.
    pub const SETTINGS: Failed = Failed::Protocol(-0x5e80, "MBEDTLS_ERR_SSL_BAD_CONFIG");
}
