//! A module with one connect, rewritten as the rules would ask for it.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt};
use ruff_python_parser::parse_module;

use crate::catalog::Catalog;
use crate::check::{Surroundings, check};
use crate::facts::{Certainty, Fact, PackageRange, ProjectFacts, PythonVersion};
use crate::finding::{Applicability, Edit, Fix};
use crate::prescan::Announced;
use crate::python::Module;
use crate::python::rewrite::code::span_of;
use crate::python::rewrite::{drop_timeout_argument, external_deadline};
use crate::rules::{Context, DeadlineRequest, Limit};
use crate::settings::{DeadlineScope, InternalTimeout, Settings};
use crate::sites::{Argument, Bound, Deadline, Entered};
use crate::source::{Language, SourceFile, Span};

/// What most snippets begin with.
pub(super) const HEAD: &str = "import asyncio\n\nimport websockets\n\n\nasync def main(url):\n";

pub(super) struct Snippet {
    text: String,
    settings: Settings,
    project: ProjectFacts,
    covering: Option<f64>,
    catalog: Catalog,
}

impl Snippet {
    pub(super) fn new(text: &str) -> Self {
        let mut catalog = Catalog::builtin().clone();
        catalog.add(Language::Python, toml::from_str(HELPERS).unwrap());
        catalog.add(Language::Python, toml::from_str(TRIO_AND_ANYIO).unwrap());
        Self {
            text: text.to_owned(),
            settings: Settings::default(),
            project: ProjectFacts::default(),
            covering: None,
            catalog,
        }
    }

    /// `body` inside an async function of a module that imports asyncio and websockets.
    pub(super) fn in_main(body: &str) -> Self {
        Self::new(&format!("{HEAD}{body}"))
    }

    pub(super) fn python(mut self, major: u8, minor: u8) -> Self {
        self.settings.target_version = Some(PythonVersion::new(major, minor));
        self
    }

    pub(super) fn async_timeout(mut self) -> Self {
        self.project.async_timeout = Some(Fact {
            value: (),
            source: "test".to_owned(),
        });
        self
    }

    /// The project allows these releases of a package.
    pub(super) fn releases(mut self, package: &str, specifiers: &str) -> Self {
        let value = PackageRange {
            specifiers: specifiers.parse().unwrap(),
            certainty: Certainty::Range,
        };
        let source = "test".to_owned();
        self.project
            .packages
            .tell([(package.to_owned(), Fact { value, source })]);
        self
    }

    pub(super) fn scope(mut self, scope: DeadlineScope) -> Self {
        self.settings.deadline.scope = scope;
        self
    }

    pub(super) fn internal(mut self, internal: InternalTimeout) -> Self {
        self.settings.deadline.internal_timeout = internal;
        self
    }

    pub(super) fn default_deadline(mut self, seconds: f64) -> Self {
        self.settings.deadline.default = seconds;
        self
    }

    /// The connect already stands under a deadline of this length.
    pub(super) fn covered(mut self, seconds: f64) -> Self {
        self.covering = Some(seconds);
        self
    }

    /// The fix, and the text after it. What every fix promises is checked here: the result parses, strings keep their
    /// values, and a safe fix keeps every comment.
    pub(super) fn fix(&self) -> Result<(Fix, String), String> {
        let source = SourceFile::new("snippet.py", Language::Python, self.text.clone());
        let module = Module::parse(
            &source,
            &self.catalog,
            &ProjectFacts::default(),
            Announced::EVERYTHING,
            None,
        )
        .unwrap();
        let mut connect = module
            .sites()
            .connects
            .first()
            .expect("the snippet has a connect")
            .clone();
        connect.deadlines.extend(self.covering.map(|seconds| Deadline {
            span: Span::empty(0),
            path: "asyncio.timeout".to_owned(),
            bound: Bound::Seconds(seconds),
            entered: Entered::Here,
        }));
        let context = Context {
            source: &source,
            sites: module.sites(),
            catalog: &self.catalog,
            settings: &self.settings,
            project: &self.project,
            linked: &crate::budget::Alone,
            test_file: true,
            rewrite: &module,
        };
        let replaceable = |argument: &Argument| {
            let parameter = self.catalog.entry(connect.api).parameter(&argument.name);
            parameter.is_some_and(|parameter| parameter.replaceable) && argument.value != Bound::Unlimited
        };
        let argument = connect.arguments.iter().position(replaceable);
        let request = DeadlineRequest {
            limit: argument.map_or(Limit::Seconds(self.settings.deadline.default), Limit::Argument),
            rejected: false,
            argument,
            context: &context,
        };
        let rewrite = if self.covering.is_some() {
            drop_timeout_argument
        } else {
            external_deadline
        };
        let fix = rewrite(&module, &connect, &request).map_err(|refusal| refusal.0)?;
        let after = apply(&self.text, &fix.edits);
        check_promises(&self.text, &after, fix.applicability);
        if module.sites().connects.len() == 1 {
            self.check_second_run(&after);
        }
        Ok((fix, after))
    }

