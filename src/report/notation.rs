//! What a format for machines writes in the place of a character that a terminal would obey or hide: the same text for its
//! reader, and harmless for who looks at it in a log. All of them are written through here.

use std::io::{self, Write};

use super::escape::{is_hidden, push};
use super::{FileReport, Format, Summary};

/// How a format can write any character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notation {
    /// `\u009b`. Such a character is only ever within a string.
    Json,
    /// `\u009b`, and `\U000e0041` for what needs more digits. Such a character is only ever within a string, or in a comment.
    Toml,
    /// `&#x9b;`. Such a character is only ever within text or the value of an attribute.
    Xml,
    /// `\u{9b}`, which is another text: the format has no notation of its own.
    Plain,
}

/// A format all of whose writing goes through a [`Notation`].
pub(super) struct Noted {
    pub(super) notation: Notation,
    pub(super) format: Box<dyn Format>,
}

impl Noted {
    fn out<'a>(&self, out: &'a mut dyn Write) -> Harmless<'a> {
        Harmless::new(self.notation, out)
    }
}

impl Format for Noted {
    fn begin(&mut self, out: &mut dyn Write) -> io::Result<()> {
        let mut out = self.out(out);
        self.format.begin(&mut out)
    }

    fn file(&mut self, out: &mut dyn Write, file: &FileReport<'_>) -> io::Result<()> {
        let mut out = self.out(out);
        self.format.file(&mut out, file)
    }

    fn finish(&mut self, out: &mut dyn Write, summary: &Summary) -> io::Result<()> {
        let mut out = self.out(out);
        self.format.finish(&mut out, summary)
    }
}

/// Writes text on, and hidden characters in a notation. Every piece that comes in holds whole characters.
pub struct Harmless<'a> {
    notation: Notation,
    out: &'a mut dyn Write,
}

impl<'a> Harmless<'a> {
    /// Writes into `out`.
    pub fn new(notation: Notation, out: &'a mut dyn Write) -> Self {
        Self { notation, out }
    }
}

impl Write for Harmless<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for chunk in bytes.utf8_chunks() {
            let mut rest = chunk.valid();
            while let Some(at) = rest.find(is_noted) {
                let (before, from) = rest.split_at(at);
                self.out.write_all(before.as_bytes())?;
                let mut characters = from.chars();
                if let Some(c) = characters.next() {
                    self.out.write_all(self.notation.of(c).as_bytes())?;
                }
                rest = characters.as_str();
            }
            self.out.write_all(rest.as_bytes())?;
            self.out.write_all(chunk.invalid())?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Line ends and tabs are what formats are laid out with.
fn is_noted(c: char) -> bool {
    is_hidden(c) && !matches!(c, '\n' | '\t')
}

impl Notation {
    fn of(self, c: char) -> String {
        match self {
            Self::Json => {
                let mut units = [0; 2];
                let units = c.encode_utf16(&mut units).iter();
                units.map(|unit| format!("\\u{unit:04x}")).collect()
            }
            Self::Toml => match u32::from(c) {
                short @ ..=0xffff => format!("\\u{short:04x}"),
                long => format!("\\U{long:08x}"),
            },
            Self::Xml => format!("&#x{:x};", u32::from(c)),
            Self::Plain => {
                let mut shown = String::new();
                push(&mut shown, c);
                shown
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_notation_is_the_same_text_to_its_reader() {
        let written = |notation: Notation| {
            let mut out = Vec::new();
            let mut harmless = Harmless::new(notation, &mut out);
            harmless
                .write_all("é\u{7f}\u{9b}\u{202e}\u{e0041}🎉\n".as_bytes())
                .unwrap();
            String::from_utf8(out).unwrap()
        };
        let json = written(Notation::Json);
        assert_eq!(json, "é\\u007f\\u009b\\u202e\\udb40\\udc41🎉\n");
        let read: String = serde_json::from_str(&format!("\"{}\"", json.trim_end())).unwrap();
        assert_eq!(read, "é\u{7f}\u{9b}\u{202e}\u{e0041}🎉");
        let toml = written(Notation::Toml);
        assert_eq!(toml, "é\\u007f\\u009b\\u202e\\U000e0041🎉\n");
        let read: toml::Table = format!("x = \"{}\"", toml.trim_end()).parse().unwrap();
        assert_eq!(read["x"].as_str(), Some("é\u{7f}\u{9b}\u{202e}\u{e0041}🎉"));
        assert_eq!(written(Notation::Xml), "é&#x7f;&#x9b;&#x202e;&#xe0041;🎉\n");
        assert_eq!(written(Notation::Plain), "é\\u{7f}\\u{9b}\\u{202e}\\u{e0041}🎉\n");
    }
}
