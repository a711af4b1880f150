//! The setter of `pta_refuse_status`.

use core::fmt;

use nginx_sys::ngx_str_t;
use pta_token::Refusal;

use crate::conf::setting::{Directive, SetError, Setting, Words, set_once};
use crate::conf::statuses::{self, Problem};

/// `pta_refuse_status code | verdict=code ...`
pub(crate) struct RefuseStatus;

impl Directive for RefuseStatus {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        if setting.conf.policy_mut().statuses.is_some() {
            return Err(SetError::DUPLICATE);
        }
        let parameters: Vec<ngx_str_t> = setting.values().collect();
        let words: Vec<&[u8]> = parameters.iter().map(ngx_str_t::as_bytes).collect();
        let statuses = statuses::parse(&words).map_err(|error| {
            let parameter = parameters.get(error.at).copied().unwrap_or_default();
            let word = if error.problem == Problem::Duplicate { "duplicate" } else { "invalid" };
            let hint = Hint(error.problem);
            setting.error(format_args!(
                "{word} parameter \"{parameter}\" in \"pta_refuse_status\" directive{hint}"
            ))
        })?;
        set_once(&mut setting.conf.policy_mut().statuses, statuses)
    }
}

/// The end of the message about an invalid parameter.
struct Hint(Problem);

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdicts = Words(Refusal::ALL.into_iter().map(Refusal::word));
        match self.0 {
            Problem::Form => {
                write!(f, ", it must be a status code, or \"verdict=code\" with verdict {verdicts}")
            }
            Problem::UnknownVerdict => write!(f, ", the verdict must be {verdicts}"),
            Problem::OutOfRange => f.write_str(", the code must be from 400 to 599"),
            Problem::NotAlone => f.write_str(", a code for all verdicts must be the only parameter"),
            Problem::Duplicate => Ok(()),
        }
    }
}
