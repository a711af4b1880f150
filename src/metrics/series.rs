//! The series, and their values. Each form of the answer writes the same tree of them: the series,
//! then the values of its labels in order, then a number.

use nginx_sys::ngx_log_t;
use pta_token::PairId;

use crate::claims::zones::Zones;
use crate::counters::denial::Denial;
use crate::counters::label::Label;
use crate::counters::slot::{PlaylistResult, Slot};
use crate::counters::zone::Labels;
use crate::nginx::memory::OutOfMemory;
use crate::request::outcome::Source;
use crate::version;

/// Prometheus' type of a series.
#[derive(Clone, Copy)]
pub(super) enum Kind {
    Counter,
    Gauge,
}

pub(super) struct Series {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) kind: Kind,
    pub(super) labels: &'static [&'static str],
}

/// The verdict about an allowed request, beside those of the denials.
const ALLOWED: &str = "allowed";

/// One form of the answer.
pub(super) trait Form {
    fn begin(&mut self, series: &Series) -> Result<(), OutOfMemory>;

    /// A number of the series that has begun. `values` has a value for each of its labels.
    fn number(&mut self, series: &Series, values: &[&str], number: u64) -> Result<(), OutOfMemory>;

    fn end(&mut self, series: &Series) -> Result<(), OutOfMemory>;
}

/// Writes everything that the labels of the running configuration have counted, and how full the
/// zones of `pta_once` are.
pub(super) fn write(
    labels: &Labels,
    zones: &Zones,
    log: *mut ngx_log_t,
    form: &mut impl Form,
) -> Result<(), OutOfMemory> {
    for (series, numbers) in SERIES {
        form.begin(series)?;
        labels.for_each(|label| {
            let slot = label.slot();
            let text = core::str::from_utf8(label.text()).unwrap_or_default();
            numbers(Counted { label, slot, text }, &mut |values, number| form.number(series, values, number))
        })?;
        form.end(series)?;
    }
    form.begin(&ONCE_SLOTS)?;
    zones.for_each(|zone| {
        let Some((used, max)) = zone.count(log) else { return Ok(()) };
        let name = core::str::from_utf8(zone.name()).unwrap_or_default();
        form.number(&ONCE_SLOTS, &[name, "used"], u64::from(used))?;
        form.number(&ONCE_SLOTS, &[name, "max"], u64::from(max))
    })?;
    form.end(&ONCE_SLOTS)?;
    form.begin(&BUILD_INFO)?;
    form.number(&BUILD_INFO, &[version::VERSION, version::nginx()], 1)?;
    form.end(&BUILD_INFO)
}

/// What is counted for one label.
#[derive(Clone, Copy)]
struct Counted<'a> {
    label: &'a Label,
    slot: &'a Slot,
    text: &'a str,
}

/// Takes the values of the labels, and the number.
type Put<'a> = dyn FnMut(&[&str], u64) -> Result<(), OutOfMemory> + 'a;
type Numbers = fn(Counted<'_>, &mut Put<'_>) -> Result<(), OutOfMemory>;

/// The series with a label of the configuration. A capability that counts adds its series here.
static SERIES: &[(Series, Numbers)] = &[
    (
        Series {
            name: "nginx_pta_checks_total",
            help: "Decisions about requests, dry runs included, before satisfy is applied.",
            kind: Kind::Counter,
            labels: &["label", "verdict"],
        },
        |counted, put| {
            verdicts(counted, counted.slot.all_allowed(), |denial| counted.slot.denied(denial), put)
        },
    ),
    (
        Series {
            name: "nginx_pta_dry_run_total",
            help: "The part of the decisions that was made in dry runs, which let every request through.",
            kind: Kind::Counter,
            labels: &["label", "verdict"],
        },
        |counted, put| {
            let allowed = counted.slot.dry_run_allowed();
            verdicts(counted, allowed, |denial| counted.slot.denied_in_dry_run(denial), put)
        },
    ),
    (
        Series {
            name: "nginx_pta_allowed_total",
            help: "Decisions that allowed a request, by the source of the token and the key pair that opened it.",
            kind: Kind::Counter,
            labels: &["label", "source", "key", "sealed"],
        },
        |counted, put| {
            for source in Source::ALL {
                for pair in PairId::ALL {
                    for (is_sealed, word) in [(false, "0"), (true, "1")] {
                        let number = counted.slot.allowed(source.index(), pair, is_sealed);
                        put(&[counted.text, source.word(), pair.name(), word], number)?;
                    }
                }
            }
            Ok(())
        },
    ),
    (
        Series {
            name: "nginx_pta_key_last_used_timestamp_seconds",
            help: "When a token of this key pair last allowed a request, in Unix time. 0 if never. A time follows its key.",
            kind: Kind::Gauge,
            labels: &["label", "key"],
        },
        |counted, put| {
            let mut pairs = PairId::ALL.into_iter().filter(|pair| counted.label.has_pair(*pair));
            pairs.try_for_each(|pair| put(&[counted.text, pair.name()], counted.slot.key_last_used(pair)))
        },
    ),
    (
        Series {
            name: "nginx_pta_last_refused_timestamp_seconds",
            help: "When a decision was last other than allowed, for this reason, in Unix time. Dry runs included. 0 if never.",
            kind: Kind::Gauge,
            labels: &["label", "verdict"],
        },
        |counted, put| denials(counted, |denial| counted.slot.last_denied(denial), put),
    ),
    (
        Series {
            name: "nginx_pta_expired_recently_total",
            help: "Refusals of tokens that had expired less than a minute before. Many of them: a clock is wrong.",
            kind: Kind::Counter,
            labels: &["label"],
        },
        |counted, put| put(&[counted.text], counted.slot.expired_recently()),
    ),
    (
        Series {
            name: "nginx_pta_issued_total",
            help: "Tokens made by pta_issue: for $pta_token and for playlists.",
            kind: Kind::Counter,
            labels: &["label"],
        },
        |counted, put| put(&[counted.text], counted.slot.issued()),
    ),
    (
        Series {
            name: "nginx_pta_playlists_total",
            help: "Playlists of pta_playlist, by what has become of them.",
            kind: Kind::Counter,
            labels: &["label", "result"],
        },
        |counted, put| {
            let mut results = PlaylistResult::ALL.into_iter();
            results.try_for_each(|result| put(&[counted.text, result.word()], counted.slot.playlists(result)))
        },
    ),
];

static ONCE_SLOTS: Series = Series {
    name: "nginx_pta_once_slots",
    help: "Claims in a pta_once_zone (used), and the most that it has room for (max).",
    kind: Kind::Gauge,
    labels: &["zone", "state"],
};

static BUILD_INFO: Series = Series {
    name: "nginx_pta_build_info",
    help: "The versions of the module and of nginx.",
    kind: Kind::Gauge,
    labels: &["version", "nginx"],
};

fn verdicts(
    counted: Counted<'_>,
    allowed: u64,
    denied: impl Fn(Denial) -> u64,
    put: &mut Put<'_>,
) -> Result<(), OutOfMemory> {
    put(&[counted.text, ALLOWED], allowed)?;
    denials(counted, denied, put)
}

fn denials(
    counted: Counted<'_>,
    denied: impl Fn(Denial) -> u64,
    put: &mut Put<'_>,
) -> Result<(), OutOfMemory> {
    Denial::all().try_for_each(|denial| put(&[counted.text, denial.word()], denied(denial)))
}
