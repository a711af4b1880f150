//! The cookie that a response sets.

use nginx_sys::ngx_time;

use crate::nginx::cookies;
use crate::nginx::memory::OutOfMemory;
use crate::nginx::request::Request;
use crate::nginx::variable::digits;
use crate::request::outcome::Source;
use crate::request::record::Record;
use crate::set_cookie::conf::{CookieConf, Parameters, SameSite};
use crate::set_cookie::path;

/// In bytes. Browsers drop a longer cookie.
const LONGEST: usize = 4000;

/// The token by which the query has allowed a request, as a cookie.
pub(super) struct Cookie<'r> {
    pub(super) name: &'r [u8],
    token: &'r [u8],
    path: &'r [u8],
    max_age: i64,
    pub(super) parameters: &'r Parameters,
}

impl<'r> Cookie<'r> {
    /// `None` if the request was not allowed by a token in the query, or if no cookie is wanted.
    pub(super) fn of(request: Request<'r>, record: &Record<'r>) -> Option<Self> {
        let outcome = record.outcome()?;
        if outcome.source() != Some(Source::Query) || record.is_refused() {
            return None;
        }
        let token = outcome.accepted_token()?;
        if outcome.conf().policy().is_dry_run() {
            return None;
        }
        let parameters = CookieConf::of_check(request, outcome).parameters()?;
        let path = match &parameters.path {
            Some(path) => path,
            // Without a Path, the cookie of an exact token would go to files beside it.
            None => path::of_prefix(outcome.claims()?.path.prefix()?),
        };
        // Max-Age=0 would delete a cookie. Within the leeway, no time is left.
        let max_age = outcome.remaining(ngx_time()).filter(|seconds| *seconds > 0)?;
        Some(Self { name: outcome.name(), token, path, max_age, parameters })
    }

    /// Whether the request has brought this cookie.
    pub(super) fn is_brought(&self, request: Request<'r>) -> bool {
        cookies::values(request, self.name).any(|value| value == self.token)
    }

    /// Whether clients send the cookie along with a request for `path`, as they spell it.
    pub(super) fn covers(&self, path: &[u8]) -> bool {
        path::covers(self.path, path)
    }

    /// The value of Set-Cookie, or its length if browsers would drop it.
    pub(super) fn text(&self, request: Request<'r>) -> Result<Result<&'r [u8], usize>, OutOfMemory> {
        let max_age = digits(request, Some(self.max_age))?.unwrap_or_default();
        let on = |is_on: bool, text: &'static [u8]| if is_on { text } else { b"" };
        let domain = self.parameters.domain.as_deref().unwrap_or_default();
        let parts = [
            self.name,
            b"=",
            self.token,
            b"; Path=",
            self.path,
            b"; Max-Age=",
            max_age,
            on(!domain.is_empty(), b"; Domain="),
            domain,
            match self.parameters.same_site {
                SameSite::Strict => b"; SameSite=Strict",
                SameSite::Lax => b"; SameSite=Lax",
                SameSite::None => b"; SameSite=None",
            },
            on(self.parameters.http_only, b"; HttpOnly"),
            on(self.parameters.secure.unwrap_or_else(|| request.is_encrypted()), b"; Secure"),
            on(self.parameters.partitioned, b"; Partitioned"),
        ];
        let len = parts.iter().fold(0_usize, |len, part| len.saturating_add(part.len()));
        if len > LONGEST { Ok(Err(len)) } else { request.concat(parts).map(|text| Ok(text.bytes())) }
    }
}
