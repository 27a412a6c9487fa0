//! Closed lists of the field, each variant with its fixed number on the wire and its name in views.

/// Declares an enum whose variants carry their wire number and their name.
macro_rules! kinds {
    ($(#[$meta:meta])* $name:ident { $($(#[$variant_meta:meta])* $variant:ident = $number:literal $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, borsh::BorshSerialize, borsh::BorshDeserialize)]
        #[borsh(use_discriminant = true)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_meta])* $variant = $number),+ }

        impl $name {
            /// Every variant, in the order of its numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// From the number on the wire; `None` for 0 (not given) and for numbers this version does not know.
            pub fn from_wire(number: i32) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)+ _ => None }
            }

            /// Its name in views and command-line output.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
    };
}

pub(crate) use kinds;
