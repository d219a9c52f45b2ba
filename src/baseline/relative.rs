//! How a baseline names files: from its own folder, with `/` on every system.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// The way from `folder`, which is canonical, to `file`. A file on another drive keeps its whole path. Symbolic links to
/// folders are resolved, the file's own name is kept.
pub(super) fn name(folder: &Path, file: &Path) -> String {
    let file = resolved(file);
    let mut from = folder.components().peekable();
    let mut to = file.components().peekable();
    if from.peek() != to.peek() {
        return joined(std::iter::empty(), file.components());
    }
    while let (Some(a), Some(b)) = (from.peek(), to.peek()) {
        if a != b {
            break;
        }
        from.next();
        to.next();
    }
    joined(from.map(|_| ".."), to)
}

/// `file` with its folder's symbolic links resolved, if the folder exists.
fn resolved(file: &Path) -> PathBuf {
    let folder = file.parent().and_then(|folder| fs::canonicalize(folder).ok());
    match (folder, file.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => file.to_owned(),
    }
}

fn joined<'a>(up: impl Iterator<Item = &'static str>, down: impl Iterator<Item = Component<'a>>) -> String {
    let down = down.filter_map(|component| match component {
        Component::RootDir => None,
        other => Some(other.as_os_str().to_string_lossy().into_owned()),
    });
    let parts: Vec<String> = up.map(str::to_owned).chain(down).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_from_the_folder_to_the_file() {
        let name = |folder: &str, file: &str| name(Path::new(folder), Path::new(file));
        assert_eq!(name("/nowhere/p", "/nowhere/p/src/a.py"), "src/a.py");
        assert_eq!(name("/nowhere/p/ci", "/nowhere/p/src/a.py"), "../src/a.py");
        assert_eq!(name("/nowhere/p/ci/x", "/nowhere/q.py"), "../../../q.py");
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_behind_a_link_has_one_name() {
        let folder = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(folder.path()).unwrap();
        fs::create_dir(real.join("src")).unwrap();
        std::os::unix::fs::symlink(real.join("src"), real.join("link")).unwrap();
        assert_eq!(name(&real, &real.join("link/a.py")), "src/a.py");
        assert_eq!(name(&real, &real.join("./src/../src/a.py")), "src/a.py");
    }
}
