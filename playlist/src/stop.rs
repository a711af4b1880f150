//! Why a playlist is given up.

/// Ends the rewriting. Nothing of the result is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// The playlist or its rewritten form is longer than the limit, or takes too many steps.
    TooLarge,
    OutOfMemory,
}
