//! JSON: an object of the series, in each the values of its labels in order, then the number.

use core::fmt::{self, Write};

use crate::counters::slot::LABEL_LEN;
use crate::metrics::series::{Form, Series};
use crate::nginx::memory::OutOfMemory;

/// The most labels of a series.
const DEPTH: usize = 4;

/// Writes to `W`, which fails only without memory.
pub(super) struct Json<'a, W> {
    output: &'a mut W,
    has_series: bool,
    /// The values of the last number.
    last: [Value; DEPTH],
    /// Whether the series has a number.
    has_number: bool,
}

/// A copy of a label's value.
#[derive(Clone, Copy)]
struct Value {
    bytes: [u8; LABEL_LEN],
    len: usize,
}

impl Value {
    fn is(&self, text: &str) -> bool {
        self.bytes.get(..self.len) == Some(text.as_bytes())
    }

    /// Everything but a label is shorter, so nothing is cut off.
    fn set(&mut self, text: &str) {
        self.len = text.len().min(LABEL_LEN);
        for (own, byte) in self.bytes.iter_mut().zip(text.bytes()) {
            *own = byte;
        }
    }
}

impl<'a, W: Write> Json<'a, W> {
    pub(super) fn new(output: &'a mut W) -> Self {
        let last = [Value { bytes: [0; LABEL_LEN], len: 0 }; DEPTH];
        Self { output, has_series: false, last, has_number: false }
    }

    pub(super) fn finish(self) -> Result<(), OutOfMemory> {
        writeln!(self.output, "}}").map_err(|_| OutOfMemory)
    }

    fn write_number(&mut self, values: &[&str], number: u64) -> fmt::Result {
        let same = values.iter().zip(&self.last).take_while(|(value, last)| last.is(value)).count();
        let inner = values.len().saturating_sub(1);
        // How many objects stay open.
        let shared = if self.has_number { same.min(inner) } else { 0 };
        if self.has_number {
            self.close(inner.saturating_sub(shared))?;
            self.output.write_char(',')?;
        }
        for (depth, value) in values.iter().enumerate().skip(shared) {
            // No value needs an escape: labels, words and versions have neither quotes nor
            // backslashes.
            write!(self.output, "\"{value}\":")?;
            if depth < inner {
                self.output.write_char('{')?;
            }
        }
        for (last, value) in self.last.iter_mut().zip(values) {
            last.set(value);
        }
        self.has_number = true;
        write!(self.output, "{number}")
    }

    fn close(&mut self, objects: usize) -> fmt::Result {
        (0..objects).try_for_each(|_| self.output.write_char('}'))
    }
}

impl<W: Write> Form for Json<'_, W> {
    fn begin(&mut self, series: &Series) -> Result<(), OutOfMemory> {
        let separator = if self.has_series { ',' } else { '{' };
        self.has_series = true;
        self.has_number = false;
        write!(self.output, "{separator}\"{}\":{{", series.name).map_err(|_| OutOfMemory)
    }

    fn number(&mut self, _: &Series, values: &[&str], number: u64) -> Result<(), OutOfMemory> {
        self.write_number(values, number).map_err(|_| OutOfMemory)
    }

    fn end(&mut self, series: &Series) -> Result<(), OutOfMemory> {
        // The object of the series, and those in it that are open.
        let open = if self.has_number { series.labels.len() } else { 1 };
        self.close(open).map_err(|_| OutOfMemory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::series::Kind;

    #[test]
    fn the_values_of_labels_are_nested() {
        let series = |name, labels| Series { name, help: "", kind: Kind::Counter, labels };
        let (two, one, none) =
            (series("two", &["a", "b"]), series("one", &["a"]), series("none", &["a", "b"]));
        let mut text = String::new();
        let mut form = Json::new(&mut text);
        form.begin(&two).unwrap();
        for (values, number) in [(["x", "y"], 1), (["x", "z"], 2), (["y", "z"], 3)] {
            form.number(&two, &values, number).unwrap();
        }
        form.end(&two).unwrap();
        form.begin(&none).unwrap();
        form.end(&none).unwrap();
        form.begin(&one).unwrap();
        form.number(&one, &["x"], 4).unwrap();
        form.number(&one, &["y"], u64::MAX).unwrap();
        form.end(&one).unwrap();
        form.finish().unwrap();
        assert_eq!(
            text,
            "{\"two\":{\"x\":{\"y\":1,\"z\":2},\"y\":{\"z\":3}},\"none\":{},\
             \"one\":{\"x\":4,\"y\":18446744073709551615}}\n"
        );
    }
}
