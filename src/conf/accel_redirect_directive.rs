//! The setter of `pta_accel_redirect`.

use std::rc::Rc;

use nginx_sys::NGX_HTTP_LOC_CONF;

use crate::conf::accel_redirect::WrittenRedirect;
use crate::conf::main::MainConf;
use crate::conf::setting::{Directive, SetError, Setting, set_once};

/// `pta_accel_redirect on | off`
pub(crate) struct AccelRedirect;

impl Directive for AccelRedirect {
    fn set(setting: &mut Setting<'_>) -> Result<(), SetError> {
        let written = Rc::new(WrittenRedirect::new(setting.flag()?, setting.place()));
        // In http and server, it may be a default for locations that will be protected later.
        if written.is_on() && setting.is_in(NGX_HTTP_LOC_CONF) {
            if let Some(main) = MainConf::of(setting.cf()) {
                main.note_redirect(Rc::clone(&written));
            }
        }
        set_once(setting.conf.accel_redirect_mut(), written)
    }
}
