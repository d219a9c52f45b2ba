//! Text in, text out: every form of the table in the book's page `fixes.md`, every row of what breaks rewriting tools.

mod arguments;
mod blocks;
mod fixpoint;
mod forms;
mod imports;
mod lines;
mod many;
mod own_limits;
mod runtimes;
mod shared_lines;
mod snippet;
