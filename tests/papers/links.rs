//! Every link of every paper, and of every chapter of the book, leads to a file and an anchor that are there.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::{assert_none, chapters, papers_below, read, root};

#[test]
fn links_of_the_papers_lead_somewhere() {
    let mut papers: Vec<String> = ["README.md", "CONTRIBUTING.md", "CHANGELOG.md"]
        .map(str::to_owned)
        .into();
    for folder in ["docs", "rules", "findings", "tests/runtime", "fuzz", "examples"] {
        papers.extend(papers_below(folder));
    }
    assert!(papers.len() > 50, "{papers:?}");
    let mut complaints = Vec::new();
    for paper in &papers {
        for link in links(&read(paper)) {
            let (target, anchor) = split(&link);
            let path = resolved(paper, target);
            let Some(path) = path.filter(|path| root().join(path).exists()) else {
                complaints.push(format!("{paper}: {link}: there is no such file"));
                continue;
            };
            let is_page = path.ends_with(".md");
            if let Some(anchor) = anchor.filter(|_| is_page)
                && !anchors(&read(&path)).contains(anchor)
            {
                complaints.push(format!("{paper}: {link}: there is no such heading"));
            }
        }
    }
    assert_none(&complaints);
}

#[test]
fn links_of_the_book_lead_to_its_chapters() {
    let book = chapters_of_the_book();
    let mut complaints = Vec::new();
    for (chapter, text) in &book {
        if text.contains("{{#") {
            complaints.push(format!("{chapter}: something is left to be put in"));
        }
        for link in links(text) {
            let (target, anchor) = split(&link);
            let path = resolved(chapter, target).unwrap_or_default();
            match book.get(&path) {
                Some(target) if anchor.is_none_or(|anchor| anchors(target).contains(anchor)) => {}
                None if target.ends_with(".svg") && root().join("docs/src").join(&path).exists() => {}
                Some(_) => complaints.push(format!("{chapter}: {link}: there is no such heading")),
                None => complaints.push(format!("{chapter}: {link}: there is no such chapter")),
            }
        }
    }
    assert_none(&complaints);
}

#[test]
fn the_table_of_contents_has_every_chapter() {
    let summary = read("docs/src/SUMMARY.md");
    let listed: BTreeSet<String> = links(&summary).into_iter().collect();
    let own: BTreeSet<String> = own_chapters().into_iter().collect();
    assert_eq!(listed, own);
}

#[test]
fn what_leads_nowhere_is_noticed() {
    let text = "# One heading, `code`\n\n[a](b.md#one) <img src=\"c.svg\"> ![d](e.svg) [f](https://example.org)\n\n# One heading, `code`\n";
    assert_eq!(links(text), ["b.md#one", "c.svg", "e.svg"]);
    assert_eq!(
        anchors(text),
        BTreeSet::from(["one-heading-code", "one-heading-code-1"].map(str::to_owned))
    );
    assert_eq!(
        resolved("docs/src/a.md", "../../rules/x.md").as_deref(),
        Some("rules/x.md")
    );
    assert_eq!(resolved("a.md", "../x.md"), None);
}

/// The chapters by their places in the book, as mdBook gets them.
fn chapters_of_the_book() -> BTreeMap<String, String> {
    let own = own_chapters().into_iter().map(|path| {
        let text = chapters::expanded(root(), &path, &read(&format!("docs/src/{path}"))).unwrap();
        (path, text)
    });
    let of_rules = chapters::of_rules().into_iter().map(|page| (page.path, page.text));
    own.chain(of_rules).collect()
}

fn own_chapters() -> Vec<String> {
    let paths = papers_below("docs/src").into_iter();
    let paths = paths.map(|path| path.strip_prefix("docs/src/").unwrap().to_owned());
    paths.filter(|path| path != "SUMMARY.md").collect()
}

/// The targets of links and pictures that lead to files, those in HTML too.
fn links(text: &str) -> Vec<String> {
    let mut links = Vec::new();
    let mut take = |target: &str| {
        if !target.contains("://") && !target.starts_with("mailto:") {
            links.push(target.to_owned());
        }
    };
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => take(&dest_url),
            Event::Html(html) | Event::InlineHtml(html) => {
                for name in ["src=\"", "srcset=\"", "href=\""] {
                    let targets = html.split(name).skip(1).filter_map(|rest| rest.split('"').next());
                    targets.for_each(&mut take);
                }
            }
            _ => {}
        }
    }
    links
}

/// The anchors of a page's headings, as GitHub and mdBook make them.
fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(words) | Event::Code(words) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&words);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor(&heading.take().unwrap_or_default());
                let mut candidates = (1..).map(|number| format!("{anchor}-{number}"));
                match anchors.contains(&anchor) {
                    true => anchors.insert(candidates.find(|one| !anchors.contains(one)).unwrap()),
                    false => anchors.insert(anchor),
                };
            }
            _ => {}
        }
    }
    anchors
}

fn anchor(heading: &str) -> String {
    let kept = |c: &char| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_');
    let lower = heading.trim().to_lowercase();
    lower
        .chars()
        .filter(kept)
        .map(|c| if c == ' ' { '-' } else { c })
        .collect()
}

fn split(link: &str) -> (&str, Option<&str>) {
    link.split_once('#')
        .map_or((link, None), |(target, anchor)| (target, Some(anchor)))
}

/// Where a link of `paper` leads; both are places from one folder.
fn resolved(paper: &str, target: &str) -> Option<String> {
    if target.is_empty() {
        return Some(paper.to_owned());
    }
    let mut path = PathBuf::from(paper);
    path.pop();
    for part in Path::new(target).components() {
        match part {
            Component::ParentDir => path.pop().then_some(())?,
            Component::Normal(part) => path.push(part),
            Component::CurDir => {}
            Component::RootDir | Component::Prefix(_) => return None,
        }
    }
    let path = path.to_str()?.replace('\\', "/");
    // Where a folder is meant its page is read.
    let page = format!("{path}/README.md");
    Some(if root().join(&page).exists() { page } else { path })
}
