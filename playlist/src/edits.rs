//! What changes in a playlist, from its beginning to its end.

use std::ops::Range;

use crate::memory::push;
use crate::stop::Stop;

/// What separates the token's argument from the text before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Separator {
    /// There is one already.
    None,
    Question,
    Ampersand,
    /// `&amp;`, in XML.
    Escaped,
}

impl Separator {
    pub(crate) fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::None => b"",
            Self::Question => b"?",
            Self::Ampersand => b"&",
            Self::Escaped => b"&amp;",
        }
    }
}

#[derive(Clone, Copy)]
struct Edit {
    /// Offsets are short, because there are many: an input has at most 4 GB.
    start: u32,
    cut: u32,
    /// The token's argument is written here.
    insert: Option<Separator>,
}

/// The edits of one input, in ascending order.
pub(crate) struct Edits {
    /// What is inserted, with the most frequent separator: `?name=token`.
    argument: Vec<u8>,
    list: Vec<Edit>,
    /// The length of the output so far, the uncut input included.
    len: usize,
    limit: usize,
}

impl Edits {
    /// For an input of `len` bytes, and `argument` with a question mark before it. The output may
    /// not have more than `limit`.
    pub(crate) fn new(argument: Vec<u8>, len: usize, limit: usize) -> Result<Self, Stop> {
        if len > limit || u32::try_from(len).is_err() {
            return Err(Stop::TooLarge);
        }
        Ok(Self { argument, list: Vec::new(), len, limit })
    }

    /// Cuts a range out.
    pub(crate) fn cut(&mut self, range: Range<usize>) -> Result<(), Stop> {
        let (start, cut) = (offset(range.start)?, offset(range.len())?);
        self.len = self.len.saturating_sub(range.len());
        match self.list.last_mut() {
            Some(last) if last.insert.is_none() && last.start.saturating_add(last.cut) == start => {
                last.cut = last.cut.saturating_add(cut);
                Ok(())
            }
            _ => push(&mut self.list, Edit { start, cut, insert: None }),
        }
    }

    /// Inserts the token's argument.
    #[inline]
    pub(crate) fn insert(&mut self, at: usize, separator: Separator) -> Result<(), Stop> {
        let more = separator.as_bytes().len().saturating_add(self.argument().len());
        self.len = self.len.saturating_add(more);
        // A playlist that shrinks later is refused too: what is cut is rarely longer than a token.
        if self.len > self.limit {
            return Err(Stop::TooLarge);
        }
        push(&mut self.list, Edit { start: offset(at)?, cut: 0, insert: Some(separator) })
    }

    /// What is inserted, without a separator.
    pub(crate) fn argument(&self) -> &[u8] {
        self.argument.get(1..).unwrap_or_default()
    }

    /// The edited input. None if there is nothing to edit.
    pub(crate) fn apply(&self, input: &[u8]) -> Result<Option<Vec<u8>>, Stop> {
        if self.list.is_empty() {
            return Ok(None);
        }
        let mut output = Vec::new();
        output.try_reserve_exact(self.len).map_err(|_| Stop::OutOfMemory)?;
        let mut done = 0_usize;
        for edit in &self.list {
            let start = index(edit.start);
            output.extend_from_slice(input.get(done..start).unwrap_or_default());
            match edit.insert {
                None => {}
                Some(Separator::Question) => output.extend_from_slice(&self.argument),
                Some(separator) => {
                    output.extend_from_slice(separator.as_bytes());
                    output.extend_from_slice(self.argument());
                }
            }
            done = start.saturating_add(index(edit.cut));
        }
        output.extend_from_slice(input.get(done..).unwrap_or_default());
        Ok(Some(output))
    }
}

fn offset(position: usize) -> Result<u32, Stop> {
    u32::try_from(position).map_err(|_| Stop::TooLarge)
}

fn index(offset: u32) -> usize {
    usize::try_from(offset).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn edits(len: usize, limit: usize) -> Edits {
        Edits::new(b"?p=T".to_vec(), len, limit).unwrap()
    }

    #[test]
    fn edits_are_applied_in_order() {
        let input = b"0123456789";
        let mut edits = edits(input.len(), 100);
        assert_eq!(edits.apply(input), Ok(None));
        edits.cut(1..2).unwrap();
        edits.cut(2..4).unwrap();
        edits.insert(4, Separator::Question).unwrap();
        edits.cut(4..5).unwrap();
        edits.insert(5, Separator::None).unwrap();
        edits.insert(8, Separator::Escaped).unwrap();
        edits.insert(10, Separator::Ampersand).unwrap();
        assert_eq!(edits.list.len(), 6);
        let output = edits.apply(input).unwrap().unwrap();
        assert_eq!(output, b"0?p=Tp=T567&amp;p=T89&p=T");
        assert_eq!((output.len(), output.capacity()), (edits.len, edits.len));
    }

    #[test]
    fn nothing_is_longer_than_the_limit() {
        assert!(Edits::new(Vec::new(), 11, 10).is_err());
        let mut edits = edits(10, 14);
        assert_eq!(edits.insert(3, Separator::Question), Ok(()));
        assert_eq!(edits.insert(4, Separator::None), Err(Stop::TooLarge));
        let mut edits = self::edits(10, 13);
        assert_eq!(edits.insert(3, Separator::Ampersand), Err(Stop::TooLarge));
        // What is cut out makes room.
        let mut edits = self::edits(10, 13);
        edits.cut(0..4).unwrap();
        assert_eq!(edits.insert(4, Separator::Ampersand), Ok(()));
    }

    #[test]
    fn an_input_has_short_offsets() {
        assert!(Edits::new(Vec::new(), 0xffff_ffff, usize::MAX).is_ok());
        assert_eq!(Edits::new(Vec::new(), 0x1_0000_0000, usize::MAX).err(), Some(Stop::TooLarge));
    }
}
