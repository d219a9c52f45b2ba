//! Where a Python text may write to the console, told from the names of what writes there.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::{memchr, memmem};

use super::around::{before, begins_a_name, ends_a_name, is_no_prose, may_be_renamed, next_is, starts_with_name};
use super::finder::Finder;
use super::parts::{Part, Parts, from};
use super::statements::{Statement, statements};

/// The last names of the functions and methods that write.
const WRITERS: [&str; 5] = ["print", "echo", "secho", "writelines", "write"];

/// Finds these names; none where it could not be built.
static FINDER: LazyLock<Option<Finder>> = LazyLock::new(|| Finder::of(&WRITERS));

/// What of a text may write.
pub(super) struct Writes {
    statements: Vec<Statement>,
    /// Whether each of them calls one of [`WRITERS`].
    calls: Vec<bool>,
    /// The same of it and the statements in it.
    block_calls: Vec<bool>,
    /// Whether it may give a variable or a constant what is written later.
    holds: Vec<bool>,
    /// One of them has another name here, or code is not told from strings: everything may write.
    is_everything: bool,
}

impl Writes {
    pub(super) fn of(bytes: &[u8], parts: &Parts) -> Self {
        let statements = statements(bytes, parts);
        let is_unclear = |statement: &Statement| bytes.get(statement.start) == Some(&b'\\');
        let mut writes = Self {
            calls: vec![false; statements.len()],
            block_calls: Vec::new(),
            holds: may_hold(bytes, &statements),
            is_everything: FINDER.is_none() || ends_mixed(bytes, parts) || statements.iter().any(is_unclear),
            statements,
        };
        for (index, start) in FINDER.iter().flat_map(|finder| finder.all(bytes)) {
            let length = WRITERS.get(index).map_or(0, |name| name.len());
            writes.name(bytes, parts, start, start + length);
        }
        writes.block_calls = in_blocks(&writes.statements, &writes.calls);
        writes
    }

    /// Whether the text at `offset`, which stands in no comment, may be written: in the statement that it stands in, or by a
    /// name that it gives a value to.
    pub(super) fn may_write(&self, offset: usize) -> bool {
        let Some(index) = self.index(offset).filter(|_| !self.is_everything) else {
            return true;
        };
        self.calls.get(index) == Some(&true) || self.holds.get(index) == Some(&true)
    }

    /// Whether a handler of the exception that is named there may write.
    pub(super) fn may_write_when_caught(&self, bytes: &[u8], span: Range<usize>) -> bool {
        let Some(index) = self.index(span.start) else {
            return true;
        };
        let head = self.statements.get(index).map_or(0, |head| head.start);
        let is_handler = starts_with_name(from(bytes, head), b"except");
        if !is_handler || before(bytes, span.start).ends_with(b"=") {
            return may_be_renamed(bytes, span.start, span.end);
        }
        self.is_everything || self.block_calls.get(index) == Some(&true)
    }

    /// Looks at one of the names of [`WRITERS`].
    fn name(&mut self, bytes: &[u8], parts: &Parts, start: usize, end: usize) {
        let is_whole = begins_a_name(bytes, start) && ends_a_name(bytes, end);
        let Some(index) = self.index(start).filter(|_| is_whole && parts.at(start).may_be_code()) else {
            return;
        };
        if let Some(calls) = self.calls.get_mut(index) {
            *calls |= next_is(bytes, end, b'(');
        }
        self.is_everything |= is_no_prose(bytes, start) && may_be_renamed(bytes, start, end);
    }

    /// The statement that a byte belongs to.
    fn index(&self, offset: usize) -> Option<usize> {
        let behind = self.statements.partition_point(|statement| statement.start <= offset);
        behind.checked_sub(1)
    }
}

/// Whether each statement may give a name a value: by an assignment, a loop, or something in an expression.
fn may_hold(bytes: &[u8], statements: &[Statement]) -> Vec<bool> {
    let ends = statements.iter().skip(1).map(|next| next.start).chain([bytes.len()]);
    let may = |(statement, end): (&Statement, usize)| {
        let text = bytes.get(statement.start..end).unwrap_or_default();
        gives_a_value(text)
    };
    statements.iter().zip(ends).map(may).collect()
}

