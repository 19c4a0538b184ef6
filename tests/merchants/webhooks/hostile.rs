//! Where messages must not go: addresses behind names, redirects, receivers that do not prove who they are.

use std::net::TcpListener;
use std::sync::Arc;
use std::thread::JoinHandle;

use counterfoil::webhook::{Client, Fault, Message, SECRET_BYTES, Target, TargetRules, WebhookSecret};
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::rustls::{ServerConfig, crypto};

use super::Endpoint;
use crate::support::{Answer, Receiver, both_engines, loopback};

const AUTHORITY: &[u8] = include_bytes!("certificates/authority.der");
const RECEIVER: &[u8] = include_bytes!("certificates/receiver.der");
const RECEIVER_KEY: &[u8] = include_bytes!("certificates/receiver.key.der");

fn message() -> Message {
    Message::signed("msg_1", 1_790_000_000, b"{}".to_vec(), &[WebhookSecret::from_random(&[7; SECRET_BYTES])])
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

/// A receiver with TLS, for one connection. Gives its port, and whether it got a request.
fn tls_receiver(address: &str) -> (u16, JoinHandle<bool>) {
    let listener = TcpListener::bind((address, 0)).unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(RECEIVER_KEY.to_vec()));
    let config = ServerConfig::builder_with_provider(Arc::new(crypto::aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![CertificateDer::from(RECEIVER.to_vec())], key)
        .unwrap();
    let thread = std::thread::spawn(move || {
        run(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let (stream, _) = listener.accept().await.unwrap();
            let Ok(mut stream) = TlsAcceptor::from(Arc::new(config)).accept(stream).await else {
                return false;
            };
            let mut head = [0; 4_096];
            let read = stream.read(&mut head).await.unwrap_or(0);
            let is_request = head[..read].starts_with(b"POST /hook HTTP/1.1\r\n");
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            is_request
        })
    });
    (port, thread)
}

/// A name is looked at when it is connected to: what was public when the endpoint was made may lead elsewhere now.
#[test]
fn a_name_that_leads_to_a_closed_address_is_not_connected_to() {
    let receiver = Receiver::new();
    let lax = Target::parse(&format!("http://localhost:{}/hook", receiver.port), &loopback()).unwrap();
    let strict = Client::new(TargetRules { allows_http: true, networks: Vec::new() }, Vec::new());
    let (attempt, connection) = run(strict.send(&lax, None, &message()));
    assert_eq!(attempt.status, Err(Fault::Closed));
    assert!(connection.is_none() && receiver.waiting().is_none());
    assert_eq!(receiver.connections(), 0, "it was not even knocked at");
    let allowed = Client::new(loopback(), Vec::new());
    assert_eq!(run(allowed.send(&lax, None, &message())).0.status, Ok(204));
    assert_eq!(receiver.connections(), 1);
}

/// Its owner may have said another URL while a message was under way to the one before.
#[test]
fn a_connection_is_used_for_nobody_but_whom_it_leads_to() {
    let (old, new) = (Receiver::new(), Receiver::new());
    let client = Client::new(loopback(), Vec::new());
    let target = |receiver: &Receiver| Target::parse(&receiver.url(), &loopback()).unwrap();
    run(async {
        let (first, connection) = client.send(&target(&old), None, &message()).await;
        assert!(first.is_taken() && connection.is_some());
        let (second, connection) = client.send(&target(&new), connection, &message()).await;
        assert!(second.is_taken());
        let (third, _) = client.send(&target(&new), connection, &message()).await;
        assert!(third.is_taken());
    });
    assert_eq!((old.connections(), new.connections()), (1, 1), "one is used again for who it leads to");
    let heard = |receiver: &Receiver| std::iter::from_fn(|| receiver.waiting()).count();
    assert_eq!((heard(&old), heard(&new)), (1, 2));
}

#[test]
fn names_that_lead_nowhere_and_ports_where_nobody_listens_fail_at_once() {
    let client = Client::new(loopback(), Vec::new());
    let send =
        |url: &str| run(client.send(&Target::parse(url, &loopback()).unwrap(), None, &message())).0.status;
    assert_eq!(send("http://nobody.invalid/"), Err(Fault::Lookup));
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    assert_eq!(send(&format!("http://127.0.0.1:{port}/")), Err(Fault::Connect));
}

