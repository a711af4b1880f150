//! The setters of `pta_require_seal` and `pta_bind`.

use std::rc::Rc;

use nginx_sys::ngx_str_t;

use crate::conf::bind::{BoundValues, WrittenBinding};
use crate::conf::bound_value;
use crate::conf::setting::{Directive, SetError, Setting, set_once};

/// `pta_require_seal on | off`
pub(crate) struct RequireSeal;

impl Directive for RequireSeal {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let required = setting.flag()?;
        let place = setting.place();
        set_once(setting.conf.seal_rules_mut().required_mut(), Rc::new((required, place)))
    }
}

/// `pta_bind string ... | off`
pub(crate) struct Bind;

impl Directive for Bind {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let written = WrittenBinding::new(values(setting)?, setting.place());
        set_once(setting.conf.seal_rules_mut().binding_mut(), Rc::new(written))
    }
}

/// `None` for `off`.
fn values(setting: &Setting<'_>) -> Result<Option<BoundValues>, SetError> {
    let is_off = |value: &ngx_str_t| value.as_bytes().eq_ignore_ascii_case(b"off");
    if let Some(off) = setting.values().find(is_off) {
        if setting.values().count() > 1 {
            return Err(setting.error(format_args!(
                "invalid value \"{off}\" in \"{}\" directive, it must be alone",
                setting.name()
            )));
        }
        return Ok(None);
    }
    let mut values = BoundValues::default();
    for value in setting.values() {
        bound_value::add(setting, &mut values, value.as_bytes())?;
    }
    Ok(Some(values))
}
