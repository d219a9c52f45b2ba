//! The streams of a run.

use std::fmt::Display;
use std::io::{self, BufWriter, Read, Write};

use crate::report::escape;

/// Where a run reads and writes.
pub(super) struct Streams<'a> {
    pub(super) stdin: &'a mut dyn Read,
    pub(super) stdout: Patient<BufWriter<&'a mut dyn Write>>,
    stderr: &'a mut dyn Write,
}

impl<'a> Streams<'a> {
    pub(super) fn new(stdin: &'a mut dyn Read, stdout: &'a mut dyn Write, stderr: &'a mut dyn Write) -> Self {
        Self {
            stdin,
            stdout: Patient::new(BufWriter::new(stdout)),
            stderr,
        }
    }

    /// Writes one line to standard error: `error: …`. Nothing can be done about a standard error that is not there.
    pub(super) fn say(&mut self, kind: &str, message: impl Display) {
        _ = writeln!(self.stderr, "{kind}: {}", escape::line(&message.to_string()));
    }

    /// Writes to standard error as it is.
    pub(super) fn say_plainly(&mut self, text: impl Display) {
        _ = write!(self.stderr, "{text}");
    }

    pub(super) fn stderr(&mut self) -> &mut dyn Write {
        self.stderr
    }
}

/// A writer whose reader may leave early (`ws-lint | head`): the rest is thrown away and the run ends as it would have.
pub(super) struct Patient<W> {
    inner: W,
    reader_left: bool,
}

impl<W: Write> Patient<W> {
    fn new(inner: W) -> Self {
        Self {
            inner,
            reader_left: false,
        }
    }

    fn attempt<T>(&mut self, done: T, action: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.reader_left {
            return Ok(done);
        }
        match action(&mut self.inner) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => {
                self.reader_left = true;
                Ok(done)
            }
            result => result,
        }
    }
}

impl<W: Write> Write for Patient<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |inner| inner.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), W::flush)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Failing(io::ErrorKind);

    impl Write for Failing {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Err(self.0.into())
        }
    }

    #[test]
    fn only_a_reader_that_left_is_forgiven() {
        let mut left = Patient::new(Failing(io::ErrorKind::BrokenPipe));
        assert_eq!(left.write(b"abc").unwrap(), 3);
        left.flush().unwrap();
        let mut full = Patient::new(Failing(io::ErrorKind::StorageFull));
        assert!(full.write(b"abc").is_err());
    }
}
