//! `.python-version` of pyenv and uv: what developers run. A weak hint, asked last.

use super::Fact;
use super::PythonVersion;
use super::manifest::Manifest;

/// The oldest version that the file names. Names of virtual environments and of other implementations say nothing.
pub(super) fn read(manifest: &Manifest) -> Option<Fact<PythonVersion>> {
    let lines = manifest.text().lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            Some(Fact {
                value: version(line)?,
                source: manifest.place_of_line(index + 1),
            })
        })
        .min_by_key(|fact| fact.value)
}

/// `3.11`, `3.11.4`, `cpython-3.11.4`.
fn version(line: &str) -> Option<PythonVersion> {
    let line = line.split('#').next()?.trim();
    let mut numbers = line.strip_prefix("cpython-").unwrap_or(line).split('.');
    let (major, minor) = (numbers.next()?, numbers.next()?);
    format!("{major}.{minor}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_version_counts_and_other_names_say_nothing() {
        let read = |text: &str| read(&Manifest::new(".python-version", text)).map(|fact| (fact.value, fact.source));
        assert_eq!(
            read("# local\n3.12.1\n3.9\n"),
            Some((PythonVersion::new(3, 9), ".python-version:3".to_owned()))
        );
        assert_eq!(
            read("cpython-3.11.4"),
            Some((PythonVersion::new(3, 11), ".python-version:1".to_owned()))
        );
        for text in ["", "system", "my.env", "3", "pypy3.9-7.3.9"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
