//! Calls of catalogued connects: which one, with which arguments, from where.

use std::borrow::Cow;
use std::sync::Arc;

use syn::punctuated::Punctuated;
use syn::visit::Visit;
use syn::{Expr, ExprCall, ExprLit, ExprMethodCall, ExprPath, Lit, LitStr, Token};

use crate::catalog::{ApiId, Call, Entry, Form, Unit};
use crate::rust::collect::Collector;
use crate::rust::collect::place::Place;
use crate::rust::names::durations;
use crate::rust::names::last_name;
use crate::rust::names::spelling::Spelling;
use crate::rust::names::{LocalId, Name, plain};
use crate::rust::syntax::edges;
use crate::sites::{Argument, Bound, Deadline, ValueKind, Written, scheme_of};
use crate::source::{Language, Span};

/// A call of a catalogued connect, before it is known what callers and variables add.
#[derive(Debug)]
pub(in crate::rust) struct FoundConnect {
    pub(in crate::rust) api: ApiId,
    pub(in crate::rust) path: String,
    pub(in crate::rust) call: Span,
    pub(in crate::rust) callee: Span,
    pub(in crate::rust) arguments: Vec<FoundArgument>,
    pub(in crate::rust) scheme: Option<String>,
    pub(in crate::rust) unpacks: bool,
    pub(in crate::rust) blocking: bool,
    pub(in crate::rust) place: Place,
    pub(in crate::rust) spelling: Arc<Spelling>,
    pub(in crate::rust) in_test: bool,
    /// What it is called on brings a limit along from elsewhere.
    pub(in crate::rust) carries_limit: bool,
    /// The variables that the call is given: a stream may carry a read timeout.
    pub(in crate::rust) given: Vec<LocalId>,
    /// The limit of its reads that the socket brings along which the call is given in place.
    pub(in crate::rust) read_timeout: Option<Deadline>,
}

/// An argument and how it is taken away.
#[derive(Clone, Debug)]
pub(in crate::rust) struct FoundArgument {
    pub(in crate::rust) argument: Argument,
    /// The bytes of the builder's link: from the end of its receiver on. `None` where the argument stands in another
    /// statement, or is not a link.
    pub(in crate::rust) link: Option<Span>,
    /// Its value does nothing but name a duration.
    pub(in crate::rust) is_plain: bool,
}

