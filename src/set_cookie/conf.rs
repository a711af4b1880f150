//! `pta_set_cookie` in the configuration.

use core::cell::Cell;
use std::rc::Rc;

use crate::conf::LocConf;
use crate::conf::index::Pta;
use crate::conf::inherit::inherit;
use crate::nginx::conf::{Conf, Logged, Merging, log};
use crate::nginx::http_module::{HasContext, HasLocConf, HasMainConf, MergedBefore, own_module};
use crate::nginx::request::Request;
use crate::nginx::shared_conf::Block;
use crate::nginx::source_line::SourceLine;
use crate::nginx::unwritten::Unwritten;
use crate::request::outcome::Outcome;

own_module! {
    /// Stands for `ngx_http_pta_set_cookie_module` in code that reads its data.
    pub(crate) enum SetCookie {}
}

// SAFETY: `SetCookie` stands behind `ngx_http_pta_module` in the list, and has no order.
unsafe impl MergedBefore<SetCookie> for Pta {}

/// The context of a request that `redirect` answers.
pub(crate) struct Redirected(#[allow(dead_code)] u8);

pub(crate) static REDIRECTED: Redirected = Redirected(0);

// SAFETY: only `redirect.rs` sets the context, with `Request::set_context`.
unsafe impl HasContext for SetCookie {
    type Context<'r> = Redirected;
}

/// The SameSite attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum SameSite {
    Strict,
    Lax,
    None,
}

/// The parameters of a `pta_set_cookie` that is not `off`.
pub(crate) struct Parameters {
    pub(super) domain: Option<Box<[u8]>>,
    pub(super) path: Option<Box<[u8]>>,
    pub(super) same_site: SameSite,
    /// `None` if it depends on the scheme of the request.
    pub(super) secure: Option<bool>,
    pub(super) http_only: bool,
    pub(super) partitioned: bool,
    pub(super) redirect: bool,
}

/// A `pta_set_cookie` that is written in the configuration. All blocks that inherit it share it.
pub(crate) struct Written {
    /// `None` for `off`.
    pub(super) parameters: Option<Parameters>,
    pub(super) place: SourceLine,
}

/// The configuration of a location, a server or the http block.
#[derive(Default)]
pub(crate) struct CookieConf {
    pub(super) written: Option<Rc<Written>>,
}

// SAFETY: `create_loc_conf` of the module creates this type.
unsafe impl HasLocConf for SetCookie {
    type LocConf = CookieConf;
    const UNWRITTEN: Option<&'static Unwritten<CookieConf>> = Some(&UNWRITTEN);
}

static UNWRITTEN: Unwritten<CookieConf> = Unwritten::new(CookieConf { written: None });

impl CookieConf {
    /// The one of the location by whose rules the request was checked.
    pub(crate) fn of_check<'r>(request: Request<'r>, outcome: &Outcome<'r>) -> &'r Self {
        outcome.conf().settings::<SetCookie>(request)
    }

    /// The parameters, unless it is off.
    pub(crate) fn parameters(&self) -> Option<&Parameters> {
        self.written.as_ref()?.parameters.as_ref()
    }

    pub(super) fn merge(merging: &Merging<'_, SetCookie>, block: Block<'_, SetCookie>) -> Result<(), Logged> {
        let (cf, check) = (**merging, merging.merged::<Pta>());
        let conf = block.merge(|own, parent| inherit(&mut own.written, parent.written.as_ref()));
        let Some(written) = conf.written.as_ref().filter(|_| check.ring().is_some()) else { return Ok(()) };
        let Some(parameters) = &written.parameters else { return Ok(()) };
        if parameters.redirect {
            written.refuse_impossible_redirect(check, cf)?;
        }
        if let Some(main) = CookieMain::of(cf) {
            main.sets.set(true);
            main.redirects.set(main.redirects.get() || parameters.redirect);
        }
        Ok(())
    }
}

impl Written {
    /// An error if the client could not use the cookie after the redirect.
    fn refuse_impossible_redirect(&self, check: &LocConf, cf: Conf<'_>) -> Result<(), Logged> {
        let reason = if !check.auth_methods().cookie {
            "needs \"cookie\" in \"pta_auth_method\""
        } else if check.redirects() {
            "is incompatible with \"pta_accel_redirect on\""
        } else {
            return Ok(());
        };
        let place = self.place;
        Err(log(cf, format_args!("\"redirect\" in \"pta_set_cookie\" directive {reason} in {place}")))
    }
}

/// The configuration of the http block.
#[derive(Default)]
pub(crate) struct CookieMain {
    /// Whether a protected location sets cookies.
    sets: Cell<bool>,
    /// Whether a protected location has `redirect`.
    redirects: Cell<bool>,
}

// SAFETY: `create_main_conf` of the module creates this type.
unsafe impl HasMainConf for SetCookie {
    type MainConf = CookieMain;
}

impl CookieMain {
    pub(crate) fn of(cf: Conf<'_>) -> Option<&Self> {
        cf.main_conf::<SetCookie>()
    }

    pub(crate) fn sets(&self) -> bool {
        self.sets.get()
    }

    pub(crate) fn redirects(&self) -> bool {
        self.redirects.get()
    }
}
