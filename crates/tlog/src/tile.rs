//! Tiles of <https://c2sp.org/tlog-tiles>: their paths, which of them a log of a given size serves, and their
//! contents.
//!
//! Tile n of level l holds the roots of 256 neighbouring complete subtrees, each over 256^l leaves. The rightmost
//! tile of a level is partial: it holds fewer, and its own root is never hashed into the level above. The hashes of
//! the tree levels between two tile levels are not stored; [`TileCoordinates`] says which hashes of a tile they are
//! computed from.

use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::hash::{HASH_BYTES, Hash, node_hash};
use crate::text;

/// Tree levels that one tile spans.
pub const TILE_HEIGHT: u8 = 8;

/// Hashes in a full tile, and entries in a full bundle.
pub const TILE_WIDTH: u16 = 1 << TILE_HEIGHT;

/// Highest tile level that a path may name.
pub const TILE_LEVEL_MAX: u8 = 63;

/// Tile levels of a tree whose size is a `u64`.
const TREE_TILE_LEVELS: u8 = 8;

/// Longest path of a tile, in bytes; longer text is refused unread.
pub const TILE_PATH_BYTES_MAX: usize = 64;

/// The content of a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Hashes of subtrees over 256^level leaves each; level 0 to 63.
    Hashes(u8),
    /// The entries themselves, as a bundle.
    Entries,
}

/// Which tile, and how much of it: the name of one immutable file of a log, below the log's prefix.
///
/// Shown as `tile/<L>/<N>[.p/<W>]` or `tile/entries/<N>[.p/<W>]`; parsing accepts exactly what is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TilePath {
    kind: TileKind,
    n: u64,
    width: u16,
}

/// Why a text or a triple of numbers does not name a tile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TilePathError {
    /// Longer than [`TILE_PATH_BYTES_MAX`].
    #[error("a tile path has at most {TILE_PATH_BYTES_MAX} bytes")]
    TooLong,
    /// Not of the form `tile/<L>/<N>[.p/<W>]`.
    #[error("not of the form tile/<L>/<N>[.p/<W>]")]
    Form,
    /// The level is not `entries` or a number from 0 to 63.
    #[error("the level is not \"entries\" or a number from 0 to {TILE_LEVEL_MAX}")]
    Level,
    /// The number is not in groups of three digits, all but the last prefixed with x, or needs more than 64 bits.
    #[error("the number is not in groups of three digits, or too large")]
    Number,
    /// The width is not from 1 to 256, or a path spells out the width 256.
    #[error("the width is not a number from 1 to 255, or absent")]
    Width,
}

/// Why the content of a tile is invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TileError {
    /// The file has another length than its width demands.
    #[error("a tile of {width} hashes has {} bytes, not {actual}", usize::from(*width) * HASH_BYTES)]
    Length {
        /// Hashes that the tile must have.
        width: u16,
        /// Bytes that were given.
        actual: usize,
    },
    /// The tile has too few hashes for the operation.
    #[error("the tile needs {needed} hashes and has {actual}")]
    Narrow {
        /// Hashes needed.
        needed: u16,
        /// Hashes there.
        actual: usize,
    },
}

/// Location of the hash of a complete subtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TileCoordinates {
    /// Tile level.
    pub level: u8,
    /// Number of the tile within its level.
    pub n: u64,
    /// First of the tile's hashes that lie below the subtree's root.
    start: u16,
    /// Number of these hashes: a power of two from 1 to 128.
    count: u16,
}

/// All tiles and bundles that a log of `size` entries serves: for each level from 0 up its full tiles and then the
/// partial one, and in the same way the entry bundles at the end. Nothing for the empty log.
pub fn tiles_of(size: u64) -> impl Iterator<Item = TilePath> {
    let kinds = (0..TREE_TILE_LEVELS).map(TileKind::Hashes).chain([TileKind::Entries]);
    kinds.flat_map(move |kind| {
        let full = (0..full_tiles(kind.level(), size)).map(move |n| TilePath { kind, n, width: TILE_WIDTH });
        full.chain(TilePath::partial(kind, size))
    })
}

