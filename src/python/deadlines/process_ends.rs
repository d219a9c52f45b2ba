//! What ends the whole process after a while, whatever it waits for: alarms, faulthandler, a thread that exits.
//!
//! Executed on Linux with Python 3.12: what SIGALRM does by default ends the process, and what its handler raises comes out of the
//! event loop; `faulthandler` and `os._exit` end it without a word to the code.

use ruff_python_ast::{Expr, ExprCall};

use crate::python::names::Names;
use crate::python::syntax::dotted::last_name;
use crate::python::syntax::literal_number::literal_number;

const ALARM: &str = "signal.alarm";
const TIMER: &str = "signal.setitimer";
const DUMP: &str = "faulthandler.dump_traceback_later";

/// Whether what was set by this function calls a handler, if there is one.
pub(super) fn is_alarm(path: &str) -> bool {
    matches!(path, ALARM | TIMER)
}

/// Whether a function ends the process of who calls it.
pub(super) fn ends_process(function: &Expr, names: &Names) -> bool {
    matches!(names.resolve(function), Some("os._exit" | "os.abort"))
}

/// The function that a call sets the end of the process by, and after how many seconds.
pub(super) fn ending<'a>(call: &'a ExprCall, names: &Names) -> Option<(&'static str, &'a Expr)> {
    let (path, seconds) = alarm(call, names)?;
    (literal_number(seconds) != Some(0.0)).then_some((path, seconds))
}

/// The function by which the end was set that a call calls off.
pub(in crate::python) fn called_off(call: &ExprCall, names: &Names) -> Option<&'static str> {
    if last_name(&call.func) == Some("cancel_dump_traceback_later") {
        return Some(DUMP);
    }
    let (path, seconds) = alarm(call, names)?;
    (literal_number(seconds) == Some(0.0)).then_some(path)
}

fn alarm<'a>(call: &'a ExprCall, names: &Names) -> Option<(&'static str, &'a Expr)> {
    // Few calls are called so: the others are not resolved.
    let path = match last_name(&call.func)? {
        "alarm" => ALARM,
        "setitimer" => TIMER,
        "dump_traceback_later" => DUMP,
        _ => return None,
    };
    if names.resolve(&call.func) != Some(path) {
        return None;
    }
    let arguments = &call.arguments;
    let is_true = |value: &Expr| value.as_boolean_literal_expr().is_some_and(|value| value.value);
    let seconds = match path {
        ALARM => arguments.args.first()?,
        TIMER if names.resolve(arguments.args.first()?) == Some("signal.ITIMER_REAL") => arguments.args.get(1)?,
        DUMP if arguments.find_argument_value("exit", 3).is_some_and(is_true) => {
            arguments.find_argument_value("timeout", 0)?
        }
        _ => return None,
    };
    Some((path, seconds))
}
