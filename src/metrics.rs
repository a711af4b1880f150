//! `ngx_http_pta_metrics_module`: shows what is counted of the decisions about requests.

mod answer;
mod conf;
mod directives;
mod json;
mod page;
mod series;
mod text;

use nginx_sys::{ngx_http_module_t, ngx_module_t};

use crate::conf::table::define;
use crate::metrics::conf::{Metrics, MetricsConf, MetricsMain};
use crate::nginx::conf::{Conf, Logged, Postconf};
use crate::nginx::cycle::NewCycle;
use crate::nginx::handler::handler;
use crate::nginx::http_module::OwnModule;

static MODULE_CONTEXT: ngx_http_module_t = ngx_http_module_t {
    preconfiguration: None,
    postconfiguration: Some(postconfiguration),
    create_main_conf: Some(create_main_conf),
    init_main_conf: None,
    create_srv_conf: None,
    merge_srv_conf: None,
    create_loc_conf: Some(create_loc_conf),
    merge_loc_conf: Some(merge_loc_conf),
};

/// The module as nginx sees it. Mutable because nginx numbers its modules when it loads them.
#[allow(non_upper_case_globals)] // the name by which nginx places it
#[cfg_attr(not(test), used)]
pub(crate) static mut ngx_http_pta_metrics_module: ngx_module_t = ngx_module_t {
    init_module: Some(init_module),
    // SAFETY: all callbacks are made for `Metrics`.
    ..unsafe { define(&MODULE_CONTEXT, &directives::table()) }
};

handler! { fn create_main_conf(cf) -> conf = create_main(CreateMetricsMainConf, Metrics, new_main_conf) }
handler! { fn create_loc_conf(cf) -> conf = create_loc(CreateMetricsConf, Metrics, |_| MetricsConf::default()) }
handler! {
    fn merge_loc_conf(cf, parent, child) =
        merge(MergeMetricsConf, Metrics, |merging, parent, child| {
            child.merge(parent, merging);
            Ok(())
        })
}
handler! { fn postconfiguration(cf) = postconfiguration(MetricsPostconfiguration, check) }
handler! { fn init_module(cycle) = init_module(MetricsInitModule, start) }

fn new_main_conf(_: Conf<'_>) -> MetricsMain {
    // SAFETY: nginx has given the module its index, and this is its first callback.
    unsafe { Metrics::stored_index().set((&raw const ngx_http_pta_metrics_module.ctx_index).read()) };
    MetricsMain::default()
}

fn check(cf: Postconf<'_>) -> Result<(), Logged> {
    MetricsMain::of(*cf).map_or(Ok(()), |main| main.refuse_missing_zone(*cf))
}

fn start(cycle: NewCycle<'_>) {
    if let Some(main) = cycle.main_conf::<Metrics>() {
        main.labels().begin_generation();
    }
}
