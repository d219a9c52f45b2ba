//! What the catalogue knows of a call: which API it is, and which of its arguments have to do with time.

use foldhash::HashSet;
use ruff_python_ast::{Arguments, Expr, ExprCall, FStringPart};
use ruff_text_size::{Ranged, TextRange};

use crate::catalog::{Api, Entry, Form, Needed, Parameter};
use crate::python::names::Names;
use crate::python::sites::options::{Item, Known, Options};
use crate::python::syntax::spans::span;
use crate::python::values::bounds::{argument_bound, number_bound, written};
use crate::python::values::certain::{certain_value, constant, made_class};
use crate::python::values::value_kind::value_kind;
use crate::python::values::variables::Variables;
use crate::sites::{self as site, Argument, Bound, OwnMembers, ValueKind, Written};
use crate::source::Span;

/// What a call's arguments say.
#[derive(Clone, Debug, Default)]
pub(in crate::python) struct Given {
    /// Those that the catalogue knows, by position.
    pub(in crate::python) arguments: Vec<Argument>,
    /// Every keyword, in writing order.
    pub(in crate::python) keywords: Vec<site::Keyword>,
    /// The positional ones in front of the first `*args`.
    pub(in crate::python) positional: Vec<Span>,
    /// The scheme of the address, where it is written.
    pub(in crate::python) scheme: Option<String>,
    /// `*args` or `**kwargs` may bring more.
    pub(in crate::python) unpacks: bool,
    /// A known argument stands in a literal dictionary: `**{"open_timeout": 5}`.
    pub(in crate::python) in_dictionary: bool,
}

/// What the connection of a call has by a class that the call gets.
pub(in crate::python) fn own_members(api: &Api, call: &ExprCall, names: &Names) -> OwnMembers {
    let given = |keyword: &&ruff_python_ast::Keyword| {
        let name = keyword.arg.as_ref();
        name.is_some_and(|name| api.class_given_by.iter().any(|known| known == name.as_str()))
    };
    match call.arguments.keywords.iter().find(given) {
        Some(class) => match names.own_members(&class.value) {
            Some(members) => OwnMembers::Named(members),
            None => OwnMembers::Any,
        },
        None => OwnMembers::None,
    }
}

impl Given {
    /// Nothing that is given to `entry` says how long it may take: what is there is switched off, or says how often it tries.
    pub(in crate::python) fn has_no_limit(&self, entry: &Entry) -> bool {
        let is_about_rounds = |name: &str| {
            entry
                .parameter(name)
                .is_some_and(|parameter| parameter.retries.is_some())
        };
        self.arguments
            .iter()
            .all(|argument| argument.value == Bound::Unlimited || is_about_rounds(&argument.name))
    }
}

/// What the keys of a dictionary mean.
#[derive(Clone, Copy)]
pub(in crate::python) struct Keys<'e> {
    entry: &'e Entry,
    /// The argument that the dictionary is given as; none where it is unpacked.
    within: Option<&'e str>,
}

impl<'e> Keys<'e> {
    /// The keywords of a call.
    pub(in crate::python) fn of(entry: &'e Entry) -> Self {
        Self { entry, within: None }
    }

    fn parameter(self, name: &str) -> Option<&'e Parameter> {
        self.entry
            .parameter(name)
            .filter(|parameter| parameter.form == Form::Keyword && parameter.within.as_deref() == self.within)
    }
}

/// Reads the arguments of a call of `entry`, without the first `skipped` positional ones.
pub(in crate::python) fn given(arguments: &Arguments, skipped: usize, entry: &Entry, options: &Options<'_>) -> Given {
    let variables = options.variables();
    let mut given = Given::default();
    for (position, value) in arguments.args.iter().skip(skipped).enumerate() {
        if value.is_starred_expr() {
            given.unpacks = true;
            break;
        }
        given.positional.push(span(value));
        if position == 0 {
            given.scheme = scheme(value);
        }
        let parameter = entry.api.arguments.iter().find(|parameter| is_at(parameter, position));
        given.know(parameter, value.range(), value, variables);
    }
    for keyword in &arguments.keywords {
        match &keyword.arg {
            Some(name) => {
                let span = keyword.range();
                if matches!(name.as_str(), "uri" | "url") {
                    given.scheme = scheme(&keyword.value);
                }
                given.keywords.push(site::Keyword {
                    name: name.to_string(),
                    span: self::span(name),
                    is_unpacked: false,
                    key: None,
                    is_certain: true,
                    value: certain_value(&keyword.value, variables),
                });
                given.know(Keys::of(entry).parameter(name), span, &keyword.value, variables);
            }
            None => given.unpack(&keyword.value, keyword.range(), Keys::of(entry), options),
        }
    }
    given.read_dictionaries(arguments, entry, options);
    given.arguments.sort_by_key(|argument| argument.span);
    given
}