fn gives_a_value(text: &[u8]) -> bool {
    const LOOPS: [&[u8]; 2] = [b"for", b"async"];
    const BLOCKS: [&[u8]; 11] = [
        b"if", b"elif", b"else", b"try", b"except", b"finally", b"while", b"with", b"case", b"def", b"class",
    ];
    const OTHERS: [&[u8]; 6] = [b"return", b"raise", b"assert", b"yield", b"await", b"del"];
    let begins = |words: &[&[u8]]| words.iter().any(|word| starts_with_name(text, word));
    if begins(&LOOPS) || memmem::find(text, b":=").is_some() {
        return true;
    }
    let Some(equals) = memchr(b'=', text).filter(|_| !text.starts_with(b"@") && !starts_with_string(text)) else {
        return false;
    };
    // What stands on one line with others, or behind a head, may be anything.
    if begins(&BLOCKS) || memchr(b';', text).is_some() {
        return true;
    }
    let target = text.get(..equals).unwrap_or_default();
    let is_in_call =
        memchr(b'(', target).is_some_and(|bracket| bracket > 0 && memchr(b':', &target[..bracket]).is_none());
    !is_in_call && !begins(&OTHERS)
}

/// Whether what is said of each statement is said of it or of one in it.
fn in_blocks(statements: &[Statement], said: &[bool]) -> Vec<bool> {
    let mut found = said.to_vec();
    // The statements around, the innermost last.
    let mut around: Vec<(usize, usize)> = Vec::new();
    for (index, statement) in statements.iter().enumerate() {
        while around.last().is_some_and(|(_, head)| *head >= statement.indentation) {
            around.pop();
        }
        // What is around a head that is known was found with it.
        let heads = around.iter().rev().map(|(head, _)| *head);
        for head in heads.filter(|_| said.get(index) == Some(&true)) {
            match found.get_mut(head) {
                Some(known) if !*known => *known = true,
                _ => break,
            }
        }
        around.push((index, statement.indentation));
    }
    found
}

/// Whether what the text ends with may be anything: a string with code in it that does not end before.
fn ends_mixed(bytes: &[u8], parts: &Parts) -> bool {
    let mut parts = parts.iter(bytes.len());
    parts.any(|(_, end, part)| part == Part::Mixed && end == bytes.len())
}

fn starts_with_string(text: &[u8]) -> bool {
    let prefix = text.iter().take_while(|byte| byte.is_ascii_alphabetic()).count();
    prefix <= 2 && matches!(text.get(prefix), Some(b'"' | b'\''))
}

#[cfg(test)]
mod tests {
    use super::super::python_text;
    use super::*;

    fn writes(text: &str) -> Writes {
        Writes::of(text.as_bytes(), &python_text::parts(text.as_bytes()))
    }

    fn may_write(text: &str) -> bool {
        writes(text).may_write(text.find('✓').unwrap())
    }

    fn may_write_when_caught(text: &str) -> bool {
        let start = text.find("UnicodeError").unwrap();
        writes(text).may_write_when_caught(text.as_bytes(), start..start + "UnicodeError".len())
    }

    #[test]
    fn text_is_written_in_a_statement_that_writes() {
        for text in [
            "def f():\n    print(x, '✓')",
            "def f():\n    print(\n        x,\n        '✓',\n    )",
            "def f():\n    click.echo (x + '✓')",
            "def f():\n    sys.stdout.writelines(['✓'])",
            "def f():\n    f'{print(\"✓\")}'",
            "def f():\n    f'{x}' + '✓'; tqdm.write(f'✓')",
            "def f():\n    print \\\n    ('✓')",
            "def f():\n    x = '✓'\n    print(x)",
            "def f():\n    print(x)\n    y, z = '✓', 1",
            "def f():\n    x: str = '✓'",
            "def f():\n    x += '✓'",
            "def f():\n    x['a'] = '✓'",
            "def f():\n    for x in ('✓', 'x'): pass",
            "def f():\n    if g(1): x = '✓'",
            "def f():\n    return g(x := '✓')",
        ] {
            assert!(may_write(text), "{text}");
        }
        for text in [
            "def f():\n    log('✓, print(x)')",
            "def f():\n    assert x == '✓'",
            "def f():\n    return g(x='✓')",
            "def f():\n    g(x='✓')",
            "def f():\n    log(f'✓ cannot print it')\n",
            "from rich import print\ndef f():\n    log('✓')",
            "from click import (style, echo)\ndef f():\n    log('✓')",
            "def f(write, x):\n    x.flags(write=True, map(print, x))\n    log('✓')",
        ] {
            assert!(!may_write(text), "{text}");
        }
    }

