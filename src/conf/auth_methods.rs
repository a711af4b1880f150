//! The `pta_auth_method` of a location.

/// Where a token may come from.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct AuthMethods {
    pub(crate) query: bool,
    pub(crate) cookie: bool,
}

impl AuthMethods {
    const DEFAULT: Self = Self { query: true, cookie: false };

    /// Inherits the methods, unless this block sets some.
    pub(super) fn merge(&mut self, parent: Self) {
        if self.is_unset() {
            *self = if parent.is_unset() { Self::DEFAULT } else { parent };
        }
    }

    fn is_unset(self) -> bool {
        !self.query && !self.cookie
    }
}
