//! Where clauses begin, and what those catch that name nothing.

use ruff_python_ast as ast;
use ruff_text_size::Ranged;

use crate::sites::Caught;
use crate::source::Span;

/// What a bare `except:` catches.
pub(super) fn everything(clause: &ast::ExceptHandlerExceptHandler) -> Caught {
    Caught {
        is_first_import: false,
        is_of_tuple: false,
        span: header(clause),
        path: Some("BaseException".to_owned()),
    }
}

/// `except X as e`.
pub(super) fn header(clause: &ast::ExceptHandlerExceptHandler) -> Span {
    let start = clause.start().to_usize();
    let named = clause.name.as_ref().map(Ranged::end);
    let end = named.or_else(|| clause.type_.as_ref().map(|class| class.end()));
    Span::new(start, end.map_or(start + "except".len(), |end| end.to_usize()))
}