/// Full tiles at this level of a log of `size` entries: ⌊size / 256^(level+1)⌋.
pub fn full_tiles(level: u8, size: u64) -> u64 {
    subtrees(level, size) >> TILE_HEIGHT
}

/// Hashes in the partial tile at this level of a log of `size` entries: ⌊size / 256^level⌋ mod 256. If it is 0, there
/// is none.
pub fn width_at(level: u8, size: u64) -> u16 {
    let [.., low] = subtrees(level, size).to_be_bytes();
    low.into()
}

/// Reads the content of a tile of `width` hashes.
///
/// # Errors
/// [`TileError::Length`] unless there are exactly `width` times 32 bytes.
pub fn read_hashes(bytes: &[u8], width: u16) -> Result<Vec<Hash>, TileError> {
    let (hashes, []) = bytes.as_chunks::<HASH_BYTES>() else {
        return Err(TileError::Length { width, actual: bytes.len() });
    };
    if hashes.len() != usize::from(width) {
        return Err(TileError::Length { width, actual: bytes.len() });
    }
    Ok(hashes.iter().copied().map(Hash).collect())
}

/// The content of a tile with these hashes: their bytes one after another.
pub fn write_hashes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(Hash::as_bytes).copied().collect()
}

/// Root of a full tile, which is one hash of the tile above it.
///
/// # Errors
/// [`TileError::Narrow`] or [`TileError::Length`] unless there are exactly 256 hashes.
pub fn full_tile_root(hashes: &[Hash]) -> Result<Hash, TileError> {
    if hashes.len() > usize::from(TILE_WIDTH) {
        return Err(TileError::Length { width: TILE_WIDTH, actual: hashes.len() * HASH_BYTES });
    }
    TileCoordinates { level: 0, n: 0, start: 0, count: TILE_WIDTH }.hash_in(hashes)
}

impl TileKind {
    /// The tile level; bundles are cut like level 0.
    pub fn level(self) -> u8 {
        match self {
            Self::Hashes(level) => level,
            Self::Entries => 0,
        }
    }
}

impl TilePath {
    /// Names tile `n`, with `width` hashes or entries; the width 256 means the full tile.
    ///
    /// # Errors
    /// [`TilePathError::Level`] above 63, [`TilePathError::Width`] outside 1 to 256.
    pub fn new(kind: TileKind, n: u64, width: u16) -> Result<Self, TilePathError> {
        if kind.level() > TILE_LEVEL_MAX {
            return Err(TilePathError::Level);
        }
        if !(1..=TILE_WIDTH).contains(&width) {
            return Err(TilePathError::Width);
        }
        Ok(Self { kind, n, width })
    }

    /// Tile `n` as a log of `size` entries serves it, full or partial; none if the log does not reach it.
    pub fn at(kind: TileKind, n: u64, size: u64) -> Option<Self> {
        if n < full_tiles(kind.level(), size) {
            return Self::new(kind, n, TILE_WIDTH).ok();
        }
        Self::partial(kind, size).filter(|partial| partial.n == n)
    }

    /// The partial tile of this kind in a log of `size` entries; none if the full tiles hold everything.
    pub fn partial(kind: TileKind, size: u64) -> Option<Self> {
        Self::new(kind, full_tiles(kind.level(), size), width_at(kind.level(), size)).ok()
    }

    /// The full tile that begins with this one. A reader that misses a partial tile cuts it from this.
    pub fn full(self) -> Self {
        Self { width: TILE_WIDTH, ..self }
    }

    /// The content of the tile.
    pub fn kind(self) -> TileKind {
        self.kind
    }

    /// Number of the tile within its level.
    pub fn n(self) -> u64 {
        self.n
    }

    /// Hashes or entries in it, 1 to 256.
    pub fn width(self) -> u16 {
        self.width
    }