impl Collector<'_> {
    /// Notes the call of a function if it connects.
    pub(in crate::rust) fn connect_call(&mut self, expr: &Expr, call: &ExprCall, func: &ExprPath, callee: &Name) {
        let Some((api, path)) = self.connect_at(callee) else {
            return;
        };
        let callee = self.offsets.of(syn::spanned::Spanned::span(func));
        let positional = self.positional(api, &call.args);
        self.note_connect(api, path, expr, callee, (positional, false), None, &call.args);
    }

    /// Notes the call of a method if it connects.
    pub(in crate::rust) fn connect_method(&mut self, expr: &Expr, call: &ExprMethodCall, method: &str) {
        if !self.connecting.contains(method) {
            return;
        }
        let Some(of) = self.type_of(&call.receiver) else { return };
        let Some((api, path)) = self.connect_at(&crate::rust::collect::typed(format!("{of}::{method}"))) else {
            return;
        };
        let callee = self.offsets.of(call.method.span());
        let mut arguments = self.positional(api, &call.args);
        let (links, unpacks) = self.links(self.catalog.entry(api), &call.receiver);
        arguments.extend(links);
        let on = Some(&*call.receiver);
        self.note_connect(api, path, expr, callee, (arguments, unpacks), on, &call.args);
    }

    /// The API at a path of another crate, or at one of this crate that the configuration names.
    fn connect_at(&self, name: &Name) -> Option<(ApiId, String)> {
        let path = match name {
            Name::Extern(path) => Cow::Borrowed(path.as_str()),
            Name::File(path) => Cow::Owned(path.replacen("$file", "crate", 1)),
            Name::Variable(_) | Name::Unknown => return None,
        };
        let api = self.catalog.connect_in(Language::Rust, &path, self.project)?;
        Some((api, path.into_owned()))
    }

    #[allow(clippy::too_many_arguments, reason = "the parts of one record")]
    fn note_connect(
        &mut self,
        api: ApiId,
        path: String,
        expr: &Expr,
        callee: Span,
        (mut arguments, unpacks): (Vec<FoundArgument>, bool),
        on: Option<&Expr>,
        given: &Punctuated<Expr, Token![,]>,
    ) {
        let place = self.place();
        self.watch(&place);
        let blocking = self.catalog.entry(api).api.call == Call::Blocking;
        if blocking {
            self.blocking_connect(expr, callee);
        }
        arguments.sort_by_key(|found| found.argument.span);
        let scheme = given.iter().find_map(scheme);
        let mut variables = Variables {
            collector: self,
            found: Vec::new(),
        };
        for expr in given {
            variables.visit_expr(expr);
        }
        let read_timeout = match blocking {
            true => given.iter().find_map(|given| self.brought_read_timeout(given)),
            false => None,
        };
        let given = variables.found;
        self.found.connects.push(FoundConnect {
            api,
            path,
            call: edges::expression(expr, self.offsets),
            callee,
            arguments,
            scheme,
            unpacks,
            blocking,
            place,
            spelling: Spelling::at(&self.names),
            in_test: self.in_test(),
            carries_limit: on.is_some_and(|on| self.carries_limit(self.catalog.entry(api), on)),
            given,
            read_timeout,
        });
    }

    fn positional<'e>(&self, api: ApiId, arguments: impl IntoIterator<Item = &'e Expr>) -> Vec<FoundArgument> {
        let entry = self.catalog.entry(api);
        arguments
            .into_iter()
            .enumerate()
            .filter_map(|(index, value)| {
                let parameter = entry
                    .api
                    .arguments
                    .iter()
                    .find(|parameter| parameter.position == Some(index))?;
                let span = edges::expression(value, self.offsets);
                let bound = self.value(value, parameter.unit);
                Some(self.found_argument(parameter.name.clone(), span, None, Some(value), (bound, parameter.unit)))
            })
            .collect()
    }

    /// The catalogued links of a builder's chain, and whether the chain begins with something that may carry more.
    fn links(&self, entry: &Entry, receiver: &Expr) -> (Vec<FoundArgument>, bool) {
        let mut found = Vec::new();
        let mut at = receiver;
        loop {
            at = match at {
                Expr::MethodCall(call) => {
                    found.extend(self.link(entry, call));
                    &call.receiver
                }
                Expr::Try(attempt) => &attempt.expr,
                Expr::Paren(paren) => &paren.expr,
                Expr::Reference(reference) => &reference.expr,
                Expr::Path(path) => {
                    let Name::Variable(id) = self.resolve(&path.path) else {
                        return (found, true);
                    };
                    let Some(variable) = self.found.variables.get(id.0) else {
                        return (found, true);
                    };
                    let carried = variable
                        .arguments
                        .iter()
                        .filter(|argument| entry.parameter(&argument.name).is_some());
                    found.extend(carried.map(|argument| FoundArgument {
                        argument: argument.clone(),
                        link: None,
                        is_plain: false,
                    }));
                    return (found, variable.is_foreign);
                }
                Expr::Call(_) => return (found, false),
                _ => return (found, true),
            };
        }
    }

    fn link(&self, entry: &Entry, call: &ExprMethodCall) -> Option<FoundArgument> {
        let name = plain(&call.method);
        let parameter = entry.parameter(&name)?;
        if !matches!(parameter.form, Form::Method | Form::OffSwitch) {
            return None;
        }
        let end = self.offsets.of(call.paren_token.span.close()).end;
        let span = Span::new(self.offsets.of(call.dot_token.span).start, end);
        let link = Span::new(edges::expression(&call.receiver, self.offsets).end, end);
        let value = call.args.first();
        if !parameter.values.is_empty() {
            let Some(Expr::Path(chosen)) = value else { return None };
            let chosen = last_name(&chosen.path)?;
            let seconds = parameter.values.get(&chosen)?;
            return Some(self.found_argument(
                name,
                span,
                Some(link),
                value,
                (Bound::Seconds(*seconds), parameter.unit),
            ));
        }
        let bound = match (parameter.form, value) {
            (Form::OffSwitch, _) | (_, None) => Bound::Unlimited,
            (_, Some(Expr::Path(none))) if none.path.is_ident("None") => Bound::Unlimited,
            (_, Some(value)) => self.value(value, parameter.unit),
        };
        Some(self.found_argument(name, span, Some(link), value, (bound, parameter.unit)))
    }

    fn found_argument(
        &self,
        name: String,
        span: Span,
        link: Option<Span>,
        value: Option<&Expr>,
        (bound, unit): (Bound, Unit),
    ) -> FoundArgument {
        let value_span = value.map_or(Span::empty(span.end.saturating_sub(1)), |value| {
            edges::expression(unparenthesised(value), self.offsets)
        });
        FoundArgument {
            argument: Argument {
                name,
                span,
                value_span,
                value: bound,
                written: Written::Other,
                kind: match (bound, unit) {
                    (Bound::Seconds(_), _) | (Bound::Unknown, Unit::Duration) => ValueKind::Number,
                    _ => ValueKind::Unknown,
                },
                certain: None,
            },
            link,
            is_plain: value.is_none_or(is_plain),
        }
    }

    fn value(&self, value: &Expr, unit: Unit) -> Bound {
        let scale = if unit == Unit::Milliseconds { 1e-3 } else { 1.0 };
        durations::bound(value, scale, &|path| self.named_duration(path))
    }

    /// The catalogued builder methods in the chain of an initialiser, for the variable that is made of it, and whether
    /// more may be hidden in where it comes from.
    pub(in crate::rust) fn inherited_arguments(&self, expr: &Expr, kind: Option<&str>) -> (Vec<Argument>, bool) {
        let Some(kind) = kind.filter(|kind| self.catalog.leads_to_connect(Language::Rust, kind)) else {
            return (Vec::new(), false);
        };
        let mut arguments = Vec::new();
        let mut is_foreign = false;
        for entry in self.catalog.entries(Language::Rust) {
            let of_kind = |path: &String| path.rsplit_once("::").is_some_and(|(of, _)| of == kind);
            // The methods are the same in all releases; what they bound is asked of the connect.
            if entry.api.paths.iter().any(of_kind) {
                let (found, foreign) = self.links(entry, expr);
                is_foreign |= foreign;
                for FoundArgument { argument, .. } in found {
                    if arguments.iter().all(|known: &Argument| known.span != argument.span) {
                        arguments.push(argument);
                    }
                }
            }
        }
        (arguments, is_foreign)
    }
}

