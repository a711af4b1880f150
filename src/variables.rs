//! The variables `$pta_…` about the check: what the last check of the request found. They are those
//! of the main request.

use nginx_sys::ngx_time;

use crate::conf::LocConf;
use crate::nginx::conf::{Conf, Logged};
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::variable::{self, Variable, digits};
use crate::request::masked;
use crate::request::outcome::Outcome;
use crate::request::record::Record;

static VARIABLES: [Variable; 8] = [
    ("pta_status", |request| Ok(look(request, |outcome| Some(outcome.status_word().as_bytes())))),
    ("pta_source", |request| Ok(look(request, |outcome| outcome.source_word().map(str::as_bytes)))),
    ("pta_key", |request| Ok(look(request, |outcome| outcome.pair_word().map(str::as_bytes)))),
    ("pta_path", |request| Ok(look(request, Outcome::printable_path))),
    ("pta_expires", |request| digits(request, look(request, Outcome::expires))),
    ("pta_remaining", |request| digits(request, look(request, |outcome| outcome.remaining(ngx_time())))),
    ("pta_presented", |request| Ok(look(request, Outcome::accepted_token))),
    ("pta_request_uri", masked_target),
];

pub(crate) fn register(cf: Conf<'_>) -> Result<(), Logged> {
    variable::register(cf, &VARIABLES)
}

/// The result of `look` on the last verdict.
fn look<'r, T>(request: Request<'r>, look: impl FnOnce(&Outcome<'r>) -> Option<T>) -> Option<T> {
    look(Record::peek(request.main())?.outcome()?)
}

/// The client's own request target. Masks the values of all arguments that a location on the
/// request's way reads as a token.
fn masked_target(request: Request<'_>) -> Result<Option<&[u8]>, OutOfMemory> {
    let request = request.main();
    let Some(record) = Record::peek(request) else {
        let name = LocConf::of(request).policy().name();
        return masked::masked(request, request.target(), name).map(Some);
    };
    masked::masked_everywhere(request, record, record.target()).map(Some)
}
