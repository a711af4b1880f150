//! The names of tokens in the gates that have been asked about a request. The request may have
//! entered no location with such a name itself.

use core::ptr;

use crate::nginx::lasting::Lasting;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::tag::Tag;

/// A gate's `pta_name`.
#[derive(Clone, Copy)]
pub(crate) struct GateName<'r> {
    name: &'r [u8],
    next: Option<&'r GateName<'r>>,
}

/// Notes that a gate with tokens of this name has been asked about the main request.
pub(crate) fn note<'r>(main: Request<'r>, name: &'r [u8]) -> Result<(), OutOfMemory> {
    if !of(main).any(|known| ptr::eq(known, name)) {
        let next = main.find_lasting::<GateName<'static>>();
        main.allocate_lasting::<GateName<'static>>(GateName { name, next })?;
    }
    Ok(())
}

/// The names of the gates that have been asked about the main request.
pub(crate) fn of(main: Request<'_>) -> impl Iterator<Item = &[u8]> {
    let last = main.find_lasting::<GateName<'static>>();
    core::iter::successors(last, |gate| gate.next).map(|gate| gate.name)
}

// SAFETY: only this function uses the static.
unsafe impl Lasting for GateName<'static> {
    type Of<'r> = GateName<'r>;

    fn tag() -> &'static Tag {
        static TAG: Tag = Tag::new();
        &TAG
    }
}
