//! What the project may depend on.
//!
//! Holds the dependencies that cargo really resolves for this platform to the licences, bans and sources that
//! `deny.toml` states, also where cargo-deny is not installed, and `Cargo.toml` to the rule that each direct
//! dependency stands with its reason. Everything here returns its findings, so that the tests at the end can show
//! that a bad dependency is found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

// ---- deny.toml, of which two plain arrays are read

/// The part of `deny.toml` that this test knows.
struct Policy {
    licences: BTreeSet<String>,
    banned: BTreeSet<String>,
}

impl Policy {
    fn parse(text: &str) -> Result<Self, String> {
        let licences = quoted(array(text, "licenses", "allow")?);
        // `{ crate = "name", reason = "…" }`: the string that follows each `crate =`.
        let banned = array(text, "bans", "deny")?
            .split("crate =")
            .skip(1)
            .filter_map(|entry| quoted(entry).into_iter().next())
            .collect();
        Ok(Self { licences: licences.into_iter().collect(), banned })
    }
}

/// What stands between the brackets of `key = [` … `]` in `[section]`. A bracket inside a string would end the
/// array too early; there is none in `deny.toml`.
fn array<'a>(text: &'a str, section: &str, key: &str) -> Result<&'a str, String> {
    let missing = || format!("deny.toml has no array `{key}` in [{section}]");
    let (_, rest) = text.split_once(&format!("\n[{section}]\n")).ok_or_else(missing)?;
    let body = rest.split_once("\n[").map_or(rest, |(body, _)| body);
    let (_, array) = body.split_once(&format!("\n{key} = [")).ok_or_else(missing)?;
    array.split_once(']').map(|(array, _)| array).ok_or_else(missing)
}

