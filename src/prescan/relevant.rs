//! Which statements of a long Python text are worth parsing: a tree takes thirty times the memory of its text, and what is so long
//! was made by a program and has little to do with connections.

use foldhash::HashSet;

use super::finder::Finder;
use super::statements::{Statement, statements};
use super::{Prescan, folded, python_text};
use crate::source::Language;

/// Texts of up to so many bytes are parsed whole.
const LONGEST: usize = 4 << 20;

/// Names are followed from statement to statement so often; where they lead farther, the text is parsed whole.
const MOST_ROUNDS: usize = 16;

/// What goes on with a statement that an earlier line began.
const GOES_ON: [&[u8]; 5] = [b"elif", b"else", b"except", b"finally", b"case"];

impl Prescan {
    /// A Python text of the same length and the same lines, with spaces in the place of those statements of its module that have none
    /// of the words that are looked for, define nothing that the others name, and name nothing that these define. None where the text
    /// is not long, or where its statements hang together.
    #[must_use]
    pub fn relevant(&self, text: &str) -> Option<String> {
        self.relevant_beyond(LONGEST, text)
    }

    /// As [`Self::relevant`] for texts of more than `longest` bytes.
    pub(crate) fn relevant_beyond(&self, longest: usize, text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        // A word in letters that Python folds stands anywhere.
        if bytes.len() <= longest || folded::names(bytes).next().is_some() {
            return None;
        }
        let mut words: Vec<&str> = self.search(Language::Python).words().collect();
        words.sort_unstable();
        words.dedup();
        let finder = Finder::of_many(&words)?;
        let mut pieces = Pieces::of(bytes);
        pieces.keep_at(finder.all(bytes).map(|(_, start)| start));
        pieces.follow()?;
        Some(pieces.drawn(text))
    }
}

/// The statements of a module, each with all that it holds and the comments behind it.
struct Pieces<'t> {
    bytes: &'t [u8],
    pieces: Vec<Piece<'t>>,
}

struct Piece<'t> {
    start: usize,
    end: usize,
    /// The name that it defines, where that is all that it does.
    defines: Option<&'t [u8]>,
    is_kept: bool,
}

impl<'t> Pieces<'t> {
    /// Those that do more than to define a name are kept.
    fn of(bytes: &'t [u8]) -> Self {
        let mut pieces: Vec<Piece<'t>> = Vec::new();
        let mut is_decorated = false;
        let outermost = statements(bytes, &python_text::parts(bytes));
        let outermost = outermost.into_iter().filter(|found| found.indentation == 0);
        for Statement { start, .. } in outermost {
            let line = bytes.get(start..).unwrap_or_default();
            let goes_on = is_decorated || names(line).next().is_some_and(|word| GOES_ON.contains(&word));
            let defines = defined(line);
            match pieces.last_mut().filter(|_| goes_on) {
                Some(decorated) if is_decorated => decorated.defines = defines,
                Some(begun) => begun.defines = None,
                None => pieces.push(Piece {
                    start,
                    end: bytes.len(),
                    defines,
                    is_kept: false,
                }),
            }
            is_decorated = line.starts_with(b"@");
        }
        let starts: Vec<usize> = pieces.iter().skip(1).map(|piece| piece.start).collect();
        for (piece, next) in pieces.iter_mut().zip(starts) {
            piece.end = next;
        }
        for piece in &mut pieces {
            piece.is_kept = piece.defines.is_none();
        }
        Self { bytes, pieces }
    }

    /// Keeps those that hold one of these places, which are in order.
    fn keep_at(&mut self, places: impl Iterator<Item = usize>) {
        let mut places = places.peekable();
        for piece in &mut self.pieces {
            while let Some(place) = places.next_if(|place| *place < piece.end) {
                piece.is_kept |= piece.start <= place;
            }
        }
    }

    /// Keeps what those that are kept name, and what names those, and so on. None where that does not come to an end.
    fn follow(&mut self) -> Option<()> {
        let (mut named, mut defined) = (HashSet::default(), HashSet::default());
        let mut kept: Vec<usize> = (0..self.pieces.len()).collect();
        kept.retain(|place| self.pieces.get(*place).is_some_and(|piece| piece.is_kept));
        for _ in 0..MOST_ROUNDS {
            if kept.is_empty() {
                return Some(());
            }
            for piece in kept.drain(..).filter_map(|place| self.pieces.get(place)) {
                let text = self.text(piece);
                named.extend(names(text));
                match piece.defines {
                    Some(name) => defined.extend([name]),
                    None if names(text).any(|name| name == b"import") => defined.extend(names(text)),
                    None => {}
                }
            }
            for place in 0..self.pieces.len() {
                let piece = self.pieces.get(place).filter(|piece| !piece.is_kept);
                let is_near = piece.is_some_and(|piece| {
                    let mut inside = names(self.text(piece));
                    piece.defines.is_some_and(|name| named.contains(name)) || inside.any(|name| defined.contains(name))
                });
                if let Some(piece) = self.pieces.get_mut(place).filter(|_| is_near) {
                    piece.is_kept = true;
                    kept.push(place);
                }
            }
        }
        None
    }

