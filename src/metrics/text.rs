//! Prometheus' text format, version 0.0.4.

use core::fmt::Write;

use crate::metrics::series::{Form, Kind, Series};
use crate::nginx::memory::OutOfMemory;

/// Writes to `W`, which fails only without memory.
pub(super) struct Text<'a, W>(pub(super) &'a mut W);

impl<W: Write> Form for Text<'_, W> {
    fn begin(&mut self, series: &Series) -> Result<(), OutOfMemory> {
        let Series { name, help, kind, .. } = series;
        let kind = match kind {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
        };
        writeln!(self.0, "# HELP {name} {help}\n# TYPE {name} {kind}").map_err(|_| OutOfMemory)
    }

    fn number(&mut self, series: &Series, values: &[&str], number: u64) -> Result<(), OutOfMemory> {
        self.line(series, values, number).map_err(|_| OutOfMemory)
    }

    fn end(&mut self, _: &Series) -> Result<(), OutOfMemory> {
        Ok(())
    }
}

impl<W: Write> Text<'_, W> {
    /// No value needs an escape: labels, words and versions have neither quotes nor backslashes.
    fn line(&mut self, series: &Series, values: &[&str], number: u64) -> core::fmt::Result {
        self.0.write_str(series.name)?;
        let mut separator = '{';
        for (label, value) in series.labels.iter().zip(values) {
            write!(self.0, "{separator}{label}=\"{value}\"")?;
            separator = ',';
        }
        writeln!(self.0, "}} {number}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_help_type_and_lines() {
        let series = Series { name: "n", help: "Some help.", kind: Kind::Counter, labels: &["a", "b"] };
        let mut text = String::new();
        let mut form = Text(&mut text);
        form.begin(&series).unwrap();
        form.number(&series, &["x", "y"], 7).unwrap();
        form.number(&series, &["x", "z"], u64::MAX).unwrap();
        form.end(&series).unwrap();
        assert_eq!(
            text,
            "# HELP n Some help.\n# TYPE n counter\nn{a=\"x\",b=\"y\"} 7\nn{a=\"x\",b=\"z\"} 18446744073709551615\n"
        );
    }
}
