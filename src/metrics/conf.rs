//! The metrics in the configuration.

use core::cell::Cell;
use std::rc::Rc;

use crate::conf::index::Pta;
use crate::conf::inherit::inherit;
use crate::counters::label::Label;
use crate::counters::zone::Labels;
use crate::nginx::conf::{Conf, Logged, Merging, log};
use crate::nginx::http_module::{HasLocConf, HasMainConf, MergedBefore, own_module};
use crate::nginx::request::Request;
use crate::nginx::shared_conf::Block;
use crate::nginx::source_line::SourceLine;
use crate::nginx::unwritten::Unwritten;

own_module! {
    /// Stands for `ngx_http_pta_metrics_module` in code that reads its data.
    pub(crate) enum Metrics {}
}

// SAFETY: `Metrics` stands behind `ngx_http_pta_module` in the list, and has no order.
unsafe impl MergedBefore<Metrics> for Pta {}

/// The form in which a location shows the numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Format {
    Prometheus,
    Json,
    Html,
}

impl Format {
    /// The words of `pta_metrics` and of the argument `format`.
    pub(super) const WORDS: [(&'static str, Self); 3] =
        [("prometheus", Self::Prometheus), ("json", Self::Json), ("html", Self::Html)];
}

/// A `pta_metrics_label` that is written in the configuration.
#[derive(Clone)]
pub(super) enum WrittenLabel {
    Off,
    Label(Rc<Label>),
}

/// The configuration of a location, a server or the http block.
#[derive(Default)]
pub(crate) struct MetricsConf {
    pub(super) label: Option<WrittenLabel>,
    /// An `if` block inherits it, and is answered by the handler of its location.
    pub(super) format: Option<Format>,
}

// SAFETY: `create_loc_conf` of the module creates this type.
unsafe impl HasLocConf for Metrics {
    type LocConf = MetricsConf;
    const UNWRITTEN: Option<&'static Unwritten<MetricsConf>> = Some(&UNWRITTEN);
}

static UNWRITTEN: Unwritten<MetricsConf> = Unwritten::new(MetricsConf { label: None, format: None });

impl MetricsConf {
    pub(super) fn merge(merging: &Merging<'_, Metrics>, block: Block<'_, Metrics>) {
        let conf = block.merge(|own, parent| {
            inherit(&mut own.label, parent.label.as_ref());
            own.format = own.format.or(parent.format);
        });
        if let Some(WrittenLabel::Label(label)) = &conf.label {
            merging.merged::<Pta>().count_as(label);
        }
    }
}

/// The configuration of the http block.
#[derive(Default)]
pub(crate) struct MetricsMain {
    labels: Rc<Labels>,
    has_zone: Cell<bool>,
    /// Where the first `pta_metrics` is.
    handler_place: Cell<Option<SourceLine>>,
}

// SAFETY: `create_main_conf` of the module creates this type.
unsafe impl HasMainConf for Metrics {
    type MainConf = MetricsMain;
}

impl MetricsMain {
    pub(super) fn of(cf: Conf<'_>) -> Option<&Self> {
        cf.main_conf::<Metrics>()
    }

    /// As `of`, but a missing one is an error.
    pub(super) fn find(cf: Conf<'_>) -> Result<&Self, Logged> {
        Self::of(cf).ok_or_else(|| log(cf, format_args!("pta: no configuration of the http block")))
    }

    pub(super) fn of_request(request: Request<'_>) -> &Self {
        request.main_conf::<Metrics>()
    }

    pub(super) fn labels(&self) -> &Rc<Labels> {
        &self.labels
    }

    /// Whether this is the first zone.
    pub(super) fn note_zone(&self) -> bool {
        !self.has_zone.replace(true)
    }

    pub(super) fn note_handler(&self, place: SourceLine) {
        if self.handler_place.get().is_none() {
            self.handler_place.set(Some(place));
        }
    }

    /// An error if there is nothing to count in, or to show.
    pub(super) fn refuse_missing_zone(&self, cf: Conf<'_>) -> Result<(), Logged> {
        if self.has_zone.get() {
            return Ok(());
        }
        let (directive, place) = match (self.labels.first_place(), self.handler_place.get()) {
            (Some(place), _) => ("_label", place),
            (None, Some(place)) => ("", place),
            (None, None) => return Ok(()),
        };
        Err(log(
            cf,
            format_args!(
                "no \"pta_metrics_zone\" is defined in the http block for the \"pta_metrics{directive}\" directive in {place}"
            ),
        ))
    }
}
