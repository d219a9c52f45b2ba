//! Variables: what is known of each, and what binds them.

use syn::visit::Visit;
use syn::{Expr, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::carried::Limits;
use crate::rust::collect::deadlines::last_meant;
use crate::rust::collect::frames::Frame;
use crate::rust::collect::given::{Given, Received};
use crate::rust::collect::moments::Moment;
use crate::rust::collect::own_deadlines::{InSilence, Own};
use crate::rust::collect::patterns::{all_names, is_unwrapping, leading, names_of, single};
use crate::rust::collect::signals::Signal;
use crate::rust::collect::tasks::Aborts;
use crate::rust::collect::values::Kind;
use crate::rust::names::{LocalId, Name, Written, plain};
use crate::sites::{Argument, Bound, Course, Deadline};
use crate::source::{Language, Span};

/// What is known of a variable.
#[derive(Debug, Default)]
pub(in crate::rust) struct Variable {
    /// What it is, by its type.
    pub(in crate::rust) kind: Option<Kind>,
    /// Its value, where that is a duration.
    pub(in crate::rust) value: Option<Bound>,
    /// The moment that it is.
    pub(in crate::rust) moment: Option<Moment>,
    /// The catalogued builder methods that were called on it, or in its initialiser.
    pub(in crate::rust) arguments: Vec<Argument>,
    /// Where it comes from cannot be seen: a parameter, a pattern.
    pub(in crate::rust) is_foreign: bool,
    /// It holds a future, or a closure that makes one, in which something waits.
    pub(in crate::rust) waits: bool,
    /// Whether it is over when a timer is. `None`: what it is bound to cannot be seen.
    pub(in crate::rust) timer: Option<bool>,
    /// It holds a closure that does this with time.
    pub(in crate::rust) own: Option<Own>,
    /// What calling a closure in it makes of it that nothing came in time.
    pub(in crate::rust) silent: Option<InSilence>,
    /// It stands under a `#[cfg]`: one of its name under another is the same variable to those that use it.
    pub(in crate::rust) is_gated: bool,
    /// It was declared without a value, or with none: `None`.
    pub(in crate::rust) is_late: bool,
    /// Somebody may end the task that it is the handle of.
    pub(in crate::rust) is_ended: bool,
    /// It keeps the handles of tasks, or may do.
    pub(in crate::rust) keeps_tasks: bool,
    /// What awaiting it waits for.
    pub(in crate::rust) future: Option<Course>,
    /// It holds a closure: what calling it waits for, and what awaiting that does.
    pub(in crate::rust) called: Option<(Course, Course)>,
    /// It holds many futures, and what is waited for where one waits for all of these.
    pub(in crate::rust) tasks: Option<Vec<Course>>,
    /// It is a connection, or something else that messages come out of, or has such in it.
    pub(in crate::rust) receives: Option<Given>,
    /// It is an end of a channel of the standard library, which this call makes.
    pub(in crate::rust) channel: Option<Span>,
    /// The limits that it brings along from where it was made.
    pub(in crate::rust) limits: Limits,
    /// It is an end of this signal.
    pub(in crate::rust) signal: Option<Signal>,
    /// It ends this task when it is told to.
    pub(in crate::rust) aborts: Option<Aborts>,
    /// It is what its function is given for its parameter at this index, or made of it.
    pub(in crate::rust) parameter: Option<usize>,
    /// It is a guard that gives the signal of this end when it goes.
    pub(in crate::rust) tells: Option<Received>,
    /// It is the sending end of a channel.
    pub(in crate::rust) is_sender: bool,
    /// A read timeout was set on it.
    pub(in crate::rust) read_timeout: Option<Deadline>,
}

/// What is known of a value.
#[derive(Debug, Default)]
pub(in crate::rust) struct KnownValue {
    pub(in crate::rust) kind: Option<Kind>,
    pub(in crate::rust) given: Option<Given>,
}

impl KnownValue {
    /// What is known of each, where it is many.
    pub(in crate::rust) fn of_each(self) -> Self {
        Self {
            kind: match self.kind {
                Some(Kind::Many(element)) => Some(*element),
                _ => None,
            },
            given: match self.given {
                Some(Given::Many(element)) => Some(*element),
                _ => None,
            },
        }
    }
}

impl Collector<'_> {
    /// Makes every name of a pattern a variable that nothing is known of, where calls are looked for.
    pub(in crate::rust) fn bind_pattern(&mut self, pat: &Pat) {
        if !self.sought.calls {
            return;
        }
        for name in names_of(pat) {
            let id = self.new_variable(Variable {
                is_foreign: true,
                ..Variable::default()
            });
            self.names.bind(name, id);
        }
    }

    pub(in crate::rust) fn new_variable(&mut self, variable: Variable) -> LocalId {
        let id = LocalId(self.found.variables.len());
        self.found.variables.push(variable);
        id
    }

    pub(in crate::rust) fn bind_parameter(&mut self, pat: &Pat) {
        self.bind_pattern(pat);
        if let Pat::Type(typed) = pat
            && self.sought.calls
            && let Some(kind) = self.written_kind(&typed.ty)
        {
            self.bind_kind(&typed.pat, &kind);
        }
    }

    /// Takes note of what the variables of a pattern are that takes something of this kind apart.
    pub(in crate::rust) fn bind_kind(&mut self, pat: &Pat, kind: &Kind) {
        match (pat, kind) {
            (Pat::Ident(ident), _) if ident.subpat.is_none() => {
                let written = Written::name(&plain(&ident.ident));
                if let Name::Variable(id) = self.names.resolve(&written)
                    && let Some(variable) = self.found.variables.get_mut(id.0)
                {
                    variable.kind = Some(kind.clone());
                }
            }
            (Pat::Reference(reference), _) => self.bind_kind(&reference.pat, kind),
            (Pat::Paren(paren), _) => self.bind_kind(&paren.pat, kind),
            (Pat::Guard(guarded), _) => self.bind_kind(&guarded.pat, kind),
            (Pat::Type(typed), _) => self.bind_kind(&typed.pat, kind),
            (Pat::TupleStruct(of), _) if is_unwrapping(of) => {
                for element in &of.elems {
                    self.bind_kind(element, kind);
                }
            }
            (Pat::Struct(of), Kind::Of(path)) => {
                for field in &of.fields {
                    if let syn::Member::Named(name) = &field.member
                        && let Some(kind) = self.field(path, &plain(name))
                    {
                        self.bind_kind(&field.pat, &kind);
                    }
                }
            }
            (Pat::Slice(of), Kind::Many(each)) => {
                for pat in single(of) {
                    self.bind_kind(pat, each);
                }
            }
            (Pat::Tuple(tuple), Kind::Tuple(elements)) => {
                let elements = leading(tuple).zip(elements);
                for (pat, kind) in elements {
                    if let Some(kind) = kind {
                        self.bind_kind(pat, kind);
                    }
                }
            }
            _ => {}
        }
    }

    /// A variable that gets its value later on: whatever it is, its type is that of each.
    fn mark_late(&mut self, pat: &Pat) {
        if let Pat::Ident(ident) = pat
            && let Name::Variable(id) = self.names.resolve(&Written::name(&plain(&ident.ident)))
            && let Some(variable) = self.found.variables.get_mut(id.0)
        {
            variable.is_late = true;
        }
    }

    /// What is known of a value: asked before a pattern takes it apart, whose names may hide what is in it.
    pub(in crate::rust) fn known_of(&self, value: &Expr) -> KnownValue {
        match self.sought.calls {
            true => KnownValue {
                kind: self.kind_of(value),
                given: self.sought.waits.then(|| self.given(value)).flatten(),
            },
            false => KnownValue::default(),
        }
    }

    /// The same for a value that is taken apart once. In a function of its own: the visit nests deep, and what is known is large.
    pub(in crate::rust) fn bind_out_of(&mut self, pat: &Pat, value: &Expr) {
        let known = self.known_of(value);
        let brought = self.brought_along(value, known.kind.as_ref());
        self.bind_value(pat, &known);
        self.bring(pat, &brought);
        self.bind_parts_of_parameter(pat, value);
    }

    /// Makes variables of a pattern's names, and takes note of what they get out of a value.
    pub(in crate::rust) fn bind_value(&mut self, pat: &Pat, known: &KnownValue) {
        self.bind_pattern(pat);
        self.bind_known(pat, known);
    }

    /// Takes note of what the variables of a pattern get out of a value.
    pub(in crate::rust) fn bind_known(&mut self, pat: &Pat, known: &KnownValue) {
        if let Some(kind) = &known.kind {
            self.bind_kind(pat, kind);
        }
        if let Some(given) = &known.given {
            self.receive_into(pat, given.clone());
        }
    }

    pub(in crate::rust) fn local(&mut self, local: &syn::Local) {
        let (pat, written) = match &local.pat {
            Pat::Type(typed) => (&*typed.pat, Some(&*typed.ty)),
            pat => (pat, None),
        };
        let Some(init) = &local.init else {
            self.bind_pattern(pat);
            return self.mark_late(pat);
        };
        if !self.sought.calls {
            self.visit_expr(&init.expr);
            return init.diverge.iter().for_each(|(_, diverge)| self.visit_expr(diverge));
        }
        if let (Pat::Tuple(names), Expr::Tuple(values)) = (pat, &*init.expr)
            && let Some(names) = all_names(names, values)
        {
            return self.locals(&names, values);
        }
        let Pat::Ident(ident) = pat else {
            let each = self.taken_apart(&init.expr);
            self.kept_under(self.frame_of_parts(pat, &init.expr), each, &init.expr);
            if let Some((_, diverge)) = &init.diverge {
                self.under(Frame::Held, diverge);
            }
            self.bind_out_of(pat, &init.expr);
            self.keep_in_names(each, pat);
            return self.bind_channel(pat, &init.expr);
        };
        if local.attrs.is_empty()
            && let Some(function) = self.function_of(ident, &init.expr)
        {
            return self.names.call_so(plain(&ident.ident), function);
        }
        let is_gated = local.attrs.iter().any(|attribute| attribute.path().is_ident("cfg"));
        let twin = is_gated.then(|| self.gated(ident)).flatten();
        let id = twin.unwrap_or_else(|| {
            self.new_variable(Variable {
                is_gated,
                ..Variable::default()
            })
        });
        self.under(Frame::Let(id), &init.expr);
        self.bind_local(id, ident, written, local);
    }

    /// `let (a, b) = (x, y);` as a `let` of each, whose names are in scope once all are made.
    fn locals(&mut self, names: &[&syn::PatIdent], values: &syn::ExprTuple) {
        let mut made = Vec::new();
        for value in &values.elems {
            let id = self.new_variable(Variable::default());
            self.under(Frame::Let(id), value);
            made.push(id);
        }
        let each = || made.iter().copied().zip(names.iter().zip(&values.elems));
        let mut given = Vec::new();
        for (id, (name, value)) in each() {
            let known = self.known_of(value);
            self.initialise(id, known.kind, value, name.mutability.is_some());
            given.push(known.given);
        }
        for ((id, (name, _)), given) in each().zip(given) {
            self.names.bind(plain(&name.ident), id);
            if let Some(given) = given {
                self.receive_into(&Pat::Ident((*name).clone()), given);
            }
        }
    }

    /// The function that a variable is another name of, one that is known to be one.
    fn function_of(&self, ident: &syn::PatIdent, value: &Expr) -> Option<Name> {
        let Expr::Path(path) = value else { return None };
        if ident.mutability.is_some() || path.qself.is_some() {
            return None;
        }
        let function = self.resolve(&path.path);
        let is_known = match &function {
            Name::File(path) => self.declared.returns.contains_key(path),
            Name::Extern(path) => {
                self.catalog.connect(Language::Rust, path).is_some()
                    || matches!(last_meant(Some(path), path), "timeout" | "timeout_at")
            }
            Name::Variable(_) | Name::Unknown => return None,
        };
        (is_known || self.own_of(&function).is_some()).then_some(function)
    }

    /// The variable of this name that stands under a `#[cfg]`, too.
    fn gated(&self, ident: &syn::PatIdent) -> Option<LocalId> {
        let Name::Variable(id) = self.names.resolve(&Written::name(&plain(&ident.ident))) else {
            return None;
        };
        self.found.variables.get(id.0)?.is_gated.then_some(id)
    }

    fn bind_local(&mut self, id: LocalId, ident: &syn::PatIdent, written: Option<&syn::Type>, local: &syn::Local) {
        let Some(init) = &local.init else { return };
        let KnownValue { kind, given } = self.known_of(&init.expr);
        let kind = written.and_then(|written| self.written_kind(written)).or(kind);
        self.initialise(id, kind, &init.expr, ident.mutability.is_some());
        if let Some((_, diverge)) = &init.diverge {
            self.under(Frame::Held, diverge);
        }
        self.names.bind(plain(&ident.ident), id);
        if let Some(given) = given {
            self.receive_into(&Pat::Ident(ident.clone()), given);
        }
    }

    /// Notes what is known of a variable with this value.
    fn initialise(&mut self, id: LocalId, kind: Option<Kind>, value: &Expr, is_mutable: bool) {
        let mut known = Variable {
            kind,
            channel: self.channel_of(value),
            is_late: is_mutable && is_none(value),
            ..Variable::default()
        };
        if self.sought.waits {
            known.future =
                matches!(value, Expr::Call(_) | Expr::MethodCall(_) | Expr::Async(_)).then(|| self.future(value, 0));
            known.called = self.called_closure(value);
            known.tasks = self.tasks_of(value);
            known.limits = self.limits_in(value, known.kind.as_ref());
            known.signal = self.signal_of(value);
            known.parameter = self.parameter_in(value);
            known.aborts = self.aborted_by(value);
            known.read_timeout = self.brought_read_timeout(value);
            known.is_sender = self.is_sender(value);
            known.tells = self.told_by_drop(value);
            known.timer = self.is_timer(value);
            if let Expr::Closure(closure) = value {
                known.own = self.own_of_closure(closure);
                known.silent = self.silent_by_closure(closure);
            }
            // What is assigned to later on is another length there.
            let length = Some(self.duration(value)).filter(|length| *length != Bound::Unknown);
            known.value = length.filter(|_| !is_mutable);
            known.moment = self.moment(value).filter(|_| !is_mutable);
            (known.arguments, known.is_foreign) =
                self.inherited_arguments(value, known.kind.as_ref().and_then(Kind::path));
        }
        if let Some(variable) = self.found.variables.get_mut(id.0) {
            // What the visit of the value has found out stays.
            (known.waits, known.keeps_tasks) = (variable.waits, variable.keeps_tasks);
            known.is_gated = variable.is_gated;
            *variable = known;
        }
    }
}

/// Whether a value is the option that has nothing in it.
pub(in crate::rust) fn is_none(value: &Expr) -> bool {
    matches!(value, Expr::Path(path) if path.path.is_ident("None"))
}
