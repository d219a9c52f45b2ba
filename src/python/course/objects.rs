//! Whose method a call calls: the one that the class of its object has is what is waited for.

use std::collections::HashMap;

use ruff_python_ast::Expr;
use ruff_text_size::Ranged;

use super::builder::{Builder, Surroundings};
use crate::python::names::{Elsewhere, FunctionId, Method, Value};
use crate::sites::{CalledPart, Callee, Class, Course, Object, Overriding};

impl<'a> Builder<'a, '_> {
    /// The object whose method `place` is or calls; a function without a class may be one in a method, and uses the object of that.
    pub(super) fn object_called(&self, place: &Expr) -> Object {
        let callee = match place {
            Expr::Call(call) => &*call.func,
            other => other,
        };
        match callee {
            Expr::Attribute(method) => self.object_meant(&method.value),
            _ => Object::OwnBase,
        }
    }

    /// The object that `expr` is.
    pub(super) fn object_meant(&self, expr: &Expr) -> Object {
        let names = self.all.lengths.names;
        match expr {
            Expr::Name(name) if names.is_receiver(name) => return Object::Own,
            Expr::Call(call) if call.func.as_name_expr().is_some_and(|name| name.id == "super") => {
                return Object::OwnBase;
            }
            _ => {}
        }
        match names.values(expr) {
            [value] => class_of(value).map_or(Object::Any, Object::Of),
            _ => Object::Any,
        }
    }

    /// The object that calling `class` makes.
    pub(super) fn object_made(&self, class: &Expr) -> Object {
        let class = match self.all.lengths.names.made_class(class) {
            Some(Value::Class(class)) => class_of(&Value::Instance(class)),
            Some(Value::Foreign { module, value, .. }) => match *value {
                Value::Class(class) => Some(Class::Elsewhere(module.0.file().into(), class.index())),
                _ => None,
            },
            _ => None,
        };
        class.map_or(Object::Any, Object::Of)
    }

    /// A wait on an attribute of the object whose method the function is: in the objects of other classes it may be something
    /// else. `on` is what is waited on, and `place` what waits.
    pub(super) fn on_own(&self, on: &Expr, place: &Expr, inner: Course) -> Course {
        let attribute = on.as_attribute_expr().filter(|_| !inner.is_nothing());
        let is_own = |object: &Expr| {
            let name = object.as_name_expr();
            name.is_some_and(|name| self.all.lengths.names.is_receiver(name))
        };
        match attribute.filter(|attribute| is_own(&attribute.value)) {
            Some(attribute) => Course::OnOwn {
                attribute: attribute.attr.to_string(),
                what: self.all.shown(place.range()),
                inner: Box::new(inner),
            },
            None => inner,
        }
    }
}

fn class_of(value: &Value) -> Option<Class> {
    match value {
        Value::Instance(class) => Some(Class::Here(class.index())),
        Value::Foreign { module, value, .. } => match **value {
            Value::Instance(class) => Some(Class::Elsewhere(module.0.file().into(), class.index())),
            _ => None,
        },
        _ => None,
    }
}

/// What the objects of the classes of the module have in the place of what these inherit, by the class.
pub(super) fn classes(all: &Surroundings<'_>) -> HashMap<usize, Overriding> {
    let names = all.lengths.names;
    let overriding = names.inheriting_classes().map(|class| {
        let replacing = names.replacing(class);
        let methods = replacing.methods.iter().flat_map(|(inherited, own)| {
            let parts = [CalledPart::Whole, CalledPart::Enter, CalledPart::Leave];
            parts.into_iter().filter_map(|part| {
                let own = own.as_ref().and_then(|own| callee(own, part, all));
                Some((callee(inherited, part, all)?, own))
            })
        });
        let overriding = Overriding {
            methods: methods.collect(),
            attributes: replacing.attributes.iter().map(ToString::to_string).collect(),
        };
        (class.index(), overriding)
    });
    let is_otherwise = |(_, found): &(usize, Overriding)| !found.methods.is_empty() || !found.attributes.is_empty();
    overriding.filter(is_otherwise).collect()
}

/// A method, or a part of it, where it has that.
pub(super) fn callee(method: &Method, part: CalledPart, all: &Surroundings<'_>) -> Option<Callee> {
    match method {
        Method::Here(function) => {
            let halves = all.functions.block(function.index());
            let index = match part {
                CalledPart::Whole => function.index(),
                CalledPart::Enter => halves?.0,
                CalledPart::Leave => halves?.1,
            };
            Some(Callee::Here(index))
        }
        Method::There(module, function) => {
            let has_it = part == CalledPart::Whole || module.0.yields(*function);
            has_it.then(|| elsewhere(module, *function, part))
        }
    }
}

/// A function of another module, or a part of it.
pub(super) fn elsewhere(module: &Elsewhere, function: FunctionId, part: CalledPart) -> Callee {
    Callee::Elsewhere {
        file: module.0.file().into(),
        function: function.index(),
        part,
    }
}
