//! Why a request is refused: the status for the client and the line for the error log.

use core::fmt;

use nginx_sys::{NGX_LOG_ERR, ngx_gmtime, ngx_tm_t};
use ngx::http::HTTPStatus;
use ngx::ngx_log_error;
use pta_token::Verdict;

use crate::ngx_ext::Request;

/// 410, for which neither nginx nor ngx has a name.
const GONE: HTTPStatus = HTTPStatus(410);

/// Answers a verdict that is not allowed: the line in the error log is written, the status returned. The line
/// names the verdict and what a person needs to understand it, never the token.
pub(crate) fn answer(request: Request<'_>, verdict: Verdict<'_>, path: &[u8]) -> HTTPStatus {
    match verdict {
        // An allowed request is nothing to refuse; if one comes here, something is wrong, and it stays out.
        Verdict::Allowed(_) | Verdict::Undecryptable => {
            log(request, format_args!("undecryptable token"));
            HTTPStatus::FORBIDDEN
        }
        Verdict::Missing => {
            log(request, format_args!("missing token"));
            HTTPStatus::BAD_REQUEST
        }
        Verdict::Malformed => {
            log(request, format_args!("malformed token"));
            HTTPStatus::BAD_REQUEST
        }
        Verdict::Expired(claims) => {
            log(request, format_args!("expired token, it was valid until {}", Time(claims.expires)));
            GONE
        }
        Verdict::PathMismatch(claims) => {
            let allowed = claims.path.as_bytes().escape_ascii();
            log(request, format_args!("path mismatch, \"{}\" is not \"{allowed}\"", path.escape_ascii()));
            HTTPStatus::FORBIDDEN
        }
    }
}

fn log(request: Request<'_>, message: fmt::Arguments<'_>) {
    ngx_log_error!(NGX_LOG_ERR, request.log(), "pta: {message}");
}

/// Unix time in seconds; as a date as well where a calendar has one.
struct Time(i64);

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const END_OF_9999: i64 = 253_402_300_799;
        if !(0..=END_OF_9999).contains(&self.0) {
            return write!(f, "{}", self.0);
        }
        // SAFETY: all bits zero is a valid ngx_tm_t, plain numbers; ngx_gmtime fills it and knows no error.
        let time: ngx_tm_t = unsafe {
            let mut time = core::mem::zeroed();
            ngx_gmtime(self.0, &raw mut time);
            time
        };
        write!(
            f,
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
            time.tm_year, time.tm_mon, time.tm_mday, time.tm_hour, time.tm_min, time.tm_sec
        )
    }
}
