//! What blocks and what waits in code that tokio runs, and what ws-lint makes of it.

#[cfg(test)]
mod after;
#[cfg(test)]
mod before;
#[cfg(test)]
mod facts;
#[cfg(test)]
mod outcomes;
