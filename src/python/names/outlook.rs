//! What the modules of a project import from each other and may give to each other, told from their texts before anything is
//! parsed: whether a file that names no library matters all the same.

use std::path::Path;
use std::sync::{Arc, LazyLock, OnceLock};

use aho_corasick::AhoCorasick;
use foldhash::HashSet;
use memchr::memmem;

use super::project::{Home, Modules, locked, plugins_named};
use super::value::Elsewhere;
use crate::catalog::{Name, Protocol, Vocabulary, is_known, known_fixtures};
use crate::prescan::imported;
use crate::reading::{self, Kind};
use crate::source::Language;

/// What the import statements of a module name.
#[derive(Debug)]
pub(super) struct Outlook {
    /// It imports one, or asks for a fixture of one's plugin.
    names_library: bool,
    /// A text in it may hold characters beyond ASCII, once that was asked.
    has_text: OnceLock<bool>,
    /// It may choose by what is installed, once that was asked.
    chooses: OnceLock<bool>,
    /// It may do something to the console, once that was asked.
    touches_streams: OnceLock<bool>,
    /// The modules of the project, each once; those that pytest imports for it are among them.
    pub(super) imports: Vec<Arc<Path>>,
    /// Those that it names as plugins of pytest, in its order.
    plugins: Vec<Arc<Path>>,
}

/// What a file names that does something with a connection or a connect of another module.
const USES: [&str; 7] = [
    "await",
    "async with",
    "async for",
    "websocket",
    "recv",
    "receive",
    "run_forever",
];

/// The names of fixtures that need no import.
static ASKS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| AhoCorasick::new(known_fixtures()).ok());

/// What a file names that finds out which release of something is there.
static CHOICES: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasick::new([
        "ImportError",
        "ModuleNotFoundError",
        "AttributeError",
        "version",
        "signature",
        "getfullargspec",
        "hasattr",
        "getattr",
    ])
    .ok()
});

/// So many modules are asked whether they choose by what is installed, for one that imports them.
const MOST_CHOOSING: usize = 64;

/// So many modules are asked what they do where they are imported.
const MOST_RUN_BEFORE: usize = 64;

impl Modules {
    /// Whether the module at this absolute path, with this text, uses a name of another module of its project that leads to a
    /// library.
    pub(in crate::python) fn reaches(&self, file: &Path, text: &[u8]) -> bool {
        // Asked of every file: nothing is read, not even a folder, before a word of the text asks for it. An automaton for all of
        // them would take longer to make than most runs take to look.
        if !USES.iter().any(|word| memmem::find(text, word.as_bytes()).is_some()) {
            return false;
        }
        let home = self.home(file);
        if !home.is_in_project() {
            return false;
        }
        let names_one = |module: &Path, name: Option<&&str>| {
            let leads_on = self.leads_on(module);
            let Some(module) = leads_on.then(|| self.summary(module)).flatten() else {
                return false;
            };
            let leading = self.leading(&module);
            match name {
                Some(name) => leading.contains(*name),
                None => leading.iter().any(|name| memmem::find(text, name.as_bytes()).is_some()),
            }
        };
        let imports = &self.outlook_of(&home, text).imports;
        if imports.iter().any(|module| self.leads_on(module)) {
            let mut names_any = false;
            imported(text, |path| {
                let names = || {
                    let module = self.located(&home, path);
                    module.is_some_and(|(module, names)| names_one(&module, names.first()))
                };
                names_any = names_any || names();
            });
            if names_any {
                return true;
            }
        }
        let is_test = || memmem::find(text, b"def test").is_some();
        let asks_for_fixtures = file.file_name().is_some_and(|name| name == "conftest.py") || is_test();
        let conftests = asks_for_fixtures.then(|| self.conftest_files(&home));
        let mut others = conftests.into_iter().flatten().filter(|module| module != file);
        others.any(|module| names_one(&module, None))
    }

    /// Whether the module at this absolute path, with this text, uses a name of another module of its project that stands for a
    /// text beyond ASCII.
    pub(in crate::python) fn reaches_texts(&self, file: &Path, text: &[u8]) -> bool {
        let home = self.home(file);
        let gives_text = |module: &Arc<Path>| self.may_give_text(module);
        if !home.is_in_project() || !self.outlook_of(&home, text).imports.iter().any(gives_text) {
            return false;
        }
        let mut leads = false;
        imported(text, |path| {
            let may_lead = || {
                let module = self.beginning(&home, path);
                module.is_some_and(|(file, _)| self.may_give_text(&file))
            };
            leads = leads || may_lead() && self.leads_to_text(&home, path, text);
        });
        leads
    }

