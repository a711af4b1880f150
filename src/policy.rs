//! How a location checks, answers and logs: the directives beside keys and methods, and how they inherit.

use core::fmt;

use nginx_sys::{NGX_LOG_ERR, NGX_LOG_INFO, NGX_LOG_NOTICE, NGX_LOG_WARN, ngx_str_t, ngx_uint_t};
use ngx::http::HTTPStatus;

use crate::outcome::Kind;
use crate::setting::{Directive, SetError, Setting, Words, parse_seconds, set_once};
use crate::values::{self, Problem, Statuses};

/// When the check runs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum CheckPhase {
    Access,
    /// Before the location's own rewrite directives.
    Rewrite,
}

/// The caching headers of responses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CacheControl {
    /// They are not changed.
    Off,
    /// `no-store` for refusals, `private` for what a cookie allows.
    On,
    /// In addition, `private` for what the query allows.
    Private,
}

/// What is set in one place; `None` is inherited.
#[derive(Clone, Copy, Default)]
pub(crate) struct Policy {
    /// In nginx's memory for as long as the configuration lives. Empty is not set: as an `Option`, compilers look at
    /// its bytes before they know that there are any, which valgrind reports.
    name: ngx_str_t,
    strip: Option<bool>,
    mask: Option<bool>,
    statuses: Option<Statuses>,
    dry_run: Option<bool>,
    log_level: Option<u8>,
    leeway: Option<u32>,
    phase: Option<CheckPhase>,
    cache_control: Option<CacheControl>,
}

impl Policy {
    pub(crate) fn merge(&mut self, parent: &Self) {
        if self.name.is_empty() {
            self.name = parent.name;
        }
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
        if self.name.is_empty() { b"pta" } else { self.name.as_bytes() }
    }

    /// Whether the argument is removed from an allowed request.
    pub(crate) fn strips(&self) -> bool {
        self.strip.unwrap_or(true)
    }

    /// Whether the token is replaced in the request line.
    pub(crate) fn masks(&self) -> bool {
        self.mask.unwrap_or(true)
    }

    /// The status for a verdict. An allowed request never gets here; if one does, it is refused.
    pub(crate) fn status(&self, kind: Kind) -> HTTPStatus {
        let statuses = self.statuses.unwrap_or_default();
        HTTPStatus(ngx_uint_t::from(match kind {
            Kind::Missing => statuses.missing,
            Kind::Malformed => statuses.malformed,
            Kind::Undecryptable | Kind::Allowed => statuses.undecryptable,
            Kind::Expired => statuses.expired,
            Kind::PathMismatch => statuses.path_mismatch,
        }))
    }

    /// Whether the check refuses nobody.
    pub(crate) fn is_dry_run(&self) -> bool {
        self.dry_run.unwrap_or(false)
    }

    /// nginx's level for lines about refusals.
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

/// `pta_name name`
pub(crate) struct Name;

impl Directive for Name {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let value = setting.value();
        if !values::is_name(value.as_bytes()) {
            return Err(setting.error(format_args!(
                "invalid value \"{value}\" in \"pta_name\" directive, \
                 it must consist of letters, digits, \"-\", \".\", \"_\" and \"~\""
            )));
        }
        let name = &mut setting.conf.policy_mut().name;
        if !name.is_empty() {
            return Err(SetError::DUPLICATE);
        }
        *name = value;
        Ok(())
    }
}

/// `pta_strip on | off`
pub(crate) struct Strip;

impl Directive for Strip {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let value = setting.flag()?;
        set_once(&mut setting.conf.policy_mut().strip, value)
    }
}

/// `pta_mask on | off`
pub(crate) struct Mask;

impl Directive for Mask {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let value = setting.flag()?;
        set_once(&mut setting.conf.policy_mut().mask, value)
    }
}

/// `pta_dry_run on | off`
pub(crate) struct DryRun;

impl Directive for DryRun {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let value = setting.flag()?;
        set_once(&mut setting.conf.policy_mut().dry_run, value)
    }
}

/// `pta_refuse_status code | verdict=code ...`
pub(crate) struct RefuseStatus;

impl Directive for RefuseStatus {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        if setting.conf.policy_mut().statuses.is_some() {
            return Err(SetError::DUPLICATE);
        }
        let parameters: Vec<ngx_str_t> = setting.values().collect();
        let words: Vec<&[u8]> = parameters.iter().map(ngx_str_t::as_bytes).collect();
        let statuses = values::statuses(&words).map_err(|error| {
            let parameter = parameters.get(error.at).copied().unwrap_or_default();
            let word = if error.problem == Problem::Duplicate { "duplicate" } else { "invalid" };
            setting.error(format_args!("{word} parameter \"{parameter}\"{}", Hint(error.problem)))
        })?;
        set_once(&mut setting.conf.policy_mut().statuses, statuses)
    }
}

/// What a message about a parameter of `pta_refuse_status` adds.
struct Hint(Problem);

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdicts = Words(values::VERDICTS.into_iter());
        match self.0 {
            Problem::Form => {
                write!(f, ", it must be a status code, or \"verdict=code\" with verdict {verdicts}")
            }
            Problem::UnknownVerdict => write!(f, ", verdict must be {verdicts}"),
            Problem::OutOfRange => f.write_str(", value must be between 400 and 599"),
            Problem::NotAlone => f.write_str(", a code for all verdicts must be the only parameter"),
            Problem::Duplicate => Ok(()),
        }
    }
}

/// `pta_log_level info | notice | warn | error`
pub(crate) struct LogLevel;

impl Directive for LogLevel {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let level = setting.choice(&[
            ("info", NGX_LOG_INFO),
            ("notice", NGX_LOG_NOTICE),
            ("warn", NGX_LOG_WARN),
            ("error", NGX_LOG_ERR),
        ])?;
        set_once(&mut setting.conf.policy_mut().log_level, u8::try_from(level).unwrap_or(u8::MAX))
    }
}

/// `pta_leeway time`
pub(crate) struct Leeway;

impl Directive for Leeway {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let seconds = parse_seconds(setting.value()).ok_or(SetError::INVALID_VALUE)?;
        set_once(&mut setting.conf.policy_mut().leeway, seconds)
    }
}

/// `pta_phase access | rewrite`
pub(crate) struct Phase;

impl Directive for Phase {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let phase = setting.choice(&[("access", CheckPhase::Access), ("rewrite", CheckPhase::Rewrite)])?;
        set_once(&mut setting.conf.policy_mut().phase, phase)
    }
}

/// `pta_cache_control on | off | private`
pub(crate) struct CacheControlDirective;

impl Directive for CacheControlDirective {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let cache_control = setting.choice(&[
            ("on", CacheControl::On),
            ("off", CacheControl::Off),
            ("private", CacheControl::Private),
        ])?;
        set_once(&mut setting.conf.policy_mut().cache_control, cache_control)
    }
}
