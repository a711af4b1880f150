//! A reference with variables.

use crate::argument::{Place, Query};
use crate::hls::filling::{Filling, references};
use crate::hls::variables::Variables;
use crate::job::{Fillings, Job};
use crate::stop::Stop;

/// A reference that uses variables, and where the token goes in it.
pub(crate) struct Template<'v> {
    filling: Filling<'v>,
    pub(crate) place: Place,
}

impl<'v> Template<'v> {
    /// Whether a text uses no variables.
    #[inline]
    pub(crate) fn is_plain(text: &[u8]) -> bool {
        references(text).next().is_none()
    }

    /// None if the reference must stay as it is.
    pub(crate) fn parse(
        text: &[u8],
        variables: &'v Variables<'_>,
        job: &mut Job<'_>,
    ) -> Result<Option<Self>, Stop> {
        for _ in references(text) {
            job.spend(variables.len())?;
        }
        job.spend(text.len())?;
        let Some(filling) = Filling::of(text, |name| variables.get(name))? else { return Ok(None) };
        let place = Place::of(text);
        let values = || filling.used.iter().flat_map(|used| used.values);
        if values().any(|value| {
            value.contains(&b'#') || place.query.is_some() && value.contains(&b'?') || job.names_token(value)
        }) {
            return Ok(None);
        }
        let Some(place) = query_of(text, place, &filling) else { return Ok(None) };
        // An unknown variable may be anything, but in the query and in the fragment it does no harm.
        let harmless_from = place.query.map_or(place.end, |query| query.start);
        let is_unknown = |name: &[u8]| !filling.used.iter().any(|used| used.name == name);
        if references(text).any(|(range, name)| range.start < harmless_from && is_unknown(name)) {
            return Ok(None);
        }
        Ok(Some(Self { filling, place }))
    }

    /// The texts that the reference may stand for.
    pub(crate) fn with_fillings<T>(&self, then: impl FnOnce(&Fillings<'_>) -> T) -> T {
        let count = self.filling.count;
        let fill = |number: usize, text: &[u8], filled: &mut Vec<u8>| self.filling.fill(number, text, filled);
        then(&Fillings { count, alike_from: count, fill: &fill })
    }
}

/// The place, if a variable may begin the query. None if that depends on the client.
fn query_of(text: &[u8], place: Place, filling: &Filling<'_>) -> Option<Place> {
    if place.query.is_some() {
        return Some(place);
    }
    for (range, name) in references(text).take_while(|(range, _)| range.start < place.end) {
        let Some(used) = filling.used.iter().find(|used| used.name == name) else { continue };
        let mut states = used
            .values
            .iter()
            .map(|value| value.contains(&b'?').then_some(matches!(value.last(), Some(b'?' | b'&'))));
        let first = states.next()?;
        if states.any(|other| other != first) {
            return None;
        }
        if let Some(is_fresh) = first {
            return Some(Place { query: Some(Query { start: range.end, is_fresh }), ..place });
        }
    }
    Some(place)
}
