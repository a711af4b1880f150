//! `ngx_http_pta_gate_module`: answers whether a token allows a request, so that `auth_request` or
//! another proxy can ask.

mod answer;
mod directive;
mod early_refusal;

use crate::conf::definition::define;
use crate::conf::gate::{Gate, GateConf, GateMain};

define! {
    ngx_http_pta_gate_module: Gate {
        create_main_conf: CreateGateMainConf(|_| GateMain::default()),
        create_loc_conf: CreateGateConf(|_| GateConf::default()),
        merge_loc_conf: MergeGateConf(directive::merge),
        directives: directive::table(),
    }
}
