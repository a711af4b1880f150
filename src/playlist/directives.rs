//! The table of directives, and their setters.

use core::cell::Cell;
use std::rc::Rc;

use nginx_sys::{NGX_CONF_1MORE, NGX_CONF_TAKE1};
use pta_playlist::{Host, Skip};

use crate::conf::setting::{Directive, SetError, Setting, set_once};
use crate::conf::table::{Command, Table};
use crate::nginx::text::parse_size;
use crate::playlist::conf::{Mode, Playlist, PlaylistConf, Written};

static mut DIRECTIVES: [Command<Playlist>; 5] = [
    Command::new::<ModeDirective>(c"pta_playlist", NGX_CONF_TAKE1),
    Command::new::<Hosts>(c"pta_playlist_hosts", NGX_CONF_1MORE),
    Command::new::<SkipDirective>(c"pta_playlist_skip", NGX_CONF_1MORE),
    Command::new::<MaxSize>(c"pta_playlist_max_size", NGX_CONF_TAKE1),
    Command::END,
];

/// The table of `ngx_http_pta_playlist_module`.
pub(super) const fn table() -> Table<Playlist> {
    // SAFETY: the static ends with END.
    unsafe { Table::new(&raw mut DIRECTIVES) }
}

type PlaylistSetting<'a> = Setting<'a, PlaylistConf>;

/// `pta_playlist off | forward | issue`
struct ModeDirective;

impl Directive<Playlist> for ModeDirective {
    fn set(setting: &mut PlaylistSetting<'_>) -> Result<(), SetError> {
        let mode =
            setting.choice(&[("off", Mode::Off), ("forward", Mode::Forward), ("issue", Mode::Issue)])?;
        let written = Written { mode, place: setting.place(), can_issue: Cell::new(false) };
        set_once(&mut setting.conf.written, Rc::new(written))
    }
}

/// `pta_playlist_hosts host[:port] ...`
struct Hosts;

impl Directive<Playlist> for Hosts {
    fn set(setting: &mut PlaylistSetting<'_>) -> Result<(), SetError> {
        let hosts = setting.values().map(|value| {
            Host::parse(value.as_bytes()).map_err(|error| {
                setting.error(format_args!(
                    "invalid host \"{value}\" in \"pta_playlist_hosts\" directive, {error}"
                ))
            })
        });
        let hosts = hosts.collect::<Result<Rc<[Host]>, SetError>>()?;
        set_once(&mut setting.conf.hosts, hosts)
    }
}

/// `pta_playlist_skip keys | segments | playlists ...`
struct SkipDirective;

impl Directive<Playlist> for SkipDirective {
    fn set(setting: &mut PlaylistSetting<'_>) -> Result<(), SetError> {
        let mut skip = Skip::default();
        for value in setting.values() {
            skip.add(value.as_bytes()).map_err(|error| {
                setting.error(format_args!(
                    "invalid value \"{value}\" in \"pta_playlist_skip\" directive, {error}"
                ))
            })?;
        }
        set_once(&mut setting.conf.skip, skip)
    }
}

/// `pta_playlist_max_size size`
struct MaxSize;

impl Directive<Playlist> for MaxSize {
    fn set(setting: &mut PlaylistSetting<'_>) -> Result<(), SetError> {
        let value = setting.value();
        let Some(size) = parse_size(value.as_bytes()).filter(|size| *size > 0) else {
            return Err(setting.invalid(value, format_args!("a size of at least 1 byte")));
        };
        set_once(&mut setting.conf.max_size, size)
    }
}
