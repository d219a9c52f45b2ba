//! A running `git cat-file --batch`, which is asked for objects.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Child, ChildStdin, ChildStdout};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use super::git::end;
use crate::reading::Kind;

/// What git says of an object.
enum Said {
    Bytes(Vec<u8>),
    /// The clone does not have it.
    Missing,
    /// It is longer than a source may be.
    TooLong,
}

/// A thread talks with git, so that a git that does not answer can be left.
#[derive(Debug)]
pub(super) struct Objects {
    child: Child,
    patience: Duration,
    /// Nothing once git is not asked any longer.
    talk: Option<(Sender<String>, Receiver<io::Result<Said>>)>,
}

impl Objects {
    /// Those of a running git, which has so long for each.
    ///
    /// # Errors
    /// It has no standard streams.
    pub(super) fn of(mut child: Child, patience: Duration) -> io::Result<Self> {
        let (Some(mut stdin), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let (asks, asked) = mpsc::channel::<String>();
        let (answers, answered) = mpsc::channel();
        thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            for id in asked {
                if answers.send(read(&mut stdin, &mut stdout, &id)).is_err() {
                    return;
                }
            }
        });
        Ok(Self {
            child,
            patience,
            talk: Some((asks, answered)),
        })
    }

    /// The bytes of an object; nothing where the clone does not have it.
    ///
    /// # Errors
    /// The object is longer than a source may be; git ended, or does not answer: then it is not asked again.
    pub(super) fn read(&mut self, id: &str) -> io::Result<Option<Vec<u8>>> {
        match self.ask(id) {
            Ok(Said::Bytes(bytes)) => Ok(Some(bytes)),
            Ok(Said::Missing) => Ok(None),
            Ok(Said::TooLong) => Err(io::Error::other(Kind::Source.too_long())),
            Err(error) => {
                self.talk = None;
                end(&mut self.child);
                Err(error)
            }
        }
    }

    fn ask(&self, id: &str) -> io::Result<Said> {
        let Some((asks, answers)) = &self.talk else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        // Where the other end is gone, there will be no answer either.
        _ = asks.send(id.to_owned());
        answers.recv_timeout(self.patience).unwrap_or_else(|error| {
            Err(match error {
                RecvTimeoutError::Timeout => {
                    let message = format!("git did not answer within {} s", self.patience.as_secs_f64());
                    io::Error::new(io::ErrorKind::TimedOut, message)
                }
                RecvTimeoutError::Disconnected => io::ErrorKind::BrokenPipe.into(),
            })
        })
    }
}

impl Drop for Objects {
    fn drop(&mut self) {
        self.talk = None;
        end(&mut self.child);
    }
}

fn read(stdin: &mut ChildStdin, stdout: &mut BufReader<ChildStdout>, id: &str) -> io::Result<Said> {
    writeln!(stdin, "{id}")?;
    stdin.flush()?;
    let mut header = String::new();
    stdout.take(1 << 10).read_line(&mut header)?;
    let Some(size) = header
        .strip_prefix(id)
        .and_then(|rest| rest.trim_end().rsplit_once(' ')?.1.parse::<u64>().ok())
    else {
        return match header.is_empty() {
            true => Err(io::ErrorKind::UnexpectedEof.into()),
            false => Ok(Said::Missing),
        };
    };
    if size > Kind::Source.most_bytes() {
        io::copy(&mut stdout.take(size.saturating_add(1)), &mut io::sink())?;
        return Ok(Said::TooLong);
    }
    let mut bytes = Vec::new();
    stdout.take(size).read_to_end(&mut bytes)?;
    let mut end = [0];
    stdout.read_exact(&mut end)?;
    Ok(Said::Bytes(bytes))
}
