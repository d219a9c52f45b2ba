//! WS301: the text that a print writes has characters that the console's encoding cannot take.

use super::Context;
use super::silence::Silence;
use crate::encodings::{Encoding, is_printable};
use crate::facts::{PythonVersion, Windows};
use crate::finding::{Finding, Rule, Severity};
use crate::signs::Sign;
use crate::sites::{Catch, Piece, Print};
use crate::source::Language;

pub(super) static RULE: Rule = Rule {
    code: "WS301",
    name: "unencodable-print",
    summary: "the text that a print writes has characters that the console's encoding cannot take",
    remedy: "write ASCII, or print through a function that replaces what the console cannot take",
    languages: &[Language::Python],
    severity: Severity::Warning,
    fixable: true,
    on_by_default: true,
    page: include_str!("../../rules/WS301-unencodable-print.md"),
    triggers: &[(Language::Python, &[Sign::Print, Sign::Refused])],
};

/// From this version on, UTF-8 mode is on unless it is switched off (PEP 686).
const UTF_8_BY_DEFAULT: PythonVersion = PythonVersion::new(3, 15);

/// How many characters a message names.
const MOST_NAMED: usize = 3;

pub(super) fn check(context: &Context<'_>, findings: &mut Vec<Finding>) {
    // To know the project costs much more than to know that nothing is printed.
    if context.sites.prints.is_empty() {
        return;
    }
    let Ok(encodings) = encodings(context) else {
        return;
    };
    for print in &context.sites.prints {
        findings.extend(check_print(context, print, &encodings));
    }
}

/// Why nothing is said of a print; `None` where something is.
pub(super) fn silence(context: &Context<'_>, print: &Print) -> Option<Silence> {
    let encodings = match encodings(context) {
        Ok(encodings) => encodings,
        Err(why) => return Some(why),
    };
    if check_print(context, print, &encodings).is_some() {
        return None;
    }
    let names: Vec<String> = encodings
        .iter()
        .map(|encoding| format!("`{}`", shown_name(*encoding)))
        .collect();
    Some(match (print.text.is_empty(), names.is_empty()) {
        (true, _) => "no text is known that certainly reaches the stream".into(),
        (false, true) => "no console of the project has an encoding that is looked at".into(),
        (false, false) => format!("{} can encode all of the text that is known", listed(names)).into(),
    })
}

/// The encodings that a console of the project may have.
fn encodings(context: &Context<'_>) -> Result<Vec<Encoding>, Silence> {
    if context.sites.console_reconfigured || context.project.console_reconfigured.is_some() {
        return Err("the console is made to take every character".into());
    }
    let settings = context.settings;
    let declared = settings
        .target_version
        .or(context.project.python.as_ref().map(|fact| fact.value));
    if declared.is_some_and(|version| version >= UTF_8_BY_DEFAULT) {
        return Err("the oldest Python of the project writes UTF-8 by default".into());
    }
    let names = settings.console.encodings.iter();
    let known = names.filter_map(|name| Encoding::from_name(name));
    Ok(known.filter(|encoding| is_met(context, *encoding)).collect())
}

/// Whether a console of the project can have the encoding. Where nobody chose it, one of Windows is not met by what says that it
/// runs on other systems only.
fn is_met(context: &Context<'_>, encoding: Encoding) -> bool {
    let windows = context.project.windows.as_ref().map(|fact| fact.value);
    context.settings.console.are_chosen || windows != Some(Windows::Never) || !is_of_windows(encoding)
}

fn is_of_windows(encoding: Encoding) -> bool {
    encoding.name().starts_with("cp") || encoding.name() == "gbk"
}

fn check_print(context: &Context<'_>, print: &Print, encodings: &[Encoding]) -> Option<Finding> {
    let refusals: Vec<Refused<'_>> = encodings
        .iter()
        .filter(|encoding| !reopens_as_utf_8(&print.path, **encoding))
        .filter_map(|&encoding| Refused::first(print, encoding))
        .collect();
    let first = refusals.first()?;
    let encodings = listed(
        refusals
            .iter()
            .map(|refused| format!("`{}`", shown_name(refused.encoding)))
            .collect(),
    );
    let message = format!(
        "`{}` writes {}, which {encodings} cannot encode{}",
        print.path,
        first.names(print),
        print.caught.as_ref().map(consequence).unwrap_or_default()
    );
    let note = format!("{}; {}", first.error(&print.path), when(first.encoding));
    Some(
        Finding::new(&RULE, first.piece.span, message)
            .note(note)
            .fix(context.rewrite.safe_print(print, context)),
    )
}

/// What a handler around more than the print makes of the error, as the end of a sentence.
fn consequence(catch: &Catch) -> String {
    match catch {
        Catch::Clause(Some(classes)) => {
            format!(
                "; `except {classes}` takes that for a failure of what it is around, and the rest of the `try` is skipped"
            )
        }
        Catch::Clause(None) => {
            "; the bare `except` takes that for a failure of what it is around, and the rest of the `try` is skipped"
                .to_owned()
        }
        Catch::Suppress(classes) => {
            format!("; `suppress({classes})` hides that, and the rest of its block is skipped")
        }
        Catch::Manager(name) => format!("; `{name}` hides that, and the rest of what it is around is skipped"),
    }
}

