//! A way to PostgreSQL that can be cut at a chosen moment.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicUsize, Ordering};

/// Where the next exchange is cut. Unless it is told, the proxy lets everything through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Cut {
    /// What the client says is not passed on; both sides find the connection closed.
    BeforeTheServerHears = 1,
    /// The server hears it and acts, and its answer is not passed on.
    BeforeTheClientHears = 2,
}

/// No [`Cut`].
const NOWHERE: u8 = 0;

/// Listens on loopback and passes on to the server.
pub struct Proxy {
    pub address: SocketAddr,
    cut: Arc<AtomicU8>,
    done: Arc<AtomicUsize>,
}

impl Proxy {
    pub fn before(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let (cut, done) = (Arc::new(AtomicU8::new(NOWHERE)), Arc::new(AtomicUsize::new(0)));
        let (its_cut, its_done) = (Arc::clone(&cut), Arc::clone(&done));
        // Ends with the test's process.
        std::thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                let Ok(server) = TcpStream::connect(&server) else { continue };
                let (back, forth) =
                    ((server.try_clone().unwrap(), client.try_clone().unwrap()), (client, server));
                pump(
                    forth.0,
                    forth.1,
                    Cut::BeforeTheServerHears,
                    Arc::clone(&its_cut),
                    Arc::clone(&its_done),
                );
                pump(back.0, back.1, Cut::BeforeTheClientHears, Arc::clone(&its_cut), Arc::clone(&its_done));
            }
        });
        Self { address, cut, done }
    }

    /// Cuts the next exchange, once.
    pub fn arm(&self, cut: Cut) {
        self.cut.store(cut as u8, Ordering::SeqCst);
    }

    /// How often something was cut.
    pub fn cuts(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, moment: Cut, cut: Arc<AtomicU8>, done: Arc<AtomicUsize>) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 65_536];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let is_now =
                cut.compare_exchange(moment as u8, NOWHERE, Ordering::SeqCst, Ordering::SeqCst).is_ok();
            if is_now {
                done.fetch_add(1, Ordering::SeqCst);
                break;
            }
            if to.write_all(&buffer[..count]).is_err() {
                break;
            }
        }
        drop(from.shutdown(Shutdown::Both));
        drop(to.shutdown(Shutdown::Both));
    });
}
