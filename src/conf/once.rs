//! What `pta_once` says about a location.

use std::rc::Rc;

use crate::claims::zone::ClaimZone;
use crate::nginx::source_line::SourceLine;

/// A `pta_once` that is written in the configuration and is not `off`. All blocks that inherit it
/// share it.
pub(crate) struct OnceRules {
    pub(crate) zone: Rc<ClaimZone>,
    /// A set of nginx's `NGX_HTTP_PUT` and so on. Other methods do not use a token.
    pub(crate) methods: usize,
    /// Whether a request that fails gives its claim back.
    pub(crate) releases: bool,
    pub(crate) place: SourceLine,
}

impl OnceRules {
    /// Whether a request with this method uses its token.
    pub(crate) fn applies_to(&self, method: usize) -> bool {
        self.methods & method != 0
    }
}
