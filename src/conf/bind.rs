//! `pta_bind` in the configuration.

use std::rc::Rc;

use pta_token::{Binding, BindingError};

use crate::nginx::complex_value::ComplexValue;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::source_line::SourceLine;

/// The most values of one binding.
pub(super) const MOST_VALUES: usize = 8;

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

    /// The values for this request.
    pub(crate) fn evaluate<'r>(&self, request: Request<'r>) -> Result<Values<'r>, OutOfMemory> {
        let mut values = Values { len: self.len(), ..Values::NONE };
        for (slot, bound) in values.slots.iter_mut().zip(&self.0) {
            *slot = bound.value.evaluate(request)?;
        }
        Ok(values)
    }

    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.0.iter().map(|bound| &*bound.text)
    }
}

/// The values of a binding for one request.
#[derive(Clone, Copy)]
pub(crate) struct Values<'r> {
    slots: [&'r [u8]; MOST_VALUES],
    len: usize,
}

impl Values<'_> {
    pub(crate) const NONE: Self = Self { slots: [b""; MOST_VALUES], len: 0 };

    /// An error if one of them is empty. None is too long: nginx stores lengths of variables in 28
    /// bits.
    pub(crate) fn binding(&self) -> Result<Binding<'_>, BindingError> {
        Binding::new(self.slots.get(..self.len).unwrap_or_default())
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
