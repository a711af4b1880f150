//! The table of directives, and their setters.

use std::rc::Rc;

use nginx_sys::{NGX_CONF_NOARGS, NGX_CONF_TAKE1, NGX_HTTP_LOC_CONF, NGX_HTTP_MAIN_CONF};

use crate::conf::main::MainConf;
use crate::conf::policy::CacheControl;
use crate::conf::setting::{Directive, SetError, Setting, set_once};
use crate::conf::table::{Command, Table};
use crate::conf::{shown_name, zone_parameter};
use crate::counters::zone::LabelZone;
use crate::metrics::answer;
use crate::metrics::conf::{Format, Metrics, MetricsConf, MetricsMain, WrittenLabel};
use crate::nginx::response;
use crate::nginx::shared_zone;

static mut DIRECTIVES: [Command<Metrics>; 4] = [
    Command::in_contexts::<Zone>(c"pta_metrics_zone", NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1),
    Command::new::<LabelDirective>(c"pta_metrics_label", NGX_CONF_TAKE1),
    Command::in_contexts::<Handler>(c"pta_metrics", NGX_HTTP_LOC_CONF | NGX_CONF_NOARGS | NGX_CONF_TAKE1),
    Command::END,
];

/// The table of `ngx_http_pta_metrics_module`.
pub(super) const fn table() -> Table<Metrics> {
    // SAFETY: the static ends with END.
    unsafe { Table::new(&raw mut DIRECTIVES) }
}

type MetricsSetting<'a> = Setting<'a, MetricsConf>;

/// `pta_metrics_zone name:size`
struct Zone;

impl Directive<Metrics> for Zone {
    fn set(setting: &mut MetricsSetting<'_>) -> Result<(), SetError> {
        let main = MetricsMain::find(setting.cf())?;
        if !main.note_zone() {
            return Err(SetError::DUPLICATE);
        }
        let (name, size) = zone_parameter::name_and_size(setting, 8)?;
        let zone = LabelZone { name: name.as_bytes().into(), labels: Rc::clone(main.labels()) };
        Ok(shared_zone::declare(setting.cf(), name, size, zone)?)
    }
}

/// `pta_metrics_label text | off`
struct LabelDirective;

impl Directive<Metrics> for LabelDirective {
    fn set(setting: &mut MetricsSetting<'_>) -> Result<(), SetError> {
        let value = setting.value();
        let text = value.as_bytes();
        let label = if text.eq_ignore_ascii_case(b"off") {
            WrittenLabel::Off
        } else if shown_name::is_valid(text) {
            let main = MetricsMain::find(setting.cf())?;
            WrittenLabel::Label(main.labels().find_or_add(text, setting.place()))
        } else {
            return Err(setting.error(format_args!(
                "invalid value \"{value}\" in \"pta_metrics_label\" directive, {}, without variables",
                shown_name::Rule
            )));
        };
        set_once(&mut setting.conf.label, label)
    }
}

/// `pta_metrics [prometheus | json | html]`
struct Handler;

impl Directive<Metrics> for Handler {
    fn set(setting: &mut MetricsSetting<'_>) -> Result<(), SetError> {
        let is_alone = setting.values().next().is_none();
        let format = if is_alone { Format::Prometheus } else { setting.choice(&Format::WORDS)? };
        set_once(&mut setting.conf.format, format)?;
        MetricsMain::find(setting.cf())?.note_handler(setting.place());
        // The numbers must not be stored.
        MainConf::find(setting.cf())?.note_cache_control(CacheControl::On);
        response::set_handler(setting.cf(), answer::handler);
        Ok(())
    }
}
