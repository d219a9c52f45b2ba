//! How another exception is written where a clause names one: as it is known already, or imported beside the old one or anew.

use ruff_python_ast::{Alias, StmtImportFrom};

use super::{Job, not_known};
use crate::catalog::Rejection;
use crate::finding::{Change, Refusal};
use crate::python::rewrite::code::span_of;
use crate::python::rewrite::edits::Draft;
use crate::python::rewrite::facts::ExceptionName;
use crate::python::rewrite::imports;
use crate::sites::Caught;
use crate::source::Span;

impl<'a> Job<'a> {
    /// How `wanted` is written where `caught` stands, and at so many places with that; it is imported as that is, if it is not yet.
    pub(super) fn name(
        &self,
        caught: &Caught,
        wanted: &Rejection,
        places: usize,
        draft: &mut Draft,
    ) -> Result<String, Refusal> {
        let old = self.code.text(caught.span);
        let path = caught.path.as_deref().ok_or_else(not_known)?;
        let (package, old_name) = path.rsplit_once('.').ok_or_else(not_known)?;
        let uses = self.uses(old, path, wanted);
        if uses.is_called {
            return Err(Refusal::because(format!("the file makes a `{old_name}` itself")));
        }
        let beside = format!("{package}.{}", wanted.name());
        if let Some((module, name)) = old.rsplit_once('.')
            && wanted.is(&beside)
            && name.trim() == old_name
        {
            return Ok(format!("{module}.{}", wanted.name()));
        }
        let import = self.import(uses);
        let at = caught.span.start;
        let names = &self.module.names;
        let by_name = wanted.paths.iter().filter_map(|path| names.imported_name(path, at));
        let spelled: Vec<String> = by_name
            .chain(wanted.paths.iter().filter_map(|path| names.spelling(path, at)))
            .collect();
        let may_go = uses.reads == places && !uses.is_exported && !self.is_package();
        if let Some(name) = spelled.iter().find(|name| !name.contains('.')) {
            if let Some((import, alias)) = import.filter(|(import, _)| may_go && import.names.len() > 1) {
                self.remove(import, alias, path, draft);
            }
            return Ok(name.clone());
        }
        let is_free = |place: usize| !self.is_taken(wanted.name(), place);
        if let Some((_, alias)) = import.filter(|_| wanted.is(&beside))
            && (alias.asname.is_some() && may_go
                || !self.module.names.is_taken(wanted.name(), at) && is_free(span_of(alias).end))
        {
            return self.beside(alias, &beside, may_go.then_some(path), draft);
        }
        match spelled.into_iter().next() {
            Some(name) => Ok(name),
            None => self.imported(wanted, at, draft),
        }
    }

    /// Whether `name` means something at `place`, at the module's level: every function is looked at once.
    fn is_taken(&self, name: &str, place: usize) -> bool {
        let mut known = self.module.facts.taken.borrow_mut();
        *known
            .entry((name.to_owned(), place))
            .or_insert_with(|| self.module.names.is_taken(name, place))
    }

    fn import(&self, uses: ExceptionName) -> Option<(&'a StmtImportFrom, &'a Alias)> {
        let (statement, alias) = uses.import?;
        let import = self.tree.body.get(statement)?.as_import_from_stmt()?;
        Some((import, import.names.get(alias)?))
    }

    /// Imports the name of `path` from where the old one comes from; in its place, where nothing else needs that.
    fn beside(&self, alias: &Alias, path: &str, gone: Option<&str>, draft: &mut Draft) -> Result<String, Refusal> {
        let (module, new) = path.rsplit_once('.').ok_or_else(not_known)?;
        let place = span_of(alias);
        let bound = match (&alias.asname, gone) {
            (Some(bound), Some(_)) => bound.as_str(),
            _ => new,
        };
        match gone {
            Some(gone) => {
                let renamed = match &alias.asname {
                    Some(bound) => format!("{new} as {bound}"),
                    None => new.to_owned(),
                };
                if self.code.has_comment(place) {
                    return Err(Refusal::because("a comment stands in what would change"));
                }
                draft.replace(place, renamed);
                draft.change(Change::ImportGone { path: gone.to_owned() });
            }
            None => draft.insert(place.start, format!("{new}, ")),
        }
        draft.change(Change::Import {
            module: module.to_owned(),
        });
        Ok(bound.to_owned())
    }

    /// Takes a name out of an import that has others.
    fn remove(&self, import: &StmtImportFrom, alias: &Alias, path: &str, draft: &mut Draft) {
        let place = span_of(alias);
        let next = import.names.iter().find(|other| span_of(*other).start > place.start);
        let before = import
            .names
            .iter()
            .rev()
            .find(|other| span_of(*other).start < place.start);
        let gone = match (next, before) {
            (Some(next), _) => Span::new(place.start, span_of(next).start),
            (None, Some(before)) => Span::new(span_of(before).end, place.end),
            (None, None) => return,
        };
        // An unused import harms nobody, a lost comment may.
        if !self.code.has_comment(gone) {
            draft.delete(gone);
            draft.change(Change::ImportGone { path: path.to_owned() });
        }
    }

    /// Imports `wanted` by a statement of its own.
    fn imported(&self, wanted: &Rejection, at: usize, draft: &mut Draft) -> Result<String, Refusal> {
        let name = wanted.name();
        let (module, _) = wanted
            .paths
            .first()
            .and_then(|path| path.rsplit_once('.'))
            .ok_or_else(not_known)?;
        if self.module.names.is_taken(name, at) || self.is_taken(name, 0) {
            return Err(Refusal::because(format!("the name `{name}` means something else here")));
        }
        let head = imports::Head {
            code: self.code,
            tree: self.tree,
            facts: &self.module.facts,
        };
        imports::add_name(head, (module, name), at, draft)?;
        Ok(name.to_owned())
    }

    /// What a package imports others import from it.
    fn is_package(&self) -> bool {
        self.module.source.path().ends_with("__init__.py")
    }
}