/// click writes to a stream of its own where stdout's encoding is ASCII (seen with click 8).
fn reopens_as_utf_8(path: &str, encoding: Encoding) -> bool {
    (path.starts_with("click.") || path.starts_with("typer.")) && encoding.name() == "ascii"
}

/// The first piece of a print that an encoding refuses.
struct Refused<'a> {
    encoding: Encoding,
    piece: &'a Piece,
    /// The index of the first refused character in the piece.
    at: usize,
}

impl<'a> Refused<'a> {
    fn first(print: &'a Print, encoding: Encoding) -> Option<Self> {
        print.text.iter().find_map(|piece| {
            let at = piece
                .text
                .chars()
                .position(|character| refuses(piece, encoding, character))?;
            Some(Self { encoding, piece, at })
        })
    }

    /// The refused characters of the whole print, as a message names them.
    fn names(&self, print: &Print) -> String {
        let mut names: Vec<String> = Vec::new();
        for piece in &print.text {
            for character in piece
                .text
                .chars()
                .filter(|&character| refuses(piece, self.encoding, character))
            {
                let name = if is_surrogate(piece, character) {
                    "a lone surrogate".to_owned()
                } else {
                    named(character)
                };
                if !names.contains(&name) {
                    names.push(name);
                }
                if names.len() > MOST_NAMED {
                    names.truncate(MOST_NAMED);
                    names.push("others".to_owned());
                    return listed(names);
                }
            }
        }
        listed(names)
    }

    /// What Python raises, as far as the position is known.
    fn error(&self, path: &str) -> String {
        let run: Vec<char> = self
            .piece
            .text
            .chars()
            .skip(self.at)
            .take_while(|&character| refuses(self.piece, self.encoding, character))
            .collect();
        let reaches_the_end = self.at + run.len() == self.piece.text.chars().count();
        if run.iter().any(|&character| is_surrogate(self.piece, character)) {
            return format!("`{path}` raises `UnicodeEncodeError` for a lone surrogate, in every encoding");
        }
        let codes: Vec<u32> = run.iter().map(|&character| u32::from(character)).collect();
        let exact = self
            .piece
            .offset
            .filter(|_| !(self.piece.open && reaches_the_end))
            .and_then(|offset| self.encoding.error(&codes, offset + self.at));
        let text = exact.or_else(|| codes.first().map(|&code| self.encoding.error_somewhere(code)));
        format!("Python raises `UnicodeEncodeError: {}`", text.unwrap_or_default())
    }
}

fn refuses(piece: &Piece, encoding: Encoding, character: char) -> bool {
    !encoding.takes(character) || is_surrogate(piece, character)
}

fn is_surrogate(piece: &Piece, character: char) -> bool {
    piece.surrogate && character == char::REPLACEMENT_CHARACTER
}

/// `` `✓` (U+2713 CHECK MARK) ``; characters that cannot be seen by themselves only by their number and name.
fn named(character: char) -> String {
    let code = format!("U+{:04X}", u32::from(character));
    let full = match unicode_names2::name(character) {
        Some(name) => format!("{code} {name}"),
        None => code,
    };
    let is_mark = matches!(character, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200f}' | '\u{fe00}'..='\u{fe0f}');
    if is_printable(character) && !is_mark && character != '`' {
        format!("`{character}` ({full})")
    } else {
        full
    }
}

fn listed(mut items: Vec<String>) -> String {
    match (items.pop(), items.as_slice()) {
        (Some(last), []) => last,
        (Some(last), before) => format!("{} and {last}", before.join(", ")),
        (None, _) => String::new(),
    }
}

/// Python's name as people write it.
fn shown_name(encoding: Encoding) -> String {
    match encoding.name() {
        "latin_1" => "latin-1".to_owned(),
        name => name.replace("utf_", "utf-"),
    }
}

/// When stdout has this encoding.
fn when(encoding: Encoding) -> String {
    let name = shown_name(encoding);
    match encoding.name() {
        "cp1252" => "a redirected stdout has `cp1252` on western Windows (CI, a subprocess, a service)".to_owned(),
        "cp874" | "cp932" | "gbk" | "cp949" | "cp950" | "cp1250" | "cp1251" | "cp1253" | "cp1254" | "cp1255"
        | "cp1256" | "cp1257" | "cp1258" => {
            format!("a redirected stdout has `{name}` on the Windows versions whose ANSI code page it is")
        }
        "cp437" | "cp720" | "cp737" | "cp775" | "cp850" | "cp852" | "cp855" | "cp857" | "cp858" | "cp860" | "cp861"
        | "cp862" | "cp863" | "cp865" | "cp866" => {
            format!("stdout has `{name}` where `PYTHONLEGACYWINDOWSSTDIO` brings the console's code page back")
        }
        "ascii" => "stdout has `ascii` under `LC_ALL=POSIX PYTHONUTF8=0` and `PYTHONIOENCODING=ascii`".to_owned(),
        _ => format!("stdout has `{name}` where the locale or `PYTHONIOENCODING` says so"),
    }
}