#[test]
fn receivers_prove_who_they_are() {
    let send = |client: &Client, host: &str, port: u16| {
        let target = Target::parse(&format!("https://{host}:{port}/hook"), &loopback()).unwrap();
        run(client.send(&target, None, &message())).0.status
    };
    let trusting_nobody = Client::new(loopback(), Vec::new());
    let trusting = Client::new(loopback(), vec![AUTHORITY.to_vec()]);
    for (client, listens_at, host, status) in [
        (&trusting_nobody, "127.0.0.1", "127.0.0.1", Err(Fault::Tls)),
        (&trusting, "127.0.0.2", "127.0.0.2", Err(Fault::Tls)),
        (&trusting, "127.0.0.1", "127.0.0.1", Ok(204)),
        (&trusting, "127.0.0.1", "localhost", Ok(204)),
    ] {
        let (port, thread) = tls_receiver(listens_at);
        assert_eq!(send(client, host, port), status, "{host}");
        assert_eq!(thread.join().unwrap(), status.is_ok(), "{host}");
    }
    // TLS with who speaks plain HTTP.
    let receiver = Receiver::new();
    receiver.usually(Answer::Close);
    assert_eq!(send(&trusting, "127.0.0.1", receiver.port), Err(Fault::Tls));
    assert!(receiver.waiting().is_none());
}

both_engines! {
    fn whoever_may_not_read_leads_no_messages_to_themselves(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (receiver, evil) = (Receiver::new(), Receiver::new());
        let _sending = app.send_webhooks();
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        receiver.first([Answer::Status(500, "", "")]);
        app.pay(&ben, &ada, "1.00");
        receiver.next();
        let waiting = endpoint.settled(&ada, "waiting", 1);
        let manager = app.db_with_scopes(&ada, "webhooks:manage");
        let elsewhere = json!({"url": evil.url()});
        // Not even in two steps, of which the first asks for nothing that is not theirs.
        manager.patch(&endpoint.path(), &elsewhere).expect_problem(403, "forbidden");
        // Nor does whoever may not read payments tell of them: with the secret they would be believed.
        manager.post(&format!("{}/rotate-secret", endpoint.path()), &json!({})).expect_problem(403, "forbidden");
        manager.patch(&endpoint.path(), &json!({"events": ["webhook.test"]})).expect(200);
        manager.patch(&endpoint.path(), &elsewhere).expect_problem(403, "forbidden");
        app.clock.advance(7);
        receiver.next();
        endpoint.settled(&ada, "delivered", 2);
        // Where nothing waits that is not theirs, what was told before is not told there again for them.
        manager.patch(&endpoint.path(), &elsewhere).expect(200);
        let again = format!("/api/v1/webhook-deliveries/{}/redeliver", waiting["id"].as_str().unwrap());
        manager.post(&again, &json!({})).expect_problem(403, "forbidden");
        manager.post(&format!("{}/test", endpoint.path()), &json!({})).expect(202);
        assert_eq!(evil.next().body["type"], "webhook.test");
        assert!(evil.waiting().is_none());
        ada.post(&again, &json!({})).expect(202);
        assert_eq!(evil.next().body["type"], "payment.completed");
    }

    fn redirects_are_not_followed(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (receiver, elsewhere) = (Receiver::new(), Receiver::new());
        let _sending = app.send_webhooks();
        let location: &'static str = Box::leak(format!("location: {}\r\n", elsewhere.url()).into_boxed_str());
        for status in [301, 302, 303, 307, 308] {
            receiver.first([Answer::Status(status, location, "")]);
        }
        let endpoint = Endpoint::at(&ada, &receiver, &json!(["*"]));
        app.pay(&ben, &ada, "1.00");
        receiver.next();
        let log = endpoint.settled(&ada, "waiting", 1);
        assert_eq!(log["last_attempt"]["error"], "the answer was 301: redirects are not followed");
        let mut owner = ada.again();
        for (attempts, wait) in (2..).zip([6, 331, 1_981, 7_921]) {
            app.clock.advance(wait);
            receiver.next();
            owner = owner.again();
            endpoint.settled(&owner, "waiting", attempts);
        }
        assert_eq!(elsewhere.connections(), 0);
    }
}
