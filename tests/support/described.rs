//! Holds every answer that a test sees to the API's description: a status that is not described must not occur.

use std::sync::LazyLock;

use serde_json::Value;

/// Statuses that belong to no operation: the path or the method was wrong.
const OF_NO_OPERATION: [u16; 2] = [404, 405];

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::to_value(counterfoil::http::document()).unwrap());

/// Fails the test where the operation that answered does not describe this status.
pub fn check(method: &str, path_and_query: &str, status: u16) {
    let path = path_and_query.split('?').next().unwrap_or_default();
    let Some(operation) = find(&method.to_lowercase(), path) else { return };
    let is_described = operation["responses"].get(status.to_string()).is_some();
    let is_of_path = OF_NO_OPERATION.contains(&status) && path.contains('%');
    assert!(
        is_described || is_of_path,
        "{method} {path} answered {status}, which its description does not list"
    );
}

/// The operation with most fixed parts of its path.
fn find(method: &str, path: &str) -> Option<&'static Value> {
    let parts: Vec<_> = path.split('/').collect();
    let paths = DOCUMENT["paths"].as_object()?;
    let fitting = paths.iter().filter(|(template, _)| {
        let template: Vec<_> = template.split('/').collect();
        template.len() == parts.len()
            && template
                .iter()
                .zip(&parts)
                .all(|(wanted, part)| wanted == part || (wanted.starts_with('{') && !part.is_empty()))
    });
    let (_, item) = fitting.min_by_key(|(template, _)| template.matches('{').count())?;
    item.get(method)
}