impl Given {
    fn know(&mut self, parameter: Option<&Parameter>, range: TextRange, value: &Expr, variables: &dyn Variables) {
        if let Some(parameter) = parameter {
            let bound = argument_bound(value, parameter, variables);
            self.arguments.push(Argument {
                name: parameter.name.clone(),
                span: span(range),
                value_span: span(value),
                value: bound,
                written: written(value, variables),
                kind: value_kind(value, bound, variables),
                certain: certain_value(value, variables),
            });
        }
    }

    /// The arguments of the call of `functools.partial` behind this call: a keyword of the call itself counts more.
    pub(in crate::python) fn add_partial(&mut self, partial: &Given) {
        let own: HashSet<String> = self.keywords.iter().map(|keyword| keyword.name.clone()).collect();
        let added = partial
            .arguments
            .iter()
            .filter(|argument| !own.contains(&argument.name));
        self.arguments.extend(added.cloned());
        self.arguments.sort_by_key(|argument| argument.span);
        self.keywords.extend(
            partial
                .keywords
                .iter()
                .filter(|keyword| !own.contains(&keyword.name))
                .cloned(),
        );
        self.positional.splice(..0, partial.positional.iter().copied());
        self.scheme = partial.scheme.clone().or_else(|| self.scheme.take());
        self.unpacks |= partial.unpacks;
    }

    /// The arguments that are keys of a dictionary in another argument: `options={"open_timeout": 5}`.
    fn read_dictionaries(&mut self, arguments: &Arguments, entry: &Entry, options: &Options<'_>) {
        for keyword in &arguments.keywords {
            let name = keyword.arg.as_ref().map(|name| name.as_str());
            let has_keys = |parameter: &Parameter| parameter.within.as_deref() == name;
            if name.is_none() || !entry.api.arguments.iter().any(has_keys) || keyword.value.is_none_literal_expr() {
                continue;
            }
            let mut dictionary = Self::default();
            dictionary.unpack(&keyword.value, keyword.range(), Keys { entry, within: name }, options);
            self.arguments.extend(dictionary.arguments);
            self.unpacks |= dictionary.unpacks;
            self.in_dictionary |= dictionary.in_dictionary;
        }
    }

    /// `**{"open_timeout": 5}` is seen, and what a dictionary in sight holds. `place` is where it stands as an argument.
    pub(in crate::python) fn unpack(
        &mut self,
        dictionary: &Expr,
        place: TextRange,
        keys: Keys<'_>,
        options: &Options<'_>,
    ) {
        let variables = options.variables();
        let Expr::Dict(dictionary) = dictionary else {
            return self.unpack_known(dictionary, place, keys, options);
        };
        for item in &dictionary.items {
            let key = match &item.key {
                Some(Expr::StringLiteral(key)) => key,
                Some(_) => {
                    self.unpacks = true;
                    continue;
                }
                None => {
                    self.unpack_known(&item.value, item.value.range(), keys, options);
                    continue;
                }
            };
            let name = key.value.to_str();
            self.forget(name, keys);
            self.keywords.push(site::Keyword {
                name: name.to_owned(),
                span: span(key),
                is_unpacked: true,
                key: Some(site::Key {
                    span: span(key),
                    call: None,
                    is_only_use: true,
                }),
                is_certain: true,
                value: certain_value(&item.value, variables),
            });
            let parameter = keys.parameter(name);
            self.in_dictionary |= parameter.is_some();
            self.know(parameter, key.range().cover(item.value.range()), &item.value, variables);
        }
    }

