//! What a fix may do to a manifest: nothing but change comments.

use super::comments;
use crate::finding::{Change, Edit};
use crate::project::Kind;
use crate::source::SourceFile;

/// Checks that `after` is `before` with other comments.
///
/// # Errors
/// The first line that differs, told as a clause.
pub fn verify(before: &SourceFile, after: &SourceFile, _: &[Edit], _: &[Change]) -> Result<(), String> {
    let (before, after) = (lines(before), lines(after));
    let differing = before.iter().zip(&after).find(|(before, after)| before != after);
    match differing {
        Some((before, after)) => Err(format!("`{before}` became `{after}`")),
        None if before.len() != after.len() => Err("lines came or went that are no comments".to_owned()),
        None => Ok(()),
    }
}

/// The lines without comments, and without the blanks at their ends; none that are empty then.
fn lines(source: &SourceFile) -> Vec<String> {
    let Some(kind) = Kind::of(source.path()) else {
        return vec![source.text().to_owned()];
    };
    let mut text = String::with_capacity(source.text().len());
    let mut end = 0;
    for comment in comments::spans(source.text(), kind) {
        text.push_str(&source.text()[end..comment.start]);
        end = comment.end;
    }
    text.push_str(&source.text()[end..]);
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    lines.map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Language;

    fn verified(before: &str, after: &str) -> Result<(), String> {
        let source = |text: &str| SourceFile::new("requirements.txt", Language::Manifest, text.to_owned());
        verify(&source(before), &source(after), &[], &[])
    }

    #[test]
    fn only_comments_may_change() {
        assert_eq!(verified("a==1  # b\n# c\nd\n", "a==1\nd\n"), Ok(()));
        assert_eq!(verified("a==1  # b\n", "a==1  # c\n"), Ok(()));
        assert_eq!(
            verified("a==1  # b\n", "a==2\n"),
            Err("`a==1` became `a==2`".to_owned())
        );
        assert!(verified("a\nb\n", "a\n").is_err());
        assert!(verified("a\n", "a\nb\n").is_err());
        assert!(verified("a\n# b\n", "a\nb\n").is_err());
    }
}
