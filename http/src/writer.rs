//! Builds a byte string in a buffer of fixed size.

/// Appends to a buffer. Bytes that do not fit are dropped, so the caller must provide enough room.
pub struct Writer<'b> {
    buffer: &'b mut [u8],
    len: usize,
}

/// Bytes with a NUL behind them, which is not part of the slice.
#[derive(Clone, Copy)]
pub struct Terminated<'b>(&'b [u8]);

impl<'b> Terminated<'b> {
    /// The bytes without the NUL.
    #[inline]
    #[must_use]
    pub fn bytes(self) -> &'b [u8] {
        self.0
    }
}

impl<'b> Writer<'b> {
    /// Writes from the start of `buffer` on.
    #[inline]
    #[must_use]
    pub fn new(buffer: &'b mut [u8]) -> Self {
        Self { buffer, len: 0 }
    }

    /// Appends `bytes` if there is room for all of them.
    #[inline]
    pub fn push(&mut self, bytes: &[u8]) {
        let end = self.len.saturating_add(bytes.len());
        if let Some(free) = self.buffer.get_mut(self.len..end) {
            free.copy_from_slice(bytes);
            self.len = end;
        }
    }

    /// The number of bytes written.
    #[inline]
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether nothing has been written.
    #[inline]
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Keeps only the first `len` bytes.
    #[inline]
    pub fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    /// The bytes written, and a NUL. None if there is no room for it.
    #[inline]
    #[must_use]
    pub fn finish_with_nul(self) -> Option<Terminated<'b>> {
        *self.buffer.get_mut(self.len)? = 0;
        Some(Terminated(self.finish()))
    }

    /// The bytes written.
    #[inline]
    #[must_use]
    pub fn finish(self) -> &'b [u8] {
        self.buffer.get(..self.len).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_dropped() {
        let mut buffer = [b'-'; 4];
        let mut writer = Writer::new(&mut buffer);
        assert!(writer.is_empty());
        writer.push(b"abc");
        writer.push(b"de");
        assert_eq!(writer.len(), 3);
        assert!(!writer.is_empty());
        writer.push(b"f");
        assert_eq!(writer.finish(), b"abcf");
    }

    #[test]
    fn what_was_written_last_can_be_taken_back() {
        let mut buffer = [b'-'; 4];
        let mut writer = Writer::new(&mut buffer);
        writer.push(b"abcd");
        writer.truncate(5);
        assert_eq!(writer.len(), 4);
        writer.truncate(1);
        writer.push(b"e");
        assert_eq!(writer.finish(), b"ae");
    }

    #[test]
    fn a_nul_stands_behind_the_bytes() {
        let mut buffer = [b'-'; 4];
        let mut writer = Writer::new(&mut buffer);
        writer.push(b"ab");
        assert_eq!(writer.finish_with_nul().map(Terminated::bytes), Some(&b"ab"[..]));
        assert_eq!(&buffer, b"ab\0-");
    }

    #[test]
    fn a_nul_needs_room() {
        let mut buffer = [b'-'; 2];
        let mut writer = Writer::new(&mut buffer);
        writer.push(b"ab");
        assert!(writer.finish_with_nul().is_none());
    }
}
