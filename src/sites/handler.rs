//! Clauses that catch exceptions, around connects.

use super::Connect;
use crate::catalog::ApiId;
use crate::facts::PythonVersion;
use crate::source::Span;

/// A clause that catches exceptions: `except X as e:`, `with pytest.raises(X) as caught:`. Only those that name an
/// exception of the catalogue, or whose `try` holds a connect.
#[derive(Clone, Debug)]
pub struct Handler {
    /// Its index in [`crate::sites::Sites::handlers`]; the language finds its own notes about the clause by it.
    pub id: usize,
    /// What kind of clause it is.
    pub form: HandlerForm,
    /// `except X as e`, `pytest.raises(X)`.
    pub span: Span,
    /// The `try` or `with` statement that it belongs to.
    pub statement: Span,
    /// What it names, in writing order; nothing for a bare `except:`.
    pub caught: Vec<Caught>,
    /// What the other clauses of the same `try`, and those of the `try`s around it in the same function, name.
    pub elsewhere: Vec<Caught>,
    /// Indices into [`crate::sites::Sites::connects`]: those that are entered under this clause and no nearer one.
    pub connects: Vec<usize>,
    /// Those that `async for` goes over there.
    pub iterated: Vec<usize>,
    /// Those of other modules of the project, in functions that are called under it.
    pub connects_elsewhere: Vec<Raising>,
    /// Something about it depends on a condition that may tell releases apart, or on a name that may mean several things.
    pub is_conditional: bool,
    /// What is read from the caught exception.
    pub reads: Vec<ExceptionRead>,
    /// Where its text is searched.
    pub text_tests: Vec<TextTest>,
    /// What it is asked for by name, where it is.
    pub asked: Option<AskedAttributes>,
    /// What the patterns of a `match` ask of it.
    pub matched: Vec<MatchedAttribute>,
    /// Something else than connects and their connections may raise in what it stands around.
    pub other_calls: bool,
    /// An exception that it does not catch certainly ends a test.
    pub fails_a_test: bool,
    /// What the code around it makes of what it caught, where nothing behind it can fail any more.
    pub swallows: Option<Swallow>,
}

/// What tries connects again where they fail, at once and for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retry {
    /// The head of the loop: `while True`, `loop`.
    pub head: Span,
    /// What gets the failure: `except OSError`, `Err(_)`.
    pub span: Span,
    /// Indices into [`crate::sites::Sites::connects`].
    pub connects: Vec<usize>,
}

/// A connect, as far as it matters what it raises.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Raising {
    /// What it is of.
    pub api: ApiId,
    /// The path that it is called by.
    pub path: String,
}

impl Handler {
    /// The connects whose exceptions come to it: those of the file are among `connects`.
    pub fn raising<'a>(&'a self, connects: &'a [Connect]) -> impl Iterator<Item = (ApiId, &'a str)> {
        let here = self.connects.iter().filter_map(|id| connects.get(*id));
        let here = here.map(|connect| (connect.api, connect.path.as_str()));
        here.chain(
            self.connects_elsewhere
                .iter()
                .map(|other| (other.api, other.path.as_str())),
        )
    }
}

/// A clause for a timeout that never sees one: another clause of its `try`, before it, takes it.
#[derive(Clone, Debug)]
pub struct LateClause {
    /// The class in the clause.
    pub span: Span,
    /// Its path: `asyncio.TimeoutError`.
    pub class: String,
    /// The path of the class that the earlier clause names: `OSError`.
    pub by: String,
    /// Both paths mean one class.
    pub is_same_class: bool,
    /// The first Python on which it is so.
    pub since: PythonVersion,
}

/// What becomes of a test whose clause has caught something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swallow {
    /// It passes without a word.
    Passes,
    /// It writes a line and passes.
    Prints,
    /// It is skipped.
    Skips,
    /// It goes on with a mock.
    Mocks,
}

/// A connect of a test whose failure comes to nothing, in a language whose failures are values.
#[derive(Clone, Debug)]
pub struct SwallowedFailure {
    /// What looks at the outcome: `if let Ok(ws) = connect(…).await`, `Err(_)`.
    pub span: Span,
    /// An index into [`crate::sites::Sites::connects`].
    pub connect: usize,
    /// What becomes of the test.
    pub swallow: Swallow,
}

/// The kinds of clauses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HandlerForm {
    /// `except X:`.
    Except,
    /// `with pytest.raises(X):`, `with self.assertRaises(X):`.
    Raises,
}

/// An exception that a clause names.
#[derive(Clone, Debug)]
pub struct Caught {
    /// The expression.
    pub span: Span,
    /// The dotted path that it certainly means; `None` for what is defined in the file, or cannot be told.
    pub path: Option<String>,
    /// The name is imported in a `try`, and something else under it where that fails: the path is that of the first import.
    pub is_first_import: bool,
    /// The expression stands for a tuple that has the class.
    pub is_of_tuple: bool,
}

/// What is read from a caught exception, as far as dots go: `e.response.status_code`, `caught.value.status_code`.
#[derive(Clone, Debug)]
pub struct ExceptionRead {
    /// The exception: `e`, `caught.value`.
    pub exception: Span,
    /// The attributes in writing order, each with the expression from the exception up to it.
    pub attributes: Vec<(String, Span)>,
}

/// An attribute that a pattern asks of a caught exception: `case InvalidStatus(status_code=401)`.
#[derive(Clone, Debug)]
pub struct MatchedAttribute {
    /// The attribute with its pattern.
    pub span: Span,
    /// The resolved path of the class that the pattern names.
    pub class: String,
    /// `status_code`.
    pub attribute: String,
}

/// What a clause asks of a caught exception that may not have it: `getattr(e, "status_code", None)`, `hasattr(e, "response")`.
#[derive(Clone, Debug)]
pub struct AskedAttributes {
    /// The first such question.
    pub span: Span,
    /// It is asked by `hasattr`.
    pub by_hasattr: bool,
    /// Every attribute of it that the clause asks for or reads, the first question's in front.
    pub names: Vec<String>,
}

/// A search in the text of a caught exception.
#[derive(Clone, Debug)]
pub struct TextTest {
    /// The whole test: `"403" in str(e)`.
    pub span: Span,
    /// What is searched for, each on its own.
    pub needles: Vec<String>,
    /// The exception, where the test is one comparison that another one can take the place of.
    pub exception: Option<Span>,
    /// The test holds where the text does *not* have it.
    pub is_negated: bool,
    /// It is the argument of `pytest.raises` that the text must match.
    pub is_expectation: bool,
}
