//! One `pta_once_zone`.

use core::cell::{Cell, RefCell};
use core::ptr;
use core::sync::atomic::AtomicU64;
use std::collections::BTreeSet;
use std::rc::Rc;

use nginx_sys::{NGX_LOG_ALERT, NGX_LOG_EMERG, NGX_LOG_WARN, ngx_log_t, ngx_time};
use ngx::ngx_log_error;
use pta_once::{Claim, Identity, Table, Words};
use pta_token::KeyRing;

use crate::nginx::callback::Callback;
use crate::nginx::conf::Logged;
use crate::nginx::fault;
use crate::nginx::shared_zone::links::Row;
use crate::nginx::shared_zone::{Shared, Zone, ZoneUse, size_until_now};
use crate::nginx::source_line::SourceLine;
use crate::nginx::tag::Tag;

/// How long claims are kept after the last second in which a token is accepted. Workers do not agree
/// exactly on the time.
const KEPT: i64 = 60;
/// Seconds between two alerts of one worker about a full zone.
const ALERT_PAUSE: i64 = 60;
/// How many expired claims are cleared away when they are counted.
const CLEARED_BY_A_COUNT: u32 = 1000;

/// The beginning of the zone.
#[repr(C)]
pub(crate) struct Root {
    claims: Row,
}

// SAFETY: zeros are an empty row, which refers to memory of the zone.
unsafe impl Shared for Root {}

/// A zone as one configuration knows it. All locations with its name share it.
pub(crate) struct ClaimZone {
    name: Box<[u8]>,
    /// Where it is used first, in a directive.
    place: SourceLine,
    is_defined: Cell<bool>,
    /// The keys of its locations.
    keys: RefCell<BTreeSet<*const KeyRing>>,
    /// The longest `pta_leeway` with which a token of these keys may be accepted. A rewrite may lead
    /// from a location without `pta_once` to one of the zone, and the first one decides then.
    leeway: Cell<i64>,
    /// Set before nginx accepts the configuration.
    memory: Cell<Option<(Zone, &'static [AtomicU64])>>,
    /// When this worker last reported that the zone is full.
    last_alert: Cell<Option<i64>>,
}

/// What nginx keeps for the zone.
pub(crate) struct ZoneHandle(pub(crate) Rc<ClaimZone>);

// SAFETY: only this function uses the static.
unsafe impl ZoneUse for ZoneHandle {
    type Root = Root;

    const CALLBACK: Callback = Callback::OnceZone;

    fn tag() -> &'static Tag {
        static TAG: Tag = Tag::new();
        &TAG
    }

    fn set_up(&self, zone: Zone, root: &'static Root) -> Result<(), Logged> {
        let Self(own) = self;
        if root.claims.get().is_empty() {
            let name = own.name.escape_ascii();
            let Some(words) = zone.lock().allocate_rest() else {
                ngx_log_error!(NGX_LOG_EMERG, zone.log(), "no room for claims in zone \"{name}\"");
                return Err(Logged);
            };
            root.claims.set(words);
            // A reload hands on the memory of a zone of the same size only. nginx may refuse this
            // configuration yet. Then the old one keeps its claims.
            if size_until_now::<Self>(&own.name).is_some() {
                ngx_log_error!(
                    NGX_LOG_WARN,
                    zone.log(),
                    "zone \"{name}\" has another size than before, the new configuration begins without its claims"
                );
            }
            Table::new(Stores(words)).rebuild();
        }
        own.memory.set(Some((zone, root.claims.get())));
        Ok(())
    }
}

