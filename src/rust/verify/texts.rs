//! Tokens and comments on both sides of the edits.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

use crate::finding::Edit;
use crate::rust::syntax::lexer;
use crate::rust::syntax::parse::{self, Offsets};
use crate::source::{SourceFile, Span};
use crate::suppress::comment_starts;
use crate::suppress::may_direct;

/// Where edits put text, and how offsets behind them relate to those before.
pub(super) struct Mapping {
    /// The bytes that go, and those that come in their place, by position.
    pairs: Vec<(Span, Span)>,
}

impl Mapping {
    /// Reads sorted edits; refuses them if they overlap or if `after` is not `before` with them applied.
    pub(super) fn of(before: &str, after: &str, edits: &[Edit]) -> Result<Self, String> {
        let (mut applied, mut pairs, mut done) = (String::with_capacity(after.len()), Vec::new(), 0);
        for edit in edits {
            let kept = before
                .get(done..edit.span.start)
                .ok_or("the edits overlap or cut a character")?;
            applied.push_str(kept);
            let start = applied.len();
            applied.push_str(&edit.text);
            pairs.push((edit.span, Span::new(start, applied.len())));
            done = edit.span.end;
        }
        applied.push_str(before.get(done..).ok_or("an edit reaches past the end")?);
        if applied == after {
            Ok(Self { pairs })
        } else {
            Err("bytes outside the edits differ".to_owned())
        }
    }

    /// Whether a span of the text after was put in as a whole.
    pub(super) fn is_inserted(&self, span: Span) -> bool {
        let first = self.pairs.partition_point(|(_, new)| new.end < span.end);
        let candidates = self.pairs.get(first..).unwrap_or_default().iter();
        candidates
            .take_while(|(_, new)| new.start <= span.start)
            .any(|(_, new)| new.contains(span))
    }

    /// Where a span of the text after that begins and ends outside what was put in stood before.
    pub(super) fn before(&self, span: Span) -> Option<Span> {
        let start = self.offset_before(span.start, true)?;
        let end = self.offset_before(span.end, false)?;
        (start <= end).then(|| Span::new(start, end))
    }

    /// A start lies behind what is put in or taken out at its place, an end before it; neither lies inside.
    fn offset_before(&self, offset: usize, is_start: bool) -> Option<usize> {
        let passed = self.pairs.partition_point(|(_, new)| new.end < offset);
        let (before, rest) = self.pairs.split_at(passed);
        let (mut behind_old, mut behind_new) = before.last().map_or((0, 0), |(old, new)| (old.end, new.end));
        for (old, new) in rest {
            let is_deletion = new.is_empty();
            match offset.cmp(&new.start) {
                Ordering::Less => break,
                Ordering::Equal if !is_start => break,
                Ordering::Equal if !is_deletion => return None,
                _ => {}
            }
            if offset < new.end || (offset == new.end && !is_start && !is_deletion) {
                return None;
            }
            (behind_new, behind_old) = (new.end, old.end);
        }
        Some(behind_old + (offset - behind_new))
    }
}

/// The tokens that edits put in (spans of the text after) and took out (of the text before), and the others.
pub(super) struct Tokens {
    pub(super) inserted: Vec<Span>,
    pub(super) deleted: Vec<Span>,
    kept_before: Vec<usize>,
    kept_after: Vec<usize>,
}

/// Compares the tokens outside the edits.
pub(super) fn compare_tokens(before: &SourceFile, after: &SourceFile, mapping: &Mapping) -> Result<Tokens, String> {
    let old = split(before, mapping.pairs.iter().map(|(old, _)| *old))?;
    let new = split(after, mapping.pairs.iter().map(|(_, new)| *new))?;
    let same = old
        .kept
        .iter()
        .map(|(_, text)| text)
        .eq(new.kept.iter().map(|(_, text)| text));
    if !same {
        return Err("tokens outside the edits differ".to_owned());
    }
    Ok(Tokens {
        inserted: new.inside,
        deleted: old.inside,
        kept_before: old.kept.iter().map(|(start, _)| *start).collect(),
        kept_after: new.kept.iter().map(|(start, _)| *start).collect(),
    })
}

struct Split {
    inside: Vec<Span>,
    kept: Vec<(usize, String)>,
}

