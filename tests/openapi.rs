//! Holds `api-spec` to the code: the description is the generated one, complete and readable, and the page on problems
//! has each code, with its status, and no other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use counterfoil::domain::refusal::ConflictReason;
use counterfoil::http::document;
use counterfoil::http::problem::ProblemCode;
use serde_json::Value;

/// Set to rewrite what is generated.
const UPDATE: &str = "COUNTERFOIL_TEST_UPDATE";

/// What clients of the first release rely on.
const PROMISED: [(&str, &str); 17] = [
    ("post", "/api/v1/sessions"),
    ("post", "/api/v1/sessions/refresh"),
    ("delete", "/api/v1/sessions/current"),
    ("get", "/api/v1/me"),
    ("get", "/api/v1/accounts/{account}"),
    ("get", "/api/v1/accounts/{account}/entries"),
    ("put", "/api/v1/accounts/{account}/limits"),
    ("post", "/api/v1/payments"),
    ("get", "/api/v1/payments/{id}"),
    ("get", "/api/v1/payments"),
    ("get", "/api/v1/communities/{code}"),
    ("get", "/api/v1/communities/{code}/members"),
    ("get", "/api/v1/communities/{code}/ledger"),
    ("get", "/openapi.json"),
    ("get", "/healthz"),
    ("get", "/readyz"),
    ("get", "/.well-known/jwks.json"),
];

/// The operations that anyone may call without a token.
const OPEN: [&str; 28] = [
    "complete_password_reset",
    "create_address_confirmation",
    "create_application",
    "create_authorization",
    "create_grants_answer",
    "create_oauth_introspection",
    "create_oauth_revocation",
    "create_oauth_token",
    "create_passkey_session",
    "create_passkeys_answer",
    "create_password_reset",
    "create_session",
    "get_authorization_page",
    "get_community",
    "get_document",
    "get_grants_page",
    "get_health",
    "get_key_set",
    "get_oauth_metadata",
    "get_passkeys_page",
    "get_problem",
    "get_readiness",
    "get_script",
    "get_stylesheet",
    "list_agreements",
    "refresh_session",
    "resend_address_confirmation",
    "start_passkey_session",
];

/// The operations at which a client can do nothing wrong.
const FAULTLESS: [&str; 4] = ["get_document", "get_health", "get_key_set", "get_readiness"];

/// OAuth's own endpoints and pages, whose requests are forms and whose errors have OAuth's shape, or are pages.
const OAUTH: &str = "/oauth/";

/// The verbs with which operations begin.
const VERBS: [&str; 30] = [
    "accept",
    "decline",
    "cancel",
    "capture",
    "void",
    "approve",
    "refuse",
    "resend",
    "complete",
    "confirm",
    "create",
    "delete",
    "edit",
    "get",
    "list",
    "refresh",
    "retry",
    "set",
    "start",
    "step",
    "pause",
    "resume",
    "agree",
    "begin",
    "end",
    "propose",
    "redeliver",
    "replay",
    "rotate",
    "test",
];

fn description() -> Value {
    serde_json::to_value(document()).unwrap()
}

/// Every operation with its method and path.
fn operations(description: &Value) -> Vec<(String, String, &Value)> {
    let mut all = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            all.push((method.clone(), path.clone(), operation));
        }
    }
    all
}

fn id(operation: &Value) -> &str {
    operation["operationId"].as_str().unwrap_or_else(|| panic!("no operationId: {operation}"))
}

fn in_api_spec(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("api-spec").join(name)
}

#[test]
fn the_published_description_is_the_generated_one() {
    let generated = document().to_yaml().unwrap();
    let path = in_api_spec("openapi.yaml");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&path, &generated).unwrap();
    }
    let published = std::fs::read_to_string(&path).unwrap_or_default();
    let differing =
        published.lines().zip(generated.lines()).position(|(published, generated)| published != generated);
    assert!(
        published == generated,
        "api-spec/openapi.yaml differs from the code, first in line {}; {UPDATE}=1 rewrites it",
        differing.map_or(0, |line| line + 1)
    );
}

#[test]
fn it_is_openapi_3_1() {
    assert!(description()["openapi"].as_str().unwrap().starts_with("3.1."));
}

#[test]
fn every_promised_route_is_there() {
    let description = description();
    let there: BTreeSet<_> =
        operations(&description).into_iter().map(|(method, path, _)| (method, path)).collect();
    for (method, path) in PROMISED {
        assert!(there.contains(&(method.to_owned(), path.to_owned())), "{method} {path}");
    }
}

