//! Webhooks' messages, sent as the program sends them.

use std::sync::Arc;
use std::thread::JoinHandle;

use counterfoil::http::JsonAnswers;
use counterfoil::jobs::Delivering;
use counterfoil::webhook::{Client, TargetRules};
use tokio::sync::oneshot;

use super::app::{PUBLIC_URL, TestApp};

/// Sends an app's messages until it is dropped, which must be before the app stops.
pub struct Sending {
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

/// What the tests' operator allows: the machine itself.
pub fn loopback() -> TargetRules {
    TargetRules { allows_http: true, networks: vec!["127.0.0.0/8".parse().unwrap()] }
}

impl TestApp {
    /// Sends webhooks' messages from now on.
    pub fn send_webhooks(&self) -> Sending {
        self.send_webhooks_trusting(Vec::new())
    }

    /// The same, trusting these certificates (DER) as well.
    pub fn send_webhooks_trusting(&self, roots: Vec<Vec<u8>>) -> Sending {
        let services = self.services();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(async {
                let client = Client::new(loopback(), roots);
                let format = Arc::new(JsonAnswers::new(PUBLIC_URL.to_owned()));
                let running = Delivering::new(services, client, format).start();
                drop(stopped.await);
                running.stop().await;
            });
        });
        Sending { stop: Some(stop), thread: Some(thread) }
    }
}

impl Drop for Sending {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || std::thread::panicking(), "sending webhooks ended in a panic");
        }
    }
}
