//! Places as people count and name them.

use std::fmt;

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// 1-based.
    pub line: usize,
    /// 1-based, in Unicode code points.
    pub column: usize,
}

/// A place as people name it. In a notebook it is one of a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Which one of the notebook's cells, whatever they hold, 1-based.
    pub cell: Option<usize>,
    /// 1-based, in the file or in the cell.
    pub line: usize,
    /// 1-based, in Unicode code points.
    pub column: usize,
}

impl fmt::Display for Place {
    /// `12:5`, or `cell 3:2:5`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(cell) = self.cell {
            write!(f, "cell {cell}:")?;
        }
        write!(f, "{}:{}", self.line, self.column)
    }
}

impl Place {
    /// `12`, or `cell 3:2`: as [`Place`] is written, without the column.
    #[must_use]
    pub fn line_short(&self) -> String {
        match self.cell {
            Some(cell) => format!("cell {cell}:{}", self.line),
            None => self.line.to_string(),
        }
    }

    /// `line 12`, or `line 2 of cell 3`.
    #[must_use]
    pub fn line_told(&self) -> String {
        match self.cell {
            Some(cell) => format!("line {} of cell {cell}", self.line),
            None => format!("line {}", self.line),
        }
    }
}
