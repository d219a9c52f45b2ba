/// What a `conftest.py` does for every test below it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Conftest {
    /// It makes the console take every character.
    pub reconfigures_console: bool,
    /// The seconds after which pytest-timeout ends each test that has no mark of its own, and the byte offset of what says so.
    pub test_timeout: Option<(f64, usize)>,
}
