//! A text with references to variables, `{$name}`, and what it stands for.

use std::ops::Range;

use crate::job::LONGEST;
use crate::memory::{extend, push};
use crate::stop::Stop;

/// More variables in a text and more combinations of their values are not tried.
pub(crate) const COMBINATIONS: usize = 16;

/// The references to variables in a text.
pub(crate) fn references(text: &[u8]) -> impl Iterator<Item = (Range<usize>, &[u8])> {
    let mut at = 0_usize;
    std::iter::from_fn(move || {
        loop {
            let dollar = at.saturating_add(memchr::memchr(b'$', text.get(at..)?)?);
            let behind = text.get(dollar.saturating_add(1)..)?;
            let start = dollar.checked_sub(1).filter(|&start| text.get(start) == Some(&b'{'));
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_".contains(byte);
            let len = behind.iter().position(|byte| !is_name(byte)).unwrap_or(behind.len());
            at = dollar.saturating_add(1).saturating_add(len);
            if let (Some(start), true, Some(b'}')) = (start, len > 0, text.get(at)) {
                at = at.saturating_add(1);
                return Some((start..at, behind.get(..len)?));
            }
        }
    })
}

/// A variable that a text uses. An unknown one has no values.
pub(crate) struct Used<'v> {
    pub(crate) name: &'v [u8],
    pub(crate) values: &'v [Vec<u8>],
}

/// The combinations of values that a text may be filled with.
pub(crate) struct Filling<'v> {
    pub(crate) used: Vec<Used<'v>>,
    pub(crate) count: usize,
}

impl<'v> Filling<'v> {
    /// `find` knows the variables: it returns their own name and their values. None if there are
    /// too many combinations, or if what they give is too long.
    pub(crate) fn of(
        text: &[u8],
        find: impl Fn(&[u8]) -> Option<(&'v [u8], &'v [Vec<u8>])>,
    ) -> Result<Option<Self>, Stop> {
        let (mut used, mut count, mut len) = (Vec::<Used>::new(), 1_usize, text.len());
        for (_, name) in references(text) {
            let longest = |values: &[Vec<u8>]| values.iter().map(Vec::len).max().unwrap_or_default();
            if let Some(known) = used.iter().find(|other| other.name == name) {
                len = len.saturating_add(longest(known.values));
            } else {
                let Some((name, values)) = find(name) else { continue };
                count = count.saturating_mul(values.len().max(1));
                len = len.saturating_add(longest(values));
                push(&mut used, Used { name, values })?;
            }
            if count > COMBINATIONS || used.len() > COMBINATIONS || len > LONGEST {
                return Ok(None);
            }
        }
        Ok(Some(Self { used, count }))
    }

    /// Appends the text, filled with one of the combinations. Unknown variables are left out.
    pub(crate) fn fill(&self, number: usize, text: &[u8], filled: &mut Vec<u8>) -> Result<(), Stop> {
        let mut done = 0;
        for (place, name) in references(text) {
            extend(filled, text.get(done..place.start).unwrap_or_default())?;
            extend(filled, self.value(number, name))?;
            done = place.end;
        }
        extend(filled, text.get(done..).unwrap_or_default())
    }

    /// The value of a variable in one of the combinations.
    fn value(&self, number: usize, name: &[u8]) -> &[u8] {
        let mut rest = number;
        for used in &self.used {
            let count = used.values.len().max(1);
            if used.name == name {
                let chosen = rest.checked_rem(count).and_then(|chosen| used.values.get(chosen));
                return chosen.map(Vec::as_slice).unwrap_or_default();
            }
            rest = rest.checked_div(count).unwrap_or_default();
        }
        &[]
    }
}