    /// Whether it has fewer than 256.
    pub fn is_partial(self) -> bool {
        self.width < TILE_WIDTH
    }

    /// Index of the first entry below the tile; none if that index needs more than 64 bits.
    pub fn first_entry(self) -> Option<u64> {
        let entries = u64::from(TILE_WIDTH).checked_pow(u32::from(self.kind.level()) + 1);
        if self.n == 0 { Some(0) } else { entries?.checked_mul(self.n) }
    }
}

impl fmt::Display for TilePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.kind {
            TileKind::Hashes(level) => write!(f, "tile/{level}/")?,
            TileKind::Entries => f.write_str("tile/entries/")?,
        }
        write_number(f, self.n / 1000)?;
        write!(f, "{:03}", self.n % 1000)?;
        if self.is_partial() { write!(f, ".p/{}", self.width) } else { Ok(()) }
    }
}

impl FromStr for TilePath {
    type Err = TilePathError;

    fn from_str(path: &str) -> Result<Self, TilePathError> {
        if path.len() > TILE_PATH_BYTES_MAX {
            return Err(TilePathError::TooLong);
        }
        let tile = path.strip_prefix("tile/").ok_or(TilePathError::Form)?;
        let (level, rest) = tile.split_once('/').ok_or(TilePathError::Form)?;
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, parse_width(width)?),
            None => (rest, TILE_WIDTH),
        };
        Self::new(parse_level(level)?, parse_number(number)?, width)
    }
}

impl TileCoordinates {
    /// The tile hashes below the root of complete subtree `index` of tree level `level`, as [`crate::HashSource`]
    /// counts.
    pub fn of(level: u8, index: u64) -> Self {
        let height = level % TILE_HEIGHT;
        // The subtree is one of 2^(8 - height) in its tile.
        let place = TILE_HEIGHT - height;
        let [.., low] = (index & ((1 << place) - 1)).to_be_bytes();
        Self { level: level / TILE_HEIGHT, n: index >> place, start: u16::from(low) << height, count: 1 << height }
    }

    /// How many hashes the tile must have at least.
    pub fn width(self) -> u16 {
        self.start + self.count
    }

    /// Which of the tile's hashes lie below the subtree's root.
    pub fn range(self) -> Range<usize> {
        self.start.into()..self.width().into()
    }

    /// The subtree's root, from the hashes of its tile.
    ///
    /// # Errors
    /// [`TileError::Narrow`] if the tile ends before the subtree does.
    pub fn hash_in(self, tile: &[Hash]) -> Result<Hash, TileError> {
        let narrow = TileError::Narrow { needed: self.width(), actual: tile.len() };
        let mut row = tile.get(self.range()).ok_or(narrow)?.to_vec();
        while row.len() > 1 {
            row = row.as_chunks::<2>().0.iter().map(|[left, right]| node_hash(left, right)).collect();
        }
        row.pop().ok_or(narrow)
    }
}

/// Number of complete subtrees over 256^level leaves in a log of `size` entries.
fn subtrees(level: u8, size: u64) -> u64 {
    size.checked_shr(u32::from(level) * u32::from(TILE_HEIGHT)).unwrap_or(0)
}

/// Writes the leading groups of a tile number, each with its x.
fn write_number(f: &mut fmt::Formatter<'_>, thousands: u64) -> fmt::Result {
    if thousands == 0 {
        return Ok(());
    }
    write_number(f, thousands / 1000)?;
    write!(f, "x{:03}/", thousands % 1000)
}

fn parse_level(text: &str) -> Result<TileKind, TilePathError> {
    if text == "entries" {
        return Ok(TileKind::Entries);
    }
    let level = text::decimal(text).and_then(|level| u8::try_from(level).ok());
    level.map(TileKind::Hashes).ok_or(TilePathError::Level)
}