/// The scheme of an address that is written: `"wss://…"`, `format!("wss://{host}")`.
fn scheme(address: &Expr) -> Option<String> {
    match address {
        Expr::Paren(paren) => scheme(&paren.expr),
        Expr::Reference(reference) => scheme(&reference.expr),
        Expr::Lit(ExprLit {
            lit: Lit::Str(text), ..
        }) => scheme_of(&text.value()),
        Expr::Macro(formatted) if formatted.mac.path.is_ident("format") => {
            let first = formatted.mac.tokens.clone().into_iter().next()?;
            let text: LitStr = syn::parse2(first.into()).ok()?;
            scheme_of(&text.value())
        }
        _ => None,
    }
}

fn unparenthesised(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(paren) => unparenthesised(&paren.expr),
        Expr::Group(group) => unparenthesised(&group.expr),
        other => other,
    }
}

/// Whether evaluating an expression does nothing but give a duration.
fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(_) | Expr::Path(_) => true,
        Expr::Field(field) => is_plain(&field.base),
        Expr::Paren(paren) => is_plain(&paren.expr),
        Expr::Binary(binary) => is_plain(&binary.left) && is_plain(&binary.right),
        Expr::Call(call) => {
            let is_duration = matches!(&*call.func, Expr::Path(func)
                if func.path.segments.iter().any(|segment| segment.ident == "Duration" || segment.ident == "Some"));
            is_duration && call.args.iter().all(is_plain)
        }
        _ => false,
    }
}

/// Collects the variables that expressions name.
struct Variables<'c, 'a> {
    collector: &'c Collector<'a>,
    found: Vec<LocalId>,
}

impl<'ast> Visit<'ast> for Variables<'_, '_> {
    fn visit_expr_path(&mut self, path: &'ast ExprPath) {
        if let Name::Variable(id) = self.collector.resolve(&path.path) {
            self.found.push(id);
        }
    }
}
