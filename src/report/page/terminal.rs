//! A page in Markdown, drawn for a terminal: wrapped to its width, with headings, lists, tables and code.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Effects, Style};
use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use textwrap::WordSplitter;

use super::super::drawing::{Drawing, STRONG};
use super::super::escape;
use super::table::Table;

/// Lines longer than this are tiring, however wide the terminal is.
const WIDEST: usize = 100;

const TITLE: Style = Style::new().bold().underline();
const CODE: Style = Style::new().fg_color(Some(anstyle::Color::Ansi(AnsiColor::Cyan)));

/// The page for a terminal of `drawing.width` columns.
#[must_use]
pub fn for_terminal(markdown: &str, drawing: Drawing) -> String {
    let mut page = Page {
        drawing,
        width: drawing.usable_width().min(WIDEST),
        drawn: String::new(),
        inline: String::new(),
        code: None,
        lists: Vec::new(),
        marker: None,
        table: None,
    };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        page.take(event);
    }
    page.end_block();
    page.drawn.trim_end().to_owned() + "\n"
}

struct Page {
    drawing: Drawing,
    width: usize,
    drawn: String,
    /// The words of the block that is being read.
    inline: String,
    /// The text of the code block that is being read.
    code: Option<String>,
    /// The lists around, the outermost first: the number of the next item, where items have numbers.
    lists: Vec<Option<u64>>,
    /// What stands in front of the first block of an item.
    marker: Option<String>,
    table: Option<Table>,
}

impl Page {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(&tag),
            Event::End(end) => self.end(end),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.inline.push_str(&escape::line(&text)),
            },
            Event::Code(code) => self.push_code(&code),
            Event::SoftBreak => self.inline.push(' '),
            Event::HardBreak => self.inline.push('\n'),
            Event::Rule => self.end_block(),
            _ => {}
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::CodeBlock(_) => {
                self.end_block();
                self.code = Some(String::new());
            }
            Tag::List(first) => {
                self.end_block();
                self.lists.push(*first);
            }
            Tag::Item => {
                self.end_block();
                self.marker = self.lists.last_mut().map(|next| match next {
                    Some(number) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    None if self.drawing.unicode => "• ".to_owned(),
                    None => "- ".to_owned(),
                });
            }
            Tag::Table(_) => {
                self.end_block();
                self.table = Some(Table::default());
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.begin_row();
                }
            }
            Tag::Emphasis => self.style(Effects::ITALIC),
            Tag::Strong => self.style(Effects::BOLD),
            _ => {}
        }
    }

    fn end(&mut self, end: TagEnd) {
        match end {
            TagEnd::Heading(level) => {
                let style = if level == HeadingLevel::H1 { TITLE } else { STRONG };
                let heading = std::mem::take(&mut self.inline);
                let heading = self.drawing.paint(style, heading).to_string();
                self.drawn.extend([&heading, "\n\n"]);
            }
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                let indent = " ".repeat(self.indent() + 4);
                for line in escape::lines(&code).lines() {
                    let line = self.drawing.paint(CODE, line).to_string();
                    self.drawn.extend([&indent, &line, "\n"]);
                }
                self.drawn.push('\n');
            }
            TagEnd::List(_) => {
                self.end_block();
                self.lists.pop();
                if self.lists.is_empty() {
                    self.blank();
                }
            }
            TagEnd::Item => self.end_block(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                if let Some(table) = &mut self.table {
                    table.add_cell(cell);
                }
            }
            TagEnd::Table => {
                let table = self.table.take().unwrap_or_default();
                let rule = if self.drawing.unicode { '─' } else { '-' };
                for line in table.draw(self.width, rule) {
                    self.drawn.extend([&line, "\n"]);
                }
                self.drawn.push('\n');
            }
            TagEnd::Paragraph => self.end_block(),
            TagEnd::Emphasis | TagEnd::Strong if self.drawing.color => self.inline.push_str("\u{1b}[0m"),
            _ => {}
        }
    }

    /// Draws the words that were read so far, if any.
    fn end_block(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if text.trim().is_empty() {
            return;
        }
        let indent = " ".repeat(self.indent());
        let first = match self.marker.take() {
            Some(marker) => " ".repeat(self.indent().saturating_sub(marker.chars().count())) + &marker,
            None => indent.clone(),
        };
        let options = textwrap::Options::new(self.width)
            .initial_indent(&first)
            .subsequent_indent(&indent)
            .word_splitter(WordSplitter::NoHyphenation);
        for line in textwrap::wrap(&text, options) {
            self.drawn.extend([&*line, "\n"]);
        }
        if self.lists.is_empty() {
            self.blank();
        }
    }

    fn blank(&mut self) {
        if !self.drawn.ends_with("\n\n") {
            self.drawn.push('\n');
        }
    }

    fn indent(&self) -> usize {
        3 * self.lists.len()
    }

    /// Code within words: coloured, or in its backticks where there is no colour.
    fn push_code(&mut self, code: &str) {
        let code = escape::line(code);
        let _ = match self.drawing.color {
            true => write!(self.inline, "{CODE}{code}{CODE:#}"),
            false => write!(self.inline, "`{code}`"),
        };
    }

    fn style(&mut self, effects: Effects) {
        if self.drawing.color {
            let _ = write!(self.inline, "{}", Style::new().effects(effects));
        }
    }
}

#[cfg(test)]
mod tests {
    use textwrap::core::display_width;

    use super::*;
    use crate::report::page::for_readers;
    use crate::rules;

    const PAGE: &str = "# WS1 a-rule\n\nSome words, `code` and **more** of them [here](#there).\n\n- one item that is long enough to be \
        wrapped\n- another\n\n1. first\n2. second\n\n| a | b |\n|---|---|\n| 1 | two |\n\n```python\nprint('\u{1b}[2J')\n```\n\nend\n";

    fn drawn(color: bool, width: usize) -> String {
        let drawing = Drawing {
            color,
            width,
            ..Drawing::default()
        };
        for_terminal(PAGE, drawing)
    }

    #[test]
    fn a_page_is_wrapped_and_drawn() {
        assert_eq!(
            drawn(false, 40),
            "WS1 a-rule\n\nSome words, `code` and more of them\nhere.\n\n \
             • one item that is long enough to be\n   wrapped\n • another\n\n1. first\n2. second\n\n\
             a  b\n─  ───\n1  two\n\n    print('\\u{1b}[2J')\n\nend\n"
        );
        let coloured = drawn(true, 40).replace('\u{1b}', "␛");
        assert!(coloured.starts_with("␛[1m␛[4mWS1 a-rule␛[0m\n"), "{coloured}");
        assert!(
            coloured.contains("␛[36mcode␛[0m") && !coloured.contains('`'),
            "{coloured}"
        );
    }

    #[test]
    fn words_of_every_page_stay_within_the_width() {
        let drawing = Drawing {
            width: 60,
            ..Drawing::default()
        };
        for rule in rules::ALL {
            let page = for_terminal(&for_readers(rule.page), drawing);
            let too_wide = page
                .lines()
                .filter(|line| !line.starts_with("    ") && line.contains(' ') && display_width(line) > 60);
            assert_eq!(too_wide.collect::<Vec<_>>(), Vec::<&str>::new(), "{}", rule.code);
            assert!(!page.contains("```"), "{}", rule.code);
        }
    }
}
