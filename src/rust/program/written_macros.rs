//! The macros that a text defines, told from its tokens alone.

use foldhash::HashMap;
use memchr::memmem;

use crate::rust::names::macros::Definition;
use crate::rust::syntax::lexer::{self, Kind};

/// What the bytes of a file say of each macro that it defines.
pub(super) fn macros(bytes: &[u8]) -> HashMap<String, Definition> {
    let mut found: HashMap<String, Definition> = HashMap::default();
    let is_there = memmem::find(bytes, b"macro_rules").is_some();
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|_| is_there) else {
        return found;
    };
    let mut tokens = lexer::tokens(text, 0).filter(|token| !token.is_comment());
    let word = |token: lexer::Token| text.get(token.span.range()).unwrap_or_default();
    while let Some(token) = tokens.next() {
        if word(token) != "macro_rules" || tokens.next().map(word) != Some("!") {
            continue;
        }
        let Some(name) = tokens.next().map(word) else { break };
        let definition = found.entry(name.trim_start_matches("r#").to_owned()).or_default();
        let mut depth = 0_usize;
        for token in tokens.by_ref() {
            match token.kind {
                Kind::Open => depth += 1,
                Kind::Close => depth = depth.saturating_sub(1),
                Kind::Word => definition.note(word(token)),
                _ => {}
            }
            if depth == 0 {
                break;
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_say_what_they_do_with_what_they_are_given() {
        let text = "// macro_rules! no { () => {} }\nmacro_rules! soon { ($f:expr) => {{ timeout(LIMIT, $f).await }}; }\n\
                    #[macro_export] macro_rules! r#same ( ($f:expr) => ($f) ); fn await_(sleep: u8) {}";
        let found = macros(text.as_bytes());
        let shown = |name: &str| found.get(name).map(|of| (of.may_end, of.awaits));
        assert_eq!(shown("soon"), Some((true, true)));
        assert_eq!(shown("same"), Some((false, false)));
        assert_eq!(found.len(), 2);
    }
}
