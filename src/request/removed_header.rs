//! A header with a token that this module has removed from the request. Another realm may need the
//! token later.

/// The removed lines of one header.
pub(crate) struct RemovedHeader<'r> {
    pub(crate) name: &'r [u8],
    pub(crate) token: &'r [u8],
    pub(crate) next: Option<&'r RemovedHeader<'r>>,
}
