//! Paths that no handler takes: unknown ones are 404, known ones with a wrong method 405 with `Allow`.

use actix_web::http::header::{self, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use utoipa::openapi::OpenApi;

use super::openapi::description;
use super::problem::{ApiError, ProblemCode};

/// Every route's path and methods, from the API's description.
#[derive(Debug, Clone)]
pub struct Routes(Vec<(Vec<Segment>, String)>);

#[derive(Debug, Clone)]
enum Segment {
    Fixed(String),
    Any,
}

impl Routes {
    /// The routes that the description names.
    pub fn new(document: &OpenApi) -> Self {
        let routes = document.paths.paths.iter().map(|(path, item)| {
            let segments =
                path.split('/')
                    .map(|segment| {
                        if segment.starts_with('{') {
                            Segment::Any
                        } else {
                            Segment::Fixed(segment.to_owned())
                        }
                    })
                    .collect();
            let operations = [
                (&item.get, "GET, HEAD"),
                (&item.post, "POST"),
                (&item.put, "PUT"),
                (&item.patch, "PATCH"),
                (&item.delete, "DELETE"),
            ];
            let mut allowed: Vec<_> = operations
                .iter()
                .filter(|(operation, _)| operation.is_some())
                .map(|(_, name)| *name)
                .collect();
            allowed.push("OPTIONS");
            (segments, allowed.join(", "))
        });
        Self(routes.collect())
    }

    /// The methods that a path allows, if it is one of ours.
    fn allowed(&self, path: &str) -> Option<&str> {
        let wanted: Vec<_> = path.split('/').collect();
        let fits = |segments: &[Segment]| {
            segments.len() == wanted.len()
                && segments.iter().zip(&wanted).all(|(segment, wanted)| match segment {
                    Segment::Fixed(fixed) => fixed == wanted,
                    Segment::Any => !wanted.is_empty(),
                })
        };
        let fixed = |segments: &[Segment]| {
            segments.iter().filter(|segment| matches!(segment, Segment::Fixed(_))).count()
        };
        let fitting = self.0.iter().filter(|(segments, _)| fits(segments));
        fitting.max_by_key(|(segments, _)| fixed(segments)).map(|(_, allowed)| allowed.as_str())
    }
}

fn names(allow: &str, method: &Method) -> bool {
    allow.split(", ").any(|name| name == method.as_str())
}

/// Answers what no handler took.
pub async fn answer(request: HttpRequest) -> HttpResponse {
    let allow =
        description().routes.allowed(request.path()).and_then(|allowed| HeaderValue::from_str(allowed).ok());
    match allow {
        None => ApiError::new(ProblemCode::NotFound).error_response(),
        Some(allow) if request.method() == Method::OPTIONS => {
            let mut response = HttpResponse::new(StatusCode::NO_CONTENT);
            response.headers_mut().insert(header::ALLOW, allow);
            response
        }
        // The method fits and what stands in the path does not: there is no such thing.
        Some(allow) if allow.to_str().is_ok_and(|allow| names(allow, request.method())) => {
            ApiError::new(ProblemCode::NotFound).error_response()
        }
        Some(allow) => {
            ApiError::new(ProblemCode::MethodNotAllowed).header(header::ALLOW, allow).error_response()
        }
    }
}
