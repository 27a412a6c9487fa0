//! Who may sign: keys, officials, their roles and areas, and the opening of the log, all in one place.
//!
//! There are two views of it. *Recorded* is the authority that the recorder of an entry knew when it decided: the
//! entry's basis, and the entry itself. Checks of the rules use it, so that every replay comes to the same decision.
//! *Current* is the authority by everything applied: sessions and the vault use it, since they act now and are not
//! replayed.

use super::official::{Key, Official};
use super::store::Store;
use crate::facts::area::Area;
use crate::facts::header::EntryHeader;
use crate::facts::ids::{KeyId, OfficialId};
use crate::facts::official::{Mode, PublicKey, Role};
use crate::facts::rejection::{Code, Rejection};

/// A view of who may sign.
#[derive(Clone, Copy, Debug)]
pub struct Authority<'s, 'e, S> {
    store: &'s S,
    /// The entry whose recorder's knowledge is used; `None` uses everything that was applied.
    recorded: Option<&'e EntryHeader>,
}

/// An official who signs with a key in force.
#[derive(Clone, Copy, Debug)]
pub struct Signer<'s> {
    /// The key.
    pub key: &'s Key,
    /// Owner of the key.
    pub official: OfficialId,
    /// Their role.
    pub role: Role,
    /// The area of that role.
    pub area: Area,
}

/// The opening event's statements on who may sign before any official is enrolled.
#[derive(Clone, Copy, Debug)]
pub struct Opening<'e> {
    /// The first administrator.
    pub official: OfficialId,
    /// Their key.
    pub key: PublicKey,
    /// Name of the log.
    pub origin: &'e str,
    /// Area it covers.
    pub area: Area,
    /// Production or testing.
    pub mode: Mode,
}

impl<'s, 'e, S: Store> Authority<'s, 'e, S> {
    /// As the recorder of an entry knew it.
    pub fn recorded(store: &'s S, entry: &'e EntryHeader) -> Self {
        Self { store, recorded: Some(entry) }
    }

    /// By everything that was applied.
    pub fn current(store: &'s S) -> Self {
        Self { store, recorded: None }
    }

    /// An enrolled official.
    pub fn official(&self, id: OfficialId) -> Option<&'s Official> {
        self.store.official(id).filter(|official| self.sees(official.since))
    }

    /// A key that is enrolled, be it revoked or not.
    pub fn key(&self, id: KeyId) -> Option<&'s Key> {
        self.store.key(id).filter(|key| self.sees(key.since))
    }

    /// Whether a key may sign: enrolled and not revoked.
    pub fn is_in_force(&self, key: &Key) -> bool {
        self.sees(key.since) && !key.until.is_some_and(|until| self.sees(until))
    }

    /// Role and area of an official; `None` without one.
    pub fn role(&self, official: &Official) -> Option<(Role, Area)> {
        official.roles.iter().rev().find(|(since, _)| self.sees(*since)).and_then(|(_, role)| *role)
    }

    /// The signer with a key, which must be `author`'s if given.
    ///
    /// # Errors
    /// The first fault: `key_unknown`, `key_revoked`, `author_unknown`, `key_not_authors`, `role_forbids`.
    pub fn signer(&self, id: KeyId, author: Option<OfficialId>) -> Result<Signer<'s>, Code> {
        let key = self.key(id).ok_or(Code::KeyUnknown)?;
        if !self.is_in_force(key) {
            return Err(Code::KeyIsRevoked);
        }
        let author = author.unwrap_or(key.official);
        let official = self.official(author).ok_or(Code::AuthorUnknown)?;
        if key.official != author {
            return Err(Code::KeyNotAuthors);
        }
        let (role, area) = self.role(official).ok_or(Code::RoleForbids)?;
        Ok(Signer { key, official: author, role, area })
    }

    /// The author of a submission.
    ///
    /// # Errors
    /// As [`Self::signer`], with the field that is wrong.
    pub fn author(&self, key: KeyId, author: OfficialId) -> Result<Signer<'s>, Rejection> {
        self.signer(key, Some(author)).map_err(|code| match code {
            Code::KeyUnknown | Code::KeyIsRevoked => Rejection::of(code, "key", key.to_string()),
            _ => Rejection::of(code, "author", author.to_string()),
        })
    }

    /// Whether an official administers the whole area of the log and has a key in force other than `without`.
    pub fn governs(&self, official: &Official, without: Option<KeyId>) -> bool {
        let mut keys = official.keys.iter().filter(|id| Some(**id) != without);
        self.role(official).is_some_and(|role| self.is_whole(role))
            && keys.any(|id| self.store.key(*id).is_some_and(|key| self.is_in_force(key)))
    }

    /// Whether a role is that of an administrator of the whole area of the log.
    pub fn is_whole(&self, (role, area): (Role, Area)) -> bool {
        role == Role::Administrator && self.store.jurisdiction().is_some_and(|opened| opened.area == area)
    }

    /// The public key with which a submission must be signed: that of the key it names, or, until the log is opened,
    /// that of the opening event; `None` if the key is not enrolled. Other checks judge whether it may sign.
    pub fn public_key(&self, key: KeyId, opening: Option<Opening<'_>>) -> Option<[u8; 32]> {
        let enrolled = self.key(key).map(|key| key.bytes);
        let first = || opening.filter(|_| self.store.jurisdiction().is_none()).map(|opening| opening.key.bytes);
        enrolled.or_else(first)
    }

    /// The log's mode; until it is opened, the one in its opening.
    pub fn mode(&self, opening: Option<Opening<'_>>) -> Option<Mode> {
        self.store.jurisdiction().map(|opened| opened.mode).or(opening.map(|opening| opening.mode))
    }

    fn sees(&self, since: u64) -> bool {
        self.recorded.is_none_or(|entry| entry.sees(since))
    }
}
