//! The table of directives, the setter of `pta_gate`, and how blocks in its location inherit it.

use core::ptr;

use nginx_sys::{NGX_CONF_NOARGS, NGX_CONF_TAKE1, NGX_HTTP_LOC_CONF};

use crate::conf::LocConf;
use crate::conf::gate::{Gate, GateConf};
use crate::conf::index::Pta;
use crate::conf::setting::{Directive, SetError, Setting};
use crate::conf::table::{Command, Table};
use crate::gate::{answer, early_refusal};
use crate::nginx::complex_value::ComplexValue;
use crate::nginx::conf::{Logged, Merging, log};
use crate::nginx::http_module::{Core, MergedBefore};
use crate::nginx::layout;
use crate::nginx::response;
use crate::nginx::shared_conf::Block;

static mut DIRECTIVES: [Command<Gate>; 2] = [
    Command::in_contexts::<GateDirective>(c"pta_gate", NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS | NGX_CONF_TAKE1),
    Command::END,
];

/// The table of `ngx_http_pta_gate_module`.
pub(super) const fn table() -> Table<Gate> {
    // SAFETY: the static ends with END.
    unsafe { Table::new(&raw mut DIRECTIVES) }
}

/// `pta_gate [uri=string]`
struct GateDirective;

impl Directive<Gate> for GateDirective {
    fn set(setting: &mut Setting<'_, GateConf>) -> Result<(), SetError> {
        let cf = setting.cf();
        if !LocConf::note_gate(cf, setting.place()) {
            return Err(SetError::DUPLICATE);
        }
        if let Some(value) = setting.values().next() {
            let Some(uri) = value.as_bytes().strip_prefix(b"uri=").filter(|uri| !uri.is_empty()) else {
                return Err(setting.error(format_args!(
                    "invalid parameter \"{value}\" in \"pta_gate\" directive, it must be \"uri=string\""
                )));
            };
            setting.conf.uri = Some(ComplexValue::compile(cf, uri)?);
        }
        if response::handler_of(cf).is_some() {
            return Err(SetError::Message(c"is incompatible with another handler of the location"));
        }
        response::set_handler(cf, answer::handler);
        Ok(())
    }
}

// SAFETY: `Gate` stands behind `ngx_http_pta_module` in the list, and has no order.
unsafe impl MergedBefore<Gate> for Pta {}

pub(super) fn merge(merging: &Merging<'_, Gate>, block: Block<'_, Gate>) -> Result<(), Logged> {
    // A location that is no gate does not use what it shares.
    block.merge(|_, _| {});
    let (cf, check, core) = (**merging, merging.merged::<Pta>(), merging.merged::<Core>());
    let Some(place) = check.gate_place() else { return Ok(()) };
    let is_own = |handler| ptr::fn_addr_eq(handler, answer::handler as crate::nginx::handler::RequestHandler);
    if response::handler_of(cf).is_some_and(|handler| !is_own(handler)) {
        return Err(log(
            cf,
            format_args!(
                "\"pta_gate\" directive is incompatible with another handler of the location in {place}"
            ),
        ));
    }
    // Only subrequests get into an internal location. Error pages of the main request are no answer
    // to `auth_request`.
    if core.internal != 1 {
        early_refusal::warn(merging, place);
    }
    // `limit_req` may refuse a request here, and nginx a long body. An error page of the server
    // could turn that into a 200, which allows the request.
    response::forbid_other_answers(cf);
    // nginx forgets the handler of the location for the methods of a `limit_except`.
    if layout::is_limit_except(core) {
        response::set_handler(cf, answer::handler);
    }
    Ok(())
}