fn quoted(text: &str) -> Vec<String> {
    text.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

// ---- licence expressions

/// Whether an SPDX expression can be satisfied with the allowed licences alone. Knows `OR`, `AND`, `WITH`, brackets
/// and the older `/` for `OR`.
fn is_satisfied(expression: &str, allowed: &BTreeSet<String>) -> Result<bool, String> {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let mut words: Vec<&str> = spaced.split_whitespace().rev().collect();
    let satisfied = any_of(&mut words, allowed).map_err(|error| format!("`{expression}`: {error}"))?;
    match words.pop() {
        None => Ok(satisfied),
        Some(word) => Err(format!("`{expression}`: `{word}` is not expected")),
    }
}

fn any_of(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Result<bool, String> {
    let mut satisfied = all_of(words, allowed)?;
    while words.pop_if(|word| *word == "OR").is_some() {
        satisfied |= all_of(words, allowed)?;
    }
    Ok(satisfied)
}

fn all_of(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Result<bool, String> {
    let mut satisfied = one(words, allowed)?;
    while words.pop_if(|word| *word == "AND").is_some() {
        satisfied &= one(words, allowed)?;
    }
    Ok(satisfied)
}

fn one(words: &mut Vec<&str>, allowed: &BTreeSet<String>) -> Result<bool, String> {
    match words.pop() {
        Some("(") => {
            let satisfied = any_of(words, allowed)?;
            words.pop_if(|word| *word == ")").ok_or("a bracket is not closed")?;
            Ok(satisfied)
        }
        None | Some(")" | "OR" | "AND" | "WITH") => Err("a licence is missing".to_owned()),
        Some(licence) if words.pop_if(|word| *word == "WITH").is_some() => {
            let exception = words.pop().ok_or("an exception is missing")?;
            Ok(allowed.contains(&format!("{licence} WITH {exception}")))
        }
        Some(licence) => Ok(allowed.contains(licence)),
    }
}

// ---- the dependencies that cargo resolves

/// `cargo metadata` for this machine's platform and all features, without the network.
fn resolved_dependencies() -> Result<Value, String> {
    let version = cargo(&["-vV"])?;
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .ok_or("cargo -vV does not name the host")?;
    let metadata = cargo(&[
        "metadata",
        "--format-version=1",
        "--locked",
        "--offline",
        "--all-features",
        "--filter-platform",
        host,
    ])
    .map_err(|error| format!("{error}\nWhere crates are missing: cargo fetch --locked --target {host}"))?;
    serde_json::from_str(&metadata).map_err(|error| error.to_string())
}

fn cargo(arguments: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .map_err(|error| format!("cargo does not run: {error}"))?;
    if !output.status.success() {
        return Err(String::from_utf8_lossy(&output.stderr).into_owned());
    }
    String::from_utf8(output.stdout).map_err(|error| error.to_string())
}

/// The packages that reach the binary or run while it is built: everything from the root that is not for tests alone.
fn shipped_packages(metadata: &Value) -> Result<Vec<&Value>, String> {
    let by_id = |array: &'static str| -> BTreeMap<&str, &Value> {
        let items = metadata.pointer(array).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(|item| Some((item["id"].as_str()?, item))).collect()
    };
    let (nodes, packages) = (by_id("/resolve/nodes"), by_id("/packages"));
    let root = metadata.pointer("/resolve/root").and_then(Value::as_str).ok_or("there is no root package")?;

    let mut seen = BTreeSet::from([root]);
    let mut pending = vec![root];
    while let Some(id) = pending.pop() {
        let node = nodes.get(id).ok_or_else(|| format!("{id} is not resolved"))?;
        for dependency in node["deps"].as_array().into_iter().flatten() {
            let mut kinds = dependency["dep_kinds"].as_array().into_iter().flatten();
            if let Some(id) = dependency["pkg"].as_str()
                && kinds.any(|kind| kind["kind"] != "dev")
                && seen.insert(id)
            {
                pending.push(id);
            }
        }
    }
    seen.remove(root);
    seen.into_iter().map(|id| packages.get(id).copied().ok_or_else(|| format!("{id} is unknown"))).collect()
}

/// One line for each thing that the policy does not allow.
fn violations(packages: &[&Value], policy: &Policy) -> Vec<String> {
    let mut found = Vec::new();
    let mut registries = BTreeSet::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        if policy.banned.contains(name) {
            found.push(format!("{name} is banned"));
        }
        match package["license"].as_str().map(|expression| is_satisfied(expression, &policy.licences)) {
            Some(Ok(true)) => {}
            Some(Ok(false)) => found.push(format!("{name}: {} is not allowed", package["license"])),
            Some(Err(error)) => found.push(format!("{name}: {error}")),
            None => found.push(format!("{name} states no licence")),
        }
        match package["source"].as_str() {
            Some(source) if source.starts_with("registry+") => {
                registries.insert(source);
            }
            source => found.push(format!("{name} comes from {source:?}, not from a registry")),
        }
    }
    if registries.len() > 1 {
        found.push(format!("there is more than one registry: {registries:?}"));
    }
    found
}

// ---- Cargo.toml

/// The direct dependencies without a reason: a paragraph begins with a comment and reaches to the next comment or
/// empty line, and whatever stands outside of one has no reason.
fn dependencies_without_reason(manifest: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let (mut in_dependencies, mut has_reason) = (false, false);
    for line in manifest.lines() {
        if line.starts_with('#') {
            has_reason = true;
        } else if line.is_empty() {
            has_reason = false;
        } else if let Some(header) = line.strip_prefix('[') {
            // `[dependencies]`, `[target.….dev-dependencies]`; and `[dependencies.name]`, a dependency itself.
            let header = header.trim_end_matches(']');
            in_dependencies = header.ends_with("dependencies");
            if header.contains("dependencies.") && !has_reason {
                found.push(header);
            }
            has_reason = false;
        } else if in_dependencies
            && !has_reason
            && line.starts_with(|first: char| first.is_ascii_alphanumeric())
            && let Some((name, _)) = line.split_once('=')
        {
            found.push(name.trim());
        }
    }
    found
}

fn read(path: &str) -> Result<String, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))
}

// ---- the rules

#[test]
fn resolved_dependencies_keep_to_deny_toml() -> Result<(), String> {
    let policy = Policy::parse(&read("deny.toml")?)?;
    let metadata = resolved_dependencies()?;
    let packages = shipped_packages(&metadata)?;

    assert!(packages.len() > 100, "{} packages are not the whole tree", packages.len());
    assert!(packages.iter().any(|package| package["name"] == "pq-src"), "the build dependencies are missing");
    let found = violations(&packages, &policy);
    assert!(found.is_empty(), "{}", found.join("\n"));
    Ok(())
}

#[test]
fn each_direct_dependency_stands_with_its_reason() -> Result<(), String> {
    assert_eq!(dependencies_without_reason(&read("Cargo.toml")?), Vec::<&str>::new());
    Ok(())
}

// ---- that they can be broken

#[test]
fn deny_toml_is_read() -> Result<(), String> {
    let policy = Policy::parse(&read("deny.toml")?)?;
    assert!(policy.licences.contains("MIT") && policy.licences.contains("Zlib"));
    assert!(policy.licences.iter().all(|licence| !licence.contains("GPL")));
    assert!(policy.banned.contains("openssl-sys") && policy.banned.contains("actix-governor"));
    assert!(Policy::parse("[licenses]\n").is_err());
    Ok(())
}

