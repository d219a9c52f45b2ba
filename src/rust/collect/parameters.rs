//! What the functions of a file are given, and whether it may be a future.

use syn::{FnArg, Pat, PatType, Signature, Type};

use crate::rust::names::plain;

/// What a function is given.
#[derive(Clone, Debug)]
pub(in crate::rust) struct Parameter {
    pub(in crate::rust) name: String,
    /// Its index among all that the function is given.
    pub(in crate::rust) index: usize,
    pub(in crate::rust) may_be_future: bool,
}

/// Types that are no futures.
const VALUES: &[&str] = &[
    "Duration", "Instant", "Path", "PathBuf", "String", "bool", "char", "f32", "f64", "i8", "i16", "i32", "i64",
    "i128", "isize", "str", "u8", "u16", "u32", "u64", "u128", "usize",
];

pub(in crate::rust) fn parameters_of(signature: &Signature) -> Vec<Parameter> {
    let inputs = signature.inputs.iter().enumerate();
    let parameter = |(index, input): (usize, &FnArg)| match input {
        FnArg::Receiver(receiver) => Some(Parameter {
            name: "self".to_owned(),
            index,
            // A future is taken as a whole.
            may_be_future: !matches!(receiver.kind, syn::ReceiverKind::Reference(..)),
        }),
        FnArg::Typed(typed) => typed_parameter(index, typed),
    };
    inputs.filter_map(parameter).collect()
}

pub(in crate::rust) fn parameter_of((index, pat): (usize, &Pat)) -> Option<Parameter> {
    match pat {
        Pat::Ident(ident) => Some(Parameter {
            name: plain(&ident.ident),
            index,
            may_be_future: true,
        }),
        Pat::Type(typed) => typed_parameter(index, typed),
        _ => None,
    }
}

fn typed_parameter(index: usize, typed: &PatType) -> Option<Parameter> {
    let parameter = parameter_of((index, &typed.pat))?;
    Some(Parameter {
        may_be_future: may_be_future(&typed.ty),
        ..parameter
    })
}

/// Whether something of this type may be awaited: not a value of the language or the standard library, and not what is only
/// looked at.
fn may_be_future(written: &Type) -> bool {
    match written {
        Type::Reference(reference) => reference.mutability.is_some() && may_be_future(&reference.elem),
        Type::Path(path) => !path
            .path
            .segments
            .last()
            .is_some_and(|last| VALUES.contains(&plain(&last.ident).as_str())),
        Type::Slice(_) | Type::Array(_) | Type::Ptr(_) | Type::Never(_) => false,
        _ => true,
    }
}
