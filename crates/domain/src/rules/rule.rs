//! The rule of an event: description, check and change; and the list of a service's events.

use super::judge::Judge;
use crate::facts::describe::{Described, Reporters};
use crate::facts::header::EntryHeader;
use crate::facts::official::Role;
use crate::state::store::Store;
use std::ops::{Deref, DerefMut};

/// The rule of one event: `check` may refuse it, `apply` never does. `E` is the envelope.
pub(crate) trait Rule<E>: Described {
    /// Roles that may report it, from its description. An event whose roles depend on its content overrides this.
    fn reporters(&self) -> &'static [Role] {
        match Self::EVENT.reporters {
            Reporters::Roles(roles) => roles,
            Reporters::ByContent(_) => &[],
        }
    }

    /// Judges it, and notes everything that is wrong.
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &E);

    /// Applies the change. A change to a missing record does nothing.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &E);
}

/// The events of a service: each is judged and applied by its own rule.
pub(crate) trait Kind<E> {
    /// Officials who may report it.
    fn reporters(&self) -> &'static [Role];

    /// Judges it.
    fn check(&self, judge: &mut Judge<'_>, store: &impl Store, event: &E);

    /// Applies it.
    fn apply(&self, store: &mut impl Store, entry: &EntryHeader, event: &E);
}

/// An event of a service: its envelope and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reported<E, K> {
    /// Date, subject, evidence and correction.
    pub envelope: E,
    /// The content.
    pub kind: K,
}

impl<E, K> Deref for Reported<E, K> {
    type Target = E;

    fn deref(&self) -> &E {
        &self.envelope
    }
}

impl<E, K> DerefMut for Reported<E, K> {
    fn deref_mut(&mut self) -> &mut E {
        &mut self.envelope
    }
}

/// Lists the events of a service. The enum, its dispatch and the list of descriptions are made from the list.
macro_rules! events {
    (
        $(#[$meta:meta])* $name:ident in $envelope:ty;
        $($event:ident $(in $boxed:ident)?,)+
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[allow(missing_docs, reason = "each variant is described by its payload")]
        pub enum $name { $($event($crate::rules::rule::kept!($event $($boxed)?))),+ }

        impl $name {
            /// Its events, in the order of the proto files.
            pub const EVENTS: &'static [$crate::facts::describe::Event] =
                &[$(<$event as $crate::facts::describe::Described>::EVENT),+];

            /// Its description.
            pub fn event(&self) -> &'static $crate::facts::describe::Event {
                match self { $(Self::$event(_) => &<$event as $crate::facts::describe::Described>::EVENT),+ }
            }
        }

        impl $crate::rules::rule::Kind<$envelope> for $name {
            fn reporters(&self) -> &'static [$crate::facts::official::Role] {
                match self { $(Self::$event(matter) => matter.reporters()),+ }
            }

            fn check(
                &self,
                judge: &mut $crate::rules::judge::Judge<'_>,
                store: &impl $crate::state::store::Store,
                event: &$envelope,
            ) {
                match self { $(Self::$event(matter) => matter.check(judge, store, event)),+ }
            }

            fn apply(
                &self,
                store: &mut impl $crate::state::store::Store,
                entry: &$crate::facts::header::EntryHeader,
                event: &$envelope,
            ) {
                match self { $(Self::$event(matter) => matter.apply(store, entry, event)),+ }
            }
        }
    };
}

/// How an event is kept in its enum.
macro_rules! kept {
    ($event:ident) => { $event };
    ($event:ident Box) => { Box<$event> };
}

pub(crate) use {events, kept};
