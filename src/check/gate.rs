//! The check of a gate: of the request that somebody asks about. Its verdict belongs to the request
//! that asks. It is no realm's, and changes nothing for other requests.

use core::fmt;

use nginx_sys::NGX_LOG_ERR;
use ngx::http::HTTPStatus;
use ngx::ngx_log_error;
use pta_http::forwarded;
use pta_token::Refusal;

use crate::check::verify::verify_with;
use crate::check::{count, dav, log};
use crate::conf::LocConf;
use crate::conf::gate::Gate;
use crate::nginx::escaped::Escaped;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::original_path;
use crate::nginx::request::Request;
use crate::request::record::Record;
use crate::request::{gate_names, masked};

/// What the gate says.
pub(crate) enum Verdict {
    /// Allowed, or a dry run. The value of `$pta_status`.
    LetThrough(&'static str),
    Refused(HTTPStatus),
}

/// Why no token allows what is asked about.
enum Objection<'r> {
    Ambiguous(&'r [u8]),
    /// They concern two paths, and the gate knows one.
    CopyOrMove,
}

impl fmt::Display for Objection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ambiguous(target) => write!(f, "ambiguous path in \"{}\"", Escaped(target)),
            Self::CopyOrMove => f.write_str("COPY and MOVE cannot be checked by \"pta_gate\""),
        }
    }
}

/// What the gate is asked about.
struct Question<'r> {
    target: &'r [u8],
    /// Decoded and normalised. Empty if there is an objection: no token is for the empty path.
    path: &'r [u8],
    objection: Option<Objection<'r>>,
}

/// Masks the tokens in the line of the main request.
pub(crate) fn mask(request: Request<'_>, conf: &LocConf) -> Result<(), OutOfMemory> {
    masked::mask_line_of_main(request, conf.policy())?;
    if !request.is_main() {
        // For `$pta_request_uri`, and for what is logged later.
        gate_names::note(request.main(), conf.policy().name())?;
        if conf.policy().masks() {
            // nginx has copied the line when it made the subrequest.
            request.copy_line_of_main();
        }
    }
    Ok(())
}

/// Checks what `request` asks about. `None` if it asks about nothing that can be checked. The reason
/// has been logged.
pub(crate) fn check<'r>(request: Request<'r>, conf: &'r LocConf) -> Result<Option<Verdict>, OutOfMemory> {
    let Some(ring) = conf.gate_ring() else { return Ok(None) };
    let Some(question) = ask(request)? else {
        count::nothing_asked(conf);
        return Ok(None);
    };
    let removed = Record::peek(request.main()).and_then(Record::removed_headers);
    let record = request.allocate(Record::of_question(request, question.target, question.path, removed))?;
    let outcome = verify_with(request, record, conf, Some(ring))?;
    request.set_context::<Gate>(outcome);
    let policy = conf.policy();
    let Some(refusal) = outcome.refusal() else {
        if policy.is_dry_run() {
            count::allowed_in_dry_run(outcome);
        } else {
            count::allowed(conf, outcome);
        }
        return Ok(Some(Verdict::LetThrough(outcome.status_word())));
    };
    if policy.is_dry_run() {
        count::refused_in_dry_run(outcome, refusal);
    } else {
        count::refused(conf, outcome, refusal);
    }
    match question.objection {
        Some(objection) if refusal == Refusal::PathMismatch => {
            log::log_because(request, outcome, refusal, format_args!("{objection}"));
        }
        _ => log::log(request, record, outcome, refusal)?,
    }
    Ok(Some(if policy.is_dry_run() {
        Verdict::LetThrough(outcome.status_word())
    } else {
        Verdict::Refused(policy.status(refusal))
    }))
}

fn ask(request: Request<'_>) -> Result<Option<Question<'_>>, OutOfMemory> {
    let given = request.loc_conf::<Gate>().uri;
    let target = match given {
        Some(uri) => match forwarded::target_of(uri.evaluate(request)?) {
            Some(target) => target,
            None => return Ok(refuse(request, "the URI is empty or cannot be parsed")),
        },
        None if request.is_main() => {
            return Ok(refuse(request, "\"uri=\" is needed unless a subrequest asks"));
        }
        None => original_target(request.main()),
    };
    let objection = if dav::has_destination(request.main()) {
        Some(Objection::CopyOrMove)
    } else if given.is_some() && forwarded::is_ambiguous(target) {
        let name = LocConf::of(request).policy().name();
        Some(Objection::Ambiguous(masked::masked(request, target, name)?.bytes()))
    } else {
        None
    };
    if objection.is_some() {
        return Ok(Some(Question { target, path: &[], objection }));
    }
    // A subrequest has no server of the connection.
    let path = original_path::derive(request.main(), target)?;
    if path.is_empty() {
        return Ok(refuse(request, "the URI is empty or cannot be parsed"));
    }
    Ok(Some(Question { target, path, objection }))
}

/// The request target as the client sent it.
fn original_target(main: Request<'_>) -> &[u8] {
    Record::peek(main).map_or_else(|| main.target(), Record::target)
}

/// Logs why the gate cannot decide. It does not log the URI, which may have a token.
#[cold]
fn refuse<T>(request: Request<'_>, reason: &str) -> Option<T> {
    ngx_log_error!(NGX_LOG_ERR, request.log(), "pta: gate refuses, {reason}");
    None
}
