//! Opening a connection: the name is looked up, each address is looked at, and one of those that may be reached is
//! connected to; not what a proxy, a redirect or a second look-up would make of it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::Bytes;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore, crypto};

use super::addresses::is_open;
use super::lookups::Lookups;
use super::sending::Fault;
use super::targets::{Origin, Target, TargetRules};

/// The most addresses of a name that are tried, and for how long each: there is time for all of them, and for the answer.
const ADDRESSES_TRIED_MAX: usize = 3;
const CONNECT_EACH_MAX: Duration = Duration::from_millis(1_200);
/// The most that an answer's head may have, in bytes, and in lines.
const HEAD_BYTES_MAX: usize = 16 * 1_024;
const HEADERS_MAX: usize = 64;

/// Opens connections, under the operator's rules.
pub struct Client {
    rules: TargetRules,
    tls: TlsConnector,
    lookups: Lookups,
}

/// A connection that may be used for one message after the other.
#[derive(Debug)]
pub struct Connection {
    pub(super) sender: http1::SendRequest<Full<Bytes>>,
    /// To whom it leads.
    origin: Origin,
    driver: JoinHandle<()>,
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.driver.abort();
    }
}

impl Connection {
    /// Whether it leads to this target: its owner may have said another one since.
    pub(super) fn leads_to(&self, target: &Target) -> bool {
        self.origin == target.origin()
    }

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
        Self { rules, tls: TlsConnector::from(Arc::new(config)), lookups: Lookups::new() }
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
        let stream = reach(&open, CONNECT_EACH_MAX).await.ok_or(Fault::Connect)?;
        // Messages are short and written whole.
        drop(stream.set_nodelay(true));
        self.shake_hands(target, stream).await
    }

    async fn look_up(&self, target: &Target) -> Result<Vec<SocketAddr>, Fault> {
        match target.address() {
            Some(address) => Ok(vec![SocketAddr::new(address, target.port())]),
            None => self.lookups.find(target.host(), target.port()).await.ok_or(Fault::Lookup),
        }
    }

    async fn shake_hands(&self, target: &Target, stream: TcpStream) -> Result<Connection, Fault> {
        if !target.has_tls() {
            return open(TokioIo::new(stream), target.origin()).await;
        }
        let name = ServerName::try_from(target.host()).map_err(|_| Fault::Tls)?;
        let stream = self.tls.connect(name, stream).await.map_err(|_| Fault::Tls)?;
        open(TokioIo::new(stream), target.origin()).await
    }
}

/// A connection to the first of the addresses that takes one in time.
async fn reach(addresses: &[SocketAddr], each: Duration) -> Option<TcpStream> {
    for address in addresses {
        if let Ok(Ok(stream)) = timeout(each, TcpStream::connect(address)).await {
            return Some(stream);
        }
    }
    None
}

async fn open<S>(stream: S, origin: Origin) -> Result<Connection, Fault>
where
    S: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
{
    let mut builder = http1::Builder::new();
    builder.max_buf_size(HEAD_BYTES_MAX).max_headers(HEADERS_MAX);
    let (sender, connection) = builder.handshake(stream).await.map_err(|_| Fault::Protocol)?;
    // How it ended is seen by whoever sends on it.
    let driver = tokio::spawn(async move { drop(connection.await) });
    Ok(Connection { sender, origin, driver })
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::{TcpListener, TcpSocket};

    /// A machine that swallows what is sent to it: it takes connections until its queue is full, and then says nothing.
    async fn swallowing() -> (TcpListener, Vec<TcpStream>, SocketAddr) {
        let socket = TcpSocket::new_v4().unwrap();
        socket.bind(([127, 0, 0, 1], 0).into()).unwrap();
        let listener = socket.listen(1).unwrap();
        let address = listener.local_addr().unwrap();
        let mut taken = Vec::new();
        while let Some(stream) = reach(&[address], Duration::from_millis(250)).await {
            taken.push(stream);
        }
        (listener, taken, address)
    }

    #[tokio::test]
    async fn an_address_that_swallows_everything_leaves_time_for_the_next() {
        let (_listener, _taken, dead) = swallowing().await;
        let good = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let each = Duration::from_millis(250);
        let found = reach(&[dead, good.local_addr().unwrap()], each).await.unwrap();
        assert_eq!(found.peer_addr().unwrap(), good.local_addr().unwrap());
        assert!(reach(&[dead, dead], each).await.is_none());
    }
}