    /// Whether a text beyond ASCII may stand in a module, or in one that it imports.
    fn may_give_text(&self, file: &Path) -> bool {
        let has_text = |file: &Path| {
            let outlook = self.outlook(file);
            *outlook.has_text.get_or_init(|| assigns_text(&text_of(file)))
        };
        has_text(file) || self.outlook(file).imports.iter().any(|file| has_text(file))
    }

    /// The modules that the one at this absolute path imports, directly or not, and that may choose by what is installed.
    pub(super) fn choosing(&self, file: &Path) -> Vec<Elsewhere> {
        let (mut reached, mut next) = (vec![Arc::<Path>::from(file)], 0);
        let mut seen: HashSet<Arc<Path>> = reached.iter().cloned().collect();
        let mut choosing = Vec::new();
        while let Some(module) = reached.get(next).cloned() {
            let outlook = self.outlook(&module);
            if next > 0 && *outlook.chooses.get_or_init(|| may_choose(&text_of(&module))) {
                choosing.extend(self.summary(&module));
            }
            let left = MOST_CHOOSING.saturating_sub(reached.len());
            let new = outlook.imports.iter().filter(|module| !seen.contains(*module));
            let new: Vec<Arc<Path>> = new.take(left).cloned().collect();
            seen.extend(new.iter().cloned());
            reached.extend(new);
            next += 1;
        }
        choosing
    }

    /// The modules that may do something to the console, or call one that does, before the module at this absolute path goes on behind its imports: those
    /// that it imports, directly or not, and the packages around it and these.
    pub(in crate::python) fn touching_streams(&self, file: &Path) -> Vec<Arc<Path>> {
        let (mut reached, mut next) = (vec![Arc::<Path>::from(file)], 0);
        let mut seen: HashSet<Arc<Path>> = reached.iter().cloned().collect();
        while let Some(module) = reached.get(next).cloned() {
            let packages = self.packages_around(&module).into_iter().map(Arc::from);
            let imports = self.outlook(&module).imports.clone();
            for module in packages.chain(imports) {
                if reached.len() < MOST_RUN_BEFORE && seen.insert(module.clone()) {
                    reached.push(module);
                }
            }
            next += 1;
        }
        let touches = |module: &Arc<Path>| {
            let outlook = self.outlook(module);
            let touches = || memmem::find(&text_of(module), b"stdout").is_some();
            *outlook.touches_streams.get_or_init(touches)
        };
        let imports_one = |module: &Arc<Path>| self.outlook(module).imports.iter().any(touches);
        reached.retain(|module| **module != *file && (touches(module) || imports_one(module)));
        reached
    }

    /// The modules of the project that the module at this absolute path imports.
    pub(in crate::python) fn imports(&self, file: &Path) -> Vec<Arc<Path>> {
        self.outlook(file).imports.clone()
    }

    /// The modules of the project that the module at this absolute path names as plugins of pytest.
    pub(super) fn plugins(&self, file: &Path) -> Vec<Arc<Path>> {
        self.outlook(file).plugins.clone()
    }

    /// Whether a library may be reached through the module at this path: by its own text, or by that of one that it imports,
    /// directly or not.
    pub(super) fn leads_on(&self, file: &Path) -> bool {
        if let Some(known) = locked(&self.leading_on).get(file) {
            return *known;
        }
        let (mut pending, mut seen) = (vec![Arc::<Path>::from(file)], HashSet::default());
        let mut leads_on = false;
        while let Some(next) = pending.pop() {
            if !seen.insert(next.clone()) {
                continue;
            }
            let outlook = self.outlook(&next);
            leads_on |= outlook.names_library || locked(&self.leading_on).get(&*next) == Some(&true);
            if leads_on {
                break;
            }
            pending.extend(outlook.imports.iter().cloned());
        }
        let mut known = locked(&self.leading_on);
        known.insert(Arc::from(file), leads_on);
        if !leads_on {
            known.extend(seen.into_iter().map(|file| (file, false)));
        }
        leads_on
    }

