//! `pta_bind` in the configuration.

use std::rc::Rc;

use crate::nginx::complex_value::ComplexValue;
use crate::nginx::source_line::SourceLine;

/// The most values of one binding.
pub(crate) const MOST_VALUES: usize = 8;

/// A `pta_bind` that is written in the configuration. All blocks that inherit it share it.
pub(crate) struct WrittenBinding {
    /// `None` for `off`.
    values: Option<Rc<BoundValues>>,
    place: SourceLine,
}

impl WrittenBinding {
    pub(crate) fn new(values: Option<BoundValues>, place: SourceLine) -> Self {
        Self { values: values.map(Rc::new), place }
    }

    /// The values, unless it is `off`.
    pub(crate) fn values(&self) -> Option<&Rc<BoundValues>> {
        self.values.as_ref()
    }

    pub(crate) fn place(&self) -> SourceLine {
        self.place
    }
}

/// The values that a seal must be bound to, in their order.
#[derive(Default)]
pub(crate) struct BoundValues(Vec<BoundValue>);

struct BoundValue {
    /// As it is written. Two bindings with equal texts are equal.
    text: Box<[u8]>,
    value: ComplexValue,
}

impl BoundValues {
    pub(crate) fn push(&mut self, text: &[u8], value: ComplexValue) {
        self.0.push(BoundValue { text: text.into(), value });
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// The strings with variables, at most [`MOST_VALUES`].
    pub(crate) fn values(&self) -> impl Iterator<Item = ComplexValue> {
        self.0.iter().map(|bound| bound.value)
    }

    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|bound| &*bound.text)
    }
}

/// By the texts. The order has no meaning.
impl Ord for BoundValues {
    fn cmp(&self, other: &Self) -> core::cmp::Ordering {
        self.texts().cmp(other.texts())
    }
}

impl PartialOrd for BoundValues {
    fn partial_cmp(&self, other: &Self) -> Option<core::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for BoundValues {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for BoundValues {}
