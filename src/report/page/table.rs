//! A table of a page, drawn for a terminal.

use textwrap::core::display_width;
use textwrap::{Options, WordSplitter};

/// No column gets narrower than so many columns of the terminal.
const LEAST: usize = 8;

/// The rows of a table, the first one its head. A cell may hold the sequences of a style.
#[derive(Default)]
pub(super) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    pub(super) fn begin_row(&mut self) {
        self.rows.push(Vec::new());
    }

    pub(super) fn add_cell(&mut self, cell: String) {
        if let Some(row) = self.rows.last_mut() {
            row.push(cell);
        }
    }

    /// The lines of the table within `width` columns; `rule` is what the line below its head is made of.
    pub(super) fn draw(&self, width: usize, rule: char) -> Vec<String> {
        const GAP: &str = "  ";
        let columns = self.widths(width, GAP.len());
        let mut lines = Vec::new();
        for (index, row) in self.rows.iter().enumerate() {
            let cells: Vec<Vec<String>> = row
                .iter()
                .zip(&columns)
                .map(|(cell, &width)| wrapped(cell, width))
                .collect();
            let height = cells.iter().map(Vec::len).max().unwrap_or(0);
            for at in 0..height {
                let mut line = String::new();
                for (cell, &width) in cells.iter().zip(&columns) {
                    let text = cell.get(at).map_or("", String::as_str);
                    line.push_str(text);
                    let blanks = width.saturating_sub(display_width(text));
                    line.extend(std::iter::repeat_n(' ', blanks));
                    line.push_str(GAP);
                }
                lines.push(line.trim_end().to_owned());
            }
            if index == 0 {
                let rules: Vec<String> = columns.iter().map(|&width| rule.to_string().repeat(width)).collect();
                lines.push(rules.join(GAP));
            }
        }
        lines
    }

    /// As wide as the cells want it; where that is too much the widest columns give way.
    fn widths(&self, width: usize, gap: usize) -> Vec<usize> {
        let count = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let wanted = |column: usize| {
            self.rows
                .iter()
                .filter_map(move |row| row.get(column))
                .map(|cell| display_width(cell))
        };
        let mut widths: Vec<usize> = (0..count).map(|column| wanted(column).max().unwrap_or(0)).collect();
        let room = width.saturating_sub(gap * count.saturating_sub(1));
        while widths.iter().sum::<usize>() > room {
            let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > LEAST) else {
                break;
            };
            *widest -= 1;
        }
        widths
    }
}

fn wrapped(cell: &str, width: usize) -> Vec<String> {
    let options = Options::new(width.max(1)).word_splitter(WordSplitter::NoHyphenation);
    textwrap::wrap(cell, options)
        .into_iter()
        .map(|line| line.into_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_widest_column_gives_way() {
        let mut table = Table::default();
        for row in [
            ["code", "what it says"],
            ["WS101", "a sentence that is too long to stand in one line"],
        ] {
            table.begin_row();
            row.iter().for_each(|cell| table.add_cell((*cell).to_owned()));
        }
        assert_eq!(
            table.draw(30, '-'),
            [
                "code   what it says",
                "-----  -----------------------",
                "WS101  a sentence that is too",
                "       long to stand in one",
                "       line",
            ]
        );
        assert_eq!(table.draw(80, '-').len(), 3);
    }
}
