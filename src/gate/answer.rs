//! The content handler of `pta_gate`.
//!
//! It sends its answer itself. A status that a handler returns to nginx would be replaced by the
//! `error_page` of a server, which may turn a refusal into a 200.

use ngx::core::Status;

use crate::check::gate::{self, Verdict};
use crate::conf::LocConf;
use crate::nginx::callback::Callback;
use crate::nginx::handler::handler;
use crate::nginx::headers;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::response;
use crate::request::no_store::forbid_storing;

handler! {
    /// The content handler. nginx calls it when all access modules have let the request in.
    pub(super) fn handler(request) = content(Gate, answer, Callback::GateFailure, refuse)
}

const NO_CONTENT: usize = 204;
const UNAUTHORIZED: usize = 401;
const FORBIDDEN: usize = 403;

/// The answer, or `None` if the gate cannot decide.
fn answer(request: Request<'_>) -> Result<Option<Status>, OutOfMemory> {
    let conf = LocConf::of(request);
    // Before anything is logged.
    gate::mask(request, conf)?;
    if response::discard_body(request).is_err() {
        response::close_connection_after(request);
        return Ok(None);
    }
    let status = match gate::check(request, conf)? {
        None => return Ok(None),
        Some(Verdict::Refused(status)) => known_to_asker(request, status.0),
        Some(Verdict::LetThrough(word)) => {
            forbid_storing(request)?;
            // The last step that can fail: no refusal has this header.
            headers::add(request, b"X-PTA-Status", word.as_bytes())?;
            return Ok(Some(response::send_empty(request, NO_CONTENT)));
        }
    };
    forbid_storing(request)?;
    Ok(Some(response::send_empty(request, status)))
}

/// `auth_request` answers 500 to all refusals but these two.
fn known_to_asker(request: Request<'_>, status: usize) -> usize {
    if request.is_main() || status == UNAUTHORIZED { status } else { FORBIDDEN }
}

/// The answer if the gate has failed. Without memory, it goes without Cache-Control.
fn refuse(request: Request<'_>) -> Status {
    let _ = forbid_storing(request);
    response::send_empty(request, FORBIDDEN)
}
