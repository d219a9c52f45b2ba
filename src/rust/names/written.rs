//! Paths and names as they are written, without `r#` and type arguments.

/// A path as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::rust) struct Written {
    /// It begins with `::`.
    pub(in crate::rust) leading: bool,
    /// Its names without `r#` and without type arguments.
    pub(in crate::rust) names: Vec<String>,
}

impl Written {
    /// The path of something in it.
    pub(in crate::rust) fn followed_by(&self, names: &[String]) -> Self {
        Self {
            leading: self.leading,
            names: self.names.iter().chain(names).cloned().collect(),
        }
    }

    /// A single name.
    pub(in crate::rust) fn name(name: &str) -> Self {
        Self {
            leading: false,
            names: vec![name.to_owned()],
        }
    }
}

impl From<&syn::Path> for Written {
    fn from(path: &syn::Path) -> Self {
        Self {
            leading: path.leading_colon.is_some(),
            names: path.segments.iter().map(|segment| plain(&segment.ident)).collect(),
        }
    }
}

/// The last name of a path: `connect` of `client::connect`.
pub(in crate::rust) fn last_name(path: &syn::Path) -> Option<String> {
    path.segments.last().map(|last| plain(&last.ident))
}

/// A name without `r#`.
pub(in crate::rust) fn plain(ident: &syn::Ident) -> String {
    let mut text = ident.to_string();
    if text.starts_with("r#") {
        text.drain(..2);
    }
    text
}
