//! Which function a call means by the class of its object: a method that inherits its caller calls what its own class has.

use std::collections::HashMap;

use super::functions::{Function, Functions};
use crate::sites::{Callee, Class, Object};

/// A class: its file, by its place in [`Functions`], and its number there.
pub(super) type ClassAt = (usize, usize);

/// Where a course stands, as far as calls in it ask.
#[derive(Clone, Copy, Debug)]
pub(super) struct Within {
    /// The file.
    pub(super) file: usize,
    /// The class of the object whose method it is of, where that has something in another way than the methods that it inherits
    /// expect.
    pub(super) class: Option<ClassAt>,
}

/// What a call runs.
#[derive(Clone, Copy, Debug)]
pub(super) struct Meant {
    pub(super) function: Function,
    /// The class of its object, as in [`Within`].
    pub(super) class: Option<ClassAt>,
}

/// What the classes that were asked about have in the place of other methods.
#[derive(Default)]
pub(super) struct Dispatch(HashMap<ClassAt, HashMap<Function, Option<Function>>>);

impl Dispatch {
    /// What a call runs; `None` where nothing is known of that.
    pub(super) fn meant(
        &mut self,
        functions: &mut Functions<'_>,
        callee: &Callee,
        object: &Object,
        within: Within,
    ) -> Option<Meant> {
        let function = functions.meant_by(callee, within.file)?;
        let class = match object {
            Object::Any => None,
            Object::Own | Object::OwnBase => within.class,
            Object::Of(class) => self.overriding(functions, class, within.file),
        };
        let own = class.filter(|_| *object == Object::Own);
        let in_its_place = own.and_then(|class| self.0.get(&class)?.get(&function).copied());
        let function = in_its_place.unwrap_or(Some(function))?;
        Some(Meant { function, class })
    }

    /// The class that is named in the file at `place`, where it has anything in the place of what it inherits.
    pub(super) fn overriding(&mut self, functions: &mut Functions<'_>, class: &Class, place: usize) -> Option<ClassAt> {
        let class = match class {
            Class::Here(class) => (place, *class),
            Class::Elsewhere(file, class) => (functions.file(file)?, *class),
        };
        let overriding = functions.overriding(class)?;
        self.0.entry(class).or_insert_with(|| {
            let methods = overriding.methods.iter().filter_map(|(inherited, own)| {
                let inherited = functions.meant_by(inherited, class.0)?;
                let own = own.as_ref().and_then(|own| functions.meant_by(own, class.0));
                Some((inherited, own))
            });
            methods.collect()
        });
        Some(class)
    }
}
