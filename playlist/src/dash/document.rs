//! What an MPD says about references: its levels, their BaseURLs, and the references themselves.

use std::ops::Range;

use crate::memory::push;
use crate::skip::Kind;
use crate::stop::Stop;

/// An MPD, a Period, an AdaptationSet or a Representation.
pub(crate) struct Level {
    /// None for the root.
    pub(crate) parent: Option<usize>,
    /// All levels up to this number, without it, are inside of this one.
    pub(crate) end: usize,
    /// Whether there is a SegmentTemplate or a SegmentURL@media.
    pub(crate) has_template: bool,
    /// Whether it may be replaced by something that is elsewhere (xlink).
    pub(crate) is_remote: bool,
}

/// How a value is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Attribute,
    Text,
    Cdata,
}

/// A value in the document.
#[derive(Clone, Debug)]
pub(crate) struct Span {
    pub(crate) range: Range<usize>,
    pub(crate) form: Form,
}

/// What a reference is resolved against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// A template or a segment: it may be inherited, so BaseURLs below its level apply, too.
    Segment,
    /// A reference that stands for itself: BaseURLs of its level and above.
    Single,
    /// A BaseURL: those above its level.
    BaseUrl,
}

/// A reference.
pub(crate) struct Reference {
    pub(crate) level: usize,
    pub(crate) span: Span,
    pub(crate) kind: Option<Kind>,
    pub(crate) role: Role,
    /// Whether it is an attribute of a SegmentTemplate.
    pub(crate) is_template: bool,
    /// Whether it is written as it is, without references to characters.
    pub(crate) is_plain: bool,
}

/// The base of a level.
pub(crate) struct BaseUrl {
    pub(crate) level: usize,
    /// None if clients may disagree about its text.
    pub(crate) span: Option<Span>,
}

/// Everything that a decision needs.
#[derive(Default)]
pub(crate) struct Document {
    /// Each one after the level that it is in.
    pub(crate) levels: Vec<Level>,
    pub(crate) bases: Vec<BaseUrl>,
    /// In the order of the document.
    pub(crate) references: Vec<Reference>,
    /// The values of Representation@id. Empty if there is none.
    pub(crate) ids: Vec<Span>,
    /// Whether a Representation has no id, or one without a text.
    pub(crate) lacks_id: bool,
    /// Whether a Representation@bandwidth is no number.
    pub(crate) has_odd_bandwidth: bool,
}

impl Document {
    /// Begins a level inside of `parent`.
    pub(crate) fn open(&mut self, parent: Option<usize>) -> Result<usize, Stop> {
        let number = self.levels.len();
        let level = Level { parent, end: usize::MAX, has_template: false, is_remote: false };
        push(&mut self.levels, level)?;
        Ok(number)
    }

    /// Ends a level.
    pub(crate) fn close(&mut self, number: usize) {
        let end = self.levels.len();
        if let Some(level) = self.levels.get_mut(number) {
            level.end = end;
        }
    }

    /// The level and those that it is in.
    pub(crate) fn chain(&self, number: usize) -> impl Iterator<Item = &Level> {
        let mut next = Some(number);
        std::iter::from_fn(move || {
            let level = self.levels.get(next?)?;
            next = level.parent;
            Some(level)
        })
    }
}
