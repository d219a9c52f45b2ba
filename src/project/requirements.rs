//! `requirements*.txt`: the packages that a file for pip names. Files that it includes with `-r` are not followed.

use super::dependency::Dependency;
use super::manifest::Manifest;

/// Every package that the file names.
pub(super) fn read(manifest: &Manifest) -> Vec<Dependency> {
    let lines = manifest.text().lines().enumerate();
    lines
        .filter_map(|(index, line)| Dependency::parse(without_comment(line), &manifest.place_of_line(index + 1)))
        .collect()
}

/// As pip: `#` begins a comment at the start of a line and behind a blank.
fn without_comment(line: &str) -> &str {
    let comment = line
        .match_indices('#')
        .map(|(at, _)| at)
        .find(|&at| line[..at].chars().next_back().is_none_or(char::is_whitespace));
    line.get(..comment.unwrap_or(line.len())).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_told_from_options_and_comments() {
        let text =
            "# a\n-r base.txt\nb==1 \\\n    --hash=sha256:00\nc>=2  # because; of\nd;python_version<'3'\n\n./e\n";
        assert_eq!(
            read(&Manifest::new("requirements.txt", text)),
            [
                Dependency::named("b", false, "requirements.txt:3"),
                Dependency::named("c", false, "requirements.txt:5"),
                Dependency::named("d", true, "requirements.txt:6"),
            ]
        );
    }
}
