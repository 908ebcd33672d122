//! The first sheet of a workbook (xlsx), as rows of text.

use std::io::Cursor;

use calamine::{Data, Range, Reader, Xlsx};

use super::SourceError;

/// The first sheet, with the number of its first filled row, counted from 1: rows before it are not part of the range.
///
/// # Errors
/// When the bytes are no whole workbook, or it has no sheet.
pub fn first_sheet(file: &str, bytes: &[u8]) -> Result<(usize, Range<Data>), SourceError> {
    let damaged = |error: &dyn std::fmt::Display| {
        let found = format!("a damaged one ({error})");
        SourceError::new(file, 0, "a workbook (xlsx)", found)
    };
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(|error| damaged(&error))?;
    let sheet = book
        .worksheet_range_at(0)
        .ok_or_else(|| damaged(&"no sheet"))?
        .map_err(|error| damaged(&error))?;
    let first = sheet.start().map_or(0, |(row, _)| row as usize) + 1;
    Ok((first, sheet))
}

/// The text of a cell, without blanks around it.
pub fn text(cell: &Data) -> String {
    cell.to_string().trim().to_string()
}
