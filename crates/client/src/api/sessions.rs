//! Sessions: a signed challenge is exchanged for a short-lived token, which gives access to restricted documents.

use super::{Api, ApiError};
use crate::key::Signer;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::json;

const SESSION_BYTES_MAX: usize = 64 * 1024;

/// A token and its lifetime.
#[derive(Clone, Deserialize)]
pub struct Session {
    /// Pass it to [`Api::with_token`].
    pub token: String,
    /// Lifetime, in seconds.
    pub expires_in_s: u64,
}

#[derive(Deserialize)]
struct Challenge {
    challenge: String,
}

impl Api {
    /// Opens a session with an enrolled key.
    ///
    /// # Errors
    /// [`ApiError::Refused`] if the key is not enrolled, or the node cannot be reached.
    pub async fn open_session(&self, signer: &Signer) -> Result<Session, ApiError> {
        let key = signer.id().to_string();
        let Challenge { challenge } =
            self.post_json("/v1/sessions", &json!({ "key": key }), SESSION_BYTES_MAX).await?;
        let signature = BASE64_STANDARD.encode(signer.sign_session(&challenge));
        let answer = json!({ "key": key, "challenge": challenge, "signature": signature });
        self.post_json("/v1/sessions", &answer, SESSION_BYTES_MAX).await
    }
}

impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session").field("expires_in_s", &self.expires_in_s).finish_non_exhaustive()
    }
}
