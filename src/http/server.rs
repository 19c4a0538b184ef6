//! Listening, and stopping: the API's server, and the operator's.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::{Server, ServerHandle};
use actix_web::web::Data;
use actix_web::{App, HttpResponse, HttpServer, web};
use ipnet::IpNet;
use metrics_exporter_prometheus::PrometheusHandle;

use super::app::{AppState, build};
use super::limits::Limits;
use super::operations;
use crate::config::{Settings, SettingsError};
use crate::services::Services;

/// How long a client may take to send a request's head.
const REQUEST_HEAD_MAX: Duration = Duration::from_secs(5);
/// How long an idle connection is kept.
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// How long requests under way may take to end when the server stops, in seconds.
const DRAIN_MAX_S: u64 = 20;

/// How the API's server is sized, and whom it trusts.
#[derive(Clone)]
pub struct ServerSettings {
    /// Threads that answer.
    pub workers: usize,
    /// The most connections at once, over all threads.
    pub connections_max: usize,
    /// Proxies that may say for whom they speak.
    pub trusted_proxies: Vec<IpNet>,
    /// How much may be asked for.
    pub limits: Arc<Limits>,
}

impl ServerSettings {
    /// The server's part of the settings.
    ///
    /// # Errors
    /// What makes no sense.
    pub fn new(settings: &Settings) -> Result<Self, SettingsError> {
        Ok(Self {
            workers: Settings::threads(settings.http_workers),
            connections_max: settings.http_connections_max,
            trusted_proxies: settings.proxies()?,
            limits: Arc::new(Limits::new(settings)),
        })
    }
}

/// Starts the API's server on a listener. It runs when it is awaited.
///
/// # Errors
/// When the listener cannot be used.
pub fn start(
    services: Arc<Services>,
    public_url: String,
    listener: TcpListener,
    settings: &ServerSettings,
) -> std::io::Result<Server> {
    // It ends when the streams are ended, or with the runtime.
    let telling = Arc::clone(&services);
    drop(actix_web::rt::spawn(async move { telling.tell_listeners().await }));
    let state = Data::new(AppState::new(services, public_url, settings));
    let server = HttpServer::new(move || build(state.clone()))
        .workers(settings.workers)
        .max_connections((settings.connections_max / settings.workers.max(1)).max(1))
        .client_request_timeout(REQUEST_HEAD_MAX)
        .keep_alive(KEEP_ALIVE)
        .shutdown_timeout(DRAIN_MAX_S)
        .disable_signals()
        .listen(listener)?;
    Ok(server.run())
}

/// Starts the operator's server: metrics and health, on a listener that the public does not reach.
///
/// # Errors
/// When the listener cannot be used.
pub fn start_admin(
    services: Arc<Services>,
    public_url: String,
    listener: TcpListener,
    recorder: PrometheusHandle,
    settings: &ServerSettings,
) -> std::io::Result<Server> {
    let state = Data::new(AppState::new(services, public_url, settings));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(state.clone())
            .app_data(Data::new(recorder.clone()))
            .service(operations::get_health)
            .service(operations::get_readiness)
            .service(web::resource("/metrics").to(get_metrics))
    })
    .workers(1)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}

async fn get_metrics(recorder: Data<PrometheusHandle>) -> HttpResponse {
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(recorder.render())
}

/// Ends a server: no new connections, requests under way are answered, and streams of events, which would never be, end.
pub async fn drain(services: &Services, handle: &ServerHandle) {
    services.end_streams();
    handle.stop(true).await;
}
