//! `ngx_http_pta_gate_module`: answers whether a token allows a request, so that `auth_request` or
//! another proxy can ask.

mod answer;
mod directive;
mod early_refusal;

use crate::conf::definition::define;
use crate::conf::gate::{Gate, GateMain};

define! {
    ngx_http_pta_gate_module: Gate {
        create_main_conf: CreateGateMainConf(|_| GateMain::default()),
        create_loc_conf: CreateGateConf(()) as create_shared,
        merge_loc_conf: MergeGateConf(directive::merge) as merge_shared,
        directives: directive::table(),
    }
}
