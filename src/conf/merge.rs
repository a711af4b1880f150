//! How a location inherits, and how it gets its key ring.

use core::ptr::NonNull;
use std::rc::Rc;

use nginx_sys::{NGX_HTTP_SATISFY_ANY, ngx_uint_t};
use pta_token::{KeyMaterial, KeyRing};

use crate::conf::accel_redirect::WrittenRedirect;
use crate::conf::bind::BoundValues;
use crate::conf::gate::WrittenGate;
use crate::conf::index::Pta;
use crate::conf::issue::TokenConf;
use crate::conf::keys::IncompleteKeys;
use crate::conf::main::MainConf;
use crate::conf::policy::CacheControl;
use crate::conf::rules::Rules;
use crate::conf::{EnableOrigin, LocConf};
use crate::nginx::conf::{Conf, Logged, Merging, log, warn};
use crate::nginx::http_module::Core;
use crate::nginx::layout;
use crate::nginx::source_line::SourceLine;

impl LocConf {
    /// Inherits each directive that this block does not set.
    pub(crate) fn merge(&mut self, parent: &Self, merging: &Merging<'_, Pta>) -> Result<(), Logged> {
        let (cf, core) = (**merging, merging.merged::<Core>());
        let written_redirect = self.rules().accel_redirect.clone();
        if self.enable.is_none() {
            self.enable = parent.enable;
            self.enable_place = parent.enable_place;
        }
        // Nothing but its servers checks the http block.
        parent.check_auth_methods(cf)?;
        self.check_auth_methods(cf)?;
        self.auth_methods.merge(parent.auth_methods);
        for (weakness, place) in self.rules.merge(&parent.rules) {
            warn(cf, format_args!("{weakness} in {place}"));
        }
        let (rules, parent_rules) = (self.rules.get(), parent.rules());
        self.is_dry_run = rules.policy.is_dry_run();
        self.is_special.set(self.is_dry_run);
        if let Some(issue) = self.issue().filter(|_| rules.issuing_ring.get().is_none()) {
            self.check_issued_seal(cf, issue)?;
            let ring = match parent_rules.issuing_ring.get() {
                Some(ring) if rules.key_parts.same_as(&parent_rules.key_parts) => Rc::clone(ring),
                _ => self.make_issuing_ring(cf, issue)?,
            };
            rules.issuing_ring.get_or_init(|| ring);
        }
        self.merged.satisfies_any = core.satisfy == NGX_HTTP_SATISFY_ANY as ngx_uint_t;
        self.merged.is_limit_except = layout::is_limit_except(core);
        self.location = if layout::is_block(core) { parent.location } else { Some(NonNull::from(core)) };
        if let Some(main) = MainConf::of(cf) {
            main.note_satisfy(self.merged.satisfies_any);
            main.note_recursion(core.recursive_error_pages == 1);
        }
        if layout::is_block(core) {
            if let (None, Some(gate)) = (self.gate(), parent.gate()) {
                self.extras().gate.get_or_init(|| Rc::clone(gate));
            }
        }
        if let Some(gate) = self.gate() {
            return self.merge_gate(gate, written_redirect.as_deref(), cf);
        }
        self.merged.redirects = rules.accel_redirect.as_ref().is_some_and(|written| written.is_on());
        if self.enable != Some(true) {
            return Ok(());
        }
        // Ten thousand locations that inherit the same keys share one ring without comparing keys.
        self.ring = match &parent.ring {
            Some(ring)
                if rules.key_parts.same_as(&parent_rules.key_parts)
                    && rules.seals.same_as(&parent_rules.seals) =>
            {
                Some(Rc::clone(ring))
            }
            _ => Some(self.make_ring(cf, "pta_enable", self.enable_place)?),
        };
        self.is_watched.set(true);
        if let Some(main) = MainConf::of(cf) {
            main.note_enabled(self.redirects());
            main.note_cache_control(self.policy().cache_control());
            if let Some(ring) = self.ring() {
                main.note_leeway(ring, self.policy().leeway());
            }
        }
        if let Some(written) = &self.rules().accel_redirect {
            written.note_use();
        }
        Ok(())
    }

    /// A gate has keys, but does not protect its own location.
    fn merge_gate(
        &self,
        gate: &WrittenGate,
        written_redirect: Option<&WrittenRedirect>,
        cf: Conf<'_>,
    ) -> Result<(), Logged> {
        let other = if self.enable_origin == EnableOrigin::Inherited {
            let written = written_redirect.filter(|written| written.is_on());
            written.map(|written| ("accel_redirect", written.place()))
        } else {
            Some(("enable", self.enable_place))
        };
        let place = gate.place;
        if let Some((other, other_place)) = other {
            return Err(log(
                cf,
                format_args!(
                    "\"pta_gate\" directive in {place} is incompatible with \"pta_{other}\" in {other_place}"
                ),
            ));
        }
        if let Some(main) = MainConf::of(cf) {
            // The answers of a gate must not be stored.
            main.note_cache_control(CacheControl::On);
        }
        if gate.ring.get().is_none() {
            let ring = self.make_ring(cf, "pta_gate", place)?;
            let _ = gate.ring.set(ring);
        }
        Ok(())
    }

    fn check_auth_methods(&self, cf: Conf<'_>) -> Result<(), Logged> {
        self.auth_methods.check(self.rules().fallback_place, cf)
    }

    /// An error if the tokens of `issue` cannot be sealed as it says. That there are no keys is
    /// another error.
    fn check_issued_seal(&self, cf: Conf<'_>, issue: &TokenConf) -> Result<(), Logged> {
        let Some(parameter) = issue.seal().parameter() else { return Ok(()) };
        let keys = self.key_parts();
        if keys.is_first_sealed() || keys.first_pair().is_err() {
            return Ok(());
        }
        let place = issue.place();
        Err(log(
            cf,
            format_args!(
                "\"{parameter}\" in \"pta_issue\" directive needs a seal key of the 1st pair in {place}"
            ),
        ))
    }

    fn make_issuing_ring(&self, cf: Conf<'_>, issue: &TokenConf) -> Result<Rc<KeyRing>, Logged> {
        self.note_seals(cf);
        shared_ring(cf, self.key_parts().first_pair(), None, "pta_issue", issue.place())
    }

    fn note_seals(&self, cf: Conf<'_>) {
        if let Some(main) = MainConf::of(cf) {
            main.note_seals(self.key_parts());
        }
    }

    /// The keys with which the location checks tokens. An error names `directive`, which needs them.
    fn make_ring(&self, cf: Conf<'_>, directive: &str, place: SourceLine) -> Result<Rc<KeyRing>, Logged> {
        let Rules { key_parts, seals, .. } = self.rules();
        let mut keys = key_parts.material();
        if let Ok(keys) = &mut keys {
            seals.check(cf, keys, key_parts.place_of_seal())?;
            keys.require_seal = seals.requires_seal();
            self.note_seals(cf);
        }
        shared_ring(cf, keys, seals.bound_values(), directive, place)
    }
}

/// The key ring that all locations with these keys and this binding share. An error names `directive`,
/// which needs it.
fn shared_ring(
    cf: Conf<'_>,
    material: Result<KeyMaterial, IncompleteKeys>,
    binding: Option<&Rc<BoundValues>>,
    directive: &str,
    place: SourceLine,
) -> Result<Rc<KeyRing>, Logged> {
    let ring = material.and_then(|material| {
        MainConf::of(cf).and_then(|main| main.shared_ring(material, binding)).ok_or(IncompleteKeys::NoPair)
    });
    ring.map_err(|error| log(cf, format_args!("{}", error.message(directive, place))))
}
