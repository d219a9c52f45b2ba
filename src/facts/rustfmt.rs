//! How rustfmt lays a crate out (executed with rustfmt 1.9.0).

/// The settings that fixes look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rustfmt {
    /// `max_width`: how wide a line gets, in columns.
    pub line: usize,
    /// `chain_width`: how wide a chain of methods gets in one line.
    pub chain: usize,
    /// `fn_call_width`: how wide the arguments of a call get in one line.
    pub arguments: usize,
    /// One unit of indentation.
    pub step: String,
    /// The columns that a tab takes.
    pub tab: usize,
    /// The year of its style, `style_edition`, or of the crate's edition; `None` where nothing tells.
    pub style: Option<u16>,
}

impl Default for Rustfmt {
    fn default() -> Self {
        Self {
            line: 100,
            chain: 60,
            arguments: 60,
            step: " ".repeat(4),
            tab: 4,
            style: None,
        }
    }
}

impl Rustfmt {
    /// Whether the only argument of a macro begins beside the bracket, however many lines it has. What is not told is new.
    #[must_use]
    pub fn overflows(&self) -> bool {
        self.style.is_some_and(|year| year < 2024)
    }

    /// How wide a text of one line is, in columns.
    #[must_use]
    pub fn columns(&self, text: &str) -> usize {
        text.chars().map(|c| if c == '\t' { self.tab } else { 1 }).sum()
    }
}
