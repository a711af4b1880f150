//! The numbers of one label.

use core::sync::atomic::{AtomicI64, AtomicU8, AtomicU64, Ordering};

use pta_token::PairId;

use crate::counters::denial::Denial;
use crate::nginx::shared_zone::Shared;
use crate::nginx::shared_zone::links::Link;

/// The longest label, in bytes.
pub(crate) const LABEL_LEN: usize = 64;

/// Room for denials to come.
const DENIALS: usize = 8;
/// The sources of a token: see `Source`.
pub(crate) const SOURCES: usize = 3;
pub(super) const PAIRS: usize = PairId::ALL.len();

const _: () = assert!(Denial::COUNT <= DENIALS);

/// What has become of a playlist.
#[derive(Clone, Copy)]
pub(crate) enum PlaylistResult {
    /// References in it have got a token.
    Signed,
    /// None of its references gets a token.
    Unchanged,
    /// Its XML is not valid. It was sent as it is.
    NotSigned,
    /// It could not be signed, and the client got an error.
    NotSent,
}

impl PlaylistResult {
    pub(crate) const ALL: [Self; 4] = [Self::Signed, Self::Unchanged, Self::NotSigned, Self::NotSent];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Signed => "signed",
            Self::Unchanged => "unchanged",
            Self::NotSigned => "not_signed",
            Self::NotSent => "not_sent",
        }
    }
}

/// The numbers of one denial.
#[repr(C)]
struct Denied {
    all: AtomicU64,
    /// Those in a dry run. They are part of `all`.
    in_dry_run: AtomicU64,
    last: AtomicI64,
}

impl Denied {
    const fn never() -> Self {
        Self { all: AtomicU64::new(0), in_dry_run: AtomicU64::new(0), last: AtomicI64::new(0) }
    }
}

/// One piece of the zone's memory. Every number is an atomic, because all workers count here
/// without a lock. The numbers of an allowed request come first: they share a cache line.
#[repr(C, align(64))]
pub(crate) struct Slot {
    /// By source, then by pair. Without those that had a sealed token.
    allowed: [AtomicU64; SOURCES * PAIRS],
    key_last_used: [AtomicI64; PAIRS],
    allowed_sealed: [AtomicU64; SOURCES * PAIRS],
    /// Allowed requests in a dry run. They are part of `allowed`.
    dry_run_allowed: AtomicU64,
    issued: AtomicU64,
    denied: [Denied; DENIALS],
    expired_recently: AtomicU64,
    playlists: [AtomicU64; PlaylistResult::ALL.len()],
    /// Which keys `key_last_used` is about. 0: unknown.
    fingerprints: [AtomicU64; PAIRS],
    /// Room for more.
    reserved: [AtomicU64; 2],
    /// The configuration that last tried to use this slot. See `zone`.
    pub(super) attempt: AtomicU64,
    /// The configuration that last used it, or 0.
    pub(super) generation: AtomicU64,
    pub(super) next: Link<Self>,
    label_len: AtomicU8,
    label: [AtomicU8; LABEL_LEN],
}

// nginx's slab takes 512 bytes for it.
const _: () = assert!(size_of::<Slot>() == 512);

// SAFETY: all members are atomics, for which zeros are valid. `next` is a link.
unsafe impl Shared for Slot {}

/// The position of the pair in rows of numbers.
#[inline]
pub(super) fn index(pair: PairId) -> usize {
    match pair {
        PairId::First => 0,
        PairId::Second => 1,
    }
}

/// The slot of a label that has none. nginx refuses such a configuration, so no request counts here.
pub(super) static NO_SLOT: Slot = Slot {
    allowed: [const { AtomicU64::new(0) }; SOURCES * PAIRS],
    key_last_used: [const { AtomicI64::new(0) }; PAIRS],
    allowed_sealed: [const { AtomicU64::new(0) }; SOURCES * PAIRS],
    dry_run_allowed: AtomicU64::new(0),
    issued: AtomicU64::new(0),
    denied: [const { Denied::never() }; DENIALS],
    expired_recently: AtomicU64::new(0),
    playlists: [const { AtomicU64::new(0) }; PlaylistResult::ALL.len()],
    fingerprints: [const { AtomicU64::new(0) }; PAIRS],
    reserved: [const { AtomicU64::new(0) }; 2],
    attempt: AtomicU64::new(0),
    generation: AtomicU64::new(0),
    next: Link::none(),
    label_len: AtomicU8::new(0),
    label: [const { AtomicU8::new(0) }; LABEL_LEN],
};

fn add_one(number: &AtomicU64) {
    number.fetch_add(1, Ordering::Relaxed);
}

