//! What a function did to an object before it waits on it: put something into the queue, set the event, took the lock. In one
//! function, in the order of its text; what other functions do is not known.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprCall, Stmt, StmtFunctionDef};
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::builder::Builder;
use crate::python::syntax::dotted::with_items;

/// Of one function so many deeds are remembered; of one with more nothing is known.
const MOST: usize = 256;

/// Methods that say whether there is something to wait for.
const ASKING: &[&str] = &["empty", "qsize", "full", "locked", "is_set"];

/// Methods that do something to an object that others wait on.
const DOING: &[&str] = &[
    "put",
    "put_nowait",
    "get",
    "get_nowait",
    "task_done",
    "set",
    "clear",
    "acquire",
    "release",
    "shutdown",
];

/// Functions of the event loop that call what they are given.
const CALLING: &[&str] = &["call_soon", "call_later", "call_at", "call_soon_threadsafe"];

/// What is known of a wait on an object that the function itself did something to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ready {
    /// It is over at once.
    Yes,
    /// It may be.
    Perhaps,
    /// Somebody else has to do something.
    No,
}

/// The deeds of a function, in the order of its text.
#[derive(Debug, Default)]
pub(super) struct Deeds {
    all: Vec<Deed>,
    around: Around,
}

#[derive(Debug)]
struct Deed {
    object: String,
    /// The method; none where the name gets another value.
    method: Option<&'static str>,
    at: TextRange,
    around: Around,
    /// Somebody else calls it, at another time.
    is_later: bool,
}

/// What a deed stands in.
#[derive(Clone, Copy, Debug, Default)]
struct Around {
    /// The innermost loop.
    rounds: Option<TextRange>,
    /// The innermost suite that may not run.
    choice: Option<TextRange>,
}

/// How often something was done before.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
    times: f64,
    /// It may have been so often, or less, or more.
    is_unsure: bool,
}

impl Deeds {
    pub(super) fn of(function: &StmtFunctionDef) -> Self {
        let mut deeds = Self::default();
        deeds.visit_body(&function.body);
        deeds
    }

    /// What was done to `object` before `at` by one of these methods, since its name got its value.
    fn count(&self, object: &str, methods: &[&str], at: TextSize) -> Count {
        let own = |deed: &&Deed| deed.object == object && deed.at.end() <= at;
        let earlier = self.all.iter().filter(own);
        let since = earlier
            .clone()
            .filter(|deed| deed.method.is_none())
            .map(|deed| deed.at.end());
        let since = since.max().unwrap_or_default();
        let mut count = Count::default();
        for deed in earlier.filter(|deed| deed.at.start() >= since) {
            if !deed.method.is_some_and(|method| methods.contains(&method)) {
                continue;
            }
            let holds = |range: Option<TextRange>| range.is_none_or(|range| range.contains(at));
            count.times += 1.0;
            // Which of the items it was is not told.
            count.is_unsure |= object.ends_with("[]");
            count.is_unsure |= deed.is_later || !holds(deed.around.rounds) || !holds(deed.around.choice);
        }
        count
    }

    fn push(&mut self, object: Option<String>, method: Option<&'static str>, at: TextRange, is_later: bool) {
        if let Some(object) = object.filter(|_| self.all.len() <= MOST) {
            self.all.push(Deed {
                object,
                method,
                at,
                around: self.around,
                is_later,
            });
        }
    }

    fn within(&mut self, around: Around, body: &[Stmt]) {
        let outer = std::mem::replace(&mut self.around, around);
        self.visit_body(body);
        self.around = outer;
    }

    fn choice(&mut self, body: &[Stmt]) {
        let around = Around {
            choice: range_of(body).or(self.around.choice),
            ..self.around
        };
        self.within(around, body);
    }
}

fn range_of(body: &[Stmt]) -> Option<TextRange> {
    Some(TextRange::new(body.first()?.start(), body.last()?.end()))
}

