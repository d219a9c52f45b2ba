//! What stands in the place of something else, as tests have it: `patch("client.connect")`, `client.session = MagicMock()`,
//! `System(FakeClient())`. [`replacement`] knows how it is written; two questions are asked of that. Is a connect certainly none,
//! because parts of its library are replaced for as long as it runs ([`lasting`])? May something else than the library get what a
//! fix changes ([`possible`])?

mod lasting;
mod objects;
mod possible;
mod replacement;
mod words;

pub(in crate::python) use self::lasting::LastingReplacements;
pub(in crate::python) use self::objects::{classes, replaces};
pub(in crate::python) use self::possible::{Replaceable, of_module};
pub(in crate::python) use self::replacement::{
    Replacement, attribute_replaced_by, is_given_one, libraries_replaced_at, libraries_replaced_by,
};
pub(in crate::python) use self::words::{are_written_in, names_mocks};
