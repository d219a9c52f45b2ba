//! Says on a terminal that ws-lint is at work, where that takes longer than a second.

use std::env;
use std::io::{self, IsTerminal as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Nobody wonders before.
const PATIENCE: Duration = Duration::from_secs(1);

/// From one picture to the next.
const TICK: Duration = Duration::from_millis(100);

/// A line on standard error while it lives. Whatever else is said there is said after it.
pub(super) struct Progress {
    looked_at: Arc<AtomicUsize>,
    /// Dropped to end it.
    end: Option<Sender<()>>,
    drawer: Option<JoinHandle<()>>,
}

impl Progress {
    /// Begins to say what is done. `is_wanted`: the user did not ask for silence.
    pub(super) fn begin(doing: String, is_wanted: bool) -> Self {
        let looked_at = Arc::new(AtomicUsize::new(0));
        let mut progress = Self {
            looked_at: Arc::clone(&looked_at),
            end: None,
            drawer: None,
        };
        if !is_wanted || !io::stderr().is_terminal() || env::var_os("TERM").is_some_and(|term| term == "dumb") {
            return progress;
        }
        let (sender, receiver) = mpsc::channel();
        let draw = move || {
            let mut wait = PATIENCE;
            let mut bar: Option<ProgressBar> = None;
            while receiver.recv_timeout(wait) == Err(RecvTimeoutError::Timeout) {
                wait = TICK;
                let bar = bar.get_or_insert_with(spinner);
                bar.set_message(match looked_at.load(Ordering::Relaxed) {
                    0 => doing.clone(),
                    1 => format!("{doing}: 1 file"),
                    count => format!("{doing}: {count} files"),
                });
                bar.tick();
            }
            if let Some(bar) = bar {
                bar.finish_and_clear();
            }
        };
        // Without a thread there is no line: nothing depends on it.
        progress.drawer = thread::Builder::new().spawn(draw).ok();
        progress.end = Some(sender);
        progress
    }

    /// One more file was looked at.
    pub(super) fn step(&self) {
        self.looked_at.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end = None;
        if let Some(drawer) = self.drawer.take() {
            _ = drawer.join();
        }
    }
}

fn spinner() -> ProgressBar {
    let bar = ProgressBar::new_spinner().with_elapsed(PATIENCE);
    bar.set_draw_target(ProgressDrawTarget::stderr());
    if let Ok(style) = ProgressStyle::with_template("{spinner} {msg}, {elapsed}") {
        bar.set_style(style);
    }
    bar
}