    /// What a dictionary in sight holds that stands at `place`; nothing is in sight of another one.
    fn unpack_known(&mut self, dictionary: &Expr, place: TextRange, keys: Keys<'_>, options: &Options<'_>) {
        let variables = options.variables();
        let known = options.known(dictionary).unwrap_or_else(Known::anything);
        self.unpacks |= known.has_more;
        for item in known.items {
            self.forget(item.key, keys);
            self.keywords.push(site::Keyword {
                name: item.key.to_owned(),
                span: span(place),
                is_unpacked: true,
                key: item.place.map(|key| site::Key {
                    span: span(key.key),
                    call: key.call.map(span),
                    is_only_use: options.is_only_use(dictionary, key),
                }),
                is_certain: item.is_certain,
                value: item
                    .value
                    .filter(|_| item.is_certain)
                    .and_then(|value| certain_value(value, variables)),
            });
            let Some(parameter) = keys.parameter(item.key) else {
                continue;
            };
            if let Some(number) = item.number.filter(|_| item.is_certain) {
                self.in_dictionary = true;
                self.arguments.push(Argument {
                    name: parameter.name.clone(),
                    span: span(place),
                    value_span: span(place),
                    value: number_bound(number, parameter),
                    written: Written::Other,
                    kind: ValueKind::Number,
                    certain: None,
                });
                continue;
            }
            match item.value.or(item.fallback).filter(|_| item.is_certain) {
                Some(value) if let Some(argument) = unpacked(&item, value, place, parameter, variables) => {
                    self.in_dictionary = true;
                    self.arguments.push(argument);
                }
                _ => self.unpacks = true,
            }
        }
    }

    /// What a dictionary said of a key before that it has again.
    fn forget(&mut self, key: &str, keys: Keys<'_>) {
        let before = self.keywords.len();
        self.keywords
            .retain(|keyword| !keyword.is_unpacked || keyword.name != key);
        if let Some(parameter) = keys.parameter(key).filter(|_| self.keywords.len() < before) {
            self.arguments.retain(|argument| argument.name != parameter.name);
        }
    }
}

/// What a key of a dictionary gives that stands at `place`. Of what a caller may give in its stead no more is known than that it
/// is there, and of what is switched off unless a caller says otherwise nothing.
fn unpacked(
    item: &Item<'_>,
    value: &Expr,
    place: TextRange,
    parameter: &Parameter,
    variables: &dyn Variables,
) -> Option<Argument> {
    let bound = argument_bound(value, parameter, variables);
    let argument = Argument {
        name: parameter.name.clone(),
        span: span(place),
        value_span: span(place),
        value: bound,
        written: written(value, variables),
        kind: value_kind(value, bound, variables),
        certain: certain_value(value, variables),
    };
    match item.value {
        Some(_) => Some(argument),
        None if bound == Bound::Unlimited => None,
        None => Some(Argument {
            value: Bound::Unknown,
            written: Written::Other,
            kind: ValueKind::Unknown,
            certain: None,
            ..argument
        }),
    }
}

/// Whether a call has every argument without which it is no connect.
pub(in crate::python) fn is_connect(call: &ExprCall, entry: &Entry, names: &Names) -> bool {
    has_all(call, &entry.api.only_with, names)
}

/// Whether a call has every argument with which awaiting it only makes what connects where that is entered.
pub(in crate::python) fn is_only_made(call: &ExprCall, entry: &Entry, names: &Names) -> bool {
    !entry.api.only_made_with.is_empty() && has_all(call, &entry.api.only_made_with, names)
}

fn has_all(call: &ExprCall, arguments: &[Needed], names: &Names) -> bool {
    arguments.iter().all(|needed| {
        let named = call.arguments.find_keyword(&needed.name).map(|keyword| &keyword.value);
        let given = named.or_else(|| call.arguments.args.get(needed.position?));
        let value = given.and_then(|given| match given {
            Expr::StringLiteral(text) => Some(format!("\"{}\"", text.value.to_str())),
            other => constant(other).or_else(|| made_class(other, names)),
        });
        value.is_some_and(|value| needed.values.contains(&value))
    })
}

/// The scheme of an address that begins with a literal: `"wss://…"`, `f"wss://{host}"`, `"wss://" + host`.
fn scheme(address: &Expr) -> Option<String> {
    let mut first = address;
    while let Expr::BinOp(sum) = first {
        first = &sum.left;
    }
    let text = match first {
        Expr::StringLiteral(text) => text.value.to_str(),
        Expr::FString(text) => match text.value.iter().next()? {
            FStringPart::Literal(literal) => &literal.value,
            FStringPart::FString(parts) => &parts.elements.first()?.as_literal()?.value,
        },
        _ => return None,
    };
    site::scheme_of(text)
}

fn is_at(parameter: &Parameter, position: usize) -> bool {
    matches!(parameter.form, Form::Keyword | Form::Positional)
        && parameter.within.is_none()
        && parameter.position == Some(position)
}
