//! What is known of the site below the pointer, in five lines.

use lsp_types::{Contents, Hover, MarkupContent, MarkupKind, Range, TextDocumentPositionParams};

use super::documents::Document;
use super::positions::Unit;
use super::sheets::Sheets;
use super::workspace::Workspace;
use crate::explanation::{Explanation, SiteKind};
use crate::report::escape;
use crate::source::SourceFile;

/// What is asked first, as far as it has an answer: of several the first that has one. An argument in sight counts before the
/// library's own limit.
const QUESTIONS: [&[&str]; 5] = [
    &["deadline"],
    &["argument", "by itself"],
    &["release"],
    &["connection"],
    &["text"],
];

/// The lines below the first one, but for those of the rules.
const MOST_LINES: usize = 3;

/// What is said of the connect, the wait or the print at a position of a text.
pub(super) fn hover(
    at: &TextDocumentPositionParams,
    document: &Document,
    workspace: &Workspace,
    unit: Unit,
) -> Option<Hover> {
    let found = workspace.found(document).ok()??;
    let explained = workspace.explained(&found, &document.text)?;
    let sheets = Sheets::of(document, &explained.source, unit);
    let pointer = Range {
        start: at.position,
        end: at.position,
    };
    let here = sheets.span(&at.text_document.uri, pointer)?;
    // What rules find is shown where it stands anyway.
    let sites = explained.sites.iter().filter(|site| site.kind != SiteKind::Finding);
    let around = sites.filter(|site| site.span.contains(here));
    // The innermost one is meant.
    let site = around.min_by_key(|site| site.span.len())?;
    Some(Hover {
        contents: Contents::MarkupContent(MarkupContent {
            // In Markdown strangers' text would have to be written in references, and not every editor reads these.
            kind: MarkupKind::PlainText,
            value: said(site, &explained.source),
        }),
        range: sheets.location(site.span).map(|location| location.range),
    })
}

fn said(site: &Explanation, source: &SourceFile) -> String {
    let mut lines = vec![format!("{}: {}", escape::line(&site.resolves_to), site.kind.name())];
    let rules = || site.answers.iter().filter(|said| said.question == "rule");
    let answer = |question: &&str| site.answers.iter().find(|said| said.question == *question);
    let asked = QUESTIONS
        .iter()
        .filter_map(|questions| questions.iter().find_map(answer))
        .take(MOST_LINES);
    let finding: Vec<&str> = rules()
        .filter_map(|said| said.answer.split_once(FINDS))
        .map(|(code, _)| code)
        .collect();
    // What each of them finds stands in its own diagnostic.
    let several = (finding.len() > 1).then(|| format!("rules: {} find something", finding.join(", ")));
    let one = rules().take(usize::from(several.is_none()));
    for said in asked.chain(one) {
        let place = said.places.first().map(|place| {
            let place = place.place_from(source);
            match *place.file == *source.path().to_string_lossy() {
                true => format!(" (line {})", place.start.line),
                false => format!(" ({}:{})", escape::line(&place.file), place.start.line),
            }
        });
        let answer = escape::line(&said.answer);
        lines.push(format!("{}: {answer}{}", said.question, place.unwrap_or_default()));
    }
    lines.extend(several);
    lines.join("\n")
}

/// What stands between the code of a rule that finds something and what that is.
const FINDS: &str = " finds: ";
