//! How a request came to its location.
//!
//! nginx runs a request through the phases once for each *arrival*. Every internal redirect, also
//! one to a named location, begins a new arrival. A rewrite does not.

use core::cell::Cell;
use core::ptr;

use nginx_sys::ngx_http_upstream_t;
use pta_token::KeyRing;

use crate::nginx::request::ErrorSigns;

/// The reason for an arrival. It decides whether protected locations are checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// Any other: the client's request, `index`, `try_files`, or an error before any verdict.
    Plain,
    /// The error page of a request that has a verdict.
    ErrorPage,
    /// nginx follows an X-Accel-Redirect, so the application has decided.
    AccelRedirect,
    /// The redirect to the path in a token (`pta_accel_redirect`).
    TokenRedirect,
}

/// Whether this module has refused the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RefusalState {
    None,
    /// In this arrival, under `satisfy any`: another module may still let the request in.
    Soft,
    /// In this arrival, and no other module can let the request in.
    Final,
    /// In an earlier arrival, and nginx has answered with the refusal.
    Answered,
    /// In some arrival, but another module let the request in.
    Overruled,
}

/// What is known about an internal redirect when it arrives.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Redirect {
    /// A sign of an error page has appeared since the last arrival.
    pub(crate) shows_new_error: bool,
    /// nginx has reset `r->access_code`. It does so before it answers a refusal under `satisfy
    /// any`.
    pub(crate) is_answered: bool,
    /// Some realm has allowed the request.
    pub(crate) is_allowed: bool,
    pub(crate) sender: Sender,
}

/// Who chose the target of an internal redirect, as far as this is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Sender {
    #[default]
    Nginx,
    /// `pta_accel_redirect`: the path in a token.
    Token,
    /// An X-Accel-Redirect of an upstream that was not known before.
    Upstream,
}

impl Redirect {
    /// The reason for the arrival, and the new state of an earlier refusal.
    pub(crate) fn arrive(self, refusal: RefusalState) -> (Arrival, RefusalState) {
        let (is_error_page, refusal) = match refusal {
            // nginx answers a final refusal immediately, so only its error page can follow.
            RefusalState::Final => (true, RefusalState::Answered),
            // nginx has answered the refusal.
            RefusalState::Soft if self.shows_new_error || self.is_answered => (true, RefusalState::Answered),
            // Another access module has redirected the request before nginx answered the refusal.
            // The new location decides.
            RefusalState::Soft => (false, RefusalState::None),
            RefusalState::Answered | RefusalState::Overruled => (self.shows_new_error, refusal),
            RefusalState::None => (self.shows_new_error && self.is_allowed, refusal),
        };
        let arrival = match self.sender {
            Sender::Upstream if !self.shows_new_error => Arrival::AccelRedirect,
            Sender::Token if !self.shows_new_error => Arrival::TokenRedirect,
            _ if is_error_page => Arrival::ErrorPage,
            _ => Arrival::Plain,
        };
        (arrival, refusal)
    }
}

/// What is kept from one arrival to the next.
pub(crate) struct Trail {
    pub(crate) arrival: Cell<Arrival>,
    pub(crate) refusal: Cell<RefusalState>,
    /// Whether the request has come to a location in this arrival.
    pub(crate) is_located: Cell<bool>,
    /// nginx's signs of an error page when the arrival began. nginx never resets them, so only new
    /// ones count.
    pub(crate) error_signs: Cell<ErrorSigns>,
    /// The upstream that the request had when the arrival began.
    pub(crate) upstream: Cell<*const ngx_http_upstream_t>,
    /// The keys of the token that has redirected the request, or will do so next.
    pub(crate) token_keys: Cell<*const KeyRing>,
    /// Whether the next arrival is that redirect.
    pub(crate) is_token_redirect_due: Cell<bool>,
}

impl Trail {
    pub(crate) fn new(error_signs: ErrorSigns) -> Self {
        Self {
            arrival: Cell::new(Arrival::Plain),
            refusal: Cell::new(RefusalState::None),
            is_located: Cell::new(false),
            error_signs: Cell::new(error_signs),
            upstream: Cell::new(ptr::null()),
            token_keys: Cell::new(ptr::null()),
            is_token_redirect_due: Cell::new(false),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Redirect =
        Redirect { shows_new_error: false, is_answered: false, is_allowed: false, sender: Sender::Nginx };
    const ERROR: Redirect = Redirect { shows_new_error: true, ..PLAIN };

    #[test]
    fn refusal_and_error_signs_decide_whether_it_is_an_error_page() {
        let answered = Redirect { is_answered: true, ..PLAIN };
        let allowed = Redirect { is_allowed: true, ..PLAIN };
        let allowed_error = Redirect { is_allowed: true, ..ERROR };
        for (redirect, refusal, expected) in [
            (PLAIN, RefusalState::None, (Arrival::Plain, RefusalState::None)),
            (ERROR, RefusalState::None, (Arrival::Plain, RefusalState::None)),
            (allowed, RefusalState::None, (Arrival::Plain, RefusalState::None)),
            (allowed_error, RefusalState::None, (Arrival::ErrorPage, RefusalState::None)),
            (PLAIN, RefusalState::Final, (Arrival::ErrorPage, RefusalState::Answered)),
            (ERROR, RefusalState::Final, (Arrival::ErrorPage, RefusalState::Answered)),
            (PLAIN, RefusalState::Soft, (Arrival::Plain, RefusalState::None)),
            (ERROR, RefusalState::Soft, (Arrival::ErrorPage, RefusalState::Answered)),
            (answered, RefusalState::Soft, (Arrival::ErrorPage, RefusalState::Answered)),
            (allowed, RefusalState::Soft, (Arrival::Plain, RefusalState::None)),
            (PLAIN, RefusalState::Answered, (Arrival::Plain, RefusalState::Answered)),
            (answered, RefusalState::Answered, (Arrival::Plain, RefusalState::Answered)),
            (ERROR, RefusalState::Answered, (Arrival::ErrorPage, RefusalState::Answered)),
            (PLAIN, RefusalState::Overruled, (Arrival::Plain, RefusalState::Overruled)),
            (answered, RefusalState::Overruled, (Arrival::Plain, RefusalState::Overruled)),
            (ERROR, RefusalState::Overruled, (Arrival::ErrorPage, RefusalState::Overruled)),
        ] {
            assert_eq!(redirect.arrive(refusal), expected, "{redirect:?} {refusal:?}");
        }
    }

    #[test]
    fn an_error_page_is_not_taken_for_a_redirect_of_token_or_upstream() {
        for (sender, arrival) in
            [(Sender::Upstream, Arrival::AccelRedirect), (Sender::Token, Arrival::TokenRedirect)]
        {
            for refusal in [RefusalState::None, RefusalState::Final, RefusalState::Answered] {
                let redirect = Redirect { sender, is_allowed: true, ..PLAIN };
                assert_eq!(redirect.arrive(refusal).0, arrival);
                let error = Redirect { shows_new_error: true, ..redirect };
                assert_eq!(error.arrive(refusal).0, Arrival::ErrorPage);
            }
        }
    }
}