fn read(number: Option<&AtomicU64>) -> u64 {
    number.map_or(0, |number| number.load(Ordering::Relaxed))
}

/// nginx's clock shows no time before 1970.
fn read_time(time: Option<&AtomicI64>) -> u64 {
    time.and_then(|time| u64::try_from(time.load(Ordering::Relaxed)).ok()).unwrap_or(0)
}

#[inline]
fn index_of_allowed(source: usize, pair: PairId) -> usize {
    source.wrapping_mul(PAIRS).wrapping_add(index(pair))
}

impl Slot {
    /// Counts an allowed request with an unsealed token. `source` is the index of a `Source`.
    #[inline]
    pub(crate) fn count_allowed(&self, source: usize, pair: PairId) {
        if let Some(number) = self.allowed.get(index_of_allowed(source, pair)) {
            add_one(number);
        }
    }

    /// The same with a sealed token.
    #[inline]
    pub(crate) fn count_allowed_sealed(&self, source: usize, pair: PairId) {
        if let Some(number) = self.allowed_sealed.get(index_of_allowed(source, pair)) {
            // Another ordering than above, so that the compiler does not merge the two with a jump.
            number.fetch_add(1, Ordering::Release);
        }
    }

    /// Notes that a token of this pair has allowed a request.
    #[inline]
    pub(crate) fn note_key(&self, pair: PairId, now: i64) {
        if let Some(time) = self.key_last_used.get(index(pair)) {
            time.store(now, Ordering::Relaxed);
        }
    }

    /// Lets the times follow the keys: those of the 1st and the 2nd pair have these fingerprints
    /// now. `pta rotate` exchanges the pairs, and later replaces the 2nd one.
    pub(super) fn set_keys(&self, fingerprints: [u64; PAIRS]) {
        let known: [(u64, i64); PAIRS] = core::array::from_fn(|at| {
            let fingerprint = self.fingerprints.get(at).map_or(0, |known| known.load(Ordering::Relaxed));
            (fingerprint, self.key_last_used.get(at).map_or(0, |time| time.load(Ordering::Relaxed)))
        });
        let cells = self.fingerprints.iter().zip(&self.key_last_used);
        for ((own, time), fingerprint) in cells.zip(fingerprints) {
            let found = known.iter().find(|(known, _)| *known == fingerprint);
            // Workers of the old configuration may still note a time here, until their last
            // connection is closed.
            time.store(found.map_or(0, |(_, time)| *time), Ordering::Relaxed);
            own.store(fingerprint, Ordering::Relaxed);
        }
    }

    /// Counts that the allowed request was checked in a dry run.
    pub(crate) fn count_dry_run_allowed(&self) {
        add_one(&self.dry_run_allowed);
    }

    #[inline]
    pub(crate) fn count_denied(&self, denial: Denial, now: i64) {
        if let Some(denied) = self.denied.get(denial.index()) {
            add_one(&denied.all);
            denied.last.store(now, Ordering::Relaxed);
        }
    }

    /// Counts that the request was checked in a dry run, which lets it through.
    pub(crate) fn count_denied_in_dry_run(&self, denial: Denial) {
        if let Some(denied) = self.denied.get(denial.index()) {
            add_one(&denied.in_dry_run);
        }
    }

    /// Counts that a refused token expired less than a minute ago.
    pub(crate) fn count_expired_recently(&self) {
        add_one(&self.expired_recently);
    }

    pub(crate) fn count_issued(&self) {
        add_one(&self.issued);
    }

    pub(crate) fn count_playlist(&self, result: PlaylistResult) {
        if let Some(number) = self.playlists.get(result as usize) {
            add_one(number);
        }
    }

    /// The allowed requests with a token from this source, of this pair.
    pub(crate) fn allowed(&self, source: usize, pair: PairId, is_sealed: bool) -> u64 {
        let numbers = if is_sealed { &self.allowed_sealed } else { &self.allowed };
        read(numbers.get(index_of_allowed(source, pair)))
    }

    /// All allowed requests.
    pub(crate) fn all_allowed(&self) -> u64 {
        self.allowed
            .iter()
            .chain(&self.allowed_sealed)
            .fold(0, |sum, number| sum.wrapping_add(read(Some(number))))
    }

    /// In Unix time. 0 if never.
    pub(crate) fn key_last_used(&self, pair: PairId) -> u64 {
        read_time(self.key_last_used.get(index(pair)))
    }

    pub(crate) fn denied(&self, denial: Denial) -> u64 {
        read(self.denied.get(denial.index()).map(|denied| &denied.all))
    }

