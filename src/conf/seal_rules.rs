//! What a location demands of seals: `pta_require_seal` and `pta_bind`.

use std::rc::Rc;

use pta_token::{KeyMaterial, PairId};

use crate::conf::bind::{BoundValues, WrittenBinding};
use crate::conf::inherit::inherit;
use crate::conf::main::MainConf;
use crate::nginx::conf::{Conf, Logged, log};
use crate::nginx::source_line::SourceLine;

/// The settings of one block. `None` is inherited. Most blocks have none, so each is one pointer.
#[derive(Clone, Default)]
pub(crate) struct SealRules {
    /// `pta_require_seal`, and where it is written.
    required: Option<Rc<(bool, SourceLine)>>,
    binding: Option<Rc<WrittenBinding>>,
}

impl SealRules {
    pub(super) fn required_mut(&mut self) -> &mut Option<Rc<(bool, SourceLine)>> {
        &mut self.required
    }

    pub(super) fn binding_mut(&mut self) -> &mut Option<Rc<WrittenBinding>> {
        &mut self.binding
    }

    pub(super) fn merge(&mut self, parent: &Self) {
        inherit(&mut self.required, parent.required.as_ref());
        inherit(&mut self.binding, parent.binding.as_ref());
    }

    /// Whether both share the same settings.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        is_same(self.required.as_ref(), other.required.as_ref())
            && is_same(self.binding.as_ref(), other.binding.as_ref())
    }

    /// Whether a token without seal is malformed.
    pub(super) fn requires_seal(&self) -> bool {
        self.required.as_ref().is_some_and(|required| required.0)
    }

    /// The values that seals must be bound to.
    pub(crate) fn bound_values(&self) -> Option<&Rc<BoundValues>> {
        self.binding.as_ref()?.values()
    }

    /// Checks the rules of a protected location against its keys. `place_of_seal` is where a seal
    /// key is set, if there is one.
    pub(super) fn check(
        &self,
        cf: Conf<'_>,
        keys: &KeyMaterial,
        place_of_seal: Option<SourceLine>,
    ) -> Result<(), Logged> {
        let required = self.required.as_deref().copied();
        let binding = self.binding.as_ref().filter(|binding| binding.values().is_some());
        match (required, place_of_seal) {
            (Some((true, place)), None) => {
                return Err(log(
                    cf,
                    format_args!(
                        "no seal key is defined (the 3rd line of a pair file, \"pta_1st_seal\" or \
                         \"pta_2nd_seal\") for the \"pta_require_seal\" directive in {place}"
                    ),
                ));
            }
            (Some((true, place)), Some(_)) => warn_about_missing_seal_key(cf, keys, place),
            (None, Some(place)) => MainConf::warn_once(
                cf,
                place,
                format_args!("unsealed tokens are accepted as well, \"pta_require_seal\" is not set"),
            ),
            (Some((false, _)), _) | (None, None) => {}
        }
        match binding {
            Some(binding) if !self.requires_seal() => {
                let place = binding.place();
                Err(log(cf, format_args!("\"pta_bind\" directive needs \"pta_require_seal on\" in {place}")))
            }
            _ => Ok(()),
        }
    }
}

fn warn_about_missing_seal_key(cf: Conf<'_>, keys: &KeyMaterial, place: SourceLine) {
    for id in PairId::ALL {
        if keys.pair(id).is_some_and(|pair| pair.seal.is_none()) {
            MainConf::warn_once(
                cf,
                place,
                format_args!(
                    "the {id} pair has no seal key, so it opens no token with \"pta_require_seal on\""
                ),
            );
        }
    }
}

fn is_same<T>(one: Option<&Rc<T>>, other: Option<&Rc<T>>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => Rc::ptr_eq(one, other),
        (None, None) => true,
        _ => false,
    }
}
