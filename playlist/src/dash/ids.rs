//! What templates may be filled in with.

use crate::dash::document::{Document, Form};
use crate::dash::identifiers::{Way, fill, names_bandwidth, names_representation};
use crate::dash::value::{NoText, Value};
use crate::job::LONGEST;
use crate::memory::push;
use crate::stop::Stop;

/// The identifiers of all representations, each once.
pub(crate) struct Ids {
    /// Those first that are more than letters and digits.
    list: Vec<Vec<u8>>,
    plain_from: usize,
    longest: usize,
    /// Whether clients may find another one.
    is_incomplete: bool,
    has_odd_bandwidth: bool,
}

impl Ids {
    /// Reads them.
    pub(crate) fn read(input: &[u8], document: &Document) -> Result<Self, Stop> {
        let (mut list, mut is_incomplete) = (Vec::new(), false);
        if document.lacks_id || document.ids.is_empty() {
            push(&mut list, Vec::new())?;
        }
        for span in &document.ids {
            let raw = input.get(span.range.clone()).unwrap_or_default();
            match Value::read(raw, span.range.start, span.form == Form::Cdata) {
                Ok(value) => push(&mut list, crate::memory::copy(&value.text)?)?,
                Err(NoText::Stop(stop)) => return Err(stop),
                Err(_) => is_incomplete = true,
            }
        }
        list.sort_unstable_by(|one, other| (is_plain(one), one).cmp(&(is_plain(other), other)));
        list.dedup();
        let plain_from = list.iter().position(|id| is_plain(id)).unwrap_or(list.len());
        let longest = list.iter().map(Vec::len).max().unwrap_or_default();
        is_incomplete |= document.levels.iter().any(|level| level.is_remote);
        Ok(Self { list, plain_from, longest, is_incomplete, has_odd_bandwidth: document.has_odd_bandwidth })
    }

    /// What `text` may be filled in with. None if that is not known, or too long.
    pub(crate) fn fillings<'i>(&'i self, text: &[u8], is_template: bool) -> Option<Filler<'i>> {
        let uses_ids = names_representation(text);
        let dollars = memchr::memchr_iter(b'$', text).count();
        let longest = text.len().saturating_add(dollars.saturating_mul(self.longest));
        if uses_ids && (self.is_incomplete || longest > LONGEST)
            || names_bandwidth(text) && self.has_odd_bandwidth
        {
            return None;
        }
        let ways: &[Way] = if is_template { &WAYS_OF_TEMPLATE } else { &WAYS };
        let (ids, plain_from): (&[Vec<u8>], usize) =
            if uses_ids { (&self.list, self.plain_from) } else { (&[], 0) };
        Some(Filler { ids, plain_from, ways })
    }
}

/// Clients fill in templates.
const WAYS_OF_TEMPLATE: [Way; 2] = [Way::Pairs, Way::Search];

/// Some clients also fill in what is no template.
const WAYS: [Way; 3] = [Way::Literal, Way::Pairs, Way::Search];

/// One text with identifiers, and all that it may stand for.
pub(crate) struct Filler<'i> {
    /// Empty if the text does not use them.
    ids: &'i [Vec<u8>],
    plain_from: usize,
    ways: &'i [Way],
}

impl Filler<'_> {
    pub(crate) fn count(&self) -> usize {
        self.ids.len().max(1).saturating_mul(self.ways.len())
    }

    /// The last one of those for the first plain identifier.
    pub(crate) fn first_plain(&self) -> usize {
        self.plain_from.saturating_add(1).saturating_mul(self.ways.len()).saturating_sub(1)
    }

    /// Appends one of the texts.
    pub(crate) fn fill(&self, number: usize, text: &[u8], filled: &mut Vec<u8>) -> Result<(), Stop> {
        let ways = self.ways.len();
        let way = number.checked_rem(ways).and_then(|number| self.ways.get(number)).copied();
        let id = number.checked_div(ways).and_then(|number| self.ids.get(number)).map(Vec::as_slice);
        fill(way.unwrap_or(Way::Literal), text, id.unwrap_or_default(), filled)
    }
}

/// Whether an identifier cannot change what a path is.
fn is_plain(id: &[u8]) -> bool {
    !id.is_empty() && id.iter().all(|byte| byte.is_ascii_alphanumeric() || b"-._~=".contains(byte))
}
