//! Sessions: a client that signs a challenge with an enrolled key gets a short-lived token, for reads that are not
//! public.
//!
//! Nothing is kept between the two steps or after them: challenges and tokens carry a keyed hash under a key of this
//! process, so a restart ends all sessions. Key and role are looked up again at every use of a token: an official who
//! loses either can read nothing more from that moment on.

use crate::limits::{CHALLENGE_S, SESSION_S};
use crate::problem::{Code, Problem};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use ed25519_zebra::{Signature, VerificationKey};
use hmac::{Hmac, KeyInit, Mac};
use lika_domain::area::Area;
use lika_domain::ids::{KeyId, OfficialId};
use lika_domain::official::Authority;
use lika_domain::rejection::{self, Rejection};
use lika_domain::state::State;
use sha2::Sha256;
use tokio::time::Instant;

/// The signed text begins with this, so that a signature over a challenge is never a signature over anything else.
pub const SIGNING_PREFIX: &[u8] = b"lika session v1\n";

const MAC_BYTES: usize = 16;
/// Key, end of validity, keyed hash.
const SEALED_BYTES: usize = 8 + 8 + MAC_BYTES;
/// Block of SHA-256, so that the key needs no hashing.
const MAC_KEY_BYTES: usize = 64;

/// Makes and checks challenges and tokens.
pub(crate) struct Sessions {
    mac_key: [u8; MAC_KEY_BYTES],
    /// Times are counted from here, by a clock that cannot be set.
    started: Instant,
}

/// The purpose of a text made here. A challenge can never be used as a token, nor a token as a challenge.
#[derive(Clone, Copy)]
enum Purpose {
    Challenge = 1,
    Token = 2,
}

/// An official in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reader {
    pub(crate) official: OfficialId,
    /// The area of their role, which they may see.
    pub(crate) area: Area,
}

impl Sessions {
    /// Draws a new key.
    pub(crate) fn new() -> Result<Self, getrandom::Error> {
        let mut mac_key = [0; MAC_KEY_BYTES];
        getrandom::fill(&mut mac_key)?;
        Ok(Self { mac_key, started: Instant::now() })
    }

    /// A text to be signed by the owner of a key.
    ///
    /// # Errors
    /// 403 if the key may open no session.
    pub(crate) fn challenge(&self, state: &State, key: KeyId) -> Result<String, Problem> {
        reader(state, key)?;
        Ok(self.seal(Purpose::Challenge, key, CHALLENGE_S))
    }

    /// A token for a signed challenge. `signature` is over [`SIGNING_PREFIX`] and the challenge's text.
    ///
    /// # Errors
    /// 403 if the challenge was not made for that key or has expired, if the signature is not good, or if the key may
    /// open no session.
    pub(crate) fn token(
        &self,
        state: &State,
        key: KeyId,
        challenge: &str,
        signature: &[u8; 64],
    ) -> Result<String, Problem> {
        if self.open(Purpose::Challenge, challenge) != Some(key) {
            return Err(Problem::of(Code::ChallengeInvalid, "challenge", ""));
        }
        reader(state, key)?;
        let message = [SIGNING_PREFIX, challenge.as_bytes()].concat();
        let public = Authority::current(state).key(key).and_then(|known| VerificationKey::try_from(known.bytes).ok());
        let good = public.is_some_and(|public| public.verify(&Signature::from(*signature), &message).is_ok());
        if !good {
            return Err(Rejection::of(rejection::Code::SignatureInvalid, "signature", "").into());
        }
        Ok(self.seal(Purpose::Token, key, SESSION_S))
    }

    /// The official who holds a token.
    ///
    /// # Errors
    /// 401 if the token is not good or its key has been revoked since; 403 if the official has lost their role.
    pub(crate) fn reader(&self, state: &State, token: &str) -> Result<Reader, Problem> {
        let invalid = || Problem::of(Code::TokenInvalid, "authorization", "");
        let key = self.open(Purpose::Token, token).ok_or_else(invalid)?;
        let authority = Authority::current(state);
        if authority.key(key).is_none_or(|known| !authority.is_in_force(known)) {
            return Err(invalid());
        }
        Ok(reader(state, key)?)
    }

    fn seal(&self, purpose: Purpose, key: KeyId, good_for_s: u64) -> String {
        let until = self.now_s() + good_for_s;
        let mut sealed = Vec::with_capacity(SEALED_BYTES);
        sealed.extend_from_slice(&key.0.to_be_bytes());
        sealed.extend_from_slice(&until.to_be_bytes());
        let mac = self.mac(purpose, &sealed).finalize().into_bytes();
        sealed.extend_from_slice(&mac[..MAC_BYTES]);
        BASE64_URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The key that a challenge or token was made for, if the text is still good.
    fn open(&self, purpose: Purpose, text: &str) -> Option<KeyId> {
        let mut sealed = [0; SEALED_BYTES];
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, &mut sealed).ok()?;
        if length != SEALED_BYTES {
            return None;
        }
        let (body, mac) = sealed.split_at(SEALED_BYTES - MAC_BYTES);
        // The comparison takes the same time however much is right.
        self.mac(purpose, body).verify_truncated_left(mac).ok()?;
        let (key, until) = body.split_first_chunk::<8>()?;
        let until = u64::from_be_bytes(until.try_into().ok()?);
        (self.now_s() < until).then(|| KeyId(u64::from_be_bytes(*key)))
    }

