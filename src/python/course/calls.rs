//! Calls of functions of the project, and what they are given.

use ruff_python_ast::name::Name;
use ruff_python_ast::{Expr, Keyword};
use ruff_text_size::Ranged;

use super::builder::Builder;
use super::objects::elsewhere;
use crate::python::names::{Elsewhere, FunctionId};
use crate::python::syntax::unpacking::unpacks;
use crate::sites::{Bound, CalledPart, Callee, Course, Length, Times};

impl<'a> Builder<'a, '_> {
    /// A function of the module, called with these arguments.
    pub(super) fn called(
        &self,
        place: &'a Expr,
        function: FunctionId,
        positional: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Course {
        let call = Course::Call {
            call: self.all.shown(place.range()),
            function: Callee::Here(function.index()),
            arguments: self.given(function, positional, keywords),
            gives_on: self.gives_on(place, positional, keywords),
            on: self.object_of_call(place),
            object: self.object_called(place),
        };
        if self.all.functions.is_retried(function.index()) {
            return self.repeated(place.range(), Times::Unknown, call);
        }
        // What a decorator makes of a function may wait for more.
        match self.all.functions.is_decorated(function.index()) {
            true => Course::sequence([call, self.unseen(place)]),
            false => call,
        }
    }

    /// A function of another module of the project, or a part of it, called with these arguments.
    pub(super) fn called_elsewhere(
        &self,
        place: &'a Expr,
        (module, function): (&Elsewhere, FunctionId),
        part: CalledPart,
        positional: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Course {
        let parameters = module.0.parameters(function).iter().map(Name::as_str);
        Course::Call {
            call: self.all.shown(place.range()),
            function: elsewhere(module, function, part),
            arguments: self.given_to(parameters, positional, keywords),
            gives_on: false,
            on: self.object_of_call(place),
            object: self.object_called(place),
        }
    }

    /// Whether a call of a function of the module gives on the object and the values that the function around it has, whatever
    /// holds: a condition may be another one by then.
    fn gives_on(&self, place: &'a Expr, positional: &'a [Expr], keywords: &'a [Keyword]) -> bool {
        let callee = match place {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        let is_same_object = match callee {
            Expr::Attribute(method) => self.locals.is_receiver(&method.value),
            _ => true,
        };
        let mut values = positional.iter().chain(keywords.iter().map(|keyword| &keyword.value));
        let is_own = |value: &Expr| match value {
            Expr::Starred(starred) => self.locals.is_parameter(&starred.value),
            other => self.locals.is_parameter(other),
        };
        self.conditions.get() == 0 && is_same_object && values.all(is_own)
    }

    /// The lengths and the connections that a call gives a function for its parameters.
    pub(super) fn given(
        &self,
        function: FunctionId,
        positional: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Vec<(usize, Length)> {
        let Some(definition) = self.all.functions.definition(function.index()) else {
            return Vec::new();
        };
        let parameters = definition.function.parameters.iter_non_variadic_params();
        let parameters = parameters.skip(usize::from(definition.is_method));
        let names = parameters.map(|parameter| parameter.parameter.name.as_str());
        self.given_to(names, positional, keywords)
    }

    fn given_to<'p>(
        &self,
        parameters: impl Iterator<Item = &'p str>,
        positional: &'a [Expr],
        keywords: &'a [Keyword],
    ) -> Vec<(usize, Length)> {
        let parameters = parameters.enumerate();
        let unpacks = unpacks(positional, keywords);
        let length = |value: &'a Expr| match self.is_connection(value) {
            true => Length::Connection,
            false => self.all.lengths.length(value, self.locals),
        };
        let given = parameters.filter_map(|(index, name)| {
            let named = keywords.iter().find(|keyword| keyword.arg.as_deref() == Some(name));
            let value = named
                .map(|keyword| &keyword.value)
                .or_else(|| positional.get(index).filter(|_| !unpacks));
            match value {
                Some(value) => Some((index, length(value))),
                None if unpacks => Some((index, Length::Is(Bound::Unknown))),
                None => None,
            }
        });
        given.take(MOST_ARGUMENTS).collect()
    }
}

/// Of a call at most so many arguments are looked at.
const MOST_ARGUMENTS: usize = 32;