    /// What was fixed is no finding any more.
    fn check_second_run(&self, after: &str) {
        let source = SourceFile::new("snippet.py", Language::Python, after.to_owned());
        let surroundings = Surroundings {
            test_file: true,
            ..Surroundings::alone(&self.catalog, &self.settings, &self.project)
        };
        let checked = check(&source, surroundings);
        if self.covering.is_none() {
            let fixed = ["WS101", "WS102"];
            let mut codes = checked.findings.iter().map(|finding| finding.rule.code);
            assert!(!codes.any(|code| fixed.contains(&code)), "{after}");
        }
    }

    #[track_caller]
    pub(super) fn becomes(&self, expected: &str) {
        self.gives(expected, Applicability::Safe);
    }

    #[track_caller]
    pub(super) fn becomes_unsafely(&self, expected: &str) {
        self.gives(expected, Applicability::Unsafe);
    }

    /// Like [`Self::becomes`], `expected` being the body of the function that [`Self::in_main`] puts around it.
    #[track_caller]
    pub(super) fn becomes_in_main(&self, expected: &str) {
        self.becomes(&format!("{HEAD}{expected}"));
    }

    #[track_caller]
    pub(super) fn becomes_in_main_unsafely(&self, expected: &str) {
        self.becomes_unsafely(&format!("{HEAD}{expected}"));
    }

    #[track_caller]
    pub(super) fn is_refused(&self, reason: &str) {
        match self.fix() {
            Ok((_, after)) => panic!("not refused:\n{after}"),
            Err(refusal) => assert!(refusal.contains(reason), "refused for another reason: {refusal}"),
        }
    }

    #[track_caller]
    fn gives(&self, expected: &str, applicability: Applicability) {
        match self.fix() {
            Ok((fix, after)) => {
                assert!(
                    after == expected,
                    "expected:\n{expected}\ngot:\n{after}\n{expected:?}\n{after:?}"
                );
                assert_eq!(fix.applicability, applicability, "{after}");
            }
            Err(refusal) => panic!("refused: {refusal}"),
        }
    }
}

pub(super) fn apply(text: &str, edits: &[Edit]) -> String {
    let mut result = String::new();
    let mut done = 0;
    for edit in edits {
        assert!(done <= edit.span.start, "edits overlap or are not sorted: {edits:?}");
        result.push_str(&text[done..edit.span.start]);
        result.push_str(&edit.text);
        done = edit.span.end;
    }
    result + &text[done..]
}

pub(super) fn check_promises(before: &str, after: &str, applicability: Applicability) {
    let old = parse_module(before).unwrap();
    let new = parse_module(after).unwrap_or_else(|error| panic!("{error}:\n{after}"));
    assert_eq!(strings(old.suite()), strings(new.suite()), "{after}");
    if applicability == Applicability::Safe {
        let comments = |text: &str, parsed: &ruff_python_parser::Parsed<ruff_python_ast::ModModule>| {
            let tokens = parsed.tokens().iter().filter(|token| token.kind().is_comment());
            tokens
                .map(|token| text[span_of(token).range()].to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(comments(before, &old), comments(after, &new), "{after}");
    }
}

fn strings(suite: &[Stmt]) -> Vec<String> {
    struct Strings(Vec<String>);
    impl<'a> Visitor<'a> for Strings {
        fn visit_expr(&mut self, expr: &'a Expr) {
            match expr {
                Expr::StringLiteral(literal) if literal.value.to_str() != "inf" => {
                    self.0.push(literal.value.to_str().to_owned());
                }
                Expr::BytesLiteral(literal) => self.0.push(format!("{:?}", literal.value.bytes().collect::<Vec<_>>())),
                _ => {}
            }
            walk_expr(self, expr);
        }
        fn visit_interpolated_string_element(&mut self, element: &'a ruff_python_ast::InterpolatedStringElement) {
            if let ruff_python_ast::InterpolatedStringElement::Literal(literal) = element {
                self.0.push(literal.value.to_string());
            }
            ruff_python_ast::visitor::walk_interpolated_string_element(self, element);
        }
    }
    let mut collected = Strings(Vec::new());
    collected.visit_body(suite);
    collected.0
}

/// A user's helper with a timeout in milliseconds and one that nothing switches off.
const HELPERS: &str = r#"
package = "helpers"
modules = ["helpers"]
runtime = "asyncio"

[[connect]]
paths = ["helpers.connect_ms"]
call = "any"
waits = "for-ever"
fact = "test"

[[connect.argument]]
name = "timeout_ms"
form = "keyword"
bounds = "connect"
unit = "milliseconds"
replaceable = true

[[connect]]
paths = ["helpers.connect_fixed"]
call = "any"
waits = "default"
limit = 5
fact = "test"

[[connect.argument]]
name = "limit"
form = "keyword"
bounds = "connect"
default = 5
replaceable = true
"#;

/// Libraries of the other event loops.
const TRIO_AND_ANYIO: &str = r#"
package = "loops"
modules = ["loops"]
runtime = "trio"

[[connect]]
paths = ["loops.trio_connect"]
call = "any"
waits = "for-ever"
fact = "test"

[[connect]]
paths = ["loops.anyio_connect"]
call = "any"
runtime = "anyio"
waits = "for-ever"
fact = "test"
"#;
