//! What goes wrong where the object of a connect is used as something that it is not, in the words of WS203.

use super::Context;
use crate::catalog::{Object, Share};
use crate::facts::PythonVersion;
use crate::sites::{Connect, Misuse, MisuseKind};

/// What goes wrong, in words.
pub(super) struct Failure {
    pub(super) message: String,
    pub(super) note: String,
    pub(super) help: String,
    /// The Pythons that it goes wrong with: the first one, and the first one that it does not any more.
    since: Option<PythonVersion>,
    until: Option<PythonVersion>,
}

impl Failure {
    /// What goes wrong when the object of a connect is used so, if anything does.
    pub(super) fn of(misuse: &Misuse, object: &Object, connect: &Connect) -> Option<Self> {
        match &misuse.kind {
            MisuseKind::AsCoroutine { function } => Self::as_coroutine(function, object, connect),
            MisuseKind::ConnectionEntered { .. } => Self::connection_entered(object, connect),
            MisuseKind::PlainWith => Some(Self::plain_with(object, connect)),
            MisuseKind::Awaited => (!object.awaitable).then(|| Self::awaited(object, connect)),
            MisuseKind::Entered => (!object.manager).then(|| Self::entered(object, connect)),
            MisuseKind::AttributeRead { attribute } => Self::attribute_read(attribute, object, connect),
            MisuseKind::AttributeAsked { attribute } => Self::attribute_asked(attribute, object, connect),
            MisuseKind::KeywordGiven { method, keyword } => Self::keyword_given(method, keyword, object, connect),
            MisuseKind::Unawaited { method } => Self::unawaited(method, object, connect),
            MisuseKind::BlockingAwaited | MisuseKind::BlockingEntered => None,
        }
    }

    fn as_coroutine(function: &str, object: &Object, connect: &Connect) -> Option<Self> {
        if object.coroutine {
            return None;
        }
        let path = &connect.path;
        let name = object.name();
        let shown = match object.future {
            true => "<Future pending>".to_owned(),
            false => format!("<{} object at 0x…>", object.class),
        };
        let raised = match function.rsplit('.').next()? {
            "create_task" if function.ends_with("TaskGroup.create_task") => {
                format!(
                    "`TypeError: a coroutine was expected, got {shown}` is raised here, and the group wraps it in an `ExceptionGroup`"
                )
            }
            "create_task" => format!("`TypeError: a coroutine was expected, got {shown}` is raised here"),
            "run" => format!("`ValueError: a coroutine was expected, got {shown}` is raised here up to Python 3.13"),
            "run_coroutine_threadsafe" => "`TypeError: A coroutine object is required` is raised here".to_owned(),
            "wait" if !object.future => {
                format!(
                    "`AttributeError: '{name}' object has no attribute 'add_done_callback'` is raised here from Python 3.11 on"
                )
            }
            "ensure_future" | "gather" | "shield" | "run_until_complete" if !object.awaitable => {
                "`TypeError: An asyncio.Future, a coroutine or an awaitable is required` is raised here".to_owned()
            }
            "wait_for" if !object.awaitable => "a `TypeError` is raised here".to_owned(),
            _ => return None,
        };
        let (is_wait, is_run) = (function.ends_with(".wait"), function == "asyncio.run");
        let takes = match (is_wait, object.awaitable) {
            (true, _) => "tasks and futures",
            (false, true) => "a coroutine",
            (false, false) => "something that can be awaited",
        };
        let help = match (object.awaitable, is_wait) {
            (false, _) => "enter it by `async with` in an `async def` of your own".to_owned(),
            (true, true) => format!("make a task of it: `asyncio.ensure_future({path}(…))`"),
            (true, false) => {
                "await it in an `async def` of your own, and give the coroutine that this makes".to_owned()
            }
        };
        let shown_function = match function {
            "asyncio.create_task" | "asyncio.TaskGroup.create_task" => function,
            _ if function.ends_with(".create_task") => "loop.create_task",
            _ if function.ends_with(".run_until_complete") => "loop.run_until_complete",
            _ => function,
        };
        Some(Self {
            message: format!("`{shown_function}` takes {takes}, and `{path}(…)` is none"),
            note: raised,
            help,
            since: is_wait.then_some(PythonVersion::new(3, 11)),
            until: is_run.then_some(PythonVersion::new(3, 14)),
        })
    }

