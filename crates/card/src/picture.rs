//! Draws a code, and finds it in a photograph.

use crate::code::{Code, CodeError};
use fast_qr::{ECL, QRBuilder};
use image::imageops::thumbnail;
use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits};
use rxing::common::{GlobalHistogramBinarizer, HybridBinarizer};
use rxing::qrcode::QRCodeReader;
use rxing::{BinaryBitmap, DecodeHints, Luma8LuminanceSource, RXingResult, Reader};
use std::io::Cursor;
use std::time::{Duration, Instant};

/// Largest file of a picture that is read, in bytes.
pub const PICTURE_BYTES_MAX: u64 = 32 << 20;
/// Most pixels of a picture.
const PIXELS_MAX: u64 = 64_000_000;
/// Most memory for decoding a picture, in bytes.
const MEMORY_MAX: u64 = 320 << 20;
/// The sizes in which a code is searched for, as the longer side in pixels. The noise of a photograph goes away when
/// it is made smaller; the modules of a code must not.
const SIDES: [u32; 7] = [1_500, 1_100, 800, 2_000, 2_600, 600, 450];
/// After this time no further size is tried.
const TIME_MAX: Duration = Duration::from_secs(8);

/// Why a picture shows no code.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// Not a picture, or a damaged one.
    #[error("the picture cannot be read: {0}")]
    Unreadable(#[from] image::ImageError),
    /// Too many pixels.
    #[error("the picture has {width} × {height} pixels; at most {PIXELS_MAX} are read")]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// There is no code in it, or it is not legible.
    #[error(
        "no code can be read in the picture: take it from straight above, sharp, with the code filling half of it"
    )]
    NoCode,
    /// The code is not drawn.
    #[error(transparent)]
    Code(#[from] CodeError),
}

/// Whether these are the first bytes of a PNG or a JPEG file.
pub fn is_picture(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x89PNG\r\n") || bytes.starts_with(b"\xff\xd8\xff")
}

/// The rows of a code's modules, dark ones `true`, without the quiet margin of four modules that it needs.
///
/// # Errors
/// [`CodeError::TooLong`].
pub fn modules(code: &Code) -> Result<Vec<Vec<bool>>, CodeError> {
    let drawn = QRBuilder::new(code.text()).ecl(ECL::M).build().map_err(|_| CodeError::TooLong)?;
    let row = |row: usize| (0..drawn.size).map(|column| drawn[row][column].value()).collect();
    Ok((0..drawn.size).map(row).collect())
}

/// Finds the code in a PNG or JPEG picture. It takes a bounded number of attempts, each on a bounded number of pixels.
///
/// # Errors
/// If the picture cannot be read, is too large, or shows no code of a card.
pub fn read_picture(bytes: &[u8]) -> Result<Code, PictureError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(image::ImageError::IoError)?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MEMORY_MAX);
    reader.limits(limits);
    let decoder = reader.into_decoder()?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > PIXELS_MAX {
        return Err(PictureError::TooLarge { width, height });
    }
    let picture = DynamicImage::from_decoder(decoder)?.into_luma8();
    let longer = width.max(height).max(1);
    let (mut tried, begun) = (Vec::new(), Instant::now());
    for side in SIDES {
        let side = side.min(longer);
        if tried.contains(&side) || begun.elapsed() > TIME_MAX {
            continue;
        }
        tried.push(side);
        let scaled = |length: u32| (u64::from(length) * u64::from(side) / u64::from(longer)).max(1);
        let (width, height) = (u32::try_from(scaled(width)), u32::try_from(scaled(height)));
        let smaller = thumbnail(&picture, width.unwrap_or(1), height.unwrap_or(1));
        if let Some(code) = find(&smaller) {
            return Ok(code);
        }
    }
    Err(PictureError::NoCode)
}

fn find(picture: &GrayImage) -> Option<Code> {
    let hints = DecodeHints { TryHarder: Some(true), ..DecodeHints::default() };
    let source = || Luma8LuminanceSource::new(picture.as_raw().clone(), picture.width(), picture.height()).ok();
    let code = |found: rxing::common::Result<RXingResult>| Code::parse(found.ok()?.getText()).ok();
    let mut local = BinaryBitmap::new(HybridBinarizer::new(source()?));
    code(QRCodeReader.decode_with_hints(&mut local, &hints)).or_else(|| {
        let mut global = BinaryBitmap::new(GlobalHistogramBinarizer::new(source()?));
        code(QRCodeReader.decode_with_hints(&mut global, &hints))
    })
}