    fn text(&self, piece: &Piece<'_>) -> &'t [u8] {
        self.bytes.get(piece.start..piece.end).unwrap_or_default()
    }

    /// The text with what is kept.
    fn drawn(&self, text: &str) -> String {
        let mut drawn = String::with_capacity(text.len());
        for piece in &self.pieces {
            let blank = |byte: u8| {
                if matches!(byte, b'\n' | b'\r') {
                    char::from(byte)
                } else {
                    ' '
                }
            };
            // What stands before the first statement is comments.
            drawn.extend(text.bytes().take(piece.start).skip(drawn.len()).map(blank));
            match text.get(piece.start..piece.end).filter(|_| piece.is_kept) {
                Some(kept) => drawn.push_str(kept),
                None => drawn.extend(self.text(piece).iter().copied().map(blank)),
            }
        }
        drawn
    }
}

/// The name that a statement defines, where its first line shows that it does no more.
fn defined(line: &[u8]) -> Option<&[u8]> {
    let mut words = names(line);
    let first = words.next()?;
    match first {
        b"def" | b"class" => words.next(),
        b"async" => words.next().filter(|word| *word == b"def").and_then(|_| words.next()),
        _ => {
            let behind = line.strip_prefix(first)?.trim_ascii_start();
            let is_value = behind.starts_with(b"=") && !behind.starts_with(b"==");
            (is_value || behind.starts_with(b":") && !is_keyword(first)).then_some(first)
        }
    }
}

/// Whether a colon behind the word begins a block.
fn is_keyword(word: &[u8]) -> bool {
    matches!(word, b"try" | b"else" | b"finally" | b"lambda")
}

/// The names and keywords of a text, wherever they stand in it.
fn names(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_of_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || !byte.is_ascii();
    let runs = text.split(move |byte| !is_of_name(byte));
    runs.filter(|run| run.first().is_some_and(|byte| !byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Settings;

    fn relevant(text: &str) -> Option<String> {
        Prescan::new(&Settings::default(), &[]).relevant_beyond(0, text)
    }

    fn kept(text: &str) -> String {
        let relevant = relevant(text).unwrap();
        assert_eq!(relevant.len(), text.len());
        assert_eq!(relevant.lines().count(), text.lines().count());
        let lines = relevant.lines().filter(|line| !line.trim().is_empty());
        lines.map(|line| format!("{line}\n")).collect()
    }

    #[test]
    fn statements_that_have_nothing_to_do_with_a_connect_are_blank() {
        let apart = "def sum_of(a, b):\n    # é\n    return a + b\n\n\nTABLE = [\n    'é',\n]\n\n\n@cached\nclass Row:\n    width = 3\n";
        let connect = "import websockets\nasync def dial(url):\n    return await websockets.connect(url)\n";
        assert_eq!(kept(&format!("# é\n{apart}{connect}{apart}")), connect);
    }

    #[test]
    fn what_a_statement_names_and_who_names_it_stay_with_it() {
        let text = "import websockets\nLIMIT = 3\ndef options():\n    return {'open_timeout': LIMIT}\ndef dial(url):\n    return websockets.connect(url, **options())\n\
            async def many(urls):\n    return [dial(url) for url in urls]\nif many:\n    pass\nelse:\n    other()\ndef other():\n    pass\n";
        assert_eq!(kept(text), text);
        assert_eq!(kept(&format!("{text}ROWS: list = [1]\n")), text);
    }

    #[test]
    fn a_text_that_is_not_long_or_is_spelled_otherwise_is_parsed_whole() {
        let prescan = Prescan::new(&Settings::default(), &[]);
        assert_eq!(prescan.relevant("x = 1\n"), None);
        assert_eq!(relevant("import ｗebsockets\n"), None);
    }

    #[test]
    fn names_that_lead_from_statement_to_statement_for_long_are_not_followed() {
        let chain = |length: usize| -> String {
            let links = (0..length).map(|link| format!("def f{link}():\n    f{}()\n", link + 1));
            format!(
                "{}def f{length}():\n    websockets.connect()\n",
                links.collect::<String>()
            )
        };
        assert!(relevant(&chain(8)).is_some());
        assert_eq!(relevant(&chain(40)), None);
    }
}
