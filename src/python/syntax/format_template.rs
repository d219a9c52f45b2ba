//! Where the templates of `%` and `str.format` take their arguments.

use crate::source::Span;

/// A place of a template that something else comes to.
pub(in crate::python) struct Field {
    /// Its bytes in the template.
    pub(in crate::python) span: Span,
    /// The name or number of its argument; empty for the next one in order, `None` where it is not a plain one.
    pub(in crate::python) key: Option<String>,
    /// `true`: the argument's text comes there whole; `false`: its `repr`; `None`: what comes there cannot be told, or is
    /// ASCII.
    pub(in crate::python) is_plain: Option<bool>,
    /// What comes there without any argument: `%%` is `%`.
    pub(in crate::python) text: Option<&'static str>,
    /// The character that fills it up to its width: `{:─^40}`.
    pub(in crate::python) fill: Option<char>,
}

/// The character that a specification fills its field with, whose width is written out.
pub(in crate::python) fn fill_of(specification: &str) -> Option<char> {
    let mut characters = specification.chars();
    let (fill, alignment, width) = (characters.next()?, characters.next()?, characters.next()?);
    (matches!(alignment, '<' | '>' | '^' | '=') && matches!(width, '1'..='9')).then_some(fill)
}

/// The fields of a template of `%`.
pub(in crate::python) fn percent_fields(template: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut rest = 0;
    while let Some(start) = template.get(rest..).and_then(|text| text.find('%')).map(|at| at + rest) {
        let mut at = start + 1;
        let mut key = Some(String::new());
        let behind = template.get(at..).unwrap_or_default();
        if let Some(name) = behind.strip_prefix('(') {
            let length = name.find(')').unwrap_or(name.len());
            key = name.get(..length).map(str::to_owned);
            at += length + 2;
        }
        let specification = template.get(at..).unwrap_or_default();
        let flags = specification
            .find(|character: char| {
                !matches!(
                    character,
                    '#' | '0'..='9' | '-' | ' ' | '+' | '.' | '*' | 'h' | 'l' | 'L'
                )
            })
            .unwrap_or(specification.len());
        let kind = specification.get(flags..).and_then(|text| text.chars().next());
        let cut = specification
            .get(..flags)
            .is_none_or(|flags| flags.contains(['.', '*']));
        let end = (at + flags + kind.map_or(0, char::len_utf8)).min(template.len());
        fields.push(Field {
            span: Span::new(start, end),
            key,
            is_plain: match kind {
                Some('s') if !cut => Some(true),
                Some('r') if !cut => Some(false),
                _ => None,
            },
            text: (kind == Some('%')).then_some("%"),
            fill: None,
        });
        rest = end;
    }
    fields
}

/// The fields of a template of `str.format`.
pub(in crate::python) fn bracket_fields(template: &str) -> Vec<Field> {
    let mut fields = Vec::new();
    let mut rest = 0;
    while let Some(start) = template
        .get(rest..)
        .and_then(|text| text.find(['{', '}']))
        .map(|at| at + rest)
    {
        let behind = template.get(start..).unwrap_or_default();
        let doubled = ["{{", "}}"].into_iter().find(|pair| behind.starts_with(pair));
        let length = doubled.map_or_else(|| closing(behind), str::len);
        let inside = behind.get(1..length.saturating_sub(1)).unwrap_or_default();
        fields.push(Field {
            span: Span::new(start, start + length),
            key: key_of(inside),
            is_plain: match inside.rsplit_once('!') {
                _ if doubled.is_some() || inside.contains(['.', '{']) => None,
                Some((_, conversion)) if conversion.starts_with('a') => None,
                Some((_, conversion)) => Some(!conversion.starts_with('r')),
                None => Some(true),
            },
            text: doubled
                .and_then(|pair| pair.get(1..))
                .map(|one| if one == "{" { "{" } else { "}" }),
            fill: inside
                .split_once(':')
                .filter(|_| doubled.is_none())
                .and_then(|(_, specification)| fill_of(specification)),
        });
        rest = start + length;
    }
    fields
}

/// How many bytes a field has that `text` begins with.
fn closing(text: &str) -> usize {
    let mut depth = 0_usize;
    for (at, character) in text.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            return at + 1;
        }
    }
    text.len()
}

fn key_of(field: &str) -> Option<String> {
    let key = field.split(['!', ':']).next().unwrap_or_default();
    key.chars()
        .all(|character| character.is_alphanumeric() || character == '_')
        .then(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    type Shown = (usize, usize, Option<String>, Option<bool>, Option<&'static str>);

    fn shown(fields: Vec<Field>) -> Vec<Shown> {
        fields
            .into_iter()
            .map(|field| (field.span.start, field.span.end, field.key, field.is_plain, field.text))
            .collect()
    }

    #[test]
    fn percent_templates_are_split_at_their_directives() {
        let key = |name: &str| Some(name.to_owned());
        assert_eq!(
            shown(percent_fields("✓ %s %(a)-5r %.3s %% %a %")),
            [
                (4, 6, key(""), Some(true), None),
                (7, 14, key("a"), Some(false), None),
                (15, 19, key(""), None, None),
                (20, 22, key(""), None, Some("%")),
                (23, 25, key(""), None, None),
                (26, 27, key(""), None, None),
            ]
        );
        assert_eq!(percent_fields("%(é").len(), 1);
    }

    #[test]
    fn bracket_templates_are_split_at_their_fields() {
        let key = |name: &str| Some(name.to_owned());
        assert_eq!(
            shown(bracket_fields("{}{{✓}}{0!r:>5}{a.b}{x:{y}}{")),
            [
                (0, 2, key(""), Some(true), None),
                (2, 4, key(""), None, Some("{")),
                (7, 9, key(""), None, Some("}")),
                (9, 17, key("0"), Some(false), None),
                (17, 22, None, None, None),
                (22, 29, key("x"), None, None),
                (29, 30, key(""), Some(true), None),
            ]
        );
    }
}