/// Sorts tokens into those inside the regions and the others.
fn split(source: &SourceFile, regions: impl Iterator<Item = Span>) -> Result<Split, String> {
    let tokens = parse::with_tokens(source, |stream, offsets| {
        let mut leaves = Vec::new();
        flatten(stream, offsets, &mut leaves);
        leaves
    })
    .map_err(|error| error.message)?;
    let regions: Vec<Span> = regions.collect();
    let mut split = Split {
        inside: Vec::new(),
        kept: Vec::new(),
    };
    for (span, text) in tokens {
        let next = regions.partition_point(|region| region.end <= span.start);
        match regions.get(next) {
            Some(region) if region.contains(span) && !region.is_empty() => split.inside.push(span),
            Some(region) if region.start < span.end => {
                return Err(format!("an edit cuts `{text}`"));
            }
            _ => split.kept.push((span.start, text)),
        }
    }
    Ok(split)
}

fn flatten(stream: TokenStream, offsets: Offsets, leaves: &mut Vec<(Span, String)>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = (offsets.of(group.span_open()), offsets.of(group.span_close()));
                let marks = match group.delimiter() {
                    proc_macro2::Delimiter::Parenthesis => ["(", ")"],
                    proc_macro2::Delimiter::Brace => ["{", "}"],
                    proc_macro2::Delimiter::Bracket => ["[", "]"],
                    proc_macro2::Delimiter::None => ["", ""],
                };
                leaves.push((open, marks[0].to_owned()));
                flatten(group.stream(), offsets, leaves);
                leaves.push((close, marks[1].to_owned()));
            }
            other => leaves.push((offsets.of(other.span()), other.to_string())),
        }
    }
}

/// Compares the comments: the same texts, each behind as many kept tokens as before. Of `suppressions`, comments of the
/// text before, only what stands beside the suppression has to stay.
pub(super) fn compare_comments(
    before: &SourceFile,
    after: &SourceFile,
    mapping: &Mapping,
    tokens: &Tokens,
    suppressions: &BTreeSet<Span>,
) -> Result<(), String> {
    let old = comments(before, &tokens.kept_before, |comment| suppressions.contains(&comment));
    let new = comments(after, &tokens.kept_after, |comment| {
        let start = mapping.offset_before(comment.start, true);
        let declared = start.and_then(|start| suppressions.range(..=Span::new(start, usize::MAX)).next_back());
        declared.is_some_and(|span| start.is_some_and(|start| span.range().contains(&start)))
    });
    let lost = old.iter().find(|comment| !new.contains(comment));
    if let Some((text, _)) = lost {
        return Err(format!("the comment `{text}` is lost or stands elsewhere"));
    }
    if old != new {
        return Err("there are other comments than before".to_owned());
    }
    let touched = lexer::tokens(before.text(), parse::start_of_code(before.text()))
        .filter(|token| token.is_comment() && !suppressions.contains(&token.span))
        .any(|comment| {
            mapping
                .pairs
                .iter()
                .any(|(old, _)| old.start < comment.span.end && comment.span.start < old.end)
        });
    if touched {
        return Err("an edit changes a comment".to_owned());
    }
    Ok(())
}

fn comments<'s>(
    source: &'s SourceFile,
    kept: &[usize],
    may_shrink: impl Fn(Span) -> bool,
) -> Vec<(Cow<'s, str>, usize)> {
    lexer::tokens(source.text(), parse::start_of_code(source.text()))
        .filter(|token| token.is_comment())
        .map(|token| {
            let text = source.slice(token.span);
            let text = match may_shrink(token.span) {
                true => Cow::Owned(beside_suppressions(text)),
                false => Cow::Borrowed(text),
            };
            (text, kept.partition_point(|start| *start < token.span.start))
        })
        .filter(|(text, _)| !text.is_empty())
        .collect()
}

/// What stands in a comment beside the suppressions in it: `// why` of `// why // ws-lint: ignore`.
fn beside_suppressions(comment: &str) -> String {
    let starts = comment_starts(comment, "//");
    let ends = starts.iter().copied().skip(1).chain([comment.len()]);
    let parts = starts
        .iter()
        .zip(ends)
        .filter_map(|(&start, end)| comment.get(start..end));
    let others = parts.filter(|part| !may_direct(part));
    others.map(str::trim_end).collect::<Vec<_>>().join(" ")
}
