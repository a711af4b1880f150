//! The variables that a playlist has defined so far.

use memchr::memmem;

use crate::hls::definition::{Definition, query_values};
use crate::hls::filling::{COMBINATIONS, Filling, references};
use crate::job::Job;
use crate::memory::{copy, push};
use crate::stop::Stop;

/// What every line with a definition has in it.
const DEFINE: &[u8] = b"EXT-X-DEFINE";

/// A variable.
struct Variable<'p> {
    name: &'p [u8],
    /// All values that a client may give it. Clients disagree about a second definition and about
    /// what decoding there is.
    values: Vec<Vec<u8>>,
    is_known: bool,
}

/// The variables that are defined above a line.
pub(crate) struct Variables<'p> {
    /// The query of the playlist's URL.
    query: &'p [u8],
    list: Vec<Variable<'p>>,
    /// Where lines with definitions are, and the next one of them.
    places: memmem::FindIter<'p, 'static>,
    next: Option<usize>,
    /// Whether clients may disagree about what is defined. Then no value is known.
    is_unclear: bool,
}

impl<'p> Variables<'p> {
    /// Before the first line of `playlist`.
    pub(crate) fn new(playlist: &'p [u8], query: &'p [u8]) -> Self {
        let mut places = memmem::find_iter(playlist, DEFINE);
        let next = places.next();
        Self { query, list: Vec::new(), places, next, is_unclear: false }
    }

    /// The name and the values of a variable. None if it is unknown.
    pub(crate) fn get(&self, name: &[u8]) -> Option<(&[u8], &[Vec<u8>])> {
        let variable = self.list.iter().find(|variable| variable.name == name)?;
        (variable.is_known && !self.is_unclear).then_some((variable.name, &variable.values))
    }

    /// How many there are: each look at one compares it with all names.
    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    /// Reads a line that begins at `start` of the playlist. It may have a definition in it.
    #[inline]
    pub(crate) fn read(&mut self, start: usize, line: &'p [u8], job: &mut Job<'_>) -> Result<(), Stop> {
        match self.next {
            Some(place) if place < start.saturating_add(line.len()) => self.read_definition(start, line, job),
            _ => Ok(()),
        }
    }

    #[cold]
    fn read_definition(&mut self, start: usize, line: &'p [u8], job: &mut Job<'_>) -> Result<(), Stop> {
        let mut count = 0_usize;
        while self.next.is_some_and(|place| place < start.saturating_add(line.len())) {
            self.next = self.places.next();
            count = count.saturating_add(1);
        }
        if self.is_unclear {
            return Ok(());
        }
        let list = line.strip_prefix(b"#EXT-X-DEFINE:").filter(|_| count == 1);
        // Some clients find a definition anywhere in a line.
        let Some(definition) = list.and_then(Definition::parse) else {
            self.is_unclear = true;
            return Ok(());
        };
        job.spend(line.len().saturating_add(self.query.len()).saturating_add(self.len()))?;
        let values = match definition {
            Definition::Value { value, .. } => self.values_of(value, job)?,
            Definition::Query { name } => query_values(self.query, name)?,
            Definition::Import { .. } => Vec::new(),
        };
        self.define(definition.name(), values)
    }

    /// The values of a text that may use other variables: some clients fill them in, others do not.
    /// Not one if a variable is unknown.
    fn values_of(&self, text: &[u8], job: &mut Job<'_>) -> Result<Vec<Vec<u8>>, Stop> {
        let mut values = Vec::new();
        push(&mut values, copy(text)?)?;
        let mut is_plain = true;
        for (_, name) in references(text) {
            job.spend(self.len())?;
            if self.get(name).is_none() {
                return Ok(Vec::new());
            }
            is_plain = false;
        }
        if is_plain {
            return Ok(values);
        }
        let Some(filling) = Filling::of(text, |name| self.get(name))? else { return Ok(Vec::new()) };
        for number in 0..filling.count {
            let mut value = Vec::new();
            filling.fill(number, text, &mut value)?;
            job.spend(value.len())?;
            push(&mut values, value)?;
        }
        Ok(values)
    }

    /// Adds values to a variable. Not one makes it unknown.
    fn define(&mut self, name: &'p [u8], values: Vec<Vec<u8>>) -> Result<(), Stop> {
        if !self.list.iter().any(|variable| variable.name == name) {
            push(&mut self.list, Variable { name, values: Vec::new(), is_known: true })?;
        }
        let Some(variable) = self.list.iter_mut().find(|variable| variable.name == name) else {
            return Ok(());
        };
        variable.is_known &= !values.is_empty();
        for value in values {
            if !variable.values.contains(&value) {
                push(&mut variable.values, value)?;
            }
        }
        variable.is_known &= variable.values.len() <= COMBINATIONS;
        if !variable.is_known {
            variable.values = Vec::new();
        }
        Ok(())
    }
}