impl<'a> Visitor<'a> for Deeds {
    fn visit_stmt(&mut self, statement: &'a Stmt) {
        match statement {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::If(choice) => {
                self.visit_expr(&choice.test);
                self.choice(&choice.body);
                for clause in &choice.elif_else_clauses {
                    if let Some(test) = &clause.test {
                        self.visit_expr(test);
                    }
                    self.choice(&clause.body);
                }
            }
            Stmt::Match(choice) => {
                self.visit_expr(&choice.subject);
                for case in &choice.cases {
                    self.choice(&case.body);
                }
            }
            Stmt::While(_) | Stmt::For(_) => {
                let outer = self.around;
                self.around.rounds = Some(statement.range());
                walk_stmt(self, statement);
                self.around = outer;
            }
            Stmt::Try(attempt) => {
                self.visit_body(&attempt.body);
                for handler in &attempt.handlers {
                    let ruff_python_ast::ExceptHandler::ExceptHandler(handler) = handler;
                    self.choice(&handler.body);
                }
                self.choice(&attempt.orelse);
                self.visit_body(&attempt.finalbody);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_expr(&item.context_expr);
                    self.push(
                        with_items(&item.context_expr),
                        Some("acquire"),
                        item.context_expr.range(),
                        false,
                    );
                }
                self.visit_body(&with.body);
                let end = TextRange::empty(with.end());
                for item in &with.items {
                    self.push(with_items(&item.context_expr), Some("release"), end, false);
                }
            }
            _ => walk_stmt(self, statement),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        walk_expr(self, expr);
        let known = |name: &str| {
            let mut all = DOING.iter().chain(ASKING);
            all.find(|known| **known == name).copied()
        };
        match expr {
            Expr::Call(call) => {
                let Expr::Attribute(method) = &*call.func else { return };
                if let Some(name) = known(&method.attr) {
                    self.push(with_items(&method.value), Some(name), call.range(), false);
                }
                if CALLING.contains(&method.attr.as_str()) {
                    for given in &call.arguments.args {
                        if let Expr::Attribute(done) = given
                            && let Some(name) = known(&done.attr)
                        {
                            self.push(with_items(&done.value), Some(name), given.range(), true);
                        }
                    }
                }
            }
            Expr::Name(name) if name.ctx.is_store() => self.push(with_items(expr), None, expr.range(), false),
            Expr::Attribute(attribute) if attribute.ctx.is_store() => {
                self.push(with_items(expr), None, expr.range(), false);
            }
            _ => {}
        }
    }
}