    fn connection_entered(object: &Object, connect: &Connect) -> Option<Self> {
        let connection = object.unmanaged_connection.as_ref()?;
        let path = &connect.path;
        let help = match object.manager {
            true => format!("enter the connect itself: `async with {path}(…) as ws:`"),
            false => "close the connection in a `finally` clause".to_owned(),
        };
        Some(Self {
            note: format!(
                "`TypeError: '{connection}' object does not support the asynchronous context manager protocol` (up to \
                 Python 3.10 an `AttributeError`) is raised here, and the connection stays open"
            ),
            message: format!("`async with` cannot enter the connection that awaiting `{path}` gives"),
            help,
            since: None,
            until: None,
        })
    }

    fn awaited(object: &Object, connect: &Connect) -> Self {
        let path = &connect.path;
        Self {
            note: format!(
                "`TypeError: object {} can't be used in 'await' expression` is raised here",
                object.name()
            ),
            message: format!("`{path}(…)` cannot be awaited"),
            help: format!("enter it: `async with {path}(…) as ws:`"),
            since: None,
            until: None,
        }
    }

    fn entered(object: &Object, connect: &Connect) -> Self {
        let path = &connect.path;
        Self {
            note: format!(
                "`TypeError: '{}' object does not support the asynchronous context manager protocol` (up to Python 3.10 an \
                 `AttributeError`) is raised here",
                object.shown()
            ),
            message: format!("`async with` cannot enter `{path}(…)`"),
            help: "await it, and close the connection in a `finally` clause".to_owned(),
            since: None,
            until: None,
        }
    }

    fn plain_with(object: &Object, connect: &Connect) -> Self {
        let help = match object.manager {
            true => "write `async with`",
            false => "await it, and close the connection in a `finally` clause",
        };
        Self {
            note: format!(
                "`TypeError: '{}' object does not support the context manager protocol` (up to Python 3.10 \
                 `AttributeError: __enter__`) is raised here",
                object.shown()
            ),
            message: format!("a plain `with` cannot enter `{}`", connect.path),
            help: help.to_owned(),
            since: None,
            until: None,
        }
    }

    fn attribute_read(attribute: &str, object: &Object, connect: &Connect) -> Option<Self> {
        let lack = object.lacks(attribute)?;
        let connection = object.connection.as_ref()?;
        Some(Self {
            note: format!("`AttributeError: '{connection}' object has no attribute '{attribute}'` is raised here"),
            message: format!("the connection that `{}` gives has no `{attribute}`", connect.path),
            help: lack.help.clone(),
            since: None,
            until: None,
        })
    }

    fn attribute_asked(attribute: &str, object: &Object, connect: &Connect) -> Option<Self> {
        let lack = object.lacks(attribute)?;
        Some(Self {
            note: "the connection is taken for what the default says, whatever it is".to_owned(),
            message: format!(
                "the connection that `{}` gives has no `{attribute}`, so that `getattr` always gives its default",
                connect.path
            ),
            help: lack.help.clone(),
            since: None,
            until: None,
        })
    }

    fn keyword_given(method: &str, keyword: &str, object: &Object, connect: &Connect) -> Option<Self> {
        let rejected = object.rejects(method, keyword)?;
        let (error, before) = (&rejected.error, &rejected.error_before_3_10);
        let path = &connect.path;
        Some(Self {
            note: format!("`{error}` (before Python 3.10 `{before}`) is raised here"),
            message: format!("`{method}` of the connection that `{path}` gives rejects `{keyword}`"),
            help: rejected.help.clone(),
            since: None,
            until: None,
        })
    }

    fn unawaited(method: &str, object: &Object, connect: &Connect) -> Option<Self> {
        let path = &connect.path;
        object
            .connection_methods
            .iter()
            .any(|known| known == method)
            .then(|| Self {
                note: format!(
                    "`AttributeError: '{}' object has no attribute '{method}'` is raised here",
                    object.shown()
                ),
                message: format!("`{path}(…)` is not awaited here: it is no connection yet, and has no `{method}`"),
                help: format!("await it first: `ws = await {path}(…)`"),
                since: None,
                until: None,
            })
    }

    /// With how many of the project's Pythons it goes wrong.
    pub(super) fn pythons(&self, context: &Context<'_>) -> Share {
        let declared = context
            .settings
            .target_version
            .or(context.project.python.as_ref().map(|fact| fact.value));
        match (self.since, self.until) {
            (None, None) => Share::All,
            (Some(since), _) if declared.is_some_and(|oldest| oldest >= since) => Share::All,
            (_, Some(until)) if declared.is_some_and(|oldest| oldest >= until) => Share::None,
            _ => Share::Some,
        }
    }
}
