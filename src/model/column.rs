//! A column of text: one buffer and the end of each value in it.

/// Texts of many rows in one allocation. The empty text stands for "no value".
///
/// Text of one column is limited to 4 GiB (ends are `u32`); [`crate::ingest::MAX_FILE_BYTES`] keeps readers below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TextColumn {
    bytes: String,
    ends: Vec<u32>,
}

impl TextColumn {
    pub fn new() -> Self {
        Self::default()
    }

    /// A column of `rows` empty texts.
    pub fn empty(rows: usize) -> Self {
        TextColumn { bytes: String::new(), ends: vec![0; rows] }
    }

    pub fn with_capacity(rows: usize, bytes: usize) -> Self {
        TextColumn { bytes: String::with_capacity(bytes), ends: Vec::with_capacity(rows) }
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub fn push(&mut self, text: &str) {
        self.bytes.push_str(text);
        self.end_row();
    }

    /// Text appended here belongs to the row that [`Self::end_row`] closes next.
    pub fn open_row(&mut self) -> &mut String {
        &mut self.bytes
    }

    pub fn end_row(&mut self) {
        self.ends.push(u32::try_from(self.bytes.len()).expect("readers refuse inputs whose text could pass 4 GiB"));
    }

    /// Appends empty rows until there are `rows`.
    pub fn pad(&mut self, rows: usize) {
        let end = self.bytes.len() as u32;
        if self.ends.len() < rows {
            self.ends.resize(rows, end);
        }
    }

    /// Appends all rows of `other`.
    pub fn append(&mut self, other: &TextColumn) {
        let base = self.bytes.len();
        self.bytes.push_str(&other.bytes);
        u32::try_from(self.bytes.len()).expect("readers refuse inputs whose text could pass 4 GiB");
        self.ends.extend(other.ends.iter().map(|end| end + base as u32));
    }

    /// Keeps the first `rows` rows.
    pub fn truncate(&mut self, rows: usize) {
        if rows < self.ends.len() {
            self.ends.truncate(rows);
            self.bytes.truncate(self.ends.last().map_or(0, |&end| end as usize));
        }
    }

    /// Text of row `at`.
    ///
    /// # Panics
    /// When there is no such row.
    #[inline(always)]
    pub fn get(&self, at: usize) -> &str {
        let start = if at == 0 { 0 } else { self.ends[at - 1] as usize };
        &self.bytes[start..self.ends[at] as usize]
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> + '_ {
        (0..self.len()).map(|i| self.get(i))
    }

    /// Rows whose text is not empty.
    pub fn filled(&self) -> usize {
        let mut before = 0;
        self.ends.iter().filter(|&&end| std::mem::replace(&mut before, end) != end).count()
    }

    pub fn byte_len(&self) -> usize {
        self.bytes.len()
    }
}

impl<'a> FromIterator<&'a str> for TextColumn {
    fn from_iter<I: IntoIterator<Item = &'a str>>(iter: I) -> Self {
        let mut column = TextColumn::new();
        for text in iter {
            column.push(text);
        }
        column
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_text() {
        let mut c: TextColumn = ["a", "", "яя"].into_iter().collect();
        c.open_row().push('x');
        c.open_row().push('y');
        c.end_row();
        c.pad(6);
        assert_eq!(c.iter().collect::<Vec<_>>(), ["a", "", "яя", "xy", "", ""]);
        assert_eq!((c.len(), c.filled()), (6, 3));
    }
}