impl<'a> Builder<'a, '_> {
    /// Whether a wait of this path, such as `asyncio.Queue.get`, on an object that others in the program use as well is over
    /// at once; perhaps, where what the function has started does what ends it.
    pub(super) fn ready(&self, path: &str, call: &'a ExprCall) -> Ready {
        let ready = self.ready_by_itself(path, call);
        let mut parts = path.rsplit('.');
        let methods: &[&str] = match (parts.next(), parts.next()) {
            (Some("get"), _) => &["put", "put_nowait", "shutdown"],
            (Some("put"), _) => &["get", "get_nowait", "shutdown"],
            (Some("join"), _) => &["task_done", "shutdown"],
            (Some("wait"), Some("Event")) => &["set"],
            (Some("wait"), Some("Barrier")) => &["wait"],
            (Some("wait" | "wait_for"), Some("Condition")) => &["notify", "notify_all"],
            (Some("acquire"), _) => &["release"],
            _ => return ready,
        };
        let object = call.func.as_attribute_expr().map(|method| &*method.value);
        let is_ended = || object.is_some_and(|object| self.is_ended_beside(object, methods, call.start()));
        let is_reached = || object.is_some_and(|object| self.is_reached_by_others(object, methods));
        match ready == Ready::No && (is_reached() || is_ended()) {
            true => Ready::Perhaps,
            false => ready,
        }
    }

    fn ready_by_itself(&self, path: &str, call: &'a ExprCall) -> Ready {
        let mut parts = path.rsplit('.');
        let (Some(method), Some(class)) = (parts.next(), parts.next()) else {
            return Ready::No;
        };
        let Expr::Attribute(callee) = &*call.func else {
            return Ready::No;
        };
        let object = with_items(&callee.value);
        let deeds = self.locals.deeds();
        if deeds.all.len() > MOST {
            return Ready::Perhaps;
        }
        let count = |methods: &[&str]| {
            let object = object.as_deref();
            object.map_or_else(Count::default, |object| deeds.count(object, methods, call.start()))
        };
        let is_asked = count(ASKING).times > 0.0;
        // What is shut down raises, or is empty, at once.
        let shut = count(&["shutdown"]);
        if shut.times > 0.0 && class.ends_with("Queue") {
            return if shut.is_unsure { Ready::Perhaps } else { Ready::Yes };
        }
        match (class, method) {
            ("Queue" | "LifoQueue" | "PriorityQueue" | "SimpleQueue" | "JoinableQueue", "get") => {
                let (put, got) = (count(&["put", "put_nowait"]), count(&["get", "get_nowait"]));
                balance(put, got, 1.0, is_asked, Ready::No)
            }
            ("Queue" | "LifoQueue" | "PriorityQueue", "join") => {
                let (put, done) = (count(&["put", "put_nowait"]), count(&["task_done"]));
                match done.times > 0.0 || done.is_unsure {
                    true => balance(done, put, 0.0, is_asked, Ready::Perhaps),
                    false => Ready::No,
                }
            }
            ("Queue" | "LifoQueue" | "PriorityQueue" | "SimpleQueue" | "JoinableQueue", "put") => {
                let (put, got) = (count(&["put", "put_nowait"]), count(&["get", "get_nowait"]));
                match self.capacity(&callee.value, "maxsize", f64::INFINITY) {
                    Some(most) if most.is_infinite() => Ready::Yes,
                    Some(most) if !put.is_unsure && !got.is_unsure && put.times - got.times >= most => Ready::No,
                    _ => Ready::Perhaps,
                }
            }
            ("Event", "wait") => {
                let (set, cleared) = (count(&["set"]), count(&["clear"]));
                match set.times > 0.0 && cleared.times > 0.0 {
                    true => Ready::Perhaps,
                    false => balance(set, Count::default(), 1.0, is_asked, Ready::No),
                }
            }
            ("Lock" | "Semaphore" | "BoundedSemaphore" | "Condition", "acquire") => {
                let (taken, given) = (count(&["acquire"]), count(&["release"]));
                let most = match class {
                    "Lock" | "Condition" => Some(1.0),
                    _ => self.capacity(&callee.value, "value", 1.0),
                };
                let is_held = !taken.is_unsure && !given.is_unsure;
                match is_held && most.is_some_and(|most| taken.times - given.times >= most) {
                    true => Ready::No,
                    false => Ready::Perhaps,
                }
            }
            _ => Ready::No,
        }
    }

    /// How many a queue or a semaphore takes, by the calls in the module that make what has this name.
    fn capacity(&self, object: &'a Expr, keyword: &str, without: f64) -> Option<f64> {
        let name = match object {
            Expr::Name(name) => name.id.as_str(),
            Expr::Attribute(attribute) => attribute.attr.as_str(),
            _ => return None,
        };
        let made = self.all.functions.made(name)?;
        let makings = self.all.lengths.names.makings(object).unwrap_or_default();
        let is_meant = |call: &&&ExprCall| {
            let start = call.start().to_usize();
            makings.is_empty()
                || makings
                    .iter()
                    .any(|making| making.module.is_none() && making.call == start)
        };
        let capacities =
            made.iter()
                .filter(is_meant)
                .map(|call| match call.arguments.find_argument_value(keyword, 0) {
                    Some(value) => match self.all.lengths.number(value)? {
                        most if most <= 0.0 => Some(f64::INFINITY),
                        most => Some(most),
                    },
                    None if call.arguments.keywords.iter().all(|keyword| keyword.arg.is_some()) => Some(without),
                    None => None,
                });
        capacities.reduce(|a, b| a.filter(|a| b == Some(*a)))?
    }
}

/// Whether something was done at least so many times more often than what undoes it.
fn balance(done: Count, undone: Count, least: f64, is_asked: bool, otherwise: Ready) -> Ready {
    if done.is_unsure || undone.is_unsure {
        return Ready::Perhaps;
    }
    match done.times - undone.times >= least {
        true => Ready::Yes,
        false if is_asked => Ready::Perhaps,
        false => otherwise,
    }
}
