//! The functions that the visit enters: what is known of one before its body is visited, and what its body comes to.

use syn::visit::Visit;
use syn::{Block, Pat};

use crate::rust::collect::Collector;
use crate::rust::collect::frames::{Frame, Function};
use crate::rust::collect::futures::gives_future;
use crate::rust::collect::gathered::Gathered;
use crate::rust::collect::givers::Givers;
use crate::rust::collect::values::bounds_of;
use crate::rust::names::{Name, Written, attributes, plain};
use crate::sites::{Course, Test};
use crate::source::Span;

impl Collector<'_> {
    /// Visits a function; `path` gives the one by which the file calls it. Others may call it if it is `is_open`.
    pub(in crate::rust) fn function(
        &mut self,
        path: impl FnOnce(&Self) -> String,
        is_open: bool,
        attrs: &[syn::Attribute],
        signature: &syn::Signature,
        block: &Block,
    ) {
        if !self.loops.follows_calls() && !self.may_hold(|this| this.braces(block)) {
            return;
        }
        let is_test = attributes::is_test(attrs) || self.has_renamed_test(attrs);
        let marked = usize::from(is_test || attributes::is_cfg_test(attrs));
        let constant = usize::from(signature.constness.is_some());
        self.test_depth += marked;
        self.const_depth += constant;
        let assumed = self.names.assume(attributes::conditions(attrs));
        let entered = self.names.enter_function();
        let began = self.loops.enter_function(self.found.prints.len());
        if self.sought.calls {
            self.callable(path(self), is_open, is_test, attrs, signature, block);
        } else {
            self.visit_block(block);
        }
        let name = plain(&signature.ident);
        self.loops.leave_function(name, began, self.found.prints.len());
        self.names.leave(entered);
        self.names.forget(assumed);
        self.const_depth -= constant;
        self.test_depth -= marked;
    }

    /// Whether an attribute makes a test of a function that an import calls otherwise: `use tokio::test as check;`.
    fn has_renamed_test(&self, attrs: &[syn::Attribute]) -> bool {
        let mut names = attrs.iter().filter_map(|attr| attr.path().get_ident());
        names.any(|name| {
            let meant = self.names.resolve(&Written::name(&plain(name)));
            matches!(meant, Name::Extern(path) if path.rsplit("::").next().is_some_and(attributes::makes_test))
        })
    }

    fn braces(&self, block: &Block) -> Span {
        let braces = block.brace_token.span;
        self.offsets.of(braces.open()).cover(self.offsets.of(braces.close()))
    }

    /// Visits a function that may be called, or wait.
    fn callable(
        &mut self,
        path: String,
        is_open: bool,
        is_test: bool,
        attrs: &[syn::Attribute],
        signature: &syn::Signature,
        block: &Block,
    ) {
        if signature.asyncness.is_none() {
            self.plain_function(&path);
        }
        let conditions = std::mem::take(&mut self.conditions);
        let index = self.found.functions.len();
        let deadlines = attributes::deadlines(attrs, self.offsets);
        let test = is_test.then_some(self.found.tests.len());
        let of = path.clone();
        if is_test {
            self.found.tests.push(Test {
                name: path.strip_prefix("$file::").unwrap_or(&path).to_owned(),
                name_span: self.offsets.of(signature.ident.span()),
                body: self.braces(block),
                limit: deadlines.first().cloned(),
                course: Course::default(),
                shared: Vec::new(),
                class: None,
            });
        }
        self.found.functions.push(Function {
            path,
            is_async: signature.asyncness.is_some(),
            is_test,
            test,
            is_open,
            gives_future: signature.asyncness.is_none() && gives_future(&signature.output),
            takes: self.taken_by(&signature.output),
            in_tokio: attributes::runs_in_tokio(attrs),
            paused: attributes::starts_paused(attrs),
            resumed: false,
            deadlines,
            gives_up: None,
            ended_by_tasks: Vec::new(),
        });
        self.type_parameters.push(bounds_of(&signature.generics));
        let fixtures = self.fixtures_of(attrs, signature);
        // What a method waits for by its object.
        let mut signals: Vec<usize> = signature.receiver().map(|_| 0).into_iter().collect();
        for (index, input) in signature.inputs.iter().enumerate() {
            if let syn::FnArg::Typed(typed) = input {
                self.bind_parameter(&Pat::Type(typed.clone()));
                self.bind_index(&typed.pat, index);
                self.bind_handed(&of, index, &typed.pat);
                self.keep_parameter(&of, index, &typed.pat);
                signals.extend(self.bind_signal(&typed.pat, index).then_some(index));
            }
        }
        if self.sought.waits {
            self.givers.push(Givers::of(block));
            let gives_up = self.gives_up_in(block, is_test);
            if let Some(function) = self.found.functions.get_mut(index) {
                function.gives_up = gives_up;
            }
        }
        let leaving = std::mem::take(&mut self.leaving);
        let course = self.gathered(|this| {
            if attributes::starts_paused(attrs) {
                this.found.courses.pause();
            }
            this.prepare(fixtures);
            this.within(Frame::Function(index), |this| this.visit_block(block));
        });
        self.leaving = leaving;
        if self.sought.waits {
            self.failures(block, &signature.output, is_test && !attributes::should_panic(attrs));
        }
        self.type_parameters.pop();
        if self.sought.waits {
            self.givers.pop();
            self.function_gathered(Gathered {
                path: of,
                is_async: signature.asyncness.is_some(),
                test,
                signals,
                course,
            });
        }
        self.conditions = conditions;
    }
}
