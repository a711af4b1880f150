//! `ngx_http_pta_metrics_module`: shows what is counted of the decisions about requests.

mod answer;
mod conf;
mod directives;
mod json;
mod page;
mod series;
mod text;

use crate::conf::definition::define;
use crate::metrics::conf::{Metrics, MetricsConf, MetricsMain};
use crate::nginx::conf::{Logged, Postconf};
use crate::nginx::cycle::NewCycle;

define! {
    ngx_http_pta_metrics_module: Metrics {
        create_main_conf: CreateMetricsMainConf(|_| MetricsMain::default()),
        create_loc_conf: CreateMetricsConf(()) as create_shared,
        merge_loc_conf: MergeMetricsConf(|merging, block| {
            MetricsConf::merge(merging, block);
            Ok(())
        }) as merge_shared,
        directives: directives::table(),
        postconfiguration: MetricsPostconfiguration(check),
        init_module: MetricsInitModule(start),
    }
}

fn check(cf: Postconf<'_>) -> Result<(), Logged> {
    MetricsMain::of(*cf).map_or(Ok(()), |main| main.refuse_missing_zone(*cf))
}

fn start(cycle: NewCycle<'_>) {
    if let Some(main) = cycle.main_conf::<Metrics>() {
        main.labels().begin_generation();
    }
}
