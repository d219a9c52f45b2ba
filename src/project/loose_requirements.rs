//! Requirements that a `setup.py` puts together by code (`BASE + WS`, `requires.append("websockets<14")`): every text of the file
//! that can be nothing else than a requirement with a range.

use super::requirement::{Reading, normalized, split_name};
use super::setup_py::literal;
use crate::facts::Role;

/// Adds what the texts of the file require of packages that it does not name otherwise. Of a package that it requires in several
/// ways, which one holds is not known.
pub(super) fn add(text: &str, reading: &mut Reading<'_>) {
    let known: Vec<String> = reading.found.iter().map(|one| one.package.clone()).collect();
    let loose: Vec<(String, &str, usize)> = texts(text)
        .filter_map(|(text, at)| Some((package_of(text)?, text, at)))
        .filter(|(package, ..)| !known.contains(package))
        .collect();
    for (package, requirement, at) in &loose {
        let is_only = |other: &&(String, &str, usize)| other.0 == *package && other.1 != *requirement;
        match loose.iter().find(is_only) {
            None => reading.add(requirement, at + 1, Role::Main),
            Some(_) => reading.push(package, None, None, Role::Main, at + 1..at + 1 + requirement.len()),
        }
    }
}

/// The package of a requirement that has a range.
fn package_of(text: &str) -> Option<String> {
    let (name, rest) = split_name(text)?;
    let range = match rest.strip_prefix('[') {
        Some(extras) => extras.split_once(']')?.1,
        None => rest,
    };
    let operators = ["==", ">=", "<=", "~=", "!=", "<", ">"];
    let range = range.trim_start();
    let operator = operators.into_iter().find(|operator| range.starts_with(operator))?;
    let release = range.get(operator.len()..)?.trim_start();
    release
        .starts_with(|first: char| first.is_ascii_digit())
        .then(|| normalized(name))
}

/// The plain texts of a file in Python, without their quotes, and where they begin; those of several lines are passed over.
fn texts(text: &str) -> impl Iterator<Item = (&str, usize)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let found = text.get(at..)?.find(['"', '\'', '#'])? + at;
            let rest = text.get(found..)?;
            let quotes = [r#"""""#, "'''"].into_iter().find(|quotes| rest.starts_with(quotes));
            if rest.starts_with('#') {
                at = found + rest.find('\n')?;
            } else if let Some(quotes) = quotes {
                at = found + 2 * quotes.len() + rest.get(quotes.len()..)?.find(quotes)?;
            } else if let Some((value, _)) = literal(text, found) {
                at = found + value.len() + 2;
                return Some((value, found));
            } else {
                at = found + after_quoted(rest);
            }
        }
    })
}

/// The length of a text with escapes, or of what is none.
fn after_quoted(rest: &str) -> usize {
    let mut chars = rest.char_indices();
    let quote = chars.next().map(|(_, quote)| quote);
    while let Some((at, one)) = chars.next() {
        match one {
            '\\' => _ = chars.next(),
            '\n' => return at,
            _ if Some(one) == quote => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::project::manifest::Manifest;

    fn read(text: &str) -> Vec<String> {
        let manifest = Manifest::new("setup.py", text);
        let mut warnings = Vec::new();
        let mut reading = Reading::of(&manifest, &mut warnings);
        add(text, &mut reading);
        let shown = |one: &crate::facts::Requirement| match &one.range {
            Some(range) => format!("{} {range}", one.package),
            None => format!("{} ?", one.package),
        };
        reading.found.iter().map(shown).collect()
    }

    #[test]
    fn every_text_with_a_range_is_a_requirement() {
        let text = "\"\"\"Needs 'a>=1'.\"\"\"\nREAD = 'it\\'s \"b>=1\"'  # \"c>=1\"\nWS = [\"web_sockets[x]>=12,<14\"]\nWS += ['d ~= 2.0']\nx = 'e'\ny = 'a -> b'\nz = f'{n}>={m}'\n";
        assert_eq!(read(text), ["web-sockets >=12, <14", "d ~=2.0"]);
    }

    #[test]
    fn of_several_for_one_package_none_is_believed() {
        let text = "if OLD:\n    r.append('websockets<11')\nelse:\n    r.append('websockets>=12')\n";
        assert_eq!(read(text), ["websockets ?", "websockets ?"]);
        assert_eq!(read("a = ['b>1']\nc = ['b>1']\n"), ["b >1", "b >1"]);
        assert!(read("a = ['b>1").is_empty());
    }
}
