//! Why a request is not let through, as it is counted.

use pta_token::Refusal;

#[derive(Clone, Copy)]
pub(crate) enum Denial {
    Refused(Refusal),
    /// The token is valid, but a `pta_once_zone` has no room to note that it is used.
    Unavailable,
}

impl Denial {
    /// The number of denials.
    pub(crate) const COUNT: usize = Refusal::COUNT + 1;

    /// All denials, in order.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Refusal::ALL.into_iter().map(Self::Refused).chain([Self::Unavailable])
    }

    #[inline]
    pub(super) fn index(self) -> usize {
        match self {
            Self::Refused(refusal) => refusal.index(),
            Self::Unavailable => Refusal::COUNT,
        }
    }

    /// The word of a verdict.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Refused(refusal) => refusal.word(),
            Self::Unavailable => "unavailable",
        }
    }
}
