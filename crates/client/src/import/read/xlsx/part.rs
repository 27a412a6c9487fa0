//! Parts of a workbook, unpacked in a stream and read tag by tag, with limits on everything.

use crate::import::limits::{PARTS_MAX, RATIO_FROM_BYTES, RATIO_MAX, UNPACKED_BYTES_MAX, WORKBOOK_MS_MAX};
use crate::import::read::error::ReadError;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use std::cell::Cell;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::time::{Duration, Instant};
use zip::ZipArchive;
use zip::read::ZipFile;

/// Longest tag or text between two tags, in bytes.
const TAG_BYTES_MAX: usize = 1024 * 1024;
/// Deepest nesting. Workbooks need about ten.
const DEPTH_MAX: usize = 64;
/// Bytes unpacked at a time.
const BUFFER_BYTES: usize = 64 * 1024;
/// How many tags are read between two looks at the clock.
const TAGS_BETWEEN_LOOKS: usize = 4_096;

/// A workbook's parts.
pub(super) struct Package<'b> {
    archive: ZipArchive<Cursor<&'b [u8]>>,
    /// Bytes that may still be unpacked.
    left: Cell<u64>,
    deadline: Instant,
}

/// What a part is made of, as far as tables need it.
pub(super) enum Tag<'a> {
    /// A tag is opened: its name without prefix, and its attributes. One that is closed at once is followed by its
    /// end.
    Open(&'a str, &'a BytesStart<'a>),
    /// A tag is closed.
    Close(&'a str),
    /// Text between tags; one text may come in several pieces.
    Text(&'a str),
}

/// Where unpacking stopped at a limit.
#[derive(Clone, Copy, Debug)]
enum Limit {
    Unpacked,
    TagTooLong,
    Declaration,
}

/// Bytes of a part, counted.
struct Counted<'p, 'b> {
    file: BufReader<ZipFile<'p, Cursor<&'b [u8]>>>,
    left: &'p Cell<u64>,
    packed: u64,
    unpacked: u64,
    /// Bytes since the last bracket of a tag.
    run: usize,
    last: u8,
    stopped: &'p Cell<Option<Limit>>,
}

impl<'b> Package<'b> {
    /// Reads the list of parts.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Self, ReadError> {
        let archive =
            ZipArchive::new(Cursor::new(bytes)).map_err(|error| ReadError::damaged("the list of parts", error))?;
        if archive.len() > PARTS_MAX {
            return Err(ReadError::TooManyParts);
        }
        let deadline = Instant::now() + Duration::from_millis(WORKBOOK_MS_MAX);
        Ok(Self { archive, left: Cell::new(UNPACKED_BYTES_MAX), deadline })
    }

    /// Names of all parts.
    pub(super) fn names(&self) -> impl Iterator<Item = String> {
        self.archive.file_names_raw().map(|name| String::from_utf8_lossy(name).replace('\\', "/"))
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, part: &str) -> bool {
        self.archive.index_for_name(part).is_some()
    }

    /// Reads a part from its beginning to its end, or until `each` fails.
    pub(super) fn read(
        &mut self,
        part: &str,
        mut each: impl FnMut(Tag<'_>) -> Result<(), ReadError>,
    ) -> Result<(), ReadError> {
        let stopped = Cell::new(None);
        let deadline = self.deadline;
        let file = self.archive.by_name(part).map_err(|error| ReadError::damaged(part, error))?;
        let packed = file.compressed_size();
        let file = BufReader::with_capacity(BUFFER_BYTES, file);
        let counted = Counted { file, left: &self.left, packed, unpacked: 0, run: 0, last: 0, stopped: &stopped };
        tags(Reader::from_reader(counted), part, deadline, &mut each).map_err(|error| match stopped.get() {
            Some(Limit::Unpacked) => ReadError::Bomb(part.to_owned()),
            Some(Limit::TagTooLong) => ReadError::damaged(part, format!("a tag of more than {TAG_BYTES_MAX} bytes")),
            Some(Limit::Declaration) => ReadError::damaged(part, "comments and declarations are not read"),
            None => error,
        })
    }
}

fn tags(
    mut reader: Reader<Counted<'_, '_>>,
    part: &str,
    deadline: Instant,
    each: &mut impl FnMut(Tag<'_>) -> Result<(), ReadError>,
) -> Result<(), ReadError> {
    let (mut buffer, mut depth, mut count) = (Vec::new(), 0_usize, 0_usize);
    loop {
        buffer.clear();
        count += 1;
        if count.is_multiple_of(TAGS_BETWEEN_LOOKS) && Instant::now() > deadline {
            return Err(ReadError::TooSlow);
        }
        match reader.read_event_into(&mut buffer).map_err(|error| ReadError::damaged(part, error))? {
            Event::Start(tag) => {
                depth += 1;
                if depth > DEPTH_MAX {
                    return Err(ReadError::damaged(part, "its tags are nested too deeply"));
                }
                each(Tag::Open(tag.local_name().as_ref(), &tag))?;
            }
            Event::Empty(tag) => {
                each(Tag::Open(tag.local_name().as_ref(), &tag))?;
                each(Tag::Close(tag.local_name().as_ref()))?;
            }
            Event::End(tag) => {
                depth = depth.saturating_sub(1);
                each(Tag::Close(tag.local_name().as_ref()))?;
            }
            Event::Text(text) => each(Tag::Text(&text.xml10_content()))?,
            Event::GeneralRef(reference) => {
                let name = reference.xml10_content();
                let known = quick_xml::escape::resolve_predefined_entity(&name).map(str::to_owned);
                let character = || reference.resolve_char_ref().ok().flatten().map(String::from);
                let text = known.or_else(character);
                each(Tag::Text(&text.ok_or_else(|| ReadError::damaged(part, "a reference of its own making"))?))?;
            }
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// The value of an attribute; `None` if the tag has none of that name. Prefixes do not matter.
pub(super) fn attribute(tag: &BytesStart<'_>, name: &str) -> Option<String> {
    let mut attributes = tag.attributes();
    let found = attributes
        .with_checks(false)
        .flatten()
        .find(|attribute| attribute.key.local_name().as_ref() as &str == name)?;
    quick_xml::escape::unescape(&found.value).ok().map(|value| value.into_owned())
}

/// Whether an attribute says yes.
pub(super) fn is_true(tag: &BytesStart<'_>, name: &str) -> bool {
    attribute(tag, name).is_some_and(|value| matches!(value.as_str(), "1" | "true" | "on"))
}

impl Counted<'_, '_> {
    fn stop(&self, limit: Limit) -> io::Error {
        self.stopped.set(Some(limit));
        io::Error::other("a limit of workbooks")
    }

    /// A tag cannot be known to end before it ends, so its length is counted here. In well-formed text `<` stands only
    /// where a tag begins; `<!` begins what may hold brackets of its own and no workbook needs.
    fn look(&mut self, taken: usize) -> io::Result<()> {
        let (mut run, mut last) = (self.run, self.last);
        let start = self.unpacked == 0;
        let buffer = self.file.buffer();
        for (place, byte) in buffer.iter().take(taken).enumerate() {
            run = if matches!(byte, b'<' | b'>') { 0 } else { run + 1 };
            let declares = last == b'<' && (*byte == b'!' || (*byte == b'?' && !(start && place < 8)));
            if declares {
                return Err(self.stop(Limit::Declaration));
            }
            if run > TAG_BYTES_MAX {
                return Err(self.stop(Limit::TagTooLong));
            }
            last = *byte;
        }
        (self.run, self.last) = (run, last);
        Ok(())
    }
}

impl BufRead for Counted<'_, '_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.stopped.get().is_some() {
            return Err(io::Error::other("a limit of workbooks"));
        }
        if self.file.buffer().is_empty() {
            let found = self.file.fill_buf()?.len();
            self.look(found)?;
            self.unpacked += found as u64;
            let too_far = self.unpacked > RATIO_FROM_BYTES && self.unpacked > self.packed.saturating_mul(RATIO_MAX);
            match self.left.get().checked_sub(found as u64) {
                Some(left) if !too_far => self.left.set(left),
                _ => return Err(self.stop(Limit::Unpacked)),
            }
        }
        Ok(self.file.buffer())
    }

    fn consume(&mut self, amount: usize) {
        self.file.consume(amount);
    }
}

impl Read for Counted<'_, '_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let from = self.fill_buf()?;
        let count = from.len().min(to.len());
        to[..count].copy_from_slice(&from[..count]);
        self.consume(count);
        Ok(count)
    }
}
