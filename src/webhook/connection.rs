//! Opening a connection: the name is looked up, each address is looked at, and one of those that may be reached is
//! connected to; not what a proxy, a redirect or a second look-up would make of it.

use std::net::{SocketAddr, ToSocketAddrs};
use std::sync::Arc;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::addresses::is_open;
use super::sending::Fault;
use super::targets::{Target, TargetRules};

/// How many names are looked up at once: a look-up that takes long keeps a thread.
const LOOKUPS_AT_ONCE_MAX: usize = 32;
/// The most addresses of a name that are looked at, and that are tried.
const ADDRESSES_MAX: usize = 16;
const ADDRESSES_TRIED_MAX: usize = 3;
/// The most that an answer's head may have, in bytes, and in lines.
const HEAD_BYTES_MAX: usize = 16 * 1_024;
const HEADERS_MAX: usize = 64;

/// Opens connections, under the operator's rules.
pub struct Client {
    rules: TargetRules,
    tls: TlsConnector,
    lookups: Arc<Semaphore>,
}

/// A connection that may be used for one message after the other.
#[derive(Debug)]
pub struct Connection {
    pub(super) sender: http1::SendRequest<Full<Bytes>>,
    driver: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    /// Whether nobody has closed it yet.
    pub fn is_usable(&self) -> bool {
        !self.sender.is_closed()
    }
}

impl Client {
    /// A client that trusts the certificates that the machine trusts, and these ones (DER), of which there are usually none.
    pub fn new(rules: TargetRules, further_roots: Vec<Vec<u8>>) -> Self {
        let mut roots = RootCertStore::empty();
        let found = rustls_native_certs::load_native_certs();
        let (_, damaged) = roots.add_parsable_certificates(found.certs);
        if damaged > 0 || !found.errors.is_empty() {
            tracing::warn!(
                "some of the certificates that this machine trusts cannot be read; webhooks do without"
            );
        }
        roots.add_parsable_certificates(further_roots.into_iter().map(CertificateDer::from));
        let provider = Arc::new(crypto::aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map(|builder| builder.with_root_certificates(roots).with_no_client_auth());
        // The provider has these versions: without a configuration, nothing would be sent over TLS.
        let config = config.unwrap_or_else(|_| {
            ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth()
        });
        Self {
            rules,
            tls: TlsConnector::from(Arc::new(config)),
            lookups: Arc::new(Semaphore::new(LOOKUPS_AT_ONCE_MAX)),
        }
    }

    /// What the operator allows.
    pub const fn rules(&self) -> &TargetRules {
        &self.rules
    }

    /// A connection to the target.
    pub(super) async fn connect(&self, target: &Target) -> Result<Connection, Fault> {
        let open: Vec<_> = self
            .look_up(target)
            .await?
            .into_iter()
            .filter(|address| is_open(address.ip(), &self.rules.networks))
            .take(ADDRESSES_TRIED_MAX)
            .collect();
        if open.is_empty() {
            return Err(Fault::Closed);
        }
        for address in open {
            if let Ok(stream) = TcpStream::connect(address).await {
                // Messages are short and written whole.
                drop(stream.set_nodelay(true));
                return self.shake_hands(target, stream).await;
            }
        }
        Err(Fault::Connect)
    }

    async fn look_up(&self, target: &Target) -> Result<Vec<SocketAddr>, Fault> {
        if let Some(address) = target.address() {
            return Ok(vec![SocketAddr::new(address, target.port())]);
        }
        let permit = Arc::clone(&self.lookups).acquire_owned().await.map_err(|_| Fault::Lookup)?;
        let (host, port) = (target.host(), target.port());
        let found = tokio::task::spawn_blocking(move || {
            // Held until the look-up ends, also where nobody waits for it any more.
            let _permit = permit;
            (host.as_str(), port).to_socket_addrs().map(|found| found.take(ADDRESSES_MAX).collect::<Vec<_>>())
        })
        .await;
        match found {
            Ok(Ok(found)) if !found.is_empty() => Ok(found),
            _ => Err(Fault::Lookup),
        }
    }

    async fn shake_hands(&self, target: &Target, stream: TcpStream) -> Result<Connection, Fault> {
        if !target.has_tls() {
            return open(TokioIo::new(stream)).await;
        }
        let name = ServerName::try_from(target.host()).map_err(|_| Fault::Tls)?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| Fault::Tls)?;
        open(TokioIo::new(stream)).await
    }
}

async fn open<S>(stream: S) -> Result<Connection, Fault>
where
    S: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX).max_headers(HEADERS_MAX);
    let (sender, connection) = builder.handshake(stream).await.map_err(|_| Fault::Protocol)?;
    // How it ended is seen by whoever sends on it.
    let driver = tokio::spawn(async move { drop(connection.await) });
    Ok(Connection { sender, driver })
}
