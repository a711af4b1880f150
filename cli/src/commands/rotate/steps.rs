//! The two steps of a rotation.

use pta_token::PairId;

use super::exchange::{self, Exchanged};
use super::folder::Folder;
use super::replace;
use super::state::{FOREIGN, Fingerprint, Rotation, State};
use crate::failure::Failure;
use crate::keys::fresh;

/// Exchanges the pairs. Continues an interrupted exchange, or takes it back.
pub(super) fn rotate(folder: &Folder) -> Result<Exchanged, Failure> {
    let state = State::read(&folder.path)?;
    let pairs = folder.pairs()?;
    let now =
        Rotation { old: Fingerprint::of(&pairs.first.pair)?, new: Fingerprint::of(&pairs.second.pair)? };
    let rotation = match state {
        State::Idle if now.old == now.new => {
            return Err(
                folder.refuse("1st.pair and 2nd.pair are the same pair, so there is nothing to exchange")
            );
        }
        State::Idle => {
            State::Exchanging(now.clone()).write(&folder.path)?;
            now.clone()
        }
        State::Exchanging(rotation) => rotation,
        State::Exchanged(_) => {
            return Err(folder.refuse(&format!(
                "the last rotation is not finished; when the last link of the old pair has expired: pta rotate --files {} --finish",
                folder.path.display()
            )));
        }
    };
    let exchanged = if now == rotation {
        exchange::exchange(folder, &pairs)?;
        Exchanged::Yes
    } else if now == rotation.reversed() {
        // An interrupted run has exchanged the pairs, but not written the state.
        Exchanged::Yes
    } else if now.old == rotation.old && now.new == rotation.old {
        exchange::take_back(folder, &rotation)?;
        Exchanged::TakenBack
    } else {
        return Err(folder.refuse(FOREIGN));
    };
    folder.sync()?;
    match exchanged {
        Exchanged::Yes => State::Exchanged(rotation),
        Exchanged::TakenBack => State::Idle,
    }
    .write(&folder.path)?;
    exchange::tidy(folder);
    Ok(exchanged)
}

/// Replaces the old pair with a fresh one.
pub(super) fn finish(folder: &Folder) -> Result<(), Failure> {
    let rotation = match State::read(&folder.path)? {
        State::Exchanged(rotation) => rotation,
        State::Idle => return Err(folder.refuse("no rotation has begun, so there is nothing to finish")),
        State::Exchanging(_) => {
            return Err(folder.refuse(&format!(
                "a rotation was interrupted; continue it first: pta rotate --files {}",
                folder.path.display()
            )));
        }
    };
    let pairs = folder.pairs()?;
    if Fingerprint::of(&pairs.first.pair)? != rotation.new {
        return Err(folder.refuse(FOREIGN));
    }
    // If not, an interrupted run has already replaced it.
    if Fingerprint::of(&pairs.second.pair)? == rotation.old {
        let path = folder.pair_path(PairId::Second);
        let temporary = folder.path.join(exchange::NEW_SECOND);
        // As the old pair, so that a site without seals gets none. But if the pair in use has a seal
        // key, the next one must have one: nginx may accept nothing else by now.
        let with_seal = pairs.first.pair.seal.is_some() || pairs.second.pair.seal.is_some();
        replace::write_like(&temporary, fresh::pair(with_seal)?.as_bytes(), &path)?;
        replace::rename(&temporary, &path)?;
        folder.sync()?;
    }
    State::Idle.write(&folder.path)
}
