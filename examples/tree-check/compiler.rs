//! A Python that says what it can compile.

use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdin, ChildStdout, Command, Stdio};
use std::sync::{Mutex, PoisonError};

/// Takes texts (their length as a line, then the bytes) and answers each with a line: nothing, or why it cannot be
/// compiled. Nothing of a text is run.
const SCRIPT: &str = r#"
import sys, warnings
warnings.simplefilter("ignore")
texts, answers = sys.stdin.buffer, sys.stdout.buffer
while True:
    length = texts.readline()
    if not length:
        break
    text = texts.read(int(length))
    try:
        compile(text, "<file>", "exec", 0, True)
        answer = ""
    except Exception as error:
        answer = repr(error)
    answers.write(answer.encode("ascii", "backslashreplace").replace(b"\n", b" ") + b"\n")
    answers.flush()
"#;

/// One Python process, which compiles one text after another.
pub(crate) struct Compiler {
    program: PathBuf,
    pipes: Mutex<Pipes>,
}

struct Pipes {
    texts: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Compiler {
    /// # Errors
    /// `program` cannot be started.
    pub(crate) fn start(program: &Path) -> Result<Self, String> {
        let failed = |error: io::Error| format!("{}: {error}", program.display());
        let mut child = Command::new(program)
            .args(["-I", "-c", SCRIPT])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(texts), Some(answers)) => Ok(Self {
                program: program.to_owned(),
                pipes: Mutex::new(Pipes {
                    texts,
                    answers: BufReader::new(answers),
                }),
            }),
            _ => Err(failed(io::ErrorKind::BrokenPipe.into())),
        }
    }

    /// Whether there was something to compile: false where `before` does not compile either.
    ///
    /// # Errors
    /// `before` compiles, `after` does not; or the process is gone.
    pub(crate) fn still_compiles(&self, before: &[u8], after: &[u8]) -> Result<bool, String> {
        let mut pipes = self.pipes.lock().unwrap_or_else(PoisonError::into_inner);
        let mut error_of = |text| {
            let answer = pipes.compile(text);
            answer.map_err(|error| format!("{}: {error}", self.program.display()))
        };
        if !error_of(before)?.is_empty() {
            return Ok(false);
        }
        match error_of(after)?.as_str() {
            "" => Ok(true),
            error => Err(format!("{} compiles it no more: {error}", self.program.display())),
        }
    }
}

impl Pipes {
    fn compile(&mut self, text: &[u8]) -> io::Result<String> {
        writeln!(self.texts, "{}", text.len())?;
        self.texts.write_all(text)?;
        self.texts.flush()?;
        let mut answer = String::new();
        match self.answers.read_line(&mut answer)? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(answer.trim_end().to_owned()),
        }
    }
}
