//! What the verdicts on a request mean for caches: no cache may store the response, or only the
//! client's own cache.

use core::cell::Cell;

use crate::conf::policy::CacheControl;
use crate::request::outcome::Source;

/// The Cache-Control directive that the response gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CacheRule {
    NoStore,
    Private,
}

/// What the verdicts so far mean under the settings of their locations.
#[derive(Debug, Default)]
pub(crate) struct CacheMark {
    /// Whether there is a refusal that no other module has overruled.
    refused: Cell<bool>,
    /// The value of `refused` before the last refusal. Overruling the last refusal does not
    /// overrule an earlier one.
    refused_before: Cell<bool>,
    private: Cell<bool>,
}

impl CacheMark {
    /// Notes a refusal.
    pub(crate) fn refuse(&self, setting: CacheControl) {
        let before = self.refused.get();
        self.refused_before.set(before);
        self.refused.set(before || setting != CacheControl::Off);
    }

    /// Notes that another module has let the request in although the last verdict was a refusal.
    pub(crate) fn overrule(&self) {
        self.refused.set(self.refused_before.get());
    }

    /// Notes that a token from `source` allows the request. A token in the query is part of the
    /// URL. A cache stores the response under that URL, so only clients that know the token get it.
    #[inline]
    pub(crate) fn allow(&self, setting: CacheControl, source: Option<Source>) {
        let private = match setting {
            CacheControl::Off => false,
            CacheControl::On => matches!(source, Some(Source::Cookie | Source::Header)),
            CacheControl::Private => true,
        };
        if private {
            self.private.set(true);
        }
    }

    #[inline]
    pub(crate) fn rule(&self) -> Option<CacheRule> {
        if self.refused.get() {
            Some(CacheRule::NoStore)
        } else if self.private.get() {
            Some(CacheRule::Private)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_and_the_source_of_the_token_decide_about_private() {
        let rule = |setting, source| {
            let mark = CacheMark::default();
            mark.allow(setting, Some(source));
            mark.rule()
        };
        let private = Some(CacheRule::Private);
        assert_eq!(rule(CacheControl::On, Source::Cookie), private);
        assert_eq!(rule(CacheControl::On, Source::Header), private);
        assert_eq!(rule(CacheControl::On, Source::Query), None);
        assert_eq!(rule(CacheControl::Private, Source::Cookie), private);
        assert_eq!(rule(CacheControl::Private, Source::Query), private);
        assert_eq!(rule(CacheControl::Off, Source::Cookie), None);
    }

    #[test]
    fn a_refusal_takes_precedence_until_it_is_overruled() {
        let mark = CacheMark::default();
        mark.allow(CacheControl::On, Some(Source::Cookie));
        mark.refuse(CacheControl::On);
        assert_eq!(mark.rule(), Some(CacheRule::NoStore));
        mark.overrule();
        assert_eq!(mark.rule(), Some(CacheRule::Private));
    }

    #[test]
    fn only_the_last_refusal_is_overruled() {
        let mark = CacheMark::default();
        mark.refuse(CacheControl::Private);
        mark.refuse(CacheControl::Off);
        mark.overrule();
        assert_eq!(mark.rule(), Some(CacheRule::NoStore));
        let mark = CacheMark::default();
        mark.refuse(CacheControl::Off);
        assert_eq!(mark.rule(), None);
    }
}