fn parse_number(text: &str) -> Result<u64, TilePathError> {
    let mut groups = text.split('/').rev().enumerate().map(|(place, group)| match place {
        0 => Some(group),
        _ => group.strip_prefix('x'),
    });
    let canonical = groups.all(|group| group.is_some_and(is_group)) && !text.starts_with("x000");
    if !canonical {
        return Err(TilePathError::Number);
    }
    let mut digits = text.bytes().filter(u8::is_ascii_digit).map(|digit| u64::from(digit - b'0'));
    let number = digits.try_fold(0u64, |number, digit| number.checked_mul(10)?.checked_add(digit));
    number.ok_or(TilePathError::Number)
}

fn is_group(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn parse_width(text: &str) -> Result<u16, TilePathError> {
    let width = text::decimal(text).and_then(|width| u16::try_from(width).ok());
    width.filter(|width| (1..TILE_WIDTH).contains(width)).ok_or(TilePathError::Width)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::hash::leaf_hash;
    use crate::tree::Frontier;

    fn path(kind: TileKind, n: u64, width: u16) -> TilePath {
        TilePath::new(kind, n, width).unwrap()
    }

    fn hashes(count: u16) -> Vec<Hash> {
        (0..count).map(|number| leaf_hash(&number.to_be_bytes())).collect()
    }

    #[test]
    fn paths_have_one_spelling() {
        for (tile, spelling) in [
            (path(TileKind::Hashes(0), 0, 256), "tile/0/000"),
            (path(TileKind::Hashes(0), 273, 112), "tile/0/273.p/112"),
            (path(TileKind::Hashes(1), 999, 256), "tile/1/999"),
            (path(TileKind::Hashes(63), 1_000, 1), "tile/63/x001/000.p/1"),
            (path(TileKind::Hashes(0), 1_234_067, 256), "tile/0/x001/x234/067"),
            (path(TileKind::Entries, 1_234_067, 255), "tile/entries/x001/x234/067.p/255"),
            (path(TileKind::Entries, u64::MAX, 8), "tile/entries/x018/x446/x744/x073/x709/x551/615.p/8"),
        ] {
            assert_eq!(tile.to_string(), spelling);
            assert_eq!(spelling.parse(), Ok(tile));
        }
    }

    #[test]
    fn other_spellings_are_refused() {
        for (spelling, error) in [
            ("", TilePathError::Form),
            ("tile", TilePathError::Form),
            ("tile/0", TilePathError::Form),
            ("/tile/0/000", TilePathError::Form),
            ("Tile/0/000", TilePathError::Form),
            ("tile/8/0/000", TilePathError::Number),
            ("tile/data/000", TilePathError::Level),
            ("tile//000", TilePathError::Level),
            ("tile/00/000", TilePathError::Level),
            ("tile/01/000", TilePathError::Level),
            ("tile/-1/000", TilePathError::Level),
            ("tile/64/000", TilePathError::Level),
            ("tile/256/000", TilePathError::Level),
            ("tile/0/", TilePathError::Number),
            ("tile/0/0", TilePathError::Number),
            ("tile/0/00", TilePathError::Number),
            ("tile/0/0000", TilePathError::Number),
            ("tile/0/x000", TilePathError::Number),
            ("tile/0/x000/001", TilePathError::Number),
            ("tile/0/001/000", TilePathError::Number),
            ("tile/0/x001/x000", TilePathError::Number),
            ("tile/0/x001//000", TilePathError::Number),
            ("tile/0/000/", TilePathError::Number),
            ("tile/0/+00", TilePathError::Number),
            ("tile/0/x018/x446/x744/x073/x709/x551/616", TilePathError::Number),
            ("tile/0/x999/x999/x999/x999/x999/x999/999", TilePathError::Number),
            ("tile/0/000.p", TilePathError::Number),
            ("tile/0/000.p/", TilePathError::Width),
            ("tile/0/000.p/0", TilePathError::Width),
            ("tile/0/000.p/01", TilePathError::Width),
            ("tile/0/000.p/256", TilePathError::Width),
            ("tile/0/000.p/65537", TilePathError::Width),
            ("tile/0/000.p/1/", TilePathError::Width),
            ("tile/0/000.p/1.p/1", TilePathError::Width),
            (&"tile/0/000".repeat(10), TilePathError::TooLong),
        ] {
            assert_eq!(spelling.parse::<TilePath>(), Err(error), "{spelling:?}");
        }
        assert_eq!(TilePath::new(TileKind::Hashes(64), 0, 1), Err(TilePathError::Level));
        assert_eq!(TilePath::new(TileKind::Entries, 0, 0), Err(TilePathError::Width));
        assert_eq!(TilePath::new(TileKind::Entries, 0, 257), Err(TilePathError::Width));
    }

    #[test]
    fn the_longest_path_is_within_the_limit() {
        assert!(path(TileKind::Entries, u64::MAX, 255).to_string().len() <= TILE_PATH_BYTES_MAX);
    }

    #[test]
    fn tiles_of_a_log_of_70_000() {
        let tiles: Vec<TilePath> = tiles_of(70_000).collect();
        let hashes = |level| tiles.iter().filter(move |tile| tile.kind() == TileKind::Hashes(level));
        assert_eq!(hashes(0).filter(|tile| !tile.is_partial()).count(), 273);
        assert_eq!(hashes(0).next_back().unwrap().to_string(), "tile/0/273.p/112");
        let above: Vec<String> = hashes(1).chain(hashes(2)).map(TilePath::to_string).collect();
        assert_eq!(above, ["tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"]);
        let mut bundles = tiles.iter().filter(|tile| tile.kind() == TileKind::Entries);
        assert_eq!(bundles.clone().count(), 274);
        assert_eq!(bundles.next_back().unwrap().to_string(), "tile/entries/273.p/112");
        assert_eq!(tiles.len(), 274 + 2 + 1 + 274);
    }

    #[test]
    fn tiles_at_the_edges() {
        let names = |size| tiles_of(size).map(|tile| tile.to_string()).collect::<Vec<_>>();
        assert_eq!(names(0), [""; 0]);
        assert_eq!(names(1), ["tile/0/000.p/1", "tile/entries/000.p/1"]);
        assert_eq!(names(256), ["tile/0/000", "tile/1/000.p/1", "tile/entries/000"]);
        assert_eq!(
            names(257),
            ["tile/0/000", "tile/0/001.p/1", "tile/1/000.p/1", "tile/entries/000", "tile/entries/001.p/1"]
        );
        assert_eq!((full_tiles(7, u64::MAX), width_at(7, u64::MAX), width_at(8, u64::MAX)), (0, 255, 0));
        assert_eq!(tiles_of(u64::MAX).next(), Some(path(TileKind::Hashes(0), 0, 256)));
    }

    #[test]
    fn a_tile_as_served_at_a_size() {
        let at = |n, size| TilePath::at(TileKind::Hashes(0), n, size);
        assert_eq!(at(0, 0), None);
        assert_eq!(at(0, 255), Some(path(TileKind::Hashes(0), 0, 255)));
        assert_eq!(at(0, 256), Some(path(TileKind::Hashes(0), 0, 256)));
        assert_eq!(at(1, 256), None);
        assert_eq!(at(1, 300), Some(path(TileKind::Hashes(0), 1, 44)));
        assert_eq!(at(2, 300), None);
        assert_eq!(at(1, 300).unwrap().full().to_string(), "tile/0/001");
    }

    #[test]
    fn first_entries() {
        assert_eq!(path(TileKind::Entries, 3, 256).first_entry(), Some(768));
        assert_eq!(path(TileKind::Hashes(1), 3, 256).first_entry(), Some(3 << 16));
        assert_eq!(path(TileKind::Hashes(7), 0, 1).first_entry(), Some(0));
        assert_eq!(path(TileKind::Hashes(7), 1, 1).first_entry(), None);
        assert_eq!(path(TileKind::Hashes(0), u64::MAX, 1).first_entry(), None);
    }

    #[test]
    fn content_has_exactly_its_length() {
        let hashes = hashes(3);
        let bytes = write_hashes(&hashes);
        assert_eq!(read_hashes(&bytes, 3), Ok(hashes));
        for (bytes, width) in [(&bytes[..], 2), (&bytes[..], 4), (&bytes[..95], 3), (&[], 1)] {
            let error = TileError::Length { width, actual: bytes.len() };
            assert_eq!(read_hashes(bytes, width), Err(error), "width {width}");
        }
        assert_eq!(read_hashes(&bytes, 2).unwrap_err().to_string(), "a tile of 2 hashes has 64 bytes, not 96");
    }

    #[test]
    fn a_full_tile_has_a_root() {
        let hashes = hashes(257);
        let mut frontier = Frontier::new();
        hashes[..256].iter().for_each(|hash| frontier.push(*hash));
        assert_eq!(full_tile_root(&hashes[..256]), Ok(frontier.root()));
        assert_eq!(full_tile_root(&hashes[..255]), Err(TileError::Narrow { needed: 256, actual: 255 }));
        assert_eq!(full_tile_root(&hashes), Err(TileError::Length { width: 256, actual: 257 * 32 }));
    }

    #[test]
    fn coordinates_of_subtrees() {
        for (level, index, expected) in [
            (0, 0, (0, 0, 0..1)),
            (0, 300, (0, 1, 44..45)),
            (7, 1, (0, 0, 128..256)),
            (3, 33, (0, 1, 8..16)),
            (8, 300, (1, 1, 44..45)),
            (63, 1, (7, 0, 128..256)),
        ] {
            let found = TileCoordinates::of(level, index);
            assert_eq!((found.level, found.n, found.range()), expected, "{level}/{index}");
            assert_eq!(usize::from(found.width()), expected.2.end);
        }
    }

    #[test]
    fn subtrees_within_a_tile() {
        let hashes = hashes(20);
        let mut frontier = Frontier::new();
        hashes[16..20].iter().for_each(|hash| frontier.push(*hash));
        let coordinates = TileCoordinates::of(2, 4);
        assert_eq!(coordinates.hash_in(&hashes), Ok(frontier.root()));
        assert_eq!(coordinates.hash_in(&hashes[..19]), Err(TileError::Narrow { needed: 20, actual: 19 }));
    }

    proptest! {
        #[test]
        fn paths_roundtrip(level in 0u8..=63, n: u64, shift in 0u32..64, width in 1u16..=256, entries: bool) {
            let kind = if entries { TileKind::Entries } else { TileKind::Hashes(level) };
            let tile = path(kind, n >> shift, width);
            prop_assert_eq!(tile.to_string().parse(), Ok(tile));
        }

        #[test]
        fn a_path_that_parses_is_canonical(
            spelling in "tile/(entries|[0-9]{1,2})/(x[0-9]{3}/){0,7}[0-9]{2,4}(\\.p/[0-9]{0,4})?",
        ) {
            if let Ok(tile) = spelling.parse::<TilePath>() {
                prop_assert_eq!(tile.to_string(), spelling);
            }
        }

        #[test]
        fn parsing_never_panics(spelling in ".{0,80}", bytes: Vec<u8>, width: u16) {
            prop_assert!(spelling.parse::<TilePath>().is_err());
            prop_assert_eq!(read_hashes(&bytes, width).is_ok(), bytes.len() == usize::from(width) * 32);
        }

        #[test]
        fn widths_and_full_tiles_make_up_the_size(size: u64, level in 0u8..10) {
            let subtrees = u128::from(full_tiles(level, size)) * 256 + u128::from(width_at(level, size));
            prop_assert_eq!(subtrees, u128::from(size) / 256u128.pow(level.into()));
        }

        #[test]
        fn coordinates_never_panic(level: u8, index: u64) {
            let found = TileCoordinates::of(level, index);
            prop_assert!(found.width() <= TILE_WIDTH && found.range().len().is_power_of_two());
        }
    }
}