    fn mac(&self, purpose: Purpose, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new(&self.mac_key.into());
        mac.update(&[purpose as u8]);
        mac.update(body);
        mac
    }

    fn now_s(&self) -> u64 {
        self.started.elapsed().as_secs()
    }
}

/// The official of a key, if the key is in force and the official has a role.
fn reader(state: &State, key: KeyId) -> Result<Reader, Rejection> {
    let signer = Authority::current(state).signer(key, None);
    let signer = signer.map_err(|code| Rejection::of(code, "key", key.to_string()))?;
    Ok(Reader { official: signer.official, area: signer.area })
}

/// Reads the bytes of a signature in base64.
pub(crate) fn signature(text: &str) -> Result<[u8; 64], Problem> {
    let bytes = BASE64_STANDARD.decode(text).ok().and_then(|bytes| <[u8; 64]>::try_from(bytes).ok());
    bytes.ok_or_else(|| Problem::of(Code::BodyMalformed, "signature", "not the base64 of 64 bytes"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use ed25519_zebra::SigningKey;
    use lika_domain::official::{Key, Official, Role};
    use std::time::Duration;

    const KEY: KeyId = KeyId(7);

    fn signer() -> SigningKey {
        SigningKey::from([3; 32])
    }

    fn state() -> State {
        let id = OfficialId::new(10_000_001).unwrap();
        let area = "130624".parse().unwrap();
        let bytes = VerificationKey::from(&signer()).into();
        let key = Key { official: id, bytes, since: 0, until: None, sequence: 0, previous: None };
        let official = Official {
            since: 0,
            roles: vec![(0, Some((Role::CountyOfficer, area)))],
            unit: "".into(),
            post: "".into(),
            keys: vec![KEY],
            caseload: vec![],
            visits: 0,
            sealed: None,
            erased: false,
        };
        State { keys: [(KEY, key)].into(), officials: [(id, official)].into(), ..State::default() }
    }

    fn signed(challenge: &str) -> [u8; 64] {
        signer().sign(&[SIGNING_PREFIX, challenge.as_bytes()].concat()).into()
    }

    fn code<T: std::fmt::Debug>(result: Result<T, Problem>) -> (u16, String) {
        let problem = result.unwrap_err();
        (problem.status().as_u16(), problem.into_refusal().code)
    }

    #[tokio::test(start_paused = true)]
    async fn a_signed_challenge_opens_a_session_for_a_while() {
        let (sessions, mut state) = (Sessions::new().unwrap(), state());
        let challenge = sessions.challenge(&state, KEY).unwrap();
        let token = sessions.token(&state, KEY, &challenge, &signed(&challenge)).unwrap();
        let reader = sessions.reader(&state, &token).unwrap();
        assert_eq!((reader.official.get(), reader.area.prefix().as_str()), (10_000_001, "130624"));
        tokio::time::advance(Duration::from_secs(CHALLENGE_S)).await;
        let late = sessions.token(&state, KEY, &challenge, &signed(&challenge));
        assert_eq!(code(late), (403, "challenge_invalid".into()));
        sessions.reader(&state, &token).unwrap();
        state.officials.first_entry().unwrap().get_mut().roles.push((1, None));
        assert_eq!(code(sessions.reader(&state, &token)), (403, "role_forbids".into()));
        state.keys.get_mut(&KEY).unwrap().until = Some(1);
        assert_eq!(code(sessions.reader(&state, &token)), (401, "token_invalid".into()));
        assert_eq!(code(sessions.challenge(&state, KEY)), (403, "key_revoked".into()));
        state.keys.get_mut(&KEY).unwrap().until = None;
        tokio::time::advance(Duration::from_secs(SESSION_S)).await;
        assert_eq!(code(sessions.reader(&state, &token)), (401, "token_invalid".into()));
    }

    #[tokio::test]
    async fn other_challenges_and_tokens_open_no_session() {
        let (sessions, state) = (Sessions::new().unwrap(), state());
        let challenge = sessions.challenge(&state, KEY).unwrap();
        assert_eq!(code(sessions.challenge(&state, KeyId(8))), (403, "key_unknown".into()));
        let token = |challenge: &str, signature| sessions.token(&state, KEY, challenge, &signature);
        assert_eq!(code(token(&challenge, signed("else"))), (403, "signature_invalid".into()));
        assert_eq!(code(token("else", signed("else"))), (403, "challenge_invalid".into()));
        let elsewhere = Sessions::new().unwrap().challenge(&state, KEY).unwrap();
        assert_eq!(code(token(&elsewhere, signed(&elsewhere))), (403, "challenge_invalid".into()));
        for text in ["", "x", challenge.as_str(), elsewhere.as_str(), &"A".repeat(43), &"A".repeat(400)] {
            assert_eq!(code(sessions.reader(&state, text)), (401, "token_invalid".into()), "{text}");
        }
    }
}