    #[test]
    fn text_is_written_as_a_constant() {
        for text in [
            "X = '✓'",
            "class A:\n    X = '✓'",
            "X: str = (\n    '✓'\n)",
            "import os; X = '✓'",
            "\x0cX = '✓'",
            "\u{feff}X = '✓'",
        ] {
            assert!(may_write(text), "{text}");
        }
        for text in ["'''a = ✓'''\n", "u'✓' == x\n", "@f(x='✓')\ndef f(): pass", "f('✓')"] {
            assert!(!may_write(text), "{text}");
        }
    }

    #[test]
    fn everything_may_write_where_a_writer_has_another_name() {
        for text in [
            "say = print\ndef f():\n    say('✓')",
            "from rich import print as say\ndef f():\n    say('✓')",
            "from click import (\n  echo\n    as say\n)\ndef f():\n    say('✓')",
            "def f(w=sys.stdout.write):\n    x\n    w('✓')",
            "def f():\n    (print)('✓')",
            "f'{x:'>9}'\ndef f():\n    say('✓')",
            "\\\n  say('✓')",
        ] {
            assert!(may_write(text), "{text}");
        }
    }

    #[test]
    fn a_handler_writes_in_its_own_block() {
        for text in [
            "try:\n  f()\nexcept UnicodeError:\n  if x:\n    print(y)\n",
            "try:\n  f()\nexcept (A, UnicodeError): out.write(y)\n",
            "try:\n  f()\nexcept(\nUnicodeError): print(x)\n",
            "E = UnicodeError\n",
            "E = x or(UnicodeError)\n",
            "E = builtins . UnicodeError\n",
            "try:\n  f()\nexcept A: E = UnicodeError\n",
            "with stack, f() as E, UnicodeError as E:\n  f()\n",
            "E = (\n  UnicodeError\n)\n",
            "from builtins import UnicodeError as E\n",
            "try:\n  f()\nexcept UnicodeError:\n  say(x)\nsay = print",
        ] {
            assert!(may_write_when_caught(text), "{text}");
        }
        for text in [
            "try:\n  print(x)\nexcept UnicodeError:\n  f()\nprint(y)\n",
            "  try:\n    f()\n  except UnicodeError:\n    pass\n  else:\n    print(x)\n",
            "raise UnicodeError(x)",
            "raise UnicodeError",
            "f(\n  x,\n  UnicodeError,\n)",
            "from builtins import UnicodeError\n",
            "with pytest.raises(UnicodeError):\n  print(x)\n",
        ] {
            assert!(!may_write_when_caught(text), "{text}");
        }
    }

    #[test]
    fn much_of_anything_is_looked_through_once() {
        let n = 100_000;
        let signs = "✓".repeat(n);
        let text = format!("def f():\n    g('{signs}')");
        let found = writes(&text);
        assert!(!text.match_indices('✓').any(|(start, _)| found.may_write(start)));
        let text = format!("f('{signs}')");
        let found = writes(&text);
        assert!(!text.match_indices('✓').any(|(start, _)| found.may_write(start)));
        let name = "UnicodeError";
        let text = format!("except ({}):\n{}", format!("{name}, ").repeat(n), " f()\n".repeat(n));
        let found = writes(&text);
        let mut caught = text.match_indices(name).map(|(start, _)| start..start + name.len());
        assert!(!caught.any(|span| found.may_write_when_caught(text.as_bytes(), span)));
        assert!(may_write(&format!("def f():\n  x{}\n  '✓'", ".write".repeat(n))));
    }
}
