//! Which route leads where, and what all handlers share.

use std::sync::Arc;

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App, Error, web};
use ipnet::IpNet;
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::extract::BODY_BYTES_MAX;
use super::fallback;
use super::limits::Limits;
use super::routing::RouteConfig;
use super::server::ServerSettings;
use super::{landing, middleware, oauth, operations, pay, v1};
use crate::domain::ids::IdSource;
use crate::services::Services;

/// What all handlers share.
pub struct AppState {
    /// The use cases.
    pub services: Arc<Services>,
    /// The address under which people reach the service, without a slash at its end.
    pub public_url: String,
    /// Proxies that may say for whom they speak.
    pub trusted_proxies: Vec<IpNet>,
    /// How much may be asked for.
    pub limits: Arc<Limits>,
}

impl AppState {
    /// The shared state over some use cases.
    pub fn new(services: Arc<Services>, public_url: String, settings: &ServerSettings) -> Self {
        Self {
            services,
            public_url,
            trusted_proxies: settings.trusted_proxies.clone(),
            limits: Arc::clone(&settings.limits),
        }
    }

    /// An id for a request.
    pub fn fresh_request_id(&self) -> String {
        let mut ids: Box<dyn IdSource + Send> = self.services.fresh_ids();
        format!("req_{}", hex::encode(ids.random_16()))
    }
}

/// Every described route.
pub fn routes(config: &mut RouteConfig<'_, '_>) {
    config.scope("/api/v1", v1::routes).configure(operations::routes).configure(oauth::routes);
}

/// The whole application.
pub fn build(
    state: Data<AppState>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl actix_web::body::MessageBody>,
        Error = Error,
        InitError = (),
    >,
> {
    let documents = SwaggerUi::new("/docs/{_:.*}").config(Config::new(["/openapi.json"]));
    App::new()
        .app_data(state)
        .app_data(PayloadConfig::new(BODY_BYTES_MAX))
        .configure(|config| routes(&mut RouteConfig::Serving(config)))
        .service(documents)
        .service(operations::redirect_to_documents)
        .service(oauth::get_metadata_below_path)
        .configure(landing::routes)
        .configure(pay::routes)
        .default_service(web::to(fallback::answer))
        .wrap(from_fn(middleware::around))
}