    /// What the import statements of the module at this path name.
    fn outlook(&self, file: &Path) -> Arc<Outlook> {
        if let Some(known) = locked(&self.outlooks).get(file) {
            return known.clone();
        }
        self.outlook_of(&self.home(file), &text_of(file))
    }

    /// The same of the module at `home`, whose text is at hand.
    fn outlook_of(&self, home: &Home, text: &[u8]) -> Arc<Outlook> {
        if let Some(known) = locked(&self.outlooks).get(home.file()) {
            return known.clone();
        }
        let (mut names_library, mut imports) = (false, Vec::new());
        imported(text, |path| {
            names_library = names_library || path.split('.').next().is_some_and(speaks_websocket);
            imports.extend(self.beginning(home, path).map(|(file, _)| file));
        });
        // The plugin of a library that is known gives what the catalogue says, in the library's own repository too.
        let plugins = plugins_named(text).into_iter().filter(|path| !is_known(path));
        let plugins: Vec<Arc<Path>> = plugins
            .filter_map(|path| {
                let (file, names) = self.located(home, path)?;
                names.is_empty().then_some(file)
            })
            .collect();
        imports.extend_from_slice(&plugins);
        names_library = names_library || ASKS.as_ref().is_some_and(|names| names.is_match(text));
        // By bytes: whole paths are compared, and no parts of them.
        imports.sort_unstable_by(|one: &Arc<Path>, other| one.as_os_str().cmp(other.as_os_str()));
        imports.dedup();
        let outlook = Arc::new(Outlook {
            names_library,
            has_text: OnceLock::new(),
            chooses: OnceLock::new(),
            touches_streams: OnceLock::new(),
            imports,
            plugins,
        });
        locked(&self.outlooks).insert(home.file().to_owned(), outlook.clone());
        outlook
    }
}

/// The text of a module; none where it cannot be read.
fn text_of(file: &Path) -> Vec<u8> {
    reading::read(file, Kind::Source).unwrap_or_default()
}

/// Whether a module with this text may choose by what is installed.
pub(super) fn may_choose(text: &[u8]) -> bool {
    CHOICES.as_ref().is_none_or(|words| words.is_match(text))
}

/// Whether a module of this name is of a library of the catalogue that speaks WebSocket: what the other ones give to other
/// modules is no reason to look at a file.
pub(super) fn speaks_websocket(name: &str) -> bool {
    static MODULES: LazyLock<HashSet<Name>> = LazyLock::new(|| {
        let libraries = Vocabulary::with(&[]);
        let speaking = libraries.of(Language::Python).iter();
        let speaking = speaking.filter(|library| library.protocols.contains(&Protocol::Websocket));
        speaking.flat_map(|library| library.modules.clone()).collect()
    });
    MODULES.contains(name)
}

/// Whether a line assigns to a plain name what may be a text beyond ASCII, or holds an element of what is written out in lines of
/// its own: `OK = "✓"`, `OK = "\u2713"`, `"ok": "✓",`.
fn assigns_text(text: &[u8]) -> bool {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b':' | b' ' | b'\t');
    let escapes = |text: &[u8]| {
        let mut backslashes = memchr::memchr_iter(b'\\', text);
        backslashes.any(|at| matches!(text.get(at + 1), Some(b'u' | b'U' | b'N')))
    };
    let may_be_text = |value: &[u8]| !value.is_ascii() || escapes(value);
    let assigns = |line: &[u8]| {
        let assigned = memchr::memchr(b'=', line).is_some_and(|equals| {
            let (target, value) = line.split_at(equals);
            target.iter().all(is_name) && may_be_text(value)
        });
        // Neither the text of a docstring nor a call.
        let element = line.trim_ascii_start();
        let is_element = matches!(element.first(), Some(b'"' | b'\'' | b'(' | b'[' | b'{'));
        let is_long = [&b"\"\"\""[..], b"'''"]
            .iter()
            .any(|quotes| element.starts_with(quotes));
        assigned || is_element && !is_long && may_be_text(element)
    };
    // Most files have no such character at all.
    (!text.is_ascii() || escapes(text)) && lines(text).any(assigns)
}

/// The lines of a text without their ends.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut start = 0;
    let ends = memchr::memchr_iter(b'\n', text).chain([text.len()]);
    ends.map(move |end| {
        let line = text.get(start..end).unwrap_or_default();
        start = end + 1;
        line
    })
}
