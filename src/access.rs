//! The access-phase handler: asks the other rooms, in order, and answers nginx.

use nginx_sys::{ngx_http_request_t, ngx_int_t, ngx_time};
use ngx::core::Status;
use ngx::http::HTTPStatus;
use pta_token::{KeyRing, Verdict, check, decoded_len};

use crate::conf::LocConf;
use crate::ngx_ext::{OutOfMemory, Request};
use crate::record::{Entered, Record, Standing};
use crate::{clean, client, cookie, guard, query, refusal};

/// The name of the argument and of the cookie.
const NAME: &[u8] = b"pta";

/// ACCESS phase. nginx runs it for main requests only.
pub(crate) unsafe extern "C" fn handler(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(request, |request| decide(request).unwrap_or(HTTPStatus::INTERNAL_SERVER_ERROR.into()))
    }
}

/// PRECONTENT phase, reached only by requests that nobody keeps out: under `satisfy any`, some of them have been
/// refused by this module and let in by another.
pub(crate) unsafe extern "C" fn let_in_by_others(request: *mut ngx_http_request_t) -> ngx_int_t {
    // SAFETY: nginx calls this as a phase handler.
    unsafe {
        guard::request(request, |request| {
            if request.is_main()
                && let Some(record) = Record::find(request)
            {
                record.let_in_by_others();
            }
            Status::NGX_DECLINED
        })
    }
}

fn decide(request: Request<'_>) -> Result<Status, OutOfMemory> {
    let conf = LocConf::of(request);
    let record = match Record::find(request) {
        Some(record) => record,
        None if conf.ring().is_none() => return Ok(Status::NGX_DECLINED),
        None => Record::find_or_make(request)?,
    };
    let here = record.enter(request, conf)?;

    if record.is_exempt() {
        for entered in pending(record) {
            entered.set_standing(Standing::Exempt);
        }
        return Ok(Status::NGX_DECLINED);
    }
    let mut allowed_now = false;
    for entered in pending(record) {
        let verdict = ask(request, record, entered)?;
        if !matches!(verdict, Verdict::Allowed(_)) {
            return refuse(request, record, entered, verdict);
        }
        entered.set_standing(Standing::Allowed);
        allowed_now = true;
    }
    if allowed_now {
        clean::remove_argument(request, NAME)?;
    }
    // A location without PTA has nothing to say, even if the request came through one that has.
    let allowed_here = here.is_some_and(|entered| entered.standing() == Standing::Allowed);
    Ok(if allowed_here { Status::NGX_OK } else { Status::NGX_DECLINED })
}

fn pending<'r>(record: &'r Record<'r>) -> impl Iterator<Item = &'r Entered<'r>> {
    record.entered().filter(|entered| entered.standing() == Standing::Pending)
}

/// What a ring of keys says to the tokens of the client's request.
fn ask<'r>(
    request: Request<'r>,
    record: &'r Record<'r>,
    entered: &Entered<'r>,
) -> Result<Verdict<'r>, OutOfMemory> {
    let Some((conf, ring)) = entered.conf().and_then(|conf| Some((conf, conf.ring()?))) else {
        return Ok(Verdict::Missing);
    };
    let methods = conf.auth_methods();
    if methods.query
        && let Some(token) = query::find(client::query(request, record), NAME)
    {
        // Even an empty or bad argument decides alone.
        return judge(request, record, ring, token);
    }
    let mut verdict = Verdict::Missing;
    if methods.cookie {
        for token in cookie::values(request, NAME) {
            verdict = judge(request, record, ring, token)?;
            if matches!(verdict, Verdict::Allowed(_)) {
                break;
            }
        }
    }
    Ok(verdict)
}

fn judge<'r>(
    request: Request<'r>,
    record: &Record<'r>,
    ring: &KeyRing,
    token: &[u8],
) -> Result<Verdict<'r>, OutOfMemory> {
    let path = client::path(request, record)?;
    let buffer = request.allocate_bytes(decoded_len(token.len()))?;
    Ok(check(ring, token, buffer, ngx_time(), path))
}

fn refuse<'r>(
    request: Request<'r>,
    record: &'r Record<'r>,
    by: &Entered<'r>,
    verdict: Verdict<'r>,
) -> Result<Status, OutOfMemory> {
    let status = refusal::answer(request, verdict, client::path(request, record)?);
    let firm = by.is_firm();
    record.refuse();
    if !LocConf::of(request).satisfies_any() {
        return Ok(status.into());
    }
    // Under `satisfy any`, nginx asks the other access modules after 401 and 403 only.
    if !firm {
        return Ok(HTTPStatus::FORBIDDEN.into());
    }
    // The request entered a location with `satisfy all` before it was rewritten on to this one: what lets it in
    // here does not make up for the token it lacks there.
    if [HTTPStatus::FORBIDDEN, HTTPStatus::UNAUTHORIZED].contains(&status) {
        request.finalize(status);
        return Ok(Status::NGX_DONE);
    }
    Ok(status.into())
}
