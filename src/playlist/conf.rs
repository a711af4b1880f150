//! `pta_playlist` and its relatives in the configuration.

use core::cell::{Cell, RefCell};
use std::rc::Rc;

use pta_playlist::{Host, Skip};

use crate::conf::index::Pta;
use crate::conf::inherit::inherit;
use crate::conf::issue::TokenConf;
use crate::nginx::conf::{Conf, Logged, Merging, log, warn};
use crate::nginx::http_module::{HasContext, HasLocConf, HasMainConf, MergedBefore, own_module};
use crate::nginx::shared_conf::Block;
use crate::nginx::source_line::SourceLine;
use crate::nginx::unwritten::Unwritten;
use crate::playlist::held::Held;

own_module! {
    /// Stands for `ngx_http_pta_playlist_module` in code that reads its data.
    pub(crate) enum Playlist {}
}

// SAFETY: `Playlist` stands behind `ngx_http_pta_module` in the list, and has no order.
unsafe impl MergedBefore<Playlist> for Pta {}

/// The context is a response that is held.
// SAFETY: only `header.rs` sets the context, with `Request::set_context`.
unsafe impl HasContext for Playlist {
    type Context<'r> = Held;
}

/// Which token the references of a playlist get.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    /// None.
    Off,
    /// The one in the query of the request.
    Forward,
    /// One that the location issues.
    Issue,
}

/// A `pta_playlist` that is written in the configuration. All blocks that inherit it share it.
pub(crate) struct Written {
    pub(super) mode: Mode,
    pub(super) place: SourceLine,
    /// Whether a `pta_issue` applies in one of these blocks.
    pub(super) can_issue: Cell<bool>,
}

/// The configuration of a location, a server or the http block.
#[derive(Default)]
pub(crate) struct PlaylistConf {
    pub(super) written: Option<Rc<Written>>,
    pub(super) hosts: Option<Rc<[Host]>>,
    pub(super) skip: Option<Skip>,
    pub(super) max_size: Option<usize>,
}

// SAFETY: `create_loc_conf` of the module creates this type.
unsafe impl HasLocConf for Playlist {
    type LocConf = PlaylistConf;
    const UNWRITTEN: Option<&'static Unwritten<PlaylistConf>> = Some(&UNWRITTEN);
}

static UNWRITTEN: Unwritten<PlaylistConf> =
    Unwritten::new(PlaylistConf { written: None, hosts: None, skip: None, max_size: None });

/// In bytes.
const DEFAULT_MAX_SIZE: usize = 16 << 20;

impl PlaylistConf {
    /// None if no `pta_playlist` is written in the block or around it.
    pub(crate) fn mode(&self) -> Option<Mode> {
        self.written.as_ref().map(|written| written.mode)
    }

    pub(crate) fn hosts(&self) -> &[Host] {
        self.hosts.as_deref().unwrap_or_default()
    }

    pub(crate) fn skip(&self) -> Skip {
        self.skip.unwrap_or_default()
    }

    pub(crate) fn max_size(&self) -> usize {
        self.max_size.unwrap_or(DEFAULT_MAX_SIZE)
    }

    pub(super) fn merge(merging: &Merging<'_, Playlist>, block: Block<'_, Playlist>) -> Result<(), Logged> {
        let (cf, check) = (**merging, merging.merged::<Pta>());
        let conf = block.merge(|own, parent| {
            inherit(&mut own.written, parent.written.as_ref());
            inherit(&mut own.hosts, parent.hosts.as_ref());
            inherit(&mut own.skip, parent.skip.as_ref());
            inherit(&mut own.max_size, parent.max_size.as_ref());
        });
        let Some(written) = conf.written.as_ref().filter(|written| written.mode != Mode::Off) else {
            return Ok(());
        };
        let Some(main) = PlaylistMain::of(cf) else { return Ok(()) };
        main.signs.set(true);
        if written.mode == Mode::Issue {
            match check.issue() {
                Some(issue) => {
                    written.can_issue.set(true);
                    if issue.needs_warning_of_step() {
                        warn_of_step(cf, issue);
                    }
                }
                None if check.is_server() => main.note_server_without_issue(written),
                None => return Err(written.refuse_without_issue(cf)),
            }
        }
        Ok(())
    }
}

impl Written {
    fn refuse_without_issue(&self, cf: Conf<'_>) -> Logged {
        let place = self.place;
        log(cf, format_args!("\"issue\" in \"pta_playlist\" directive needs \"pta_issue\" in {place}"))
    }
}

fn warn_of_step(cf: Conf<'_>, issue: &TokenConf) {
    warn(
        cf,
        format_args!(
            "\"pta_playlist issue\" without \"step=\" in the \"pta_issue\" in {}: \
             players fetch keys and init segments again whenever their URLs change",
            issue.place()
        ),
    );
}

/// The configuration of the http block.
#[derive(Default)]
pub(crate) struct PlaylistMain {
    /// Whether any location adds tokens.
    signs: Cell<bool>,
    /// Each `pta_playlist issue` that applies in a server in which no `pta_issue` applies. Its
    /// locations may have one.
    servers_without_issue: RefCell<Vec<Rc<Written>>>,
}

// SAFETY: `create_main_conf` of the module creates this type.
unsafe impl HasMainConf for Playlist {
    type MainConf = PlaylistMain;
}

impl PlaylistMain {
    pub(crate) fn of(cf: Conf<'_>) -> Option<&Self> {
        cf.main_conf::<Playlist>()
    }

    pub(crate) fn signs(&self) -> bool {
        self.signs.get()
    }

    fn note_server_without_issue(&self, written: &Rc<Written>) {
        if let Ok(mut noted) = self.servers_without_issue.try_borrow_mut() {
            noted.push(Rc::clone(written));
        }
    }

    /// An error if a `pta_playlist issue` applies nowhere together with a `pta_issue`.
    pub(super) fn refuse_unusable(&self, cf: Conf<'_>) -> Result<(), Logged> {
        let noted = self.servers_without_issue.borrow();
        let unusable = noted.iter().find(|written| !written.can_issue.get());
        unusable.map_or(Ok(()), |written| Err(written.refuse_without_issue(cf)))
    }
}
