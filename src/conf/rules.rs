//! The directives of a block that few blocks write.

use core::cell::OnceCell;
use std::rc::Rc;

use pta_token::KeyRing;

use crate::conf::accel_redirect::WrittenRedirect;
use crate::conf::inherit::inherit;
use crate::conf::issue::IssueConf;
use crate::conf::key_warnings::Weakness;
use crate::conf::keys::KeyParts;
use crate::conf::policy::Policy;
use crate::conf::seal_rules::SealRules;
use crate::nginx::source_line::SourceLine;

/// What a block says about keys, checks and answers.
#[derive(Clone, Default)]
pub(crate) struct Rules {
    pub(super) policy: Policy,
    pub(super) key_parts: KeyParts,
    pub(super) seals: SealRules,
    /// The `pta_accel_redirect` that applies.
    pub(super) accel_redirect: Option<Rc<WrittenRedirect>>,
    /// The `pta_issue` that applies.
    pub(super) issue: Option<Rc<IssueConf>>,
    /// Its 1st pair makes the tokens of `issue`. Set when a block with these rules is merged.
    pub(super) issuing_ring: OnceCell<Rc<KeyRing>>,
    /// Where this block says `fallback`.
    pub(super) fallback_place: Option<SourceLine>,
}

thread_local! {
    /// nginx reads configurations in one thread.
    static UNWRITTEN: Rc<Rules> = Rc::new(Rules::default());
}

/// The rules of a block. A block that writes none shares those of the block around it.
pub(crate) struct SharedRules(Rc<Rules>);

impl SharedRules {
    /// Those of a block of which nothing has been read.
    pub(super) fn unwritten() -> Self {
        Self(UNWRITTEN.with(Rc::clone))
    }

    #[inline]
    pub(super) fn get(&self) -> &Rules {
        &self.0
    }

    /// For a setter. The block then has rules of its own.
    pub(super) fn own(&mut self) -> &mut Rules {
        Rc::make_mut(&mut self.0)
    }

    /// Inherits each directive that the block does not set. Returns the weaknesses of own and inherited
    /// keys together, and their places.
    pub(super) fn merge(&mut self, parent: &Self) -> Vec<(Weakness, SourceLine)> {
        if UNWRITTEN.with(|unwritten| Rc::ptr_eq(unwritten, &self.0)) {
            self.0 = Rc::clone(&parent.0);
            return Vec::new();
        }
        let (own, parent) = (self.own(), parent.get());
        own.policy.merge(&parent.policy);
        own.seals.merge(&parent.seals);
        inherit(&mut own.accel_redirect, parent.accel_redirect.as_ref());
        inherit(&mut own.issue, parent.issue.as_ref());
        own.key_parts.merge(&parent.key_parts)
    }
}
