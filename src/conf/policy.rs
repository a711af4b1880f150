//! How a location checks tokens, answers and logs. Keys and methods are not part of it.

use std::rc::Rc;

use nginx_sys::{NGX_LOG_ERR, ngx_uint_t};
use ngx::http::HTTPStatus;
use pta_http::header::HeaderName;
use pta_token::Refusal;

use crate::conf::inherit::inherit;
use crate::conf::statuses::Statuses;

/// When the check runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckPhase {
    Access,
    /// Before the rewrite directives of the location.
    Rewrite,
}

/// What PTA does with the caching headers of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CacheControl {
    /// Nothing.
    Off,
    /// `no-store` for refusals, `private` for responses that a cookie allowed.
    On,
    /// As `On`, and `private` for responses that the query allowed.
    Private,
}

/// The settings of one block. `None` is inherited.
#[derive(Clone, Default)]
pub(crate) struct Policy {
    pub(super) name: Option<Rc<[u8]>>,
    pub(super) header: Option<HeaderName<Rc<[u8]>>>,
    pub(super) strip: Option<bool>,
    pub(super) mask: Option<bool>,
    pub(super) statuses: Option<Statuses>,
    pub(super) dry_run: Option<bool>,
    pub(super) log_level: Option<u8>,
    pub(super) leeway: Option<u32>,
    pub(super) phase: Option<CheckPhase>,
    pub(super) cache_control: Option<CacheControl>,
}

impl Policy {
    pub(crate) fn merge(&mut self, parent: &Self) {
        inherit(&mut self.name, parent.name.as_ref());
        inherit(&mut self.header, parent.header.as_ref());
        self.strip = self.strip.or(parent.strip);
        self.mask = self.mask.or(parent.mask);
        self.statuses = self.statuses.or(parent.statuses);
        self.dry_run = self.dry_run.or(parent.dry_run);
        self.log_level = self.log_level.or(parent.log_level);
        self.leeway = self.leeway.or(parent.leeway);
        self.phase = self.phase.or(parent.phase);
        self.cache_control = self.cache_control.or(parent.cache_control);
    }

    /// The name of the argument and of the cookie.
    pub(crate) fn name(&self) -> &[u8] {
        self.name.as_deref().unwrap_or(b"pta")
    }

    /// The name of the header, if `pta_auth_method` has `header`.
    pub(crate) fn header(&self) -> HeaderName<&[u8]> {
        self.header.as_ref().map_or(HeaderName::DEFAULT, HeaderName::borrowed)
    }

    /// Whether PTA removes argument and header from an allowed request.
    pub(crate) fn strips(&self) -> bool {
        self.strip.unwrap_or(true)
    }

    /// Whether PTA masks the token in the request line.
    pub(crate) fn masks(&self) -> bool {
        self.mask.unwrap_or(true)
    }

    /// The status for a refusal.
    pub(crate) fn status(&self, refusal: Refusal) -> HTTPStatus {
        HTTPStatus(ngx_uint_t::from(self.statuses.unwrap_or_default().of(refusal)))
    }

    /// Whether the check lets every request pass.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or(false)
    }

    /// nginx's log level for refusals.
    pub(crate) fn log_level(&self) -> u32 {
        self.log_level.map_or(NGX_LOG_ERR, u32::from)
    }

    /// How long a token is accepted after its expiry, in seconds.
    pub(crate) fn leeway(&self) -> i64 {
        i64::from(self.leeway.unwrap_or(0))
    }

    pub(crate) fn phase(&self) -> CheckPhase {
        self.phase.unwrap_or(CheckPhase::Access)
    }

    pub(crate) fn cache_control(&self) -> CacheControl {
        self.cache_control.unwrap_or(CacheControl::On)
    }
}
