//! Text in, text out: every form of the README's table, every row of what breaks rewriting tools.

mod arguments;
mod forms;
mod imports;
mod lines;
mod snippet;
mod speed;
