//! Where handlers are put: into the app that answers, or into the API's description. The lists of routes are the same.
//!
//! Each of a server's threads builds an app of its own, and to collect the description takes far longer than to put
//! handlers in place: so that is done once in a process, and an app that answers does without.

use actix_web::dev::HttpServiceFactory;
use actix_web::web;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_actix_web::{OpenApiFactory, scope};

/// What takes in routes.
pub enum RouteConfig<'c, 's> {
    /// An app that answers.
    Serving(&'c mut web::ServiceConfig),
    /// The description.
    Describing(&'c mut ServiceConfig<'s>),
}

impl RouteConfig<'_, '_> {
    /// Takes in a handler.
    pub fn service(&mut self, handler: impl HttpServiceFactory + OpenApiFactory + 'static) -> &mut Self {
        match self {
            Self::Serving(config) => drop(config.service(handler)),
            Self::Describing(config) => drop(config.service(handler)),
        }
        self
    }

    /// Takes in a list of routes.
    pub fn configure(&mut self, routes: fn(&mut RouteConfig<'_, '_>)) -> &mut Self {
        routes(&mut *self);
        self
    }

    /// Takes in a list of routes below a path.
    pub fn scope(&mut self, path: &'static str, routes: fn(&mut RouteConfig<'_, '_>)) -> &mut Self {
        match self {
            Self::Serving(config) => {
                let below = |config: &mut web::ServiceConfig| routes(&mut RouteConfig::Serving(config));
                config.service(web::scope(path).configure(below));
            }
            Self::Describing(config) => {
                let below = |config: &mut ServiceConfig<'_>| routes(&mut RouteConfig::Describing(config));
                config.service(scope::scope(path).configure(below));
            }
        }
        self
    }
}
