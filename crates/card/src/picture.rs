//! Draws a code, and finds it in a photograph.

use crate::code::{Code, CodeError};
use fast_qr::{ECL, QRBuilder};
use image::imageops::{FilterType, resize, thumbnail};
use image::{DynamicImage, GrayImage, ImageDecoder, ImageReader, Limits, Luma};
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
/// The sizes in which a code is searched for, as the longer side in pixels: the most likely first. The noise of a
/// photograph goes away when it is made smaller; the modules of a code must not. A small picture is also enlarged.
const SIDES: [u32; 9] = [1_500, 2_200, 1_100, 2_800, 800, 1_800, 3_600, 600, 450];
/// A picture is enlarged at most so many times.
const ENLARGED_MAX: u32 = 2;
/// By how much the picture is turned before it is searched again, in degrees: the reader sees other edges then.
const TURNS: [f32; 7] = [0.0, 15.0, -15.0, 30.0, -30.0, 7.0, -7.0];
/// After this time no further attempt is begun.
const TIME_MAX: Duration = Duration::from_secs(20);
/// The light around a turned picture: that of paper.
const AROUND: u8 = 200;

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

/// Finds the code in a PNG or JPEG picture: of the code, or of a whole page. It takes a bounded number of attempts,
/// each on a bounded number of pixels.
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
    search(&DynamicImage::from_decoder(decoder)?.into_luma8()).ok_or(PictureError::NoCode)
}

/// Searches in every size, and then again with the picture turned.
fn search(picture: &GrayImage) -> Option<Code> {
    let begun = Instant::now();
    let longer = picture.width().max(picture.height()).max(1);
    let largest = longer.saturating_mul(ENLARGED_MAX);
    let mut sides: Vec<u32> = Vec::with_capacity(SIDES.len());
    for side in SIDES.map(|side| side.min(largest)) {
        if !sides.contains(&side) {
            sides.push(side);
        }
    }
    let mut attempts = TURNS.iter().flat_map(|turn| sides.iter().map(move |side| (*turn, *side)));
    attempts.find_map(|(turn, side)| {
        let scaled = |length: u32| u64::from(length) * u64::from(side) / u64::from(longer);
        let [width, height] = [picture.width(), picture.height()].map(|length| u32::try_from(scaled(length).max(1)));
        let (width, height) = (width.ok()?, height.ok()?);
        if begun.elapsed() > TIME_MAX {
            return None;
        }
        let smaller = match side > longer {
            true => resize(picture, width, height, FilterType::CatmullRom),
            false => thumbnail(picture, width, height),
        };
        find(&if turn == 0.0 { smaller } else { turned(&smaller, turn) })
    })
}

/// The picture turned about its middle, in degrees, on as large a ground as it needs then.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "pixels")]
fn turned(picture: &GrayImage, degrees: f32) -> GrayImage {
    let (width, height) = (picture.width() as f32, picture.height() as f32);
    let (sine, cosine) = degrees.to_radians().sin_cos();
    let wide = width * cosine.abs() + height * sine.abs();
    let high = height * cosine.abs() + width * sine.abs();
    GrayImage::from_fn(wide.ceil() as u32, high.ceil() as u32, |x, y| {
        let (across, down) = (x as f32 + 0.5 - wide / 2.0, y as f32 + 0.5 - high / 2.0);
        let from_x = cosine * across + sine * down + width / 2.0 - 0.5;
        let from_y = cosine * down - sine * across + height / 2.0 - 0.5;
        if from_x < 0.0 || from_y < 0.0 {
            return Luma([AROUND]);
        }
        let (left, top) = (from_x as u32, from_y as u32);
        let (right, lower) = (from_x.fract(), from_y.fract());
        let at = |x: u32, y: u32| f32::from(picture.get_pixel_checked(x, y).map_or(AROUND, |pixel| pixel[0]));
        let upper = at(left, top) * (1.0 - right) + at(left + 1, top) * right;
        let below = at(left, top + 1) * (1.0 - right) + at(left + 1, top + 1) * right;
        Luma([(upper * (1.0 - lower) + below * lower) as u8])
    })
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
