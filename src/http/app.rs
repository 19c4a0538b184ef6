//! Which route leads where, and what all handlers share.

use std::sync::Arc;

use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{Data, PayloadConfig};
use actix_web::{App, Error, web};
use ipnet::IpNet;
use utoipa::openapi::OpenApi;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{AppExt, scope};
use utoipa_swagger_ui::{Config, SwaggerUi};

use super::extract::BODY_BYTES_MAX;
use super::fallback::{self, Routes};
use super::limits::Limits;
use super::server::ServerSettings;
use super::{document, landing, middleware, oauth, operations, pay, v1};
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
    /// Every route's path and methods.
    pub routes: Routes,
    /// The API's description, as JSON.
    pub document: String,
}

impl AppState {
    /// The shared state over some use cases.
    pub fn new(services: Arc<Services>, public_url: String, settings: &ServerSettings) -> Self {
        let description: OpenApi = document();
        // The description is our own and has only text keys, so writing it cannot fail.
        let text = description.to_json().unwrap_or_default();
        Self {
            services,
            public_url,
            trusted_proxies: settings.trusted_proxies.clone(),
            limits: Arc::clone(&settings.limits),
            routes: Routes::new(&description),
            document: text,
        }
    }

    /// An id for a request.
    pub fn fresh_request_id(&self) -> String {
        let mut ids: Box<dyn IdSource + Send> = self.services.fresh_ids();
        format!("req_{}", hex::encode(ids.random_16()))
    }
}

/// Every described route.
pub fn routes(config: &mut ServiceConfig<'_>) {
    config
        .service(scope::scope("/api/v1").configure(v1::routes))
        .configure(operations::routes)
        .configure(oauth::routes);
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
        .into_utoipa_app()
        .app_data(state)
        .app_data(PayloadConfig::new(BODY_BYTES_MAX))
        .configure(routes)
        .into_app()
        .service(documents)
        .service(operations::redirect_to_documents)
        .service(oauth::get_metadata_below_path)
        .configure(landing::routes)
        .configure(pay::routes)
        .default_service(web::to(fallback::answer))
        .wrap(from_fn(middleware::around))
}
