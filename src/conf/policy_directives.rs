//! The setters of the directives of a policy.

use std::rc::Rc;

use nginx_sys::{NGX_LOG_ERR, NGX_LOG_INFO, NGX_LOG_NOTICE, NGX_LOG_WARN};
use pta_http::header::{HeaderName, NameError};
use pta_http::name::TokenName;

use crate::conf::policy::{CacheControl, CheckPhase};
use crate::conf::setting::{Directive, SetError, Setting, set_once};
use crate::nginx::text::parse_seconds;

/// `pta_name name`
pub(crate) struct Name;

impl Directive for Name {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let value = setting.value();
        if TokenName::parse(value.as_bytes()).is_none() {
            return Err(setting.error(format_args!(
                "invalid value \"{value}\" in \"pta_name\" directive, \
                 it must consist of letters, digits, \"-\", \".\", \"_\" and \"~\""
            )));
        }
        set_once(&mut setting.conf.policy_mut().name, Rc::from(value.as_bytes()))
    }
}

/// `pta_header name`
pub(crate) struct Header;

impl Directive for Header {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let value = setting.value();
        match HeaderName::parse(Rc::from(value.as_bytes())) {
            Ok(name) => set_once(&mut setting.conf.policy_mut().header, name),
            Err(NameError::Characters) => Err(setting.error(format_args!(
                "invalid value \"{value}\" in \"pta_header\" directive, \
                 it must consist of letters, digits and \"-\""
            ))),
            Err(NameError::Reserved) => Err(setting.error(format_args!(
                "invalid value \"{value}\" in \"pta_header\" directive, that header has another meaning"
            ))),
        }
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
        let value = setting.value();
        let seconds = parse_seconds(value.as_bytes())
            .ok_or_else(|| setting.invalid(value, format_args!("a time in whole seconds, up to 136y")))?;
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
