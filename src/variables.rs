//! The variables `$pta_*` about the last check of the request. In subrequests, they are those of
//! the main request, unless a gate has answered the subrequest.

use nginx_sys::ngx_time;

use crate::conf::LocConf;
use crate::conf::gate::Gate;
use crate::nginx::conf::{Conf, Logged};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::variable::{self, Variable, digits};
use crate::request::outcome::Outcome;
use crate::request::record::Record;
use crate::request::{gate_names, masked};

static VARIABLES: [Variable; 9] = [
    ("pta_status", |request| Ok(from_outcome(request, |outcome| Some(outcome.status_word().as_bytes())))),
    ("pta_source", |request| Ok(from_outcome(request, |outcome| outcome.source_word().map(str::as_bytes)))),
    ("pta_key", |request| Ok(from_outcome(request, |outcome| outcome.pair_word().map(str::as_bytes)))),
    ("pta_sealed", |request| Ok(from_outcome(request, |outcome| outcome.sealed_word().map(str::as_bytes)))),
    ("pta_path", |request| Ok(from_outcome(request, Outcome::printable_path))),
    ("pta_expires", |request| digits(request, from_outcome(request, Outcome::expires))),
    ("pta_remaining", |request| {
        digits(request, from_outcome(request, |outcome| outcome.remaining(ngx_time())))
    }),
    ("pta_presented", |request| Ok(from_outcome(request, Outcome::accepted_token))),
    ("pta_request_uri", masked_target),
];

pub(crate) fn register(cf: Conf<'_>) -> Result<(), Logged> {
    variable::register(cf, &VARIABLES)
}

/// The result of `read` for the outcome of the last check.
fn from_outcome<'r, T>(request: Request<'r>, read: impl FnOnce(&Outcome<'r>) -> Option<T>) -> Option<T> {
    if let Some(outcome) = request.context::<Gate>() {
        return read(outcome);
    }
    read(Record::peek(request.main())?.outcome()?)
}

/// The client's own request target. Masks the arguments with all token names of the locations that
/// the request has entered, and of the gates that were asked about it.
fn masked_target(request: Request<'_>) -> Result<Option<&[u8]>, OutOfMemory> {
    let request = request.main();
    let text = match Record::peek(request) {
        Some(record) => masked::masked_everywhere(request, record, record.target())?,
        None => masked::masked(request, request.target(), LocConf::of(request).policy().name())?,
    };
    let text = gate_names::of(request).try_fold(text, |text, name| text.mask(request, name))?;
    Ok(Some(text.bytes()))
}
