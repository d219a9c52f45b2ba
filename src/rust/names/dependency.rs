//! Whether a file says by itself that its crate depends on another one.

use syn::visit::{self, Visit};
use syn::{ItemUse, Path, UseTree};

use super::plain;

/// Whether something of the crate `name` is imported, or called or used as an attribute by its whole path. A module of
/// another crate that is imported under this name (`use async_tungstenite::async_std;`) is not that crate.
pub(in crate::rust) fn names_crate(file: &syn::File, name: &str) -> bool {
    let mut mentions = Mentions {
        name,
        imported: false,
        brought_in: false,
        in_path: false,
    };
    mentions.visit_file(file);
    mentions.imported || mentions.in_path && !mentions.brought_in
}

struct Mentions<'n> {
    name: &'n str,
    /// An import begins with it.
    imported: bool,
    /// An import of something else ends with it.
    brought_in: bool,
    /// A path begins with it.
    in_path: bool,
}

impl Mentions<'_> {
    fn tree(&mut self, tree: &UseTree, is_root: bool) {
        match tree {
            UseTree::Path(path) if is_root && plain(&path.ident) == self.name => self.imported = true,
            UseTree::Path(path) => self.tree(&path.tree, false),
            UseTree::Name(leaf) if plain(&leaf.ident) == self.name => self.leaf(is_root),
            UseTree::Rename(leaf) if is_root && plain(&leaf.ident) == self.name => self.imported = true,
            UseTree::Rename(leaf) => self.brought_in |= plain(&leaf.rename) == self.name,
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.tree(tree, is_root)),
            UseTree::Name(_) | UseTree::Glob(_) => {}
        }
    }

    fn leaf(&mut self, is_root: bool) {
        self.imported |= is_root;
        self.brought_in |= !is_root;
    }
}

impl<'ast> Visit<'ast> for Mentions<'_> {
    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.tree(&item.tree, true);
    }

    fn visit_path(&mut self, path: &'ast Path) {
        let first = path.segments.first().filter(|_| path.segments.len() > 1);
        self.in_path |= first.is_some_and(|first| plain(&first.ident) == self.name);
        visit::visit_path(self, path);
    }
}

#[cfg(test)]
mod tests {
    use super::names_crate;

    fn named(text: &str) -> bool {
        names_crate(&syn::parse_str(text).unwrap(), "async_std")
    }

    #[test]
    fn imports_paths_and_attributes_name_a_crate() {
        assert!(named("use async_std::task;"));
        assert!(named("use {futures::x, async_std as runtime};"));
        assert!(named("fn f() { async_std::task::block_on(g()) }"));
        assert!(named("#[async_std::main] async fn main() {}"));
    }

    #[test]
    fn a_module_of_another_crate_is_not_the_crate() {
        assert!(!named("use async_tungstenite::async_std::connect_async;"));
        assert!(!named(
            "use async_tungstenite::{async_std, x}; async fn f() { async_std::connect_async(u).await; }"
        ));
        assert!(!named(
            "fn f() { async_tungstenite::async_std::connect_async(u); async_std(); }"
        ));
    }
}
