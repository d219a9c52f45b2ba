//! Where git keeps the patterns that stand in no folder of the tree: `info/exclude` of a repository, and the file that
//! `core.excludesFile` names.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::Failure;
use crate::reading::{self, Kind, ReadError};

/// `info/exclude` of the repository that begins in `folder`, if one does: a `.git` that is a file says where the rest of it
/// lies, as for a second working tree.
pub(super) fn of_repository(folder: &Path) -> Option<PathBuf> {
    let git = folder.join(".git");
    let text = match reading::read(&git, Kind::Ignore) {
        Ok(bytes) => String::from_utf8(bytes).ok()?,
        Err(ReadError::NotPlain(_)) => return Some(git.join("info/exclude")),
        Err(_) => return None,
    };
    let own = folder.join(text.lines().next()?.strip_prefix("gitdir: ")?);
    let common = reading::read(&own.join("commondir"), Kind::Ignore).ok()?;
    let common = String::from_utf8(common).ok()?;
    Some(own.join(common.lines().next()?).join("info/exclude"))
}

/// The file for all repositories of the user, which need not be there. What git's configuration cannot be read for goes to
/// `failures`.
pub(super) fn file(failures: &mut Vec<Failure>) -> Option<PathBuf> {
    let given = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let home = env::home_dir();
    let own = given("XDG_CONFIG_HOME").or_else(|| Some(home.as_ref()?.join(".config")));
    // In the order in which they count.
    let users = match env::var_os("GIT_CONFIG_GLOBAL") {
        Some(path) => vec![path],
        None => [
            home.as_ref().map(|home| home.join(".gitconfig")),
            own.as_ref().map(|own| own.join("git/config")),
        ]
        .into_iter()
        .flatten()
        .map(OsString::from)
        .collect(),
    };
    let system = match env::var_os("GIT_CONFIG_NOSYSTEM") {
        Some(_) => None,
        None => Some(given("GIT_CONFIG_SYSTEM").unwrap_or_else(|| PathBuf::from("/etc/gitconfig"))),
    };
    let files = users.into_iter().map(PathBuf::from).chain(system);
    let named = files.filter(|path| !path.as_os_str().is_empty()).find_map(|path| {
        match reading::read(&path, Kind::Ignore) {
            Ok(bytes) => excludes_file(&String::from_utf8_lossy(&bytes)),
            Err(error) => {
                // A home of somebody else is none, as for git, and `GIT_CONFIG_GLOBAL=/dev/null` is how git is told of none.
                let is_none = error.is_forbidden_or_absent() || path == Path::new("/dev/null");
                failures.extend((!is_none).then(|| Failure::path(&path, format!("cannot be read: {error}"))));
                None
            }
        }
    });
    match named {
        Some(path) => Some(match (path.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        }),
        None => own.map(|own| own.join("git/ignore")),
    }
}

/// What the last `excludesFile` of the section `core` says.
fn excludes_file(text: &str) -> Option<String> {
    let mut is_core = false;
    let mut found = None;
    for line in text.lines() {
        let mut line = line.trim();
        if let Some(rest) = line.strip_prefix('[') {
            let Some((section, behind)) = rest.split_once(']') else {
                continue;
            };
            is_core = section.trim().eq_ignore_ascii_case("core");
            line = behind.trim();
        }
        let Some((key, value)) = line.split_once('=') else {
            continue;
        };
        if is_core && key.trim().eq_ignore_ascii_case("excludesfile") {
            found = Some(value.trim().trim_matches('"').to_owned()).filter(|value| !value.is_empty());
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_key_of_the_right_section_counts() {
        for (text, file) in [
            ("[core]\n\texcludesFile = ~/.ignored\n", Some("~/.ignored")),
            ("[Core] excludesfile=\"/a b\"\n", Some("/a b")),
            (
                "[core]\nexcludesFile = a\nexcludesFile = b\n[user]\nexcludesFile = c\n",
                Some("b"),
            ),
            ("[user]\nexcludesFile = c\n", None),
            ("[core\nexcludesFile = c\n[core]\nexcludesFile\n", None),
            ("", None),
        ] {
            assert_eq!(excludes_file(text).as_deref(), file, "{text:?}");
        }
    }
}