#[test]
fn licence_expressions_are_evaluated() {
    let allowed = ["MIT", "Apache-2.0", "BSD-3-Clause"].map(str::to_owned).into();
    let satisfied = |expression| is_satisfied(expression, &allowed);

    for good in [
        "MIT",
        "MIT OR GPL-3.0-or-later",
        "GPL-3.0-or-later OR MIT",
        "MIT/Unlicense",
        "MIT AND Apache-2.0",
        "(MIT OR GPL-2.0-only) AND BSD-3-Clause",
        "GPL-2.0-only AND ISC OR MIT",
        "Apache-2.0 WITH LLVM-exception OR Apache-2.0",
    ] {
        assert_eq!(satisfied(good), Ok(true), "{good}");
    }
    for bad in [
        "GPL-3.0-or-later",
        "AGPL-3.0-only OR GPL-3.0-or-later",
        "MIT AND GPL-3.0-or-later",
        "(MIT OR Apache-2.0) AND GPL-3.0-or-later",
        "MIT AND (GPL-2.0-only OR GPL-3.0-only)",
        "Apache-2.0 WITH LLVM-exception",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "mit",
    ] {
        assert_eq!(satisfied(bad), Ok(false), "{bad}");
    }
    for malformed in ["", "MIT OR", "AND MIT", "(MIT", "MIT)", "MIT Apache-2.0", "MIT WITH"] {
        assert!(satisfied(malformed).is_err(), "{malformed}");
    }
}

#[test]
fn a_bad_dependency_is_found() -> Result<(), String> {
    let registry = "registry+somewhere";
    let metadata = serde_json::json!({
        "packages": [
            { "id": "root", "name": "root", "license": "MIT", "source": null },
            { "id": "1", "name": "good", "license": "MIT", "source": registry },
            { "id": "2", "name": "openssl-sys", "license": "MIT", "source": registry },
            { "id": "3", "name": "copyleft", "license": "GPL-3.0-or-later", "source": registry },
            { "id": "4", "name": "unlicensed", "license": null, "source": registry },
            { "id": "5", "name": "branch", "license": "MIT", "source": "git+somewhere" },
            { "id": "6", "name": "test-only", "license": "GPL-3.0-or-later", "source": registry },
            { "id": "7", "name": "elsewhere", "license": "MIT", "source": "registry+elsewhere" },
        ],
        "resolve": { "root": "root", "nodes": [
            { "id": "root", "deps": [
                { "pkg": "1", "dep_kinds": [{ "kind": null }] },
                { "pkg": "6", "dep_kinds": [{ "kind": "dev" }] },
            ]},
            { "id": "1", "deps": [
                { "pkg": "2", "dep_kinds": [{ "kind": "build" }] },
                { "pkg": "3", "dep_kinds": [{ "kind": "dev" }, { "kind": null }] },
                { "pkg": "4", "dep_kinds": [{ "kind": null }] },
            ]},
            { "id": "2", "deps": [{ "pkg": "5", "dep_kinds": [{ "kind": null }] }] },
            { "id": "3", "deps": [{ "pkg": "7", "dep_kinds": [{ "kind": null }] }] },
            { "id": "4", "deps": [] },
            { "id": "5", "deps": [] },
            { "id": "7", "deps": [] },
        ]},
    });
    let policy = Policy {
        licences: ["MIT"].map(str::to_owned).into(),
        banned: ["openssl-sys"].map(str::to_owned).into(),
    };
    let packages = shipped_packages(&metadata)?;
    let found = violations(&packages, &policy);

    for expected in
        ["openssl-sys is banned", "copyleft:", "unlicensed states no", "branch comes from", "more than one"]
    {
        assert!(found.iter().any(|line| line.contains(expected)), "{expected} is not in {found:?}");
    }
    assert_eq!(found.len(), 5, "{found:?}");
    Ok(())
}

#[test]
fn a_dependency_without_reason_is_found() {
    let manifest = "[package]
name = \"x\"

# Above the header only.
[dependencies]
first = \"1\"
# A reason.
second = \"1\"
third = { version = \"1\", features = [
    \"a\",
] }

fourth = \"1\"

[dev-dependencies.fifth]
version = \"1\"

# A reason.
[target.'cfg(unix)'.dependencies.sixth]
version = \"1\"
[features]
seventh = []
";
    assert_eq!(dependencies_without_reason(manifest), ["first", "fourth", "dev-dependencies.fifth"]);
}
