//! Images of containers: `python:3.10-slim`, and the Dockerfiles that name them.

use std::collections::HashMap;

use super::versions::version;
use crate::facts::{Fact, PythonVersion};
use crate::project::manifest::Manifest;

/// Where Dockerfiles are looked for.
pub(super) const FOLDERS: &[&str] = &[".", "docker", ".devcontainer"];

/// `Dockerfile`, `Dockerfile.dev`, `app.Dockerfile`, `Containerfile`.
pub(in crate::project) fn is_dockerfile(name: &str) -> bool {
    let mut parts = name.split('.');
    let first = parts.next().unwrap_or_default();
    let last = parts.next_back().unwrap_or_default();
    [first, last]
        .into_iter()
        .any(|part| matches!(part, "Dockerfile" | "Containerfile"))
}

/// The Python in an image: of `python:3.10-slim`, `ghcr.io/x/python:3.10`, `cimg/python:3.10`, `pypy:3.10`, and of tags that say so, as
/// in `uvicorn-gunicorn:python3.10`.
pub(super) fn of_image(image: &str) -> Option<PythonVersion> {
    let image = image
        .split('@')
        .next()
        .unwrap_or(image)
        .trim()
        .trim_matches(['"', '\'']);
    let (name, tag) = image.rsplit('/').next()?.split_once(':')?;
    let parts = || tag.split(['-', '_']);
    match name.contains("python") || name.contains("pypy") {
        // The images of development containers have a version of their own first: `1-3.10-bookworm`.
        true => parts().find_map(version),
        false => parts().filter(|part| part.starts_with("py")).find_map(version),
    }
}

/// Every Python of the images that it starts from.
pub(super) fn of_dockerfile(manifest: &Manifest) -> Vec<Fact<PythonVersion>> {
    let mut arguments: HashMap<&str, &str> = HashMap::new();
    let mut found = Vec::new();
    for (index, line) in manifest.text().lines().enumerate() {
        let mut words = line.split_whitespace();
        match words.next() {
            Some(word) if word.eq_ignore_ascii_case("arg") => {
                let default = words.next().and_then(|argument| argument.split_once('='));
                arguments.extend(default);
            }
            Some(word) if word.eq_ignore_ascii_case("from") => {
                let image = words.find(|word| !word.starts_with("--")).unwrap_or_default();
                let image = with_arguments(image, &arguments);
                found.extend(of_image(&image).map(|value| Fact {
                    value,
                    source: format!("the image in {}", manifest.place_of_line(index + 1)),
                }));
            }
            _ => {}
        }
    }
    found
}

/// `python:3.10` for `python:${VERSION}`.
fn with_arguments(image: &str, arguments: &HashMap<&str, &str>) -> String {
    let mut whole = String::new();
    let mut rest = image;
    while let Some((before, behind)) = rest.split_once('$') {
        whole.push_str(before);
        let (name, after) = match behind.strip_prefix('{').and_then(|inner| inner.split_once('}')) {
            Some(braced) => braced,
            None => {
                let length = behind.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
                behind.split_at(length.unwrap_or(behind.len()))
            }
        };
        // `${VERSION:-3.10}` has a default of its own.
        let (name, default) = name.split_once(":-").unwrap_or((name, ""));
        let value = arguments.get(name).copied().unwrap_or(default);
        whole.push_str(value.trim_matches(['"', '\'']));
        rest = after;
    }
    whole.push_str(rest);
    whole
}

#[cfg(test)]
mod tests {
    use super::super::shown;
    use super::*;

    #[test]
    fn images_of_python_have_their_version_in_the_tag() {
        for image in [
            "python:3.10",
            "python:3.10.4-slim-bookworm",
            "docker.io/library/python:3.10@sha256:00",
            "cimg/python:3.10-node",
            "localhost:5000/python:3.10",
            "mcr.microsoft.com/devcontainers/python:1-3.10-bookworm",
            "ghcr.io/astral-sh/uv:python3.10-bookworm",
            "tiangolo/uvicorn-gunicorn:python3.10-slim",
            "pypy:3.10-7.3",
        ] {
            assert_eq!(of_image(image), Some(PythonVersion::new(3, 10)), "{image}");
        }
        for image in [
            "python",
            "python:latest",
            "python:3",
            "node:3.10",
            "alpine:3.18",
            "python:3-slim",
            "debian:pyé",
        ] {
            assert_eq!(of_image(image), None, "{image}");
        }
    }

    #[test]
    fn dockerfiles_start_from_images() {
        let text = "ARG VERSION=3.9\nFROM --platform=linux/amd64 python:${VERSION}-slim AS build\nRUN echo FROM python:3.7\n\
                    from python:3.12\nFROM $BASE\nFROM python:${OTHER:-3.8}\n";
        assert_eq!(
            shown(of_dockerfile(&Manifest::new("Dockerfile", text))),
            [
                "3.9 the image in Dockerfile:2",
                "3.12 the image in Dockerfile:4",
                "3.8 the image in Dockerfile:6"
            ]
        );
        for name in ["Dockerfile", "Dockerfile.dev", "app.Dockerfile", "Containerfile"] {
            assert!(is_dockerfile(name), "{name}");
        }
        assert!(!is_dockerfile("Dockerfiles.md") && !is_dockerfile("docker"));
    }
}