#[test]
fn every_operation_says_what_it_does() {
    let description = description();
    let tags: BTreeSet<_> =
        description["tags"].as_array().unwrap().iter().map(|tag| tag["name"].as_str().unwrap()).collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&description) {
        let what = format!("{method} {path}");
        let summary = operation["summary"].as_str().unwrap_or_default();
        assert!(!summary.is_empty() && !summary.ends_with('.') && summary.len() <= 60, "{what}: {summary:?}");
        assert!(
            operation["description"].as_str().is_some_and(|text| text.ends_with('.')),
            "{what}: description"
        );
        let id = id(operation);
        assert!(ids.insert(id), "{what}: {id} is not the only one");
        let (verb, resource) = id.split_once('_').unwrap_or_default();
        assert!(VERBS.contains(&verb), "{what}: {id}");
        assert!(
            !resource.is_empty() && resource.bytes().all(|byte| byte == b'_' || byte.is_ascii_lowercase()),
            "{what}: {id}"
        );
        let own_tags = operation["tags"].as_array().unwrap();
        assert!(own_tags.len() == 1 && tags.contains(own_tags[0].as_str().unwrap()), "{what}: {own_tags:?}");
    }
}

#[test]
fn every_operation_says_who_may_call_it() {
    let description = description();
    let mut open = Vec::new();
    for (method, path, operation) in operations(&description) {
        match operation.get("security") {
            Some(security) => {
                assert_eq!(*security, serde_json::json!([{"bearer": []}]), "{method} {path}");
                assert!(operation["responses"].get("401").is_some(), "{method} {path}: 401");
            }
            None => open.push(id(operation)),
        }
    }
    open.sort_unstable();
    assert_eq!(open, OPEN, "an operation without security is on this list");
    assert_eq!(description["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
}

/// A guard stands in the signature of each handler: without one, it must be on the list of those that anyone may call.
#[test]
fn every_handler_has_its_guard() {
    fn collect(folder: PathBuf, sources: &mut Vec<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                collect(path, sources);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                sources.push(std::fs::read_to_string(path).unwrap());
            }
        }
    }
    let mut sources = Vec::new();
    collect(PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src/http"), &mut sources);
    let description = description();
    let mut guarded = 0;
    for (method, path, operation) in operations(&description) {
        let marker = format!("operation_id = \"{}\"", id(operation));
        let found: Vec<_> = sources.iter().filter_map(|source| source.split_once(&marker)).collect();
        let [(_, after)] = found[..] else { panic!("{method} {path} has one handler, not {}", found.len()) };
        let signature = after.split_once("pub async fn ").and_then(|(_, rest)| rest.split_once(") -> "));
        let (signature, _) =
            signature.unwrap_or_else(|| panic!("{method} {path} has no handler below its description"));
        // A stream's guard takes a ticket in the place of a token.
        let is_guarded = signature.contains("Caller<") || signature.contains("listening: Listening");
        assert_eq!(is_guarded, !OPEN.contains(&id(operation)), "{method} {path}: {signature}");
        guarded += usize::from(is_guarded);
    }
    assert!(guarded > OPEN.len(), "{guarded} guards were seen");
}

#[test]
fn every_error_is_a_problem_with_known_codes() {
    let description = description();
    let codes: BTreeMap<_, _> = ProblemCode::ALL.iter().map(|code| (code.code(), code.status())).collect();
    for (method, path, operation) in operations(&description) {
        if path.starts_with(OAUTH) {
            continue;
        }
        let mut has_client_error = false;
        for (status, response) in operation["responses"].as_object().unwrap() {
            let what = format!("{method} {path} {status}");
            let text = response["description"].as_str().unwrap_or_default();
            assert!(!text.is_empty(), "{what}: description");
            let number: u16 = status.parse().unwrap_or_else(|_| panic!("{what}: a status is a number"));
            if number < 400 || id(operation) == "get_readiness" {
                continue;
            }
            has_client_error |= number < 500;
            let schema = &response["content"]["application/problem+json"]["schema"]["$ref"];
            assert_eq!(schema, "#/components/schemas/Problem", "{what}");
            let named: Vec<_> =
                text.split('`').skip(1).step_by(2).filter(|word| codes.contains_key(word)).collect();
            assert!(!named.is_empty(), "{what} names no code: {text}");
            assert!(
                named.iter().all(|code| codes[*code] == number),
                "{what} names a code of another status: {text}"
            );
        }
        assert_eq!(has_client_error, !FAULTLESS.contains(&id(operation)), "{method} {path}");
        if operation.get("requestBody").is_some() {
            for status in ["400", "413", "415"] {
                assert!(operation["responses"].get(status).is_some(), "{method} {path}: {status}");
            }
        }
    }
}

#[test]
fn every_property_and_parameter_is_described() {
    let description = description();
    for (name, schema) in description["components"]["schemas"].as_object().unwrap() {
        assert!(schema["description"].as_str().is_some_and(|text| !text.is_empty()), "{name}");
        let Some(properties) = schema["properties"].as_object() else { continue };
        for (property, value) in properties {
            // Where a reference may be null, the text stands beside the reference.
            let text = value["description"].as_str().or_else(|| value["oneOf"][0]["description"].as_str());
            assert!(text.is_some_and(|text| !text.is_empty()), "{name}.{property}: {value}");
        }
    }
    for (method, path, operation) in operations(&description) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        for parameter in &parameters {
            assert!(
                parameter["description"].as_str().is_some_and(|text| !text.is_empty()),
                "{method} {path}: {parameter}"
            );
        }
        let in_path: BTreeSet<_> = path.split(['{', '}']).skip(1).step_by(2).collect();
        let described: BTreeSet<_> = parameters
            .iter()
            .filter(|parameter| parameter["in"] == "path")
            .filter_map(|parameter| parameter["name"].as_str())
            .collect();
        assert_eq!(in_path, described, "{method} {path}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    fn walk(value: &Value, description: &Value) {
        match value {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get("$ref") {
                    let pointer =
                        target.strip_prefix('#').unwrap_or_else(|| panic!("{target} leads outside"));
                    assert!(description.pointer(pointer).is_some(), "{target}");
                }
                members.values().for_each(|value| walk(value, description));
            }
            Value::Array(items) => items.iter().for_each(|value| walk(value, description)),
            _ => {}
        }
    }
    let description = description();
    walk(&description, &description);
}