    pub(crate) fn dry_run_allowed(&self) -> u64 {
        read(Some(&self.dry_run_allowed))
    }

    pub(crate) fn denied_in_dry_run(&self, denial: Denial) -> u64 {
        read(self.denied.get(denial.index()).map(|denied| &denied.in_dry_run))
    }

    /// In Unix time. 0 if never.
    pub(crate) fn last_denied(&self, denial: Denial) -> u64 {
        read_time(self.denied.get(denial.index()).map(|denied| &denied.last))
    }

    pub(crate) fn expired_recently(&self) -> u64 {
        read(Some(&self.expired_recently))
    }

    pub(crate) fn issued(&self) -> u64 {
        read(Some(&self.issued))
    }

    pub(crate) fn playlists(&self, result: PlaylistResult) -> u64 {
        read(self.playlists.get(result as usize))
    }

    /// Whether no label has this slot.
    pub(super) fn is_free(&self) -> bool {
        self.label_len.load(Ordering::Relaxed) == 0
    }

    pub(super) fn has_label(&self, label: &[u8]) -> bool {
        usize::from(self.label_len.load(Ordering::Relaxed)) == label.len()
            && self.label.iter().zip(label).all(|(own, byte)| own.load(Ordering::Relaxed) == *byte)
    }

    /// Gives the slot to a label, with all numbers 0. An empty label frees it.
    pub(super) fn give_to(&self, label: &[u8]) {
        for time in self.key_last_used.iter().chain(self.denied.iter().map(|denied| &denied.last)) {
            time.store(0, Ordering::Relaxed);
        }
        let denied = self.denied.iter().flat_map(|denied| [&denied.all, &denied.in_dry_run]);
        let rows = self.allowed.iter().chain(denied).chain(&self.allowed_sealed);
        let rows = rows.chain(&self.playlists).chain(&self.fingerprints).chain(&self.reserved);
        let others = [&self.dry_run_allowed, &self.issued, &self.expired_recently, &self.generation];
        for number in rows.chain(others) {
            number.store(0, Ordering::Relaxed);
        }
        for (own, byte) in self.label.iter().zip(label) {
            own.store(*byte, Ordering::Relaxed);
        }
        self.label_len.store(u8::try_from(label.len().min(LABEL_LEN)).unwrap_or(0), Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use pta_token::PairId;

    use super::*;

    /// All numbers of the slot.
    fn numbers(slot: &Slot) -> Vec<u64> {
        let mut all =
            vec![slot.all_allowed(), slot.dry_run_allowed(), slot.expired_recently(), slot.issued()];
        for pair in PairId::ALL {
            all.push(slot.key_last_used(pair));
            for source in 0..SOURCES {
                all.extend([false, true].map(|is_sealed| slot.allowed(source, pair, is_sealed)));
            }
        }
        for denial in Denial::all() {
            all.extend([slot.denied(denial), slot.denied_in_dry_run(denial), slot.last_denied(denial)]);
        }
        all.extend(PlaylistResult::ALL.map(|result| slot.playlists(result)));
        all
    }

    #[test]
    fn another_label_begins_at_zero() {
        // SAFETY: zeros are valid, as in a new zone.
        let slot: Slot = unsafe { core::mem::zeroed() };
        slot.give_to(b"long");
        slot.set_keys([2, 3]);
        assert!(numbers(&slot).iter().all(|number| *number == 0));
        for pair in PairId::ALL {
            slot.note_key(pair, 1);
            for source in 0..SOURCES {
                slot.count_allowed(source, pair);
                slot.count_allowed_sealed(source, pair);
            }
        }
        for denial in Denial::all() {
            slot.count_denied(denial, 1);
            slot.count_denied_in_dry_run(denial);
        }
        slot.count_dry_run_allowed();
        slot.count_expired_recently();
        slot.count_issued();
        for result in PlaylistResult::ALL {
            slot.count_playlist(result);
        }
        assert!(slot.has_label(b"long"));
        assert!(numbers(&slot).iter().all(|number| *number > 0), "{:?}", numbers(&slot));
        slot.give_to(b"b");
        assert!(numbers(&slot).iter().all(|number| *number == 0), "{:?}", numbers(&slot));
        assert!(slot.has_label(b"b"));
        assert!(!slot.has_label(b"bong"));
        // The times of the other label are forgotten, although the keys are the same.
        slot.set_keys([2, 3]);
        assert_eq!(PairId::ALL.map(|pair| slot.key_last_used(pair)), [0, 0]);
        slot.give_to(b"");
        assert!(slot.is_free());
    }
}
