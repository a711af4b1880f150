//! The token for the references of a playlist, and the settings that apply.

use crate::conf::LocConf;
use crate::counters::slot::PlaylistResult;
use crate::nginx::request::Request;
use crate::playlist::conf::{Mode, Playlist, PlaylistConf};
use crate::request::outcome::{Outcome, Source as TokenSource};
use crate::request::realm::{Realm, RealmState};
use crate::request::record::Record;

/// What signs a playlist.
#[derive(Clone, Copy)]
pub(super) struct Source<'r> {
    pub(super) conf: &'r PlaylistConf,
    pub(super) token: TokenOf<'r>,
}

/// Whose token the references get.
#[derive(Clone, Copy)]
pub(super) enum TokenOf<'r> {
    /// That of the request. It has been checked.
    Request(&'r Outcome<'r>),
    /// A new one of this location.
    Location(&'r LocConf),
}

impl<'r> Source<'r> {
    /// None if the references of the response do not get a token.
    pub(super) fn of(request: Request<'r>) -> Option<Self> {
        let here = request.loc_conf::<Playlist>();
        if here.mode() == Some(Mode::Off) {
            return None;
        }
        let record = Record::peek(request);
        // The error page of a refused request is exempt from the check.
        if record.is_some_and(Record::is_refused) {
            return None;
        }
        if here.mode() == Some(Mode::Issue) {
            let conf = LocConf::of(request);
            return has_passed(record, conf).then_some(Self { conf: here, token: TokenOf::Location(conf) });
        }
        let outcome = record?.outcome().filter(|outcome| is_forwarded(outcome))?;
        // Without a word in the location of an X-Accel-Redirect or an error page, that of the check
        // counts.
        let conf = if here.mode().is_some() { here } else { outcome.conf().settings::<Playlist>(request) };
        (conf.mode() == Some(Mode::Forward)).then_some(Self { conf, token: TokenOf::Request(outcome) })
    }

    /// Counts what has become of the playlist, if the location has a label.
    pub(super) fn count(&self, result: PlaylistResult) {
        if let Some(counters) = self.check().counters() {
            counters.count_playlist(result);
        }
    }

    /// The location whose log level and names apply.
    pub(super) fn check(&self) -> &'r LocConf {
        match self.token {
            TokenOf::Request(outcome) => outcome.conf(),
            TokenOf::Location(conf) => conf,
        }
    }
}

/// Whether the check of the location is over, if it has one. `return` answers before it, and must
/// not open to everybody what the token opens.
fn has_passed(record: Option<&Record<'_>>, conf: &LocConf) -> bool {
    let is_checked = |realm: &Realm<'_>| realm.has(conf) && realm.state() != RealmState::Pending;
    conf.ring().is_none() || record.is_some_and(|record| record.realms().any(is_checked))
}

/// Whether the query has allowed the request.
fn is_forwarded(outcome: &Outcome<'_>) -> bool {
    outcome.is_allowed()
        && outcome.source() == Some(TokenSource::Query)
        && !outcome.conf().policy().is_dry_run()
}