#[test]
fn requests_take_no_unknown_fields() {
    let description = description();
    for (method, path, operation) in operations(&description) {
        let Some(body) = operation.get("requestBody") else { continue };
        // RFC 6749 section 3.1: parameters that are not known are ignored.
        if path.starts_with(OAUTH) {
            continue;
        }
        let schema = &body["content"]["application/json"]["schema"];
        // One that may be left out is that or nothing.
        let reference = schema.pointer("/oneOf/0").unwrap_or(schema)["$ref"].as_str().unwrap();
        let schema = description.pointer(reference.trim_start_matches('#')).unwrap();
        assert_eq!(schema["additionalProperties"], false, "{method} {path}: {reference}");
    }
}

#[test]
fn the_page_on_problems_has_each_code_and_no_other() {
    let page = std::fs::read_to_string(in_api_spec("problems.md")).unwrap();
    let mut sections = BTreeMap::new();
    for section in page.split("\n## ").skip(1) {
        let (heading, text) = section.split_once('\n').unwrap();
        let code = heading.trim().trim_matches('`').to_owned();
        assert!(sections.insert(code, text.to_owned()).is_none(), "{heading} comes twice");
    }
    let wanted: BTreeSet<_> = ProblemCode::ALL.iter().map(|code| code.code().to_owned()).collect();
    assert_eq!(sections.keys().cloned().collect::<BTreeSet<_>>(), wanted);
    for code in ProblemCode::ALL {
        let text = &sections[code.code()];
        let first = format!("{} · status {}\n", code.title(), code.status());
        assert!(text.trim_start().starts_with(&first), "{} begins with {first:?}", code.code());
        for part in ["**Meaning.** ", "**What to do.** "] {
            let said = text.split(part).nth(1).unwrap_or_else(|| panic!("{} lacks {part}", code.code()));
            assert!(said.trim().len() > 20, "{}: {part}", code.code());
        }
    }
}

#[test]
fn each_reason_of_a_conflict_is_told_with_what_to_do() {
    let page = std::fs::read_to_string(in_api_spec("problems.md")).unwrap();
    let rows = page.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    let mut told = BTreeSet::new();
    for (reason, rest) in rows {
        let columns: Vec<_> = rest.trim_end_matches('|').split('|').map(str::trim).collect();
        assert!(columns.len() == 2 && columns.iter().all(|column| column.len() > 8), "{reason}: {columns:?}");
        assert!(told.insert(reason), "{reason} comes twice");
    }
    // What only jobs are told: they ask again later.
    let inner = ConflictReason::NotExpired.name();
    let all = ConflictReason::ALL.iter().map(|reason| reason.name()).filter(|name| *name != inner);
    assert_eq!(told, all.collect::<BTreeSet<_>>());
}
