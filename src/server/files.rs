//! The way from an address to a path and back: `file:///home/me/a%20b.py`.

use std::path::{Component, Path, PathBuf};

use lsp_types::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands in an address as it is.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'/')
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The absolute path of a file; nothing for what is no file, as a text that has no name yet.
pub(super) fn path_of(address: &str) -> Option<PathBuf> {
    let rest = address.strip_prefix("file://")?;
    let encoded = rest.get(rest.find('/')?..)?;
    let decoded = percent_decode_str(encoded).decode_utf8().ok()?;
    // `/C:/x` is `C:/x`.
    let bytes = decoded.as_bytes();
    let path = match cfg!(windows) && bytes.get(2) == Some(&b':') {
        true => decoded.get(1..)?,
        false => &decoded,
    };
    let path: PathBuf = Path::new(path).components().collect();
    let leads_up = path.components().any(|part| part == Component::ParentDir);
    (path.is_absolute() && !leads_up && !decoded.contains('\0')).then_some(path)
}

/// The address of a file at an absolute path.
pub(super) fn address_of(path: &Path) -> Uri {
    let text = path.to_string_lossy();
    let text = match cfg!(windows) {
        true => format!("/{}", text.replace('\\', "/")),
        false => text.into_owned(),
    };
    Uri(format!("file://{}", utf8_percent_encode(&text, ESCAPED)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn paths_and_addresses_lead_to_each_other() {
        for path in ["/a/b.py", "/a b/ü#?.py", "/%41.py"] {
            assert_eq!(
                path_of(&address_of(Path::new(path)).0).as_deref(),
                Some(Path::new(path))
            );
        }
        assert_eq!(path_of("file://host/a%2Fb.py").unwrap(), Path::new("/a/b.py"));
        for none in [
            "untitled:Untitled-1",
            "file:",
            "file://",
            "file:///a/../b",
            "file:///%ff",
            "file:///a%00",
        ] {
            assert_eq!(path_of(none), None, "{none}");
        }
    }
}
