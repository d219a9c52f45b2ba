//! How long the deadlines are that WS201 proposes, and how long tests take with them: several in one test share what that may
//! take, so that what bounds its waits does not make it too long.

use std::cell::OnceCell;

use super::{Context, claims, ws102_connect_without_deadline as ws102, ws201_receive_without_deadline as ws201};
use crate::budget::{self, Assumed, Budget, Total};
use crate::finding::{Applicability, Fix};
use crate::sites::{Receive, ReceiveForm};

/// No deadline for a message is made shorter, in seconds.
const SHORTEST: f64 = 2.0;

/// What is proposed in one file, found out once somebody asks.
pub(super) struct Proposed<'c, 'a> {
    context: &'c Context<'a>,
    known: OnceCell<Vec<Share>>,
}

/// One test's part.
struct Share {
    /// The length of its deadlines.
    seconds: f64,
    /// What it can take with them.
    budget: Budget,
}

impl<'c, 'a> Proposed<'c, 'a> {
    pub(super) fn of(context: &'c Context<'a>) -> Self {
        Self {
            context,
            known: OnceCell::new(),
        }
    }

    /// The seconds that the wait may get: what the configuration says, or less where its test has several such. A wait outside
    /// of tests gets what fits into all of the file's.
    pub(super) fn seconds(&self, receive: &Receive) -> f64 {
        let default = self.context.settings.receive.default_deadline;
        let own = self.context.sites.test_around(receive.span);
        match own.and_then(|test| self.shares().get(test)) {
            Some(share) => share.seconds,
            None => self.shares().iter().map(|share| share.seconds).fold(default, f64::min),
        }
    }

    /// What a test of the file, by its place among them, can take once its waits have the deadlines that are proposed.
    pub(super) fn budget(&self, test: usize) -> Option<&Budget> {
        Some(&self.shares().get(test)?.budget)
    }

    fn shares(&self) -> &[Share] {
        self.known.get_or_init(|| {
            let default = self.context.settings.receive.default_deadline;
            let most = self.context.settings.max_test_seconds;
            let bounded = self.bounded();
            let whole = self.with(default, &bounded);
            if default <= SHORTEST || !whole.iter().any(|budget| is_over(budget, most)) {
                let share = |budget| Share {
                    seconds: default,
                    budget,
                };
                return whole.into_iter().map(share).collect();
            }
            let least = self.with(SHORTEST, &bounded);
            let share = |(whole, least): (Budget, Budget)| match fitting(&whole, &least, (default, SHORTEST), most) {
                Some(seconds) => Share { seconds, budget: least },
                None => Share {
                    seconds: default,
                    budget: whole,
                },
            };
            whole.into_iter().zip(least).map(share).collect()
        })
    }

    /// The waits that WS201 has a fix for.
    fn bounded(&self) -> Vec<&'c Receive> {
        let default = self.context.settings.receive.default_deadline;
        let is_bounded = |receive: &&Receive| {
            let fix = || ws201::bounded(self.context, receive, default).ok();
            claims::receive_is_told(self.context, receive) && is_taken(fix().as_ref())
        };
        self.context.sites.receives.iter().filter(is_bounded).collect()
    }

    /// The budgets where each of these waits lasts so many seconds, and each connect that nothing ends as long as a new
    /// deadline.
    fn with(&self, seconds: f64, bounded: &[&Receive]) -> Vec<Budget> {
        let Context {
            sites,
            catalog,
            project,
            linked,
            settings,
            ..
        } = self.context;
        let mut assumed = Assumed::default();
        for receive in bounded {
            match receive.form {
                ReceiveForm::Loop => assumed.whole_loop(receive.span, seconds),
                ReceiveForm::Call(_) | ReceiveForm::Await | ReceiveForm::Consumed(_) => {
                    assumed.wait(receive.span, seconds)
                }
            }
        }
        for connect in &sites.connects {
            let fix = ws102::check_connect(self.context, connect)
                .ok()
                .and_then(|finding| finding.fix);
            if is_taken(fix.as_ref()) && claims::test_is_told(self.context, connect) {
                assumed.wait(connect.call, settings.deadline.default);
            }
        }
        budget::budgets_assuming(&assumed, sites, catalog, project, *linked)
    }
}

/// Whether `--unsafe-fixes` takes a fix.
fn is_taken(fix: Option<&Fix>) -> bool {
    fix.is_some_and(|fix| fix.applicability != Applicability::Display)
}

fn is_over(budget: &Budget, most: f64) -> bool {
    matches!(budget.total, Total::Seconds { seconds, .. } if seconds > most)
}

/// The whole seconds between the two lengths with which a test takes no more than `most`: what it takes grows with them, and no
/// slower the longer they are. `None` where it takes more with the shortest, and where they need not be shorter.
fn fitting(whole: &Budget, least: &Budget, (longest, shortest): (f64, f64), most: f64) -> Option<f64> {
    let (Total::Seconds { seconds: whole, .. }, Total::Seconds { seconds: least, .. }) = (&whole.total, &least.total)
    else {
        return None;
    };
    if *whole <= most || *least > most {
        return None;
    }
    let share = (most - least) / (whole - least);
    Some((shortest + share * (longest - shortest)).floor())
}