/// The memory of a table. Tests kill processes in it.
struct Stores(&'static [AtomicU64]);

impl Words for Stores {
    fn count(&self) -> usize {
        self.0.count()
    }

    fn get(&self, at: usize) -> u64 {
        Words::get(&self.0, at)
    }

    fn set(&self, at: usize, value: u64) {
        fault::in_store();
        self.0.set(at, value);
    }
}

impl ClaimZone {
    pub(super) fn new(name: &[u8], place: SourceLine) -> Self {
        Self {
            name: name.into(),
            place,
            is_defined: Cell::new(false),
            keys: RefCell::default(),
            leeway: Cell::new(0),
            memory: Cell::new(None),
            last_alert: Cell::new(None),
        }
    }

    pub(crate) fn name(&self) -> &[u8] {
        &self.name
    }

    /// Where it is used first.
    pub(crate) fn place(&self) -> SourceLine {
        self.place
    }

    pub(crate) fn is_defined(&self) -> bool {
        self.is_defined.get()
    }

    /// Notes that there is a `pta_once_zone` with this name. Returns whether it is the first one.
    pub(crate) fn define(&self) -> bool {
        !self.is_defined.replace(true)
    }

    /// Notes the keys of a location.
    pub(crate) fn note_keys(&self, keys: &KeyRing) {
        self.keys.borrow_mut().insert(ptr::from_ref(keys));
    }

    /// Sets the longest leeway. `longest` returns that of some keys.
    pub(crate) fn set_leeway(&self, longest: impl FnMut(*const KeyRing) -> i64) {
        self.leeway.set(self.keys.borrow().iter().copied().map(longest).max().unwrap_or(0));
    }

    /// Whether the token has been used.
    pub(crate) fn is_claimed(&self, identity: &Identity, log: *mut ngx_log_t) -> bool {
        self.with(log, |table| table.is_claimed(identity)).unwrap_or(false)
    }

    /// Claims a token that expires in this second.
    pub(crate) fn claim(&self, identity: &Identity, expires: i64, log: *mut ngx_log_t) -> Claim {
        let horizon = self.horizon();
        let claim = self.with(log, |table| table.claim(identity, expires, horizon)).unwrap_or(Claim::Full);
        if claim == Claim::Full {
            self.report_full(log);
        }
        claim
    }

    /// Takes the claim of this owner back.
    pub(crate) fn release(&self, identity: &Identity, owner: u64, log: *mut ngx_log_t) {
        self.with(log, |table| table.release(identity, owner));
    }

    /// How many claims the zone holds, and how many it has room for.
    pub(crate) fn count(&self, log: *mut ngx_log_t) -> Option<(u32, u32)> {
        let horizon = self.horizon();
        self.with(log, |table| {
            table.clear(horizon, CLEARED_BY_A_COUNT);
            (table.used(), table.capacity())
        })
    }

    /// Tokens that expired before this second are accepted nowhere.
    fn horizon(&self) -> i64 {
        ngx_time().saturating_sub(self.leeway.get()).saturating_sub(KEPT)
    }

    /// Calls `body` while this process has the zone's mutex.
    fn with<T>(&self, log: *mut ngx_log_t, body: impl FnOnce(&Table<Stores>) -> T) -> Option<T> {
        let (zone, words) = self.memory.get()?;
        let lock = zone.lock();
        let table = Table::new(Stores(words));
        let was_unfinished = table.is_unfinished();
        if was_unfinished {
            table.rebuild();
        }
        let used = table.used();
        let result = body(&table);
        drop(lock);
        if was_unfinished {
            self.report_rebuild(used, log);
        }
        Some(result)
    }

    #[cold]
    fn report_rebuild(&self, used: u32, log: *mut ngx_log_t) {
        ngx_log_error!(
            NGX_LOG_ALERT,
            log,
            "pta: a process ended while it changed zone \"{}\", its {used} claims have been put in order",
            self.name.escape_ascii()
        );
    }

    #[cold]
    fn report_full(&self, log: *mut ngx_log_t) {
        let now = ngx_time();
        let is_recent = |last: i64| (0..ALERT_PAUSE).contains(&now.saturating_sub(last));
        if self.last_alert.get().is_some_and(is_recent) {
            return;
        }
        self.last_alert.set(Some(now));
        let capacity = self.memory.get().map_or(0, |(_, words)| Table::new(Stores(words)).capacity());
        ngx_log_error!(
            NGX_LOG_ALERT,
            log,
            "pta: zone \"{}\" is full, it has room for {capacity} claims",
            self.name.escape_ascii()
        );
    }
}
